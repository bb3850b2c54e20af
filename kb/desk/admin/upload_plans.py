"""Plans an uploaded file: the report on its rows, its columns, and the names that are new."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from kb.dates import DateError
from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.importers.dry_run import ACTIONS, REFUSE, ImportOutcome, batched, plan_import
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.new_names import NameCounter, NewName
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.row_dates import row_date
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused, ImportRow, printable
from kb.desk.importers.table_head import ColumnsUnclear
from kb.desk.models import Upload
from kb.desk.verbs.exceptions import ActionRefused

MAX_INPUTS = 6  # cells of one row that can be corrected in the report
_DATE_COLUMNS = ("date", "edtf", "start", "end", "time", "zone", "as_written")
# What is corrected first where no cell is known to be wrong.
_FIRST_COLUMNS = ("date", "edtf", "title", "text", "speaker", "start", "end")


class UploadLayout(TypedDict, total=False):
    """What the report needs of a file besides its rows."""

    heads: list[str]
    columns: list[str]  # ours, or ""
    samples: list[str]
    new_names: list[NewName]
    balance: str
    # What the balance is made from, to be said in the language of the page.
    ignored: dict[str, int]
    rows_on_several_lines: int
    place: str
    unclear: str  # why the columns must be chosen first; the file has no report then


# Row, title, action, details, date, and the cells that can be corrected by their index.
ReportEntry = tuple[int, str, str, list[str], str, dict[str, str]]


@dataclass
class UploadPlan:
    """A file that was read: its outcomes, and what its rows have in common."""

    notes: FileNotes
    names: NameCounter = field(default_factory=NameCounter)
    outcomes: list[ImportOutcome] = field(default_factory=list)
    samples: dict[int, str] = field(default_factory=dict)

    def watch(self, rows: Iterator[ImportRow]) -> Iterator[ImportRow]:
        """The same rows; the first text of each column is kept as its sample."""
        for row in rows:
            for place, text in enumerate(row.cells):
                if place not in self.samples and text.strip():
                    self.samples[place] = printable(" ".join(text.split()))[:60]
            self.names.add(row)
            yield row

    def layout(self) -> UploadLayout:
        """What the report needs besides the rows."""
        heads = self.notes.heads
        actions = Counter(outcome.action for outcome in self.outcomes)
        counts = {action: actions[action] for action in ACTIONS if actions[action]}
        return UploadLayout(
            heads=[printable(head.strip())[:80] for head in heads],
            columns=self.notes.columns,
            samples=[self.samples.get(place, "") for place in range(len(heads))],
            new_names=self.names.new_names(),
            balance=self.notes.balance(counts),
            ignored=dict(self.notes.ignored),
            rows_on_several_lines=self.notes.rows_on_several_lines,
            place=self.notes.place(),
        )


def upload_options(upload: Upload) -> ReadOptions:
    """What the sender of an uploaded file said about it."""
    return ReadOptions.from_json(upload.options)


# What it sets is stored, and so in English, whatever the language of the editor.
@translation.override(settings.LANGUAGE_CODE)
def plan_upload(upload: Upload, progress: Callable[[int], None] | None = None) -> UploadPlan:
    """Read and plan an uploaded file, and set its report, notes and layout. Saves nothing.

    If its columns must be chosen first, there is no report. Raises FileRefused.
    """
    notes = FileNotes()
    plan = UploadPlan(notes)
    upload.report, upload.notes = [], []
    try:
        rows = read_rows(
            io.BytesIO(upload.content),
            upload.file_kind,
            ADMIN_LIMITS,
            upload_options(upload),
            notes,
        )
        # The whole file is read before any row is planned, so an error costs no query.
        for chunk in batched(plan_import(list(plan.watch(rows)), origin=upload.origin)):
            plan.outcomes += chunk
            if progress:
                progress(len(plan.outcomes))
    except ColumnsUnclear as problem:
        if not notes.heads:
            raise
        samples = notes.first_cells
        upload.layout = UploadLayout(
            heads=[printable(head.strip())[:80] for head in notes.heads],
            columns=notes.columns,
            samples=[printable(text)[:60] for text in samples],
            unclear=printable(str(problem)),
        )
        return plan
    upload.report = [report_entry(outcome, notes.columns) for outcome in plan.outcomes]
    upload.notes = notes.sentences()
    upload.layout = plan.layout()
    return plan


def check_content(upload: Upload) -> None:
    """Raise ActionRefused if the stored bytes are not those that were uploaded."""
    if hashlib.sha256(upload.content).hexdigest() != upload.sha256:
        raise ActionRefused(
            [_("The stored file differs from the one you uploaded. Upload it again.")]
        )


def report_entry(outcome: ImportOutcome, columns: Sequence[str]) -> list[object]:
    """One row of a report, as JSON stores it: see ReportEntry."""
    row = outcome.row
    title = printable((row.title or row.text)[:200])
    details = [printable(text) for text in outcome.details]
    cells: dict[str, str] = {}
    if outcome.action == REFUSE and row.cells:
        cells = {str(place): row.cells[place] for place in _wrong_cells(outcome, columns)}
    return [row.line, title, outcome.action, details, printable(outcome.date_words), cells]


def _wrong_cells(outcome: ImportOutcome, columns: Sequence[str]) -> list[int]:
    """The indexes of the cells of a refused row that are wrong, or of its first ones."""
    row = outcome.row
    places = range(min(len(row.cells), len(columns)))
    reasons = " ".join(outcome.reasons)
    named = {reason.partition(":")[0] for reason in outcome.reasons} & IMPORT_COLUMNS.keys()
    if not _has_date(row):
        named |= {name for name in _DATE_COLUMNS if name in columns}
    wrong = [
        place
        for place in places
        if columns[place]
        and (
            (columns[place] in named and (row.cells[place].strip() or columns[place] == "date"))
            or (row.cells[place].strip() and f"“{row.cells[place].strip()[:40]}" in reasons)
        )
    ]
    if not wrong:
        order = {name: number for number, name in enumerate(_FIRST_COLUMNS)}
        wrong = sorted(
            (place for place in places if columns[place]),
            key=lambda place: (order.get(columns[place], len(order)), place),
        )
    return wrong[:MAX_INPUTS]


def _has_date(row: ImportRow) -> bool:
    """Whether the date of a row can be read."""
    try:
        row_date(row)
    except DateError:
        return False
    return True


def rows_left(upload: Upload) -> tuple[list[str], list[tuple[list[str], str]]]:
    """The headings of a table, and its rows that cannot be loaded, each with the reasons.

    Raises FileRefused for a file that is no table.
    """
    if not READERS[upload.file_kind].is_table:
        raise FileRefused(_("Only the rows of a table can be downloaded. Correct the file itself."))
    notes = FileNotes()
    reasons = {line[0]: " ".join(line[3]) for line in upload.report if line[2] == REFUSE}
    rows = read_rows(
        io.BytesIO(upload.content), upload.file_kind, ADMIN_LIMITS, upload_options(upload), notes
    )
    left = [(list(row.cells), reasons[row.line]) for row in rows if row.line in reasons]
    return notes.heads, left
