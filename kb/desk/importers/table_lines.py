"""Reads the rows of a text with separators, as a spreadsheet program numbers them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from kb.desk.importers.rows import FileRefused, Limits
from kb.desk.importers.text_files import text_lines

# The headings are looked for in so many rows.
MAX_LINES_BEFORE_HEAD = 20
SEPARATORS = ",;\t"


class TableLine(NamedTuple):
    """A row of a table: its number in a spreadsheet program, counted from 1, and its cells.

    ``widths`` is for a row on several lines of the file: how many cells each line would have as a
    row of its own. If all are as wide as the table, a quotation mark hides rows.
    """

    number: int
    cells: list[str]
    widths: tuple[int, ...] = ()


def delimited_lines(
    file: BinaryIO, limits: Limits, encoding: str, known: Collection[str]
) -> Iterator[TableLine]:
    """The rows of a file with commas, semicolons or tabs; empty ones too.

    The separator is the one that gives most names in ``known`` in one of the first rows, or else
    the most frequent in the first. Raises FileRefused.
    """
    lines = text_lines(file, limits, encoding)
    beginning = list(islice(lines, MAX_LINES_BEFORE_HEAD))
    separator = _separator(beginning, known)
    csv.field_size_limit(limits.cell)
    current: list[str] = []

    def recorded() -> Iterator[str]:
        for line in chain(beginning, lines):
            current.append(line)
            yield line

    number = 0
    try:
        for number, cells in enumerate(csv.reader(recorded(), delimiter=separator, strict=True), 1):
            widths = _widths(current, separator) if len(current) > 1 else ()
            yield TableLine(number, cells, widths)
            current.clear()
    except csv.Error as problem:
        raise FileRefused(_message_for(problem, limits, number + 1)) from problem


def corrected_line(line: TableLine, texts: Mapping[int, str]) -> TableLine:
    """The row with other texts in some cells, by their index."""
    cells = line.cells + [""] * (max(texts) + 1 - len(line.cells))
    return TableLine(line.number, [texts.get(place, text) for place, text in enumerate(cells)])


def plain_name(name: str) -> str:
    """The name of a column as it is compared: in small letters, without spaces and hyphens."""
    return "_".join(name.strip().lower().replace("-", " ").split())


def _separator(lines: Sequence[str], known: Collection[str]) -> str:
    def number_of_names(separator: str) -> int:
        return max(
            (
                sum(plain_name(cell.strip('"')) in known for cell in line.split(separator))
                for line in lines
            ),
            default=0,
        )

    head = lines[0] if lines else ""
    return max(
        SEPARATORS, key=lambda separator: (number_of_names(separator), head.count(separator))
    )


def _widths(lines: Sequence[str], separator: str) -> tuple[int, ...]:
    """How many cells each line of one row would have as a row of its own."""
    first, *between, last = lines
    try:
        beginning = next(csv.reader([first], delimiter=separator))
        end = next(csv.reader([f'"{last}'], delimiter=separator))
    except (csv.Error, StopIteration):
        return (0,)
    return (
        len(beginning) + beginning[-1].count(separator),
        *(line.count(separator) + 1 for line in between),
        len(end) + end[0].count(separator),
    )


def _message_for(problem: csv.Error, limits: Limits, number: int) -> str:
    if "field limit" in str(problem):
        return (
            f"Row {number} has a field with more than {limits.cell:,} characters. Check for a "
            "missing closing quotation mark."
        )
    if "unexpected end" in str(problem):
        return (
            f"The file ends inside a quoted field that begins in row {number}. Check that row for "
            "a missing closing quotation mark."
        )
    if "expected after" in str(problem):
        return (
            f"Row {number} has a quotation mark in the middle of a quoted field. Check that row, "
            "and the one before, for a stray quotation mark, or write it twice."
        )
    return f"Row {number} is not valid CSV: {problem}."
