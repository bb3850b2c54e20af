"""CSV: every entry of the filtered set in one table, safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula begins with an apostrophe here (OWASP's list of
first characters); an apostrophe that stands there by itself is doubled, so it can be taken off.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery
from kb.record.rows import Row

COLUMNS = (
    "id",
    "kind",
    "title",
    "url",
    "date",
    "edtf",
    "earliest",
    "latest",
    "as_written",
    "known_since",
    "standing",
    "contested",
    "summary",
    "form",
    "wording",
    "text",
    "language",
    "speaker",
    "role",
    "on_behalf_of",
    "to",
    "actors",
    "sources",
    "source_urls",
    "incidents",
    "topics",
)
ROWS_AT_ONCE = 100
_JOINT = "; "
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def render(page: TimelinePage, address: str) -> Iterator[bytes]:
    """All entries of the page's query, whatever its page; ``address`` is that of the list."""
    site = address.rpartition("/")[0]
    line = csv.writer(_Line(), lineterminator="\r\n")
    yield "\ufeff".encode() + line.writerow(COLUMNS)
    query: TimelineQuery | None = page.query.with_(size=ROWS_AT_ONCE)
    while query is not None:
        part = TimelinePage(query)
        yield b"".join(line.writerow(_cells(row, site)) for row in part.rows)
        query = part.next


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> bytes:
        return text.encode()


def _cells(row: Row, site: str) -> list[str]:
    date, voice = row["date"], row.get("voice") or {}
    cells: dict[str, Any] = {
        **{name: row.get(name) for name in ("id", "kind", "title", "known_since", "standing")},
        **{name: row.get(name) for name in ("summary", "form", "wording", "text", "language")},
        "url": site + row["url"],
        "date": date["words"],
        **{name: date[name] for name in ("edtf", "earliest", "latest")},
        "as_written": date["phrase"],
        "contested": _joined(one["text"] for one in row["contested"]),
        "speaker": (voice.get("speaker") or {}).get("name") or voice.get("label"),
        "role": voice.get("role"),
        "on_behalf_of": (voice.get("on_behalf_of") or {}).get("name"),
        "to": _joined(one["name"] for one in voice.get("to", [])),
        "actors": _joined(f"{one['name']} ({one['role']})" for one in row["actors"]),
        "sources": _joined(one["source"]["title"] for one in row["citations"]),
        "source_urls": _joined(one["source"]["link"] for one in row["citations"]),
        "incidents": _joined(one["title"] for one in row["incidents"]),
        "topics": _joined(one["title"] for one in row["topics"]),
    }
    return [safe(str(cells[name] or "")) for name in COLUMNS]


def _joined(values: Iterable[str]) -> str:
    """Several values in one cell; a semicolon inside one of them has a backslash before it."""
    return _JOINT.join(one.replace(";", "\\;") for one in values)


def safe(text: str) -> str:
    """The text of a cell as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
