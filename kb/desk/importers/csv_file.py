"""Reads CSV: the columns of this project's own export, under those names or usual other ones."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import chain, zip_longest
from typing import BinaryIO

from django.db.models import TextChoices

from kb.dates import DateError, parse
from kb.desk.importers.rows import (
    MAX_COLUMNS,
    CitedSourceRow,
    FileRefused,
    ImportRow,
    Limits,
    text_lines,
)
from kb.formats.csv import split_values, unguard_cell
from kb.record.vocabulary import (
    Attribution,
    LinkKind,
    ParticipationRole,
    Reliability,
    StatementForm,
    StatementOutcome,
    Wording,
)
from kb.text.html import html_to_line, html_to_markdown, is_html


def value_list(choices: type[TextChoices], default: str = "") -> str:
    """The values of a vocabulary for the documentation, with the default marked."""
    return ", ".join(
        f"`{value}` (default)" if value == default else f"`{value}`" for value in choices.values
    )


LINK_COLUMN = "Ids of other rows of this file, in any order: this entry %(kind)s them"
# By column: (other names for it, what it holds). docs/importing.md prints this table.
IMPORT_COLUMNS: dict[str, tuple[tuple[str, ...], str]] = {
    "id": (
        ("external_id", "incident_id", "unique_id", "key"),
        "Id of the row in this file. If empty, the content of the row serves as its id",
    ),
    "kind": (
        ("type",),
        "`event` or `statement`. If empty, a row with a text or an outcome is a statement",
    ),
    "title": (
        ("headline", "name"),
        "Title of the event, or headline of the statement",
    ),
    "date": (("happened", "said", "when"), "In plain language or EDTF"),
    "edtf": ((), "The date in EDTF. Takes precedence over `date`"),
    "as_written": (("phrase", "display_date"), "The date as worded in the source"),
    "zone": (
        ("time_zone", "timezone"),
        "Time zone that the source gives: an offset such as `+08:00`, `UTC`, or a name such as "
        "`Asia/Shanghai`. Leave empty if it gives none",
    ),
    "time": (
        ("time_of_day",),
        "Time of day that the source gives for a single day, such as `18:05` or `2:00 PM`",
    ),
    "standing": (
        (),
        f"Reliability of an event: {value_list(Reliability, Reliability.REPORTED)}",
    ),
    "summary": (
        ("description",),
        "Summary of an event, in Markdown. HTML is converted to Markdown",
    ),
    "text": (("quotation", "words", "quote"), "Text of a statement"),
    "form": ((), value_list(StatementForm, StatementForm.PARAPHRASE)),
    "wording": ((), value_list(Wording, Wording.ORIGINAL)),
    "language": (("lang",), "Language of the text, as a BCP 47 tag"),
    "original_text": ((), "The text in its original language"),
    "original_language": ((), "BCP 47"),
    "outcome": ((), value_list(StatementOutcome, StatementOutcome.SAID)),
    "speaker": (
        ("said_by", "by"),
        "Name of the speaker. A new name creates a person",
    ),
    "speaker_label": (
        (),
        "How the source describes an unnamed speaker. Leave `speaker` empty",
    ),
    "attribution": (
        (),
        f"{value_list(Attribution)}. If empty, `named` if there is a speaker",
    ),
    "role": (("capacity",), "Role of the speaker on that date"),
    "on_behalf_of": (("for",), "Name"),
    "to": (("addressees",), "Names of the addressees"),
    "channel": ((), "Where"),
    "actors": (
        ("participants",),
        "Participants of an event, as `Name (role)`. The role is one of: "
        f"{value_list(ParticipationRole, ParticipationRole.INVOLVED)}. "
        "Any other word in brackets is part of the name",
    ),
    "sources": (("source", "source_title"), "Titles of supporting sources"),
    "source_urls": (
        ("source_url", "url_of_source", "link"),
        "URLs of these sources, in the same order",
    ),
    "cited_words": (
        ("exact_words",),
        "The exact words of each source, in the same order",
    ),
    "incidents": (("incident", "story"), "Title"),
    "topics": (("topic", "tags"), "Name"),
    **{kind.value: ((), LINK_COLUMN % {"kind": kind.label}) for kind in LinkKind},
}
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "id": "1", "kind": "event", "title": "The harbour bridge is closed",
        "date": "mid-March 2024", "as_written": "in the middle of March",
        "standing": "reported", "summary": "Both lanes, for **repairs**.",
        "actors": "Harbour Authority (acted); Ferry Company (affected)",
        "sources": "Bridge closed until May", "source_urls": "https://example.org/bridge",
        "incidents": "The harbour bridge", "topics": "Traffic",
    },
    {
        "id": "2", "kind": "statement", "title": "The authority gives its reason",
        "date": "15 March 2024", "text": "Safety comes first.", "form": "verbatim",
        "language": "en", "speaker": "Ann Bee", "role": "spokesperson",
        "on_behalf_of": "Harbour Authority", "to": "The Daily Example",
        "sources": "Bridge closed until May; Questions and answers",
        "source_urls": "https://example.org/bridge; https://example.org/answers",
        "incidents": "The harbour bridge",
    },
)  # fmt: skip
_BY_NAME = {
    alias: name for name, (others, _) in IMPORT_COLUMNS.items() for alias in (name, *others)
}
_ROLES = frozenset(ParticipationRole.values)
_ROLE = re.compile(r"(.+?)\s*\((\w+)\)\s*")


def csv_template() -> bytes:
    """A file with all columns and two example rows, which spreadsheet programs can open."""
    out = io.StringIO()
    lines = csv.DictWriter(out, list(IMPORT_COLUMNS), restval="", lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(EXAMPLES)
    return "\ufeff".encode() + out.getvalue().encode()


def columns_table() -> str:
    """The columns as a Markdown table."""
    lines = ["| Column | Other names | Content |", "|---|---|---|"]
    for name, (others, holds) in IMPORT_COLUMNS.items():
        also = ", ".join(f"`{other}`" for other in others)
        lines.append(f"| `{name}` | {also} | {holds} |")
    return "\n".join(lines)


def read_csv(file: BinaryIO, limits: Limits, columns: Mapping[str, str]) -> Iterator[ImportRow]:
    """The rows of a file, one by one. Raises FileRefused if it is not such a table.

    ``columns`` maps columns to their names in the file: ``{"title": "Name of the case"}``.
    """
    lines = text_lines(file, limits)
    head = next(lines, "")
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(limits.cell)
    try:
        reader = csv.reader(chain([head], lines), delimiter=delimiter, strict=True)
        names = _columns(next(reader, []), columns)
        for cells in reader:
            if len(cells) > len(names):
                number = reader.line_num
                raise FileRefused(
                    f"Line {number} has {len(cells)} cells, but the header has {len(names)}."
                )
            if any(cell.strip() for cell in cells):
                yield _row(names, cells, reader.line_num)
    except csv.Error as problem:
        raise FileRefused(_message_for(problem, limits)) from problem


def _message_for(problem: csv.Error, limits: Limits) -> str:
    if "field limit" in str(problem):
        return (
            f"A field has more than {limits.cell:,} characters. Check for a missing closing "
            "quotation mark."
        )
    if "unexpected end" in str(problem):
        return "The file ends inside a quoted field. Check for a missing closing quotation mark."
    return f"The file is not valid CSV: {problem}."


def _columns(head: list[str], chosen: Mapping[str, str]) -> list[str]:
    """Our column for each column of the file, or "" for a column that is ignored.

    ``chosen`` maps our columns to their names in the file.
    """
    if len(head) > MAX_COLUMNS:
        raise FileRefused(f"The file has {len(head):,} columns. The maximum is {MAX_COLUMNS}.")
    if unknown := set(chosen) - set(IMPORT_COLUMNS):
        raise FileRefused(
            f"There is no field “{min(unknown)[:40]}”. Choose one of: {', '.join(IMPORT_COLUMNS)}."
        )
    by_name = {_plain(theirs): ours for ours, theirs in chosen.items()}
    if missing := by_name.keys() - {_plain(name) for name in head}:
        raise FileRefused(f"The file has no column “{min(missing)[:80]}”.")
    # For a column that was chosen, its usual names do not count.
    usual = {name: ours for name, ours in _BY_NAME.items() if ours not in chosen}
    columns = [by_name.get(_plain(name)) or usual.get(_plain(name), "") for name in head]
    if not {"title", "text"} & set(columns):
        raise FileRefused(
            "The first line must contain the column names, including “title” or “text”. The "
            f"available columns are: {', '.join(IMPORT_COLUMNS)}."
        )
    repeated = {column for column in columns if column and columns.count(column) > 1}
    if repeated:
        raise FileRefused(
            f"Two columns map to the same field: {', '.join(sorted(repeated))}. Remove one or map "
            "the columns explicitly."
        )
    return columns


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _row(names: list[str], cells: list[str], line: int) -> ImportRow:
    cell = {
        name: unguard_cell(text).strip() for name, text in zip(names, cells, strict=False) if name
    }
    cited = [_in_order(cell.get(name, "")) for name in ("sources", "source_urls", "cited_words")]
    is_statement = cell.get("text") or cell.get("outcome")
    return ImportRow(
        line=line,
        external_id=cell.get("id", ""),
        kind=cell.get("kind", "").lower() or ("statement" if is_statement else "event"),
        title=_line(cell.get("title", "")),
        date=_date(cell),
        standing=cell.get("standing") or "reported",
        summary=_markdown(cell.get("summary", "")),
        text=_line(cell.get("text", "")),
        form=cell.get("form") or StatementForm.PARAPHRASE,
        wording=cell.get("wording") or "original",
        outcome=cell.get("outcome") or "said",
        as_written=cell.get("as_written", ""),
        zone=cell.get("zone", ""),
        time=cell.get("time", ""),
        language=cell.get("language", ""),
        original_text=cell.get("original_text", ""),
        original_language=cell.get("original_language", ""),
        speaker=cell.get("speaker", ""),
        speaker_label=cell.get("speaker_label", ""),
        attribution=cell.get("attribution", ""),
        role=cell.get("role", ""),
        on_behalf_of=cell.get("on_behalf_of", ""),
        channel=cell.get("channel", ""),
        to=tuple(_values(cell.get("to", ""))),
        actors=tuple(_with_role(value) for value in _values(cell.get("actors", ""))),
        sources=tuple(
            CitedSourceRow(*parts) for parts in zip_longest(*cited, fillvalue="") if any(parts)
        ),
        incidents=tuple(_values(cell.get("incidents", ""))),
        topics=tuple(_values(cell.get("topics", ""))),
        links=tuple(
            (kind, other) for kind in LinkKind.values for other in _values(cell.get(kind, ""))
        ),
    ).with_id()


def _date(cell: Mapping[str, str]) -> str:
    """The text of the date. Our own export writes "no date" in words, which is left out."""
    date = cell.get("edtf") or cell.get("date", "")
    if date and cell.get("edtf") == "":
        try:
            return date if parse(date).edtf else ""
        except DateError:
            pass  # reported later, with the row
    return date


def _markdown(text: str) -> str:
    return html_to_markdown(text) if is_html(text) else text


def _line(text: str) -> str:
    return html_to_line(text) if is_html(text) else text


def _in_order(text: str) -> list[str]:
    """The values of a cell in which the position matters, with empty ones."""
    return split_values(text) if text else []


def _values(text: str) -> list[str]:
    return [value for value in split_values(text) if value]


def _with_role(text: str) -> tuple[str, str]:
    match = _ROLE.fullmatch(text)
    if match and match[2] in _ROLES:
        return match[1], match[2]
    return text, "involved"  # “Center for Expertise (CGE)” is a name
