"""Hostile text in every field of an entry comes back equal, through parsers that are not ours.

EXAMPLES_EACH sets how many strings each format is tried with.
"""

from __future__ import annotations

import io
import json
import os
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import bibtexparser
import feedparser
import icalendar
import markdown as python_markdown
import pandas
import pytest
import rispy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, Namespace

from kb.dates import FuzzyDate
from kb.formats import FORMATS
from kb.formats.csv import split_values, unguard_cell
from kb.formats.view import DataLicence, FormatContext, SiteIdentity
from tests.formats.test_references import untex

MANY = settings(max_examples=int(os.environ.get("EXAMPLES_EACH", "60")))
SCHEMA = Namespace("https://schema.org/")
OA = Namespace("http://www.w3.org/ns/oa#")
NASTY = [
    "=1+1", "'x", "\\", "\\;", "a;b,c", "a\r\nb", "a\rb", "\n", "</p>&amp;<b>", "]]>", '"', "{}",
    "%", "\u2028", "\ufeff", "\u202e", "😀", "中文", "e\u0301", "TY  - ", "ER  - ", "BEGIN:X", "\t",
    "END:VCALENDAR", "@misc{a,", "~", "$", "# a", "1. a", "- a", "**a**", "`a`", "[a](b)", "&#38;",
    "_a_", "|", "> a", "===", "\x85", "\xa0", "&lt;", "\\n", "''", "://",
]  # fmt: skip
# Everything that a document may hold: the door refuses control characters and half surrogates,
# but a format that met one must not break, so they are among these too.
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(NASTY), min_size=1, max_size=5).map("".join),
    st.text(alphabet=st.characters(), min_size=70, max_size=120),
).map(str.strip)
VIEW = FormatContext(
    kind="timeline",
    words="Entries",
    query="",
    page="https://example.org/timeline/",
    address="https://example.org/timeline.x",
    site=SiteIdentity("https://example.org", "On the Record"),
    epoch=7,
    certain=1,
    licence=DataLicence("CC BY 4.0", ""),
)


def row(text: str, **more) -> dict:
    """A statement that has the text wherever it may have one."""
    date = FuzzyDate("2023-12-15", text[:80]).to_json()
    actor = {"id": "a1", "slug": "x", "name": text, "kind": "person", "url": "/actors/x/"}
    thing = {"id": "i1", "slug": "x", "title": text, "url": "/incidents/x/"}
    source = {
        "id": "s1", "slug": "x", "title": text, "url": "/sources/x/", "publisher": actor,
        "link": "https://example.net/?a=(1)&b=;,", "published": date, "archive_url": "",
        "language": "en", "kind": "article",
    }  # fmt: skip
    citation = {"source": source, "exact": text, "passage": "", "locator": text,
                "bearing": "supports", "note": text, "via": None, "wording": "original",
                "language": "en", "translator": text, "quoted": True, "position": None,
                "said": None, "addressee": None,
                "comparison": {"verdict": "shown", "count": 0, "words": []}}  # fmt: skip
    return {
        "id": "bbentr01", "kind": "statement", "slug": "x", "url": "/statements/x/", "title": text,
        "headline": text, "according_to": [], "figures": [],
        "place": {"name": text, "wikidata": "", "latitude": "1.5", "longitude": "2"},
        "date": date, "known_since": None, "standing": "", "contested": [], "certain": None,
        "summary": "", "actors": [{**actor, "role": "by", "role_words": "speaker"}],
        "citations": [citation], "origins": {"read": 1, "origins": 1, "relayed": 0},
        "incidents": [thing], "topics": [thing], "version": 3,
        "voice": {"speaker": actor, "speakers": [actor], "label": "", "attribution": "named",
                  "role": text, "on_behalf_of": None, "principals": [], "to": [actor],
                  "channel": text, "identity": "certain", "same_speaker": None,
                  "same_speaker_certainty": "", "attributed_to": None},
        "form": "verbatim", "wording": "original", "text": text, "language": "en",
        "original": {"text": text, "language": "zh"}, "outcome": "said",
        "about": [{**thing, "url": "/events/x/", "headline": text}], "in_reply_to": None,
        "stances": [], "order_not_stated_from": None,
        "links": [{"kind": "follows", "entry": {**thing, "headline": text}, "entry_kind": "event",
                   "source": thing, "exact": text, "inferred": False}],
        "published_at": "2024-01-03T10:00:00+00:00", "changed_at": "2024-01-02T10:00:00+00:00",
        "first_published_at": "2024-01-01T10:00:00+00:00",
    } | more  # fmt: skip


def written(suffix: str, text: str, view: FormatContext = VIEW, **more) -> bytes:
    return b"".join(FORMATS[suffix].write(view, [row(text, **more)]))


def kept(text: str) -> str:
    """The text without half surrogates, which no encoding has."""
    return re.sub("[\ud800-\udfff]", "?", text)


def printed(text: str) -> str:
    """The text as a format of lines has it: one kind of line end, no control characters."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "", re.sub("\r\n?", "\n", text))


def in_one_line(text: str) -> str:
    return " ".join(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", text).split())


@MANY
@given(texts)
def test_json(text):
    for suffix in ("json", "jsonl", "feed.json", "csl.json", "jsonld", "timelinejs.json"):
        json.loads(written(suffix, text))
    (entry,) = json.loads(written("json", text))["entries"]
    assert entry == json.loads(written("jsonl", text))
    assert entry["title"] == kept(text)
    assert entry["citations"][0]["exact"] == kept(text)
    (item,) = json.loads(written("feed.json", text))["items"]
    assert item["title"] == kept(text)
    assert kept(text) in item["content_text"]


@pytest.mark.slow
@MANY
@given(texts)
def test_csv(text):
    content = written("csv", text, VIEW.__class__(**{**vars(VIEW), "switches": frozenset({"raw"})}))
    guarded = written("csv", text)
    options = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    if "\x00" in text:
        return  # no reader of CSV takes it
    (raw,) = pandas.read_csv(io.BytesIO(content), **options).to_dict("records")
    (safe,) = pandas.read_csv(io.BytesIO(guarded), **options).to_dict("records")
    for name in ("title", "text", "role", "channel", "original_text", "speaker"):
        assert raw[name] == kept(text)
        assert unguard_cell(safe[name]) == kept(text)
        assert not safe[name].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    for name in ("follows_sources", "follows_words"):
        assert split_values(unguard_cell(safe[name])) == [kept(text).strip()]


def mended(text: str) -> str:
    """The text as feedparser has it, which takes “Â¡” for UTF-8 that was read as Latin-1."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


@MANY
@given(texts)
@example("Â¡")
def test_atom(text):
    content = written("atom", text)
    legal = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    space = "{http://www.w3.org/2005/Atom}"
    entry = ElementTree.fromstring(content).find(f"{space}entry")  # noqa: S314 - made by ourselves
    assert (entry.findtext(f"{space}title") or "") == legal
    assert [category.get("term") for category in entry.findall(f"{space}category")][1:] == [
        legal,
        legal,
    ]
    feed = feedparser.parse(content)
    assert not feed.bozo
    if not re.search("[\x7f-\x9f]", legal):  # which it takes for Windows-1252
        assert feed.entries[0].title.split() == mended(legal).split()
    assert feed.entries[0].updated == "2024-01-02T10:00:00.000000Z"
    assert feed.entries[0].published == "2024-01-01T10:00:00.000000Z"


@MANY
@given(texts)
def test_icalendar(text):
    content = written("ics", text)
    assert max(map(len, content.split(b"\r\n"))) <= 75
    for line in content.split(b"\r\n"):
        line.decode()  # no character is cut
        assert b"\n" not in line
        assert b"\r" not in line
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == printed(text)
    assert printed(text) in str(event["DESCRIPTION"])
    assert str(event["CATEGORIES"].cats[1]) == printed(text)
    assert str(event["DTSTART"].dt) == "2023-12-15"
    assert str(event["DTEND"].dt) == "2023-12-16"


# Its reader of JSON-LD uses names of its own that it has deprecated.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@MANY
@given(texts)
def test_json_ld(text):
    document = json.loads(written("jsonld", text))
    # Without a network: the terms of schema.org are those after its address.
    document["@context"] = [{"@vocab": str(SCHEMA)}, document["@context"][1]]
    graph = Graph()
    graph.parse(data=json.dumps(document), format="json-ld")
    (thing,) = graph.subjects(SCHEMA.identifier)
    values = {(str(p), str(o)) for p, o in graph.predicate_objects(thing)}
    if text:
        assert (str(SCHEMA.name), kept(text)) in values
        assert (str(SCHEMA.text), kept(text)) in values
        assert list(graph.objects(None, OA.exact)) == [Literal(kept(text))]


@MANY
@given(texts)
def test_timelinejs(text):
    content = json.loads(written("timelinejs.json", text))
    (slide,) = content["events"]
    assert slide["start_date"] == {"year": 2023, "month": 12, "day": 15}
    headline = Text(slide["text"]["headline"])
    assert headline.words == kept(text)
    assert headline.tags == []
    assert set(Text(slide["text"]["text"]).tags) <= {"p", "a", "blockquote"}


class Text(HTMLParser):
    """The words and the tags of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.tags = "", []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attributes: object) -> None:
        self.tags.append(tag)


@MANY
@given(texts)
def test_markdown(text):
    content = written("md", text).decode()
    html = python_markdown.markdown(content)
    headings = re.findall(r"<h2><a href=\"[^\"]*\">(.*?)</a></h2>", html, re.DOTALL)
    if in_one_line(text):
        assert [Text(heading).words for heading in headings] == [in_one_line(text)]
        assert re.findall(r"<(h\d)", html) == ["h1", "h2"]
        assert f"“{in_one_line(text)}”" in Text(html).words


@MANY
@given(texts)
@example("0\x1b0")
@example("0\x850")
def test_references(text):
    library = bibtexparser.parse_string(written("bib", text).decode())
    assert not library.failed_blocks
    view, entry = library.entries
    assert view["title"] == "{Entries}"
    assert "1 entry. " in view["note"]
    # What is white space parts words; what else is a control character is no part of any.
    line = re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "", " ".join(text.split()))
    assert entry.key == "statement-bbentr01-v3"
    if line.isascii():
        assert untex(entry["title"].removeprefix("{").removesuffix("}")).split() == line.split()
    view, entry = rispy.loads(written("ris", text).decode())
    assert entry["id"] == "statement-bbentr01-v3"
    if line.isascii():
        assert entry.get("title", "").split() == line.split()
    view, entry = json.loads(written("csl.json", text))
    assert entry["URL"] == "https://example.org/statements/x/history/3/"


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_no_rows_are_a_whole_file_too(suffix):
    content = b"".join(FORMATS[suffix].write(VIEW, []))
    if suffix.endswith("json") or suffix == "jsonld":
        json.loads(content)
    elif suffix == "atom":
        assert not feedparser.parse(content).bozo
    elif suffix == "ics":
        assert not icalendar.Calendar.from_ical(content).walk("VEVENT")
