"""Finds the row with the headings of a table, and the column of ours for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from kb.desk.importers.csv_columns import COLUMNS_BY_NAME, IMPORT_COLUMNS
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.rows import MAX_COLUMNS, FileRefused
from kb.desk.importers.table_lines import MAX_LINES_BEFORE_HEAD, TableLine, plain_name
from kb.desk.importers.timeline_columns import timeline_names

# A row needs one of these to become an entry.
NEEDED_COLUMNS = frozenset({"title", "text", "asked"})


class ColumnsUnclear(FileRefused):
    """No heading is a title or a text: the columns must be mapped."""


def known_names(options: ReadOptions) -> set[str]:
    """The headings that are read, in plain letters: our names, usual ones, and those chosen."""
    return {*COLUMNS_BY_NAME, *map(plain_name, options.columns.values())}


def split_head(
    lines: Iterator[TableLine], options: ReadOptions, notes: FileNotes
) -> tuple[list[str], list[str], Iterator[TableLine]]:
    """The headings of a table, our column for each of them or "", and the lines below.

    The headings are the first of the first rows that has a title or a text. Lines above are noted
    as left out. Raises FileRefused.
    """
    beginning = list(islice(lines, MAX_LINES_BEFORE_HEAD))
    place = _place_of_head(beginning, options)
    head = list(beginning[place].cells) if beginning else []
    while head and not head[-1].strip():
        head.pop()
    for line in beginning[:place]:
        notes.ignore("above the headings" if any(map(str.strip, line.cells)) else "empty")
    notes.head_row = beginning[place].number if beginning else 0
    notes.heads = head
    # For an editor who has to choose the columns, should they be unclear.
    notes.columns = _mapped(head, options) if len(head) <= MAX_COLUMNS else []
    below = beginning[place + 1].cells if len(beginning) > place + 1 else []
    notes.first_cells = [*below, *[""] * len(head)][: len(head)]
    columns = column_names(head, options)
    notes.add_unread(head, columns)
    return head, columns, chain(beginning[place + 1 :], lines)


def _place_of_head(lines: Sequence[TableLine], options: ReadOptions) -> int:
    """The index of the headings: the first row that can be, or else the first full one."""
    for place, line in enumerate(lines):
        if NEEDED_COLUMNS & set(_mapped(line.cells, options)):
            return place
    filled = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    if not any(filled):
        return 0
    return next(place for place, number in enumerate(filled) if number >= min(2, max(filled)))


def _mapped(head: Sequence[str], options: ReadOptions) -> list[str]:
    """Our column for each heading, or "" for one that is not read. Checks nothing."""
    plain = [plain_name(name) for name in head]
    by_name = {
        plain_name(theirs): ours
        for ours, theirs in options.columns.items()
        if plain_name(theirs) in plain
    }
    # For a column that was chosen, or has its own name, its usual names do not count.
    own_names = set(plain) & IMPORT_COLUMNS.keys()
    usual = {
        name: ours
        for name, ours in (COLUMNS_BY_NAME | timeline_names(plain, by_name)).items()
        if ours not in by_name.values() and (name == ours or ours not in own_names)
    }
    unread = {plain_name(name) for name in options.unread}
    return [by_name.get(name) or ("" if name in unread else usual.get(name, "")) for name in plain]


def column_names(head: Sequence[str], options: ReadOptions) -> list[str]:
    """Our column for each heading, or "". Raises FileRefused, or ColumnsUnclear."""
    if len(head) > MAX_COLUMNS:
        raise FileRefused(f"The file has {len(head):,} columns. The maximum is {MAX_COLUMNS}.")
    if unknown := set(options.columns) - set(IMPORT_COLUMNS):
        raise FileRefused(
            f"There is no field “{min(unknown)[:40]}”. Choose one of: {', '.join(IMPORT_COLUMNS)}."
        )
    chosen = set(map(plain_name, options.columns.values()))
    missing = chosen - set(map(plain_name, head))
    if missing and not options.is_remembered:
        raise ColumnsUnclear(f"The file has no column “{min(missing)[:80]}”.")
    columns = _mapped(head, options)
    if not NEEDED_COLUMNS & set(columns):
        raise ColumnsUnclear(
            "The first line must contain the column names, including “title” or “text”. All "
            "columns are in the template and in docs/importing.md."
        )
    repeated = {column for column in columns if column and columns.count(column) > 1}
    if repeated:
        raise ColumnsUnclear(
            f"Two columns map to the same field: {', '.join(sorted(repeated))}. Remove one or map "
            "the columns explicitly."
        )
    return columns
