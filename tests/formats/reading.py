"""The ids in each format, read back by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable

import bibtexparser
import feedparser
import icalendar
import rispy

# In a reference's key: the id between the kind and the version.
_KEY = re.compile(r"(?:event|statement|request)-(\w+)-v\d+")


def body(response) -> bytes:
    """All of an answer, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def _json(content: bytes) -> list[str]:
    return [entry["id"] for entry in json.loads(content)["entries"]]


def _lines(content: bytes) -> list[str]:
    return [json.loads(line)["id"] for line in content.decode().splitlines()]


def _csv(content: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [row["id"] for row in rows]


def _atom(content: bytes) -> list[str]:
    feed = feedparser.parse(content)
    assert not feed.bozo, feed.bozo_exception
    return [entry.id.rpartition(":")[2] for entry in feed.entries]


def _json_feed(content: bytes) -> list[str]:
    feed = json.loads(content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    return [item["id"].rpartition(":")[2] for item in feed["items"]]


def _calendar(content: bytes) -> list[str]:
    calendar = icalendar.Calendar.from_ical(content)
    return [str(event["UID"]).partition("@")[0] for event in calendar.walk("VEVENT")]


def _json_ld(content: bytes) -> list[str]:
    graph = json.loads(content)["@graph"]
    return [node["identifier"] for node in graph if "identifier" in node]


def _timelinejs(content: bytes) -> list[str]:
    return [slide["unique_id"] for slide in json.loads(content)["events"]]


def _markdown(content: bytes) -> list[str]:
    return re.findall(r"^<!-- (\w+) -->$", content.decode(), re.MULTILINE)


def _keys(keys: list[str]) -> list[str]:
    return [match[1] for key in keys if (match := _KEY.fullmatch(key))]


def _bibtex(content: bytes) -> list[str]:
    library = bibtexparser.parse_string(content.decode())
    assert not library.failed_blocks
    return _keys([entry.key for entry in library.entries])


def _ris(content: bytes) -> list[str]:
    return _keys([entry["id"] for entry in rispy.loads(content.decode())])


def _csl(content: bytes) -> list[str]:
    return _keys([item["id"] for item in json.loads(content)])


# By suffix. A format that is missing here fails the test of the table.
IDS: dict[str, Callable[[bytes], list[str]]] = {
    "json": _json,
    "jsonl": _lines,
    "csv": _csv,
    "atom": _atom,
    "feed.json": _json_feed,
    "ics": _calendar,
    "jsonld": _json_ld,
    "timelinejs.json": _timelinejs,
    "md": _markdown,
    "bib": _bibtex,
    "ris": _ris,
    "csl.json": _csl,
}
_NEXT: dict[str, Callable[[bytes], str | None]] = {
    "json": lambda content: json.loads(content)["next"],
    "feed.json": lambda content: json.loads(content).get("next_url"),
    "atom": lambda content: next(
        (link.href for link in feedparser.parse(content).feed.links if link.rel == "next"), None
    ),
}


def ids(reader, suffix: str, path: str, query: str = "") -> list[str]:
    """The ids of a list in a format, all pages of it, in the order of the format."""
    address: str | None = f"{path}.{suffix}?{query}".rstrip("?")
    found: list[str] = []
    while address:
        response = reader.get(address)
        assert response.status_code == 200, (address, body(response)[:300])
        content = body(response)
        found += IDS[suffix](content)
        following = _NEXT.get(suffix, lambda content: None)(content)
        address = following and re.sub(r"^https?://[^/]+", "", following)
    return found


def ids_on_pages(reader, path: str, query: str = "") -> list[str]:
    """The ids of the rows that count on the pages for people, all pages walked.

    Without an order in the query, in the order that files have.
    """
    order = "" if "order=" in query else "order=oldest"
    address: str | None = f"{path}/?{'&'.join(filter(None, (query, order)))}"
    found: list[str] = []
    while address:
        response = reader.get(address)
        assert response.status_code == 200, address
        page = response.context["page"]
        # What was not yet known on a day is marked on the page, and not counted there either.
        found += [row["id"] for row in page["rows"] if not row.get("later")]
        address = page["next"]
    return found
