"""Markdown: the list as a document to read, print or paste, every entry with its sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.formats.feed_text import (
    date_sentence,
    figure_sentences,
    order_sentence,
    place_sentence,
    role_sentence,
    speaker_sentence,
    standing_sentence,
)
from kb.formats.view import FormatContext, FormatRow, entry_rows
from kb.record.answers import Citation, EntryRow
from kb.record.citation_words import cited_title, comparison_sentence
from kb.record.quotation import quotation_of
from kb.record.vocabulary import RecordKind

# What Markdown reads anywhere in a line, and what it reads at the beginning of one.
_MARKS = re.compile(r"[\\`*_\[\]]")
_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in "&<~|="})
_BEGINS = re.compile(r"(?:[#+\->]|\d+(?=[.)]))")
_HEADING = re.compile(r"^( {0,3})(#{1,6}(?: |$)|=+ *$|-+ *$)", re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def write_markdown(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """A title, what the list is, and a section for each row."""
    parts = [f"# {escape_line(view.words)}", escape_line(view.about)]
    yield _bytes("\n\n".join(parts) + "\n")
    for row in entry_rows(rows):
        yield _bytes("\n" + "\n\n".join(line for line in _section(row, view) if line) + "\n")


def escape_line(text: str) -> str:
    """The text in one line, with nothing in it that Markdown would read."""
    bare = " ".join(_CONTROL.sub("", text).split())
    safe = _MARKS.sub(r"\\\g<0>", bare).translate(_ENTITIES)
    if begins := _BEGINS.match(safe):
        # A number is left whole: the backslash belongs before the mark that follows it.
        place = begins.end() if begins[0].isdigit() else 0
        safe = f"{safe[:place]}\\{safe[place:]}"
    return safe


def _section(row: EntryRow, view: FormatContext) -> Iterator[str]:
    yield f"## [{escape_line(row['headline'])}]({_address(view.site.at(row['url']))})"
    yield escape_line(date_sentence(row))
    yield escape_line(order_sentence(row))
    yield escape_line(place_sentence(row))
    yield escape_line(standing_sentence(row))
    yield escape_line(role_sentence(row))
    if who := speaker_sentence(row):
        yield f"{escape_line(who)}:"
    quotation = quotation_of(row)
    if quotation.words:
        words = escape_line(quotation.words)
        label = f" ({escape_line(quotation.labels)})" if quotation.labels else ""
        yield f"> “{words}”{label}" if quotation.has_marks else f"> {words}{label}"
    elif row["kind"] == RecordKind.REQUEST and row.get("text"):
        yield f"> {escape_line(row['text'])}"
    yield _summary(row["summary"])
    yield "\n".join(f"- {escape_line(sentence)}" for sentence in figure_sentences(row))
    yield "\n".join(_citation(citation, view) for citation in row["citations"])
    yield f"<!-- {row['id']} -->"


def _citation(citation: Citation, view: FormatContext) -> str:
    source = citation["source"]
    address = source["link"] or view.site.at(source["url"])
    parts = [f"[{escape_line(cited_title(citation))}]({_address(address)})"]
    if source["publisher"]:
        parts.append(escape_line(source["publisher"]["name"]))
    if source["published"]["words"]:
        parts.append(escape_line(source["published"]["words"]))
    quotation = f": “{escape_line(citation['exact'])}”" if citation["exact"].strip() else ""
    comparison = comparison_sentence(citation)
    note = f" ({escape_line(comparison)})" if comparison else ""
    return f"- {', '.join(parts)}{quotation}{note}"


def _summary(text: str) -> str:
    """Markdown already; but no heading of it may break the outline, and no tag is a tag."""
    safe = _CONTROL.sub("", text).strip().replace("<", "&lt;")
    return _HEADING.sub(r"\1\\\2", safe)


def _address(url: str) -> str:
    """An address between angle brackets, where it may hold parentheses."""
    return "<" + re.sub(r"[\s<>\\\x00-\x20\x7f\ud800-\udfff]", "", url) + ">"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
