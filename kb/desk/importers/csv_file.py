"""Reads tables, as text or as a workbook.

The columns are those of this project's own export, under those names or usual other ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import BinaryIO

from kb.dates import DateError, parse, typed_edtf
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.link_columns import cell_links, link_problems
from kb.desk.importers.parallel_columns import values_together
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.row_parts import ClaimRow, FigureRow, PositionRow
from kb.desk.importers.rows import CitedSourceRow, ImportRow, Limits
from kb.desk.importers.spreadsheet import sheet_lines
from kb.desk.importers.table_head import known_names, split_head
from kb.desk.importers.table_lines import (
    TableLine,
    corrected_line,
    delimited_lines,
    plain_name,
)
from kb.desk.importers.typed_dates import read_typed_date
from kb.formats.csv import split_values, unguard_cell
from kb.record.vocabulary import (
    SAID,
    ParticipationRole,
    RequestOutcome,
    StatementForm,
)
from kb.text.html import html_to_line, html_to_markdown, is_html

# Columns with one value for each source, in the order of the parameters of ``_cited_source``.
_BY_SOURCE = (
    "sources", "source_urls", "cited_words", "cited_wordings", "cited_languages", "translators",
    "via", "cited_dates", "cited_addressees", "quoted",
    "derived_from", "derivations",
)  # fmt: skip
# Columns with one value for each figure, in the order of the fields of ``FigureRow``.
_BY_FIGURE = (
    "figure_labels", "figure_numbers", "figure_ends", "figure_bounds", "figure_units",
    "figure_words", "figure_sources", "figure_locators",
)  # fmt: skip
# Columns with one value for each claim that a position or a request names.
_BY_CLAIM = ("claim_questions", "claim_options", "claim_units")
# Columns with one value for each position, in the order of the parameters of ``_position``.
_BY_POSITION = (
    "position_claims", "positions", "position_answers", "position_words", "position_sources",
    "position_notes",
)  # fmt: skip
# Columns of a list that this program wrote. Its links may lead to entries that it does not have.
_ONLY_IN_EXPORTS = {"id", "words_kind", "changed_at"}
_DATE_COLUMNS = frozenset({"date", "start", "end", "no_reply_by"})
_YES = frozenset({"yes", "true", "1", "x"})
_ROLES = frozenset(ParticipationRole.values)
_ROLE = re.compile(r"(.*\S)\s*\((\w+)\)\s*")


def read_csv(
    file: BinaryIO, limits: Limits, options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The rows of a text file, one by one. Raises FileRefused if it is not such a table."""
    lines = delimited_lines(file, limits, options.encoding, known_names(options))
    return table_rows(lines, options, notes)


def read_sheet(
    file: BinaryIO, limits: Limits, options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The rows of a workbook, one by one. Raises FileRefused if it is not such a table."""
    return table_rows(sheet_lines(file, limits, notes), options, notes)


def table_rows(
    lines: Iterator[TableLine], options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The entries of a table whose headings are among its first rows. Raises FileRefused.

    The headings, our columns for them, and what is not read are added to ``notes``.
    """
    head, names, lines = split_head(lines, options, notes)
    is_export = {plain_name(name) for name in head} >= _ONLY_IN_EXPORTS
    for line in lines:
        if line.number in options.corrected:
            line = corrected_line(line, options.corrected[line.number])
        if not any(cell.strip() for cell in line.cells):
            notes.ignore("empty")
            continue
        notes.rows_on_several_lines += bool(line.widths)
        cell = {
            name: unguard_cell(text).strip()
            for name, text in zip(names, line.cells, strict=False)
            if name
        }
        problems = [*_line_problems(line, len(names))]
        for name in _DATE_COLUMNS & cell.keys():
            cell[name], problem = read_typed_date(cell[name], line.number, options, notes)
            problems += [problem] if problem else []
        yield _row(cell, line, is_export, problems)


def _line_problems(line: TableLine, width: int) -> Iterator[str]:
    """Why the cells of a row cannot be those of its columns."""
    if any(cell.strip() for cell in line.cells[width:]):
        yield (
            f"The row has {len(line.cells)} cells, but there are {width} headings. Put quotation "
            "marks around a cell that contains the separator."
        )
    if width > 1 and line.widths and set(line.widths) == {width}:
        yield (
            f"A quoted cell of this row holds what looks like {len(line.widths)} rows of the "
            "table: a quotation mark is missing or stray. Correct it; if the line breaks belong to "
            "the cell, write its text on one line."
        )


def _row(
    cell: Mapping[str, str], line: TableLine, is_export: bool, problems: Sequence[str]
) -> ImportRow:
    """The entry of a row, whose cells are given by our columns."""
    kind = _kind(cell)
    no_outcome = RequestOutcome.NOT_STATED if kind == "request" else SAID
    speaker, joint_speakers, attributed_by = _speakers(cell)
    return ImportRow(
        line=line.number,
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
        sources=tuple(_cited_source(parts) for parts in _parallel(cell, _BY_SOURCE)),
        incidents=tuple(_values(cell.get("incidents", ""))),
        topics=tuple(_values(cell.get("topics", ""))),
        asked_by=cell.get("asked_by", ""),
        asked=tuple(_values(cell.get("asked", ""))),
        no_reply_by=cell.get("no_reply_by", ""),
        no_reply_phrase=cell.get("no_reply_as_written", ""),
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
        positions=tuple(
            _position(parts)
            for parts in _parallel(
                cell, _BY_POSITION if kind == "request" else (*_BY_POSITION, *_BY_CLAIM)
            )
        ),
        about=tuple(_values(cell.get("about_events", ""))),
        about_claims=tuple(
            ClaimRow(name, question, _options(options), unit)
            for name, question, options, unit in _parallel(cell, ("about_claims", *_BY_CLAIM))
        )
        if kind == "request" or cell.get("about_claims")
        else (),
        stated_figures=tuple(FigureRow(*parts) for parts in _parallel(cell, _BY_FIGURE)),
        links=cell_links(cell),
        problems=(*problems, *link_problems(cell)),
        is_part_of_list=is_export,
        cells=tuple(line.cells),
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
    title, url, exact, wording, language, translator, via, said, addressee, quoted, *earlier = parts
    parents, derivations = (tuple(_bars(text)) for text in earlier)
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
        parents=tuple(zip_longest(parents, derivations, fillvalue="")),
    )


def _position(parts: Sequence[str]) -> PositionRow:
    """A position; the claim of a request has its question and so on in other columns."""
    name, position, answer, exact, source, note, *of_claim = parts
    question, options, unit = of_claim or ("", "", "")
    claim = ClaimRow(name, question, _options(options), unit)
    answers = (("", answer),) if answer else ()
    return PositionRow(claim, position, answers, exact, source, note)


def _options(text: str) -> tuple[str, ...]:
    return tuple(option for option in _bars(text) if option)


def _bars(text: str) -> list[str]:
    """The parts of a value between vertical bars."""
    return [part.strip() for part in text.split("|")] if text else []


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


def _parallel(cell: Mapping[str, str], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The values of columns that are in the same order, together; empty ones are left out."""
    return (parts for parts in values_together(cell, names) if any(parts))


def _values(text: str) -> list[str]:
    return [value for value in split_values(text) if value] if text else []


def _with_role(text: str) -> tuple[str, str]:
    match = _ROLE.fullmatch(text)
    if match and match[2] in _ROLES:
        return match[1], match[2]
    return text, "involved"  # “Center for Expertise (CGE)” is a name
