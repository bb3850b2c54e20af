"""CSV: every row of the filtered set in one table, safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula begins with an apostrophe here (OWASP's list of
first characters); an apostrophe that stands there by itself is doubled, so it can be taken off.
With ``?raw=1`` every cell is exactly what the record holds, and no mark stands before the first.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from kb.formats.view import FinishedLines, FormatContext, FormatRow
from kb.record.answers import (
    AccountLink,
    ActorRow,
    EntryRow,
    IncidentRow,
    PositionRow,
    SourceRow,
)
from kb.record.citation_words import comparison_sentence
from kb.record.quotation import quotation_of
from kb.record.vocabulary import LinkKind

# The columns of the links of each kind: ids of the other entries, their sources, exact words.
COLUMNS_OF_LINKS = {kind: (kind, f"{kind}_sources", f"{kind}_words") for kind in LinkKind.values}
COLUMNS = (
    "id",
    "kind",
    "title",
    "headline",
    "according_to",
    "account_records",
    "url",
    "date",
    "edtf",
    "earliest",
    "latest",
    "as_written",
    "zone",
    "known_since",
    "standing",
    "contested",
    "summary",
    "form",
    "wording",
    "text",
    "words_kind",
    "language",
    "original_text",
    "original_language",
    "outcome",
    "speaker",
    "speaker_label",
    "joint_speakers",
    "identity",
    "attributed_by",
    "attributed_to",
    "attribution",
    "role",
    "on_behalf_of",
    "joint_principals",
    "to",
    "channel",
    "about",
    "actors",
    "figures",
    "place",
    "place_wikidata",
    "latitude",
    "longitude",
    "sources",
    "source_urls",
    "cited_words",
    "cited_wordings",
    "cited_languages",
    "via",
    "comparisons",
    "sources_read",
    "origins",
    "incidents",
    "topics",
    "version",
    "changed_at",
    "time",
    "asked_by",
    "asked",
    "no_reply_by",
    "answer",
    "claims",
    "order_not_stated_from",
    *(name for names in COLUMNS_OF_LINKS.values() for name in names),
)
# The columns of the indexes; those of entries are above.
LIST_COLUMNS = {
    "actors": (
        "id", "name", "kind", "other_names", "summary", "website", "wikidata", "entries", "url",
        "version", "published_at",
    ),
    "sources": (
        "id", "title", "kind", "publisher", "byline", "published", "edtf", "earliest", "latest",
        "language", "link", "archive_url", "archived_on", "accessed_on", "entries", "url",
        "version", "published_at",
    ),
    "incidents": (
        "id", "title", "summary", "first", "last", "entries", "sources", "contested", "url",
        "version", "published_at",
    ),
    "claim": (
        "claim", "position", "answer", "edtf", "holder", "speaker", "role", "stated",
        "stated_edtf", "stated_earliest", "stated_latest", "known_since", "words", "words_kind",
        "exact", "note", "sources", "statement", "statement_id", "url",
    ),
}  # fmt: skip
EXACT_WORDS = "Exact words"
_NO_LINKS: dict[str, object] = {name: "" for names in COLUMNS_OF_LINKS.values() for name in names}
_JOINT = "; "
_LINE_END = "\r\n"
# What a list decides, not the entry alone.
_ORDER_COLUMN = "order_not_stated_from"
# What makes a formula, the wide forms of it too, which some spreadsheets read alike.
_FORMULA = frozenset(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'"))
_SEPARATOR = re.compile(r"(?<!\\)(?:\\\\)*;")


Cells: TypeAlias = dict[str, object]
_IndexRow: TypeAlias = ActorRow | SourceRow | IncidentRow


def write_csv(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """A head, then a line for each row, ended by CR and LF; UTF-8 with its mark for Excel."""
    line = _line_writer()
    yield _head(view)
    for row in rows:
        yield line(_line_cells(view, row))


def _line_writer() -> Callable[[Iterable[str]], bytes]:
    return csv.writer(_Line(), lineterminator=_LINE_END).writerow


def _columns(view: FormatContext) -> Sequence[str]:
    return LIST_COLUMNS[view.kind] if view.is_index else COLUMNS


def _head(view: FormatContext) -> bytes:
    head = _line_writer()(_columns(view))
    return head if "raw" in view.switches else "\ufeff".encode() + head


def _line_cells(view: FormatContext, row: FormatRow) -> list[str]:
    """The cells of a row as they are written, but for the quotes of CSV."""
    values = _values(view, row)
    cells = [
        value if type(value := values[name]) is str else _text(value) for name in _columns(view)
    ]
    return cells if "raw" in view.switches else [guard_cell(cell) for cell in cells]


def _parts(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[tuple[bytes, bytes]]:
    line = _line_writer()
    place = COLUMNS.index(_ORDER_COLUMN)
    for row in rows:
        cells = _line_cells(view, row)
        before = line(cells[:place]).removesuffix(_LINE_END.encode())
        yield before + b",", b"," + line(cells[place + 1 :])


CSV_LINES = FinishedLines(_head, _parts, lambda public_id: (public_id or "").encode())


def _values(view: FormatContext, row: FormatRow) -> Cells:
    if view.claim:
        return _position_cells(cast(PositionRow, row), view)
    if view.is_index:
        return _index_cells(cast(_IndexRow, row), view.site.origin)
    return _cells(cast(EntryRow, row), view.site.origin)


def guard_cell(text: str) -> str:
    """The cell as a spreadsheet shows it and does not run it."""
    return f"'{text}" if text[:1] in _FORMULA else text


def _text(value: object) -> str:
    return "" if value is None else str(value)


def unguard_cell(text: str) -> str:
    """The cell as it was before ``guarded``."""
    return text[1:] if text.startswith("'") and text[1:2] in _FORMULA else text


def join_values(values: Iterable[str]) -> str:
    """Several values in one cell, with a backslash before a semicolon inside a value."""
    listed = list(values)
    joined = _JOINT.join(listed)
    if joined.count(";") < len(listed) and "\\" not in joined:
        return joined  # as most: nothing needs a backslash
    return _JOINT.join([value.replace("\\", "\\\\").replace(";", "\\;") for value in listed])


def split_values(cell: str) -> list[str]:
    r"""The values of a cell that ``joined`` made, without space around them.

    A backslash counts only before a semicolon or another one, so that C:\new stays as it is.
    """
    if ";" not in cell and "\\" not in cell:
        return [cell.strip()]  # as most
    parts, start = [], 0
    for match in _SEPARATOR.finditer(cell):
        parts.append(cell[start : match.end() - 1])
        start = match.end()
    return [re.sub(r"\\([\\;])", r"\1", part).strip() for part in (*parts, cell[start:])]


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> bytes:
        return text.encode("utf-8", "replace")


def _cells(row: EntryRow, site: str) -> Cells:
    """The cell of each column of entries."""
    date = row["date"]
    voice: Mapping[str, Any] = row.get("voice") or {}
    original: Mapping[str, Any] = row.get("original") or {}
    return {
        **{name: row.get(name) for name in ("id", "kind", "title", "headline", "standing")},
        "known_since": row["known_since"],
        **{name: row.get(name) for name in ("summary", "form", "wording", "text", "language")},
        **{name: row.get(name) for name in ("outcome", "version", "changed_at")},
        "words_kind": _words_kind(row),
        "original_text": original.get("text"),
        "original_language": original.get("language"),
        "url": site + row["url"],
        "date": date["words"],
        **{name: date[name] for name in ("edtf", "earliest", "latest")},
        "as_written": date["phrase"],
        "zone": date["zone"],
        "time": date.get("time", ""),
        "contested": join_values(claim["text"] for claim in row["contested"]),
        **_voice_cells(voice),
        **_place_cells(row),
        "according_to": join_values(account["name"] for account in row["according_to"]),
        "account_records": join_values(_account_record(account) for account in row["according_to"]),
        "figures": join_values(figure["words"] for figure in row["figures"]),
        "about": join_values(event["headline"] for event in row.get("about", [])),
        "actors": join_values(f"{actor['name']} ({actor['role']})" for actor in row["actors"]),
        "sources": join_values(citation["source"]["title"] for citation in row["citations"]),
        "source_urls": join_values(citation["source"]["link"] for citation in row["citations"]),
        "cited_words": join_values(citation["exact"] for citation in row["citations"]),
        "cited_wordings": join_values(citation["wording"] for citation in row["citations"]),
        "cited_languages": join_values(citation["language"] for citation in row["citations"]),
        "via": join_values(
            citation["via"]["title"] if citation["via"] else "" for citation in row["citations"]
        ),
        "comparisons": join_values(comparison_sentence(citation) for citation in row["citations"]),
        "sources_read": row["origins"]["read"],
        "origins": row["origins"]["origins"],
        "incidents": join_values(incident["title"] for incident in row["incidents"]),
        "topics": join_values(topic["title"] for topic in row["topics"]),
        **_request_cells(row),
        **_link_cells(row),
        "order_not_stated_from": row.get("order_not_stated_from"),
    }


def _link_cells(row: EntryRow) -> Cells:
    """The links to other entries, as the import reads them; without a source they are inferred."""
    if not row["links"]:
        return _NO_LINKS
    cells: Cells = {}
    for kind, (targets, sources, words) in COLUMNS_OF_LINKS.items():
        links = [link for link in row["links"] if link["kind"] == kind]
        cells[targets] = join_values(link["entry"]["id"] for link in links)
        cells[sources] = _joined_if_any(
            link["source"]["title"] if link["source"] else "" for link in links
        )
        cells[words] = _joined_if_any(link["exact"] for link in links)
    return cells


def _joined_if_any(values: Iterable[str]) -> str:
    listed = list(values)
    return join_values(listed) if any(listed) else ""


def _request_cells(row: EntryRow) -> Cells:
    """The cells that only requests for comment fill in."""
    asked_by, answer, no_reply_by = row.get("asked_by"), row.get("answer"), row.get("no_reply_by")
    return {
        "asked_by": asked_by["name"] if asked_by else None,
        "asked": join_values(actor["name"] for actor in row.get("asked", [])),
        "no_reply_by": no_reply_by["edtf"] if no_reply_by else None,
        "answer": answer["title"] if answer else None,
        "claims": join_values(claim["text"] for claim in row.get("claims", [])),
    }


def _account_record(account: AccountLink) -> str:
    """What the import finds the account by: the id of a statement, or the title of a source."""
    record = account["statement"] or account["source"]
    if record is None:
        return account["name"]
    return record["id"] if account["statement"] else record["title"]


def _voice_cells(voice: Mapping[str, Any]) -> Cells:
    """Who speaks. The speaker of reported speech is the outlet, as everywhere."""
    speakers = [actor["name"] for actor in voice.get("speakers", [])]
    principals = [actor["name"] for actor in voice.get("principals", [])]
    ascribed = voice.get("attributed_to") or {}
    to = [
        actor["name"] for actor in (*ascribed.get("speakers", []), *ascribed.get("principals", []))
    ]
    return {
        **{name: voice.get(name) for name in ("attribution", "role", "channel")},
        "speaker": "".join(speakers[:1]),
        "joint_speakers": join_values(speakers[1:]),
        # Apart, so that nobody takes “a person who knows” for a name.
        "speaker_label": voice.get("label") or ascribed.get("label"),
        "identity": ascribed.get("identity") or voice.get("identity"),
        "attributed_by": "".join(speakers[:1]) if ascribed else "",
        "attributed_to": join_values(to),
        "on_behalf_of": "".join(principals[:1]),
        "joint_principals": join_values(principals[1:]),
        "to": join_values(actor["name"] for actor in voice.get("to", [])),
    }


def _place_cells(row: EntryRow) -> Cells:
    place: Mapping[str, str] = cast("Mapping[str, str]", row["place"] or {})
    return {
        "place": place.get("name"),
        "place_wikidata": place.get("wikidata"),
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
    }


def _words_kind(row: EntryRow) -> str:
    """What kind of words the cell beside it holds; "" if it holds none."""
    quotation = quotation_of(row)
    return quotation.labels or (EXACT_WORDS if quotation.words else "")


def _index_cells(row: _IndexRow, site: str) -> Cells:
    """The cell of each column of an index: dates in words, others by name."""
    cells: Cells = {**row, "url": site + row["url"]}
    if "other_names" in row:
        actor = cast(ActorRow, row)
        cells["other_names"] = join_values(name["name"] for name in actor["other_names"])
    elif "published" in row:
        source = cast(SourceRow, row)
        published = source["published"]
        cells["publisher"] = source["publisher"]["name"] if source["publisher"] else None
        cells |= {name: published[name] for name in ("edtf", "earliest", "latest")}
        cells["published"] = published["words"]
    else:
        cells["first"] = row["first"]["words"] if row["first"] else None
        cells["last"] = row["last"]["words"] if row["last"] else None
    return cells


def _position_cells(row: PositionRow, view: FormatContext) -> Cells:
    """The cell of each column of the positions on a claim."""
    quotation, stated, statement = row["quotation"], row["stated"], row["statement"]
    link = statement or next(iter(row["sources"]), None)
    labels = quotation and (f"{quotation['label']} {quotation['note']}".strip() or EXACT_WORDS)
    return {
        **{name: row[name] for name in ("position", "answer", "speaker", "role", "known_since")},
        "claim": view.claim["text"] if view.claim else "",
        "edtf": row["date"]["edtf"] if row["date"] else "",
        "holder": row["holder"]["name"] if row["holder"] else "",
        "stated": stated["words"] if stated else "",
        "stated_edtf": stated["edtf"] if stated else "",
        "stated_earliest": stated["earliest"] if stated else "",
        "stated_latest": stated["latest"] if stated else "",
        "words": quotation["words"] if quotation else "",
        "words_kind": labels or "",
        "exact": row["exact"],
        "note": row["note"],
        "sources": join_values(source["title"] for source in row["sources"]),
        "statement": statement["headline"] if statement else "",
        "statement_id": statement["id"] if statement else "",
        "url": view.site.at(link["url"]) if link else "",
    }
