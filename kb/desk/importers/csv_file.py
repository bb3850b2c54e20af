"""Reads CSV: the columns of this project's own export, under those names or usual other ones."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import BinaryIO

from django.db.models import TextChoices

from kb.dates import DateError, parse, typed_edtf
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.link_columns import LINK_COLUMNS, cell_links, link_problems
from kb.desk.importers.rows import (
    MAX_COLUMNS,
    CitedSourceRow,
    FileRefused,
    ImportRow,
    Limits,
    text_lines,
)
from kb.desk.importers.timeline_columns import timeline_names
from kb.formats.csv import split_values, unguard_cell
from kb.record.vocabulary import (
    SAID,
    Attribution,
    Certainty,
    ParticipationRole,
    Reliability,
    RequestOutcome,
    StatementForm,
    Wording,
)
from kb.text.html import html_to_line, html_to_markdown, is_html


def value_list(choices: type[TextChoices], default: str = "") -> str:
    """The values of a vocabulary for the documentation, with the default marked."""
    return ", ".join(
        f"`{value}` (default)" if value == default else f"`{value}`" for value in choices.values
    )


# By column: (other names for it, what it holds). docs/importing.md prints this table.
IMPORT_COLUMNS: dict[str, tuple[tuple[str, ...], str]] = {
    "id": (
        ("external_id", "incident_id", "unique_id", "key"),
        "Id of the row in this file. If empty, the content of the row serves as its id",
    ),
    "kind": (
        ("type",),
        "`event`, `statement` or `request` (for comment). If empty, a row with `asked` is a "
        "request, and another row with a text or an outcome is a statement",
    ),
    "title": (
        ("headline", "name"),
        "Title of the event, or headline of the statement. A request needs none",
    ),
    "date": (
        ("happened", "said", "when"),
        "In plain language or EDTF. 2020-21 is refused, because it can mean a season or two years",
    ),
    "edtf": ((), "The date in EDTF. Takes precedence over `date`. 2020-21 is spring 2020"),
    "start": (
        ("start_date", "startdate"),
        "First day of a longer event, instead of `date`. Also `from`, see below",
    ),
    "end": (
        ("end_date", "enddate"),
        "Last day of a longer event, with `start` or `date`. Also `to`, see below",
    ),
    "as_written": (
        ("phrase", "display_date"),
        "The date as worded in the source. If empty, the words of `date` if `cited_words` has them",
    ),
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
    "text": (
        ("quotation", "words", "quote"),
        "Text of a statement. For a request, how the source puts it",
    ),
    "form": ((), value_list(StatementForm, StatementForm.PARAPHRASE)),
    "wording": (
        (),
        f"How near the quoted words are to the speaker’s: {value_list(Wording)}. "
        "Empty if not stated",
    ),
    "override_reason": (
        (),
        "Why the quotation may leave out a word such as “not” of its sentence. Readers see it",
    ),
    "language": (("lang",), "Language of the text, as a BCP 47 tag"),
    "original_text": ((), "The text in its original language"),
    "original_language": ((), "BCP 47"),
    "outcome": (
        (),
        f"Outcome of a request: {value_list(RequestOutcome, RequestOutcome.NOT_STATED)}. A "
        "statement with `declined` or `no_reply`, as in older files, becomes a request to its "
        "speaker by its first addressee",
    ),
    "asked_by": ((), "Name of the outlet that asked for comment. Empty if not stated"),
    "asked": ((), "Names of those who were asked for comment"),
    "no_reply_by": ((), "The day by which there was no reply"),
    "answer": ((), "Headline of the statement that answers the request, in the file or here"),
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
    "joint_speakers": ((), "Names of others who made the statement together with the speaker"),
    "identity": (
        (),
        f"Whether it is certain who spoke: {value_list(Certainty, Certainty.CERTAIN)}",
    ),
    "attributed_by": (
        (),
        "For the form `attributed`: name of the outlet that ascribes the words to the speaker",
    ),
    "attributed_to": (
        (),
        "For the form `attributed`, instead of `speaker`: names of those to whom the words are "
        "ascribed. `speaker` may then be the outlet, as in an export",
    ),
    "role": (("capacity",), "Role of the speaker on that date"),
    "on_behalf_of": (("for",), "Name"),
    "joint_principals": ((), "Names of others on whose behalf the statement was made"),
    "to": (("addressees",), "Names of the addressees"),
    "channel": ((), "Outlet or occasion"),
    "place": ((), "Place of the event or statement, as the source names it"),
    "place_wikidata": ((), "Wikidata id of the place"),
    "latitude": ((), "Decimal degrees"),
    "longitude": ((), "Decimal degrees"),
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
    "cited_wordings": (
        (),
        "How near the exact words of each source are to the speaker’s, in the same order. The "
        "values are those of `wording`",
    ),
    "cited_languages": ((), "Language of the exact words of each source, in the same order"),
    "translators": ((), "Who translated the exact words of each source, in the same order"),
    "via": (
        ("as_cited_in",),
        "For a source that was not read: the title of the source that relays it, in the same order",
    ),
    "cited_dates": (
        (),
        "When it was said, as each source has it, if sources differ, in the same order",
    ),
    "cited_addressees": (
        (),
        "To whom, as each source has it, if sources differ, in the same order",
    ),
    "quoted": (
        ("shown",),
        "`yes` for the source whose words are shown, in the same order. If empty, the first source "
        "whose exact words have the text",
    ),
    "account_records": (
        ("according_to",),
        "Whose account an event is: titles or URLs of sources of the row, or ids of statements of "
        "the same file or of an earlier file of the same origin",
    ),
    "incidents": (("incident", "story"), "Title"),
    "topics": (("topic", "tags"), "Name"),
    **LINK_COLUMNS,
}
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "id": "1", "kind": "event", "title": "The harbour bridge is closed",
        "date": "mid-March 2024", "as_written": "in the middle of March",
        "standing": "reported", "summary": "Both lanes, for **repairs**.",
        "actors": "Harbour Authority (acted); Ferry Company (affected)",
        "sources": "Bridge closed until May", "source_urls": "https://example.org/bridge",
        "account_records": "Bridge closed until May",
        "incidents": "The harbour bridge", "topics": "Traffic",
    },
    {
        "id": "2", "kind": "statement", "title": "The authority gives its reason",
        "date": "15 March 2024", "text": "Safety comes first.", "form": "verbatim",
        "language": "en", "speaker": "Ann Bee", "role": "spokesperson",
        "on_behalf_of": "Harbour Authority", "to": "The Daily Example",
        "sources": "Bridge closed until May; Questions and answers",
        "source_urls": "https://example.org/bridge; https://example.org/answers",
        "cited_words": "Safety comes first.; 安全第一。",
        "cited_wordings": "translated; original", "cited_languages": "en; zh", "quoted": "yes; ",
        "incidents": "The harbour bridge",
    },
    {
        "id": "3", "kind": "request", "date": "14 March 2024", "asked_by": "The Daily Example",
        "asked": "Ferry Company", "outcome": "no_reply", "no_reply_by": "15 March 2024",
        "sources": "Questions and answers", "source_urls": "https://example.org/answers",
        "incidents": "The harbour bridge",
    },
)  # fmt: skip
_BY_NAME = {
    alias: name for name, (others, _) in IMPORT_COLUMNS.items() for alias in (name, *others)
}
# Columns with one value for each source, in the order of the parameters of ``_cited_source``.
_BY_SOURCE = (
    "sources", "source_urls", "cited_words", "cited_wordings", "cited_languages", "translators",
    "via", "cited_dates", "cited_addressees", "quoted",
)  # fmt: skip
# Columns of a list that this program wrote. Its links may lead to entries that it does not have.
_ONLY_IN_EXPORTS = {"id", "words_kind", "changed_at"}
_YES = frozenset({"yes", "true", "1", "x"})
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


def read_csv(
    file: BinaryIO, limits: Limits, columns: Mapping[str, str], notes: FileNotes
) -> Iterator[ImportRow]:
    """The rows of a file, one by one. Raises FileRefused if it is not such a table.

    ``columns`` maps columns to their names in the file: ``{"title": "Name of the case"}``. The
    names of columns that are not read are added to ``notes``.
    """
    lines = text_lines(file, limits)
    head = next(lines, "")
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(limits.cell)
    try:
        reader = csv.reader(chain([head], lines), delimiter=delimiter, strict=True)
        header = next(reader, [])
        names = _columns(header, columns)
        notes.add_unread(header, names)
        is_export = {_plain(name) for name in header} >= _ONLY_IN_EXPORTS
        for cells in reader:
            if len(cells) > len(names):
                number = reader.line_num
                raise FileRefused(
                    f"Line {number} has {len(cells)} cells, but the header has {len(names)}."
                )
            if any(cell.strip() for cell in cells):
                yield _row(names, cells, reader.line_num, is_export)
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
    # For a column that was chosen, or has its own name, its usual names do not count.
    own_names = {_plain(name) for name in head} & IMPORT_COLUMNS.keys()
    usual = {
        name: ours
        for name, ours in (_BY_NAME | timeline_names(map(_plain, head), by_name)).items()
        if ours not in chosen and (name == ours or ours not in own_names)
    }
    columns = [by_name.get(_plain(name)) or usual.get(_plain(name), "") for name in head]
    if not {"title", "text", "asked"} & set(columns):
        raise FileRefused(
            "The first line must contain the column names, including “title” or “text”. All "
            "columns are in the template and in docs/importing.md."
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


def _row(names: list[str], cells: list[str], line: int, is_export: bool) -> ImportRow:
    cell = {
        name: unguard_cell(text).strip() for name, text in zip(names, cells, strict=False) if name
    }
    cited = [_in_order(cell.get(name, "")) for name in _BY_SOURCE]
    kind = _kind(cell)
    no_outcome = RequestOutcome.NOT_STATED if kind == "request" else SAID
    speaker, joint_speakers, attributed_by = _speakers(cell)
    return ImportRow(
        line=line,
        external_id=cell.get("id", ""),
        kind=kind,
        title=_line(cell.get("title", "")),
        date=_date(cell),
        start=cell.get("start", ""),
        end=cell.get("end", ""),
        standing=cell.get("standing") or "reported",
        summary=_markdown(cell.get("summary", "")),
        text=_line(cell.get("text", "")),
        form=cell.get("form") or StatementForm.PARAPHRASE,
        wording=cell.get("wording", ""),
        override_reason=cell.get("override_reason", ""),
        outcome=cell.get("outcome") or no_outcome,
        as_written=cell.get("as_written", ""),
        zone=cell.get("zone", ""),
        time=cell.get("time", ""),
        language=cell.get("language", ""),
        original_text=cell.get("original_text", ""),
        original_language=cell.get("original_language", ""),
        speaker=speaker,
        speaker_label=cell.get("speaker_label", ""),
        attribution=cell.get("attribution", ""),
        role=cell.get("role", ""),
        on_behalf_of=cell.get("on_behalf_of", ""),
        channel=cell.get("channel", ""),
        to=tuple(_values(cell.get("to", ""))),
        actors=tuple(_with_role(value) for value in _values(cell.get("actors", ""))),
        sources=tuple(
            _cited_source(parts) for parts in zip_longest(*cited, fillvalue="") if any(parts)
        ),
        incidents=tuple(_values(cell.get("incidents", ""))),
        topics=tuple(_values(cell.get("topics", ""))),
        asked_by=cell.get("asked_by", ""),
        asked=tuple(_values(cell.get("asked", ""))),
        no_reply_by=cell.get("no_reply_by", ""),
        answer=cell.get("answer", ""),
        according_to=tuple(_values(cell.get("account_records", ""))),
        identity=cell.get("identity", ""),
        attributed_by=attributed_by,
        joint_speakers=joint_speakers,
        joint_principals=tuple(_values(cell.get("joint_principals", ""))),
        place=cell.get("place", ""),
        place_wikidata=cell.get("place_wikidata", ""),
        latitude=cell.get("latitude", ""),
        longitude=cell.get("longitude", ""),
        links=cell_links(cell),
        problems=link_problems(cell),
        is_part_of_list=is_export,
    ).with_id()


def _speakers(cell: Mapping[str, str]) -> tuple[str, tuple[str, ...], str]:
    """The speaker, the joint speakers, and the outlet of reported speech."""
    speaker, outlet = cell.get("speaker", ""), cell.get("attributed_by", "")
    joint_speakers = _values(cell.get("joint_speakers", ""))
    if ascribed := _values(cell.get("attributed_to", "")):
        return ascribed[0], tuple(ascribed[1:]), outlet or speaker
    if outlet and speaker == outlet:
        speaker = ""  # an export of words that are ascribed to somebody unnamed
    return speaker, tuple(joint_speakers), outlet


def _cited_source(parts: Sequence[str]) -> CitedSourceRow:
    title, url, exact, wording, language, translator, via, said, addressee, quoted = parts
    return CitedSourceRow(
        title,
        url,
        exact,
        wording=wording,
        words_language=language,
        translator=translator,
        via=via,
        said=said,
        addressee=addressee,
        quoted=quoted.lower() in _YES,
    )


def _kind(cell: Mapping[str, str]) -> str:
    if cell.get("kind"):
        return cell["kind"].lower()
    if cell.get("asked"):
        return "request"
    return "statement" if cell.get("text") or cell.get("outcome") else "event"


def _date(cell: Mapping[str, str]) -> str:
    """The text of the date. Our own export writes "no date" in words, which is left out."""
    date = typed_edtf(cell.get("edtf", "")) or cell.get("date", "")
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
