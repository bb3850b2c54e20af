"""What the report of an import says about the file as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kb.dates.reading import FigureOrder
from kb.desk.importers.day_order import DayOrderEvidence
from kb.desk.importers.rows import ImportRow, printable

MAX_NAMED_COLUMNS = 30
MAX_NAMED_ROWS = 10
# For the catalogue: what readers of files ignore. It is stored in English.
IGNORED_KINDS = (
    gettext_noop("empty"),
    gettext_noop("left out"),
    gettext_noop("above the headings"),
    gettext_noop("the title slide"),
    gettext_noop("eras"),
    gettext_noop("headings and comments"),
    gettext_noop("the header"),
    gettext_noop("the first line, without an entry"),
    gettext_noop("the last line, without an entry"),
    gettext_noop("tasks and journals"),
    gettext_noop("cancelled"),
)


@dataclass
class CellNotes:
    """Cells of one kind: how many, and where the first of them are."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count a cell; ``example`` says what and where it is."""
        self.count += 1
        if not self.examples:
            self.examples.append(printable(example))


def balance_sentence(
    counts: Mapping[str, int], ignored: Mapping[str, int], rows_on_several_lines: int
) -> str:
    """All rows of a file as a sum, by result and by what is ignored, in the active language."""
    parts = [f"{number:,} {_(action)}" for action, number in counts.items() if number]
    left_out = sum(ignored.values())
    if left_out:
        kinds = ", ".join(f"{number:,} {_(what)}" for what, number in ignored.items())
        parts.append(
            _("%(number)s ignored (%(kinds)s)") % {"number": f"{left_out:,}", "kinds": kinds}
        )
    total = sum(counts.values()) + left_out
    sentence = _("Rows in the file, without the headings: %(total)s = %(sum)s.") % {
        "total": f"{total:,}",
        "sum": " + ".join(parts),
    }
    if rows_on_several_lines:
        number = f"{rows_on_several_lines:,}"
        sentence += " " + _("Rows with line breaks in a cell: %(number)s.") % {"number": number}
    return sentence


@dataclass
class FileNotes:
    """What a reader leaves out of a file, and what its rows have in common.

    A reader adds to ``unread``, ``remarks`` and ``ignored``; ``watch`` counts rows as they pass.
    """

    unread: list[str] = field(default_factory=list)  # names of columns
    remarks: list[str] = field(default_factory=list)  # sentences
    order: FigureOrder = ""
    rows: int = 0
    dated: int = 0
    evidence: DayOrderEvidence = field(default_factory=DayOrderEvidence)
    # How many rows of the file are no entries, by what they are.
    ignored: Counter[str] = field(default_factory=Counter)
    title: str = ""  # of the file itself, where it has one
    sheet: str = ""
    head_row: int = 0
    heads: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)  # ours, for each of ``heads``
    first_cells: list[str] = field(default_factory=list)  # those of the row below
    day_numbers: CellNotes = field(default_factory=CellNotes)
    short_years: CellNotes = field(default_factory=CellNotes)
    rows_on_several_lines: int = 0
    undated: list[int] = field(default_factory=list)  # the first rows without a date

    def ignore(self, what: str) -> None:
        """Count a row that is no entry."""
        self.ignored[what] += 1

    def add_unread(self, head: Sequence[str], columns: Sequence[str]) -> None:
        """Note the names in ``head`` that no column of ours is read from."""
        pairs = zip(head, columns, strict=True)
        for number, (name, column) in enumerate(pairs, start=1):
            if not column:
                self.unread.append(printable(name.strip())[:60] or f"column {number} (no name)")

    def watch(self, rows: Iterator[ImportRow]) -> Iterator[ImportRow]:
        """The same rows, counted."""
        for row in rows:
            self.rows += 1
            has_date = bool(row.date or row.start or row.end)
            self.dated += has_date
            if not has_date and len(self.undated) < MAX_NAMED_ROWS:
                self.undated.append(row.line)
            self.evidence.add(row)
            yield row

    def balance(self, counts: Mapping[str, int]) -> str:
        """That no row is lost: all rows of the file as a sum, by result and by what is ignored.

        ``counts`` has the rows by what would be done with them.
        """
        return balance_sentence(counts, self.ignored, self.rows_on_several_lines)

    def place(self) -> str:
        """Where the rows are: the sheet and the row of the headings; "" for the usual place."""
        parts = [f"Sheet “{printable(self.sheet)[:60]}”"] if self.sheet else []
        if self.head_row > 1:
            parts.append(f"headings found in row {self.head_row}")
        sentence = ", ".join(parts)
        return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""

    def sentences(self) -> list[str]:
        """The notes, once all rows have been read."""
        notes = [place] if (place := self.place()) else []
        if self.unread:
            names = ", ".join(f"“{name}”" for name in self.unread[:MAX_NAMED_COLUMNS])
            others = len(self.unread) - MAX_NAMED_COLUMNS
            names += f" and {others} more" if others > 0 else ""
            notes.append(f"Columns that are not read: {names}.")
        notes += self._date_notes()
        return notes + self.remarks

    def _date_notes(self) -> Iterator[str]:
        undated = self.rows - self.dated
        if self.rows and not self.dated:
            note = "No row of the file has a date, so no entry would have one."
            if self.unread:
                note += " If a column holds it, name it: date=NAME (--column date=NAME)."
            yield note
        elif undated:
            numbers = ", ".join(map(str, self.undated))
            more = "" if undated == len(self.undated) else " and others"
            yield f"Rows without a date: {undated:,} (row {numbers}{more})."
        if sentence := self.evidence.sentence(self.order):
            yield sentence
        if self.day_numbers.count:
            yield (
                f"Dates that are day numbers of a spreadsheet: {self.day_numbers.count:,}. "
                f"{self.day_numbers.examples[0]}."
            )
        if self.short_years.count:
            yield (
                f"Years of two digits: {self.short_years.count:,} "
                f"({self.short_years.examples[0]}). Which century? --century 20 or --century 19."
            )
