"""What the page of an import report shows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.upload_plans import UploadLayout, upload_options
from kb.desk.admin.uploads import (
    CENTURY_CHOICES,
    ENCODING_CHOICES,
    MAX_UPLOAD_AGE,
    is_upload_running,
)
from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.importers.day_order import DAY_ORDERS
from kb.desk.importers.dry_run import ACTIONS, ADD, CHANGE, REFUSE, SAME
from kb.desk.importers.file_notes import balance_sentence
from kb.desk.importers.new_names import NewName
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import READERS
from kb.desk.models import Upload
from kb.record.vocabulary import Label

ROWS_PER_PAGE = 100
# The actions of a report as they are named in addresses and CSS classes.
ACTION_NAMES = dict(zip(ACTIONS, ("add", "change", "same", "refuse"), strict=True))
# What the page shows for an action. The action itself is stored, and so in English.
ACTION_LABELS: dict[str, Label] = {
    ADD: gettext_lazy("will add"),
    CHANGE: gettext_lazy("will change"),
    SAME: gettext_lazy("unchanged"),
    REFUSE: gettext_lazy("refused"),
}
# The filter of rows that are refused, or have something to check.
TO_CHECK = "check"


class ReportCell(TypedDict):
    """A cell that can be corrected: the name of its input, its heading and its text."""

    name: str
    head: str
    text: str


class ReportLine(TypedDict):
    """One row of a report, for ``report.html``."""

    row: int
    title: str
    date: str
    action: str
    label: Label
    name: str
    reasons: str
    cells: list[ReportCell]


class ColumnCard(NamedTuple):
    """A column of the file: its heading, its first text, and which column of ours it is."""

    head: str
    sample: str
    column: str


class Choice(NamedTuple):
    """An option of a list, and whether it is chosen."""

    value: str
    label: str
    is_chosen: bool


class ReportContext(TypedDict):
    """What ``report.html`` is given."""

    title: str
    upload: Upload
    options: ReadOptions
    reader: str
    is_table: bool
    is_text: bool
    notes: list[str]
    balance: str
    unclear: str
    cards: list[ColumnCard]
    our_columns: list[str]
    orders: list[Choice]
    centuries: list[Choice]
    encodings: list[Choice]
    new_names: list[NewName]
    total: int
    counts: list[tuple[Label, str, int]]
    to_check: int
    only: str
    lines: list[ReportLine]
    page: Page[list[Any]]
    query: str
    refused: int
    is_busy: bool
    would_do: int
    until: datetime


def report_context(request: HttpRequest, upload: Upload) -> ReportContext:
    """The context of the report on a file. ``?only=`` chooses rows; at first those to check."""
    layout: UploadLayout = upload.layout
    options = upload_options(upload)
    reader = READERS[upload.file_kind]
    counts = Counter(action for _row, _title, action, *_rest in upload.report)
    to_check = [
        line for line in upload.report if line[2] == REFUSE or (line[3] and line[2] != SAME)
    ]
    only = request.GET.get("only", TO_CHECK if counts[REFUSE] else "")
    action = next((action for action, name in ACTION_NAMES.items() if name == only), "")
    lines = [line for line in upload.report if not action or line[2] == action]
    if only == TO_CHECK:
        lines = to_check
    page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    heads = layout.get("heads", [])
    return ReportContext(
        title=_("Import report for “%(name)s”") % {"name": upload},
        upload=upload,
        options=options,
        reader=str(reader.label),
        is_table=reader.is_table,
        is_text=upload.file_kind != "sheet",
        notes=upload.notes,
        balance=_balance(layout, counts),
        unclear=layout.get("unclear", ""),
        cards=[
            ColumnCard(*card)
            for card in zip(
                heads, layout.get("samples", []), layout.get("columns", []), strict=True
            )
        ],
        our_columns=list(IMPORT_COLUMNS),
        orders=[
            Choice("", _("Refuse dates with two readings"), not options.order),
            *(
                Choice(value, str(label), options.order == order)
                for value, (order, label) in DAY_ORDERS.items()
            ),
        ],
        centuries=_choices(CENTURY_CHOICES, options.century),
        encodings=_choices(ENCODING_CHOICES, options.encoding),
        new_names=layout.get("new_names", []),
        total=len(upload.report),
        counts=[
            (ACTION_LABELS[action], ACTION_NAMES[action], counts[action])
            for action in ACTIONS
            if counts[action]
        ],
        to_check=len(to_check),
        only=only if only in (TO_CHECK, *ACTION_NAMES.values()) else "",
        lines=[report_row(line, heads) for line in page],
        page=page,
        query=f"only={only}&page=" if only in (TO_CHECK, *ACTION_NAMES.values()) else "only=&page=",
        refused=counts[REFUSE],
        is_busy=is_upload_running(upload),
        would_do=counts[ACTIONS[0]] + counts[ACTIONS[1]],
        until=upload.sent_at + MAX_UPLOAD_AGE,
    )


def _balance(layout: UploadLayout, counts: Counter[str]) -> str:
    """The sum of all rows, in the language of the page; as it is stored for an older upload."""
    if "ignored" not in layout or not counts:
        return layout.get("balance", "")
    ordered = {action: counts[action] for action in ACTIONS if counts[action]}
    return balance_sentence(ordered, layout["ignored"], layout["rows_on_several_lines"])


def _choices(choices: list[Any], chosen: str) -> list[Choice]:
    return [Choice(value, str(label), value == chosen) for value, label in choices]


def report_row(line: list[Any], heads: list[str]) -> ReportLine:
    """A row of a stored report. A report of an earlier release has no dates and cells."""
    missing: list[Any] = ["", {}]
    row, title, action, reasons, date, cells = [*line, *missing[len(line) - 4 :]]
    return ReportLine(
        row=row,
        title=title,
        date=date,
        action=action,
        label=ACTION_LABELS[action],
        name=ACTION_NAMES[action],
        reasons=" ".join(reasons),
        cells=[
            ReportCell(name=f"cell-{row}-{place}", head=heads[int(place)], text=text)
            for place, text in cells.items()
            if int(place) < len(heads)
        ],
    )
