"""What the report of an import says about the file as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb.dates.reading import FigureOrder
from kb.desk.importers.day_order import DayOrderEvidence
from kb.desk.importers.rows import ImportRow, printable

MAX_NAMED_COLUMNS = 30


@dataclass
class FileNotes:
    """What a reader leaves out of a file, and what its rows have in common.

    A reader adds to ``unread`` and ``remarks``; ``watch`` counts rows as they pass.
    """

    unread: list[str] = field(default_factory=list)  # names of columns
    remarks: list[str] = field(default_factory=list)  # sentences
    order: FigureOrder = ""
    rows: int = 0
    dated: int = 0
    evidence: DayOrderEvidence = field(default_factory=DayOrderEvidence)

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
            self.dated += bool(row.date or row.start or row.end)
            self.evidence.add(row)
            yield row

    def sentences(self) -> list[str]:
        """The notes, once all rows have been read."""
        notes = []
        if self.unread:
            names = ", ".join(f"“{name}”" for name in self.unread[:MAX_NAMED_COLUMNS])
            others = len(self.unread) - MAX_NAMED_COLUMNS
            names += f" and {others} more" if others > 0 else ""
            notes.append(f"Columns that are not read: {names}.")
        if self.rows and not self.dated:
            note = "No row of the file has a date, so no entry would have one."
            if self.unread:
                note += " If a column holds it, name it: date=NAME (--column date=NAME)."
            notes.append(note)
        if sentence := self.evidence.sentence(self.order):
            notes.append(sentence)
        return notes + self.remarks
