"""CSV: the columns of our own export, under our names or others that say the same."""

from __future__ import annotations

import csv
import io
import re

from kb.desk.importers.rows import FileRefused, Row, decoded
from kb.formats.csv import parted, unguarded

LONGEST_CELL = 1_000_000
# Column: what it is called elsewhere. docs/importing.md says what each holds.
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("external_id", "incident_id", "unique_id", "key"),
    "kind": ("type",),
    "title": ("headline", "name"),
    "date": ("happened", "said", "when"),
    "edtf": (),
    "as_written": ("phrase", "display_date"),
    "standing": (),
    "summary": ("description",),
    "text": ("quotation", "words", "quote"),
    "form": (),
    "wording": (),
    "language": ("lang",),
    "speaker": ("said_by", "by"),
    "role": ("capacity",),
    "on_behalf_of": ("for",),
    "to": ("addressees",),
    "channel": (),
    "actors": ("participants",),
    "sources": ("source", "source_title"),
    "source_urls": ("source_url", "url_of_source", "link"),
    "incidents": ("incident", "story"),
    "topics": ("topic", "tags"),
}
TEMPLATE = ("id", "kind", "title", "date", "as_written", "standing", "summary", "text", "form",
            "speaker", "role", "on_behalf_of", "to", "language", "actors", "sources",
            "source_urls", "incidents", "topics")  # fmt: skip
_BY_NAME = {one: name for name, others in COLUMNS.items() for one in (name, *others)}
_ROLE = re.compile(r"(.+?)\s*\((\w+)\)\s*")


def read_csv(content: bytes) -> list[Row]:
    """The rows of a file. Raises FileRefused for what is no such table."""
    text = decoded(content)
    head, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = _columns(next(lines, []))
        found = [
            _row(names, cells, lines.line_num)
            for cells in lines
            if any(one.strip() for one in cells)
        ]
    except csv.Error as problem:
        raise FileRefused(f"It cannot be read as CSV: {problem}.") from problem
    if not found:
        raise FileRefused("It has a head, and no rows below it.")
    return found


def _columns(head: list[str]) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", one.strip().lower()) for one in head]
    known = [_BY_NAME.get(one, "") for one in names]
    if not {"title", "text"} & set(known):
        raise FileRefused(
            "Its first line does not name the columns. There must be a column “title” or “text”; "
            f"known are: {', '.join(COLUMNS)}."
        )
    twice = {one for one in known if one and known.count(one) > 1}
    if twice:
        raise FileRefused(f"Two columns mean the same: {', '.join(sorted(twice))}.")
    return known


def _row(names: list[str], cells: list[str], line: int) -> Row:
    if len(cells) > len(names):
        raise FileRefused(f"Line {line} has {len(cells)} cells, and the head has {len(names)}.")
    cell = {name: unguarded(text).strip() for name, text in zip(names, cells, strict=False) if name}
    titles, urls = _in_order(cell.get("sources", "")), _in_order(cell.get("source_urls", ""))
    longest = max(len(titles), len(urls))
    pairs = zip(
        titles + [""] * (longest - len(titles)), urls + [""] * (longest - len(urls)), strict=True
    )
    kind = cell.get("kind", "").lower() or ("statement" if cell.get("text") else "event")
    given = {
        "title": cell.get("title", ""),
        "date": cell.get("edtf") or cell.get("date", ""),
        "standing": cell.get("standing") or "reported",
        "form": cell.get("form") or "paraphrase",
        "wording": cell.get("wording") or "original",
        **{name: cell.get(name, "") for name in ("as_written", "summary", "text", "language")},
        **{name: cell.get(name, "") for name in ("speaker", "role", "on_behalf_of", "channel")},
        "to": tuple(_several(cell.get("to", ""))),
        "actors": tuple(_with_role(one) for one in _several(cell.get("actors", ""))),
        "sources": tuple(one for one in pairs if any(one)),
        "incidents": tuple(_several(cell.get("incidents", ""))),
        "topics": tuple(_several(cell.get("topics", ""))),
    }
    row = Row(line, cell.get("id", ""), kind, **given)
    # Without an id of its own, what it says is its id: the same file again adds nothing.
    return row if row.external_id else row.renamed(row.digest[:20])


def _in_order(text: str) -> list[str]:
    """The values of a cell whose places count, so that an empty one keeps its own."""
    return parted(text) if text else []


def _several(text: str) -> list[str]:
    return [one for one in parted(text) if one]


def _with_role(text: str) -> tuple[str, str]:
    found = _ROLE.fullmatch(text)
    return (found[1], found[2]) if found else (text, "involved")
