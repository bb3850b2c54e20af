"""A line of the table: what its cells hold, and what the page says about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from kb.desk.admin.edit_conflicts import StoredAndTyped
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.workbench.lines.cells import CellValues, LineForm, cells_digest
from kb.desk.admin.workbench.lines.kinds import LINE_KINDS
from kb.desk.admin.workbench.lines.kinds.base import Entry, LineKind
from kb.desk.admin.workbench.lines.names import Choices
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import Label

# The fields of the form that tell which lines it has.
LINES, LINE = "lines", "line"
_NEW = "new-"


@dataclass(frozen=True)
class Cell:
    """A cell as the page shows it: its box, what stands below, and what can be chosen."""

    name: str
    label: Label
    box: BoundField | None
    text: str
    note: Label
    choices: Choices
    hidden: list[BoundField]

    @property
    def choice_name(self) -> str:
        """The name of the list of choices in the form."""
        return f"{self.box.html_name}_choice" if self.box is not None else ""


@dataclass
class Line:
    """An entry in its table, or a new line. Without a ``form`` it can only be read."""

    kind: LineKind
    key: str
    form: LineForm | None
    row: Entry | None = None
    notes: dict[str, Label] = field(default_factory=dict)
    choices: dict[str, Choices] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stored: list[StoredAndTyped] = field(default_factory=list)
    is_refused: bool = False

    @property
    def is_new(self) -> bool:
        return self.row is None

    @property
    def url(self) -> str:
        """The address of the form with all fields of a stored entry."""
        if self.row is None:
            return ""
        return reverse(f"admin:desk_{self.kind.name}_change", args=[self.row.pk])

    @property
    def state(self) -> str:
        if self.is_refused:
            return _("not saved")
        return self.row.get_state_display() if self.row else _("new line")

    def cells(self) -> Iterator[Cell]:
        """The cells in the order of the columns."""
        form = self.form
        values = self.kind.stored_cells(self.row) if self.row and not form else {}
        for name, cell in self.kind.cells.items():
            text = values.get(name, "")
            yield Cell(
                name=name,
                label=cell.label,
                box=form[name] if form else None,
                text=str(dict(cell.choices.choices).get(text, text)) if cell.choices else text,
                note=self.notes.get(name, ""),
                choices=self.choices.get(name, []),
                hidden=[form[other] for other in form.beside.get(name, ())] if form else [],
            )

    def typed(self, name: str) -> str:
        """What was typed or chosen in a cell, or in a field beside it."""
        form = self.form
        return str(form.data.get(form.add_prefix(name)) or "").strip() if form else ""

    def typed_values(self) -> CellValues:
        """What was typed in all cells, and in the fields beside them."""
        return {name: self.typed(name) for name in self.form.fields} if self.form else {}

    def put(self, values: CellValues) -> None:
        """Put values into the cells of a sent line, to be saved or shown again."""
        form = self.form
        if form is not None and isinstance(form.data, QueryDict):
            data = form.data.copy()
            for name, value in values.items():
                data[form.add_prefix(name)] = value
            form.data = data

    def refuse(self, cell: str, message: str, choices: Choices | None = None) -> None:
        """Note why a line cannot be saved: beside a cell, or beside the line ("")."""
        self.is_refused = True
        if self.form is None or cell not in self.kind.cells:
            self.problems.append(message)
            return
        self.form.add_error(cell, message)
        if choices:
            self.choices[cell] = choices

    def is_changed(self) -> bool:
        """Whether a sent line differs from what its editor was shown."""
        cells = self.kind.cells
        if any(self.typed(f"{cell}_choice") for cell in cells):
            return True
        if self.is_new:
            return any(self.typed(name) for name in cells)
        return cells_digest(cells, self.typed_values()) != self.typed("shown")


def new_line(kind: LineKind) -> Line:
    """An empty line, with a key that is used once."""
    key = f"{kind.name}-{_NEW}{get_random_string(8)}"
    return Line(kind, key, LineForm(kind.name, kind.cells, prefix=f"{LINE}-{key}"))


def stored_line(kind: LineKind, row: Entry) -> Line:
    """The line of a stored entry. Only a draft has a form."""
    key = line_key(row)
    if row.state != WorkflowState.DRAFT:
        return Line(kind, key, None, row)
    values = kind.stored_cells(row)
    initial = {**values, "version": row.version, "shown": cells_digest(kind.cells, values)}
    form = LineForm(kind.name, kind.cells, prefix=f"{LINE}-{key}", initial=initial)
    return Line(kind, key, form, row)


def sent_line(kind: LineKind, key: str, data: QueryDict, row: Entry | None) -> Line:
    """A line as it was sent, of a stored entry or of a new one."""
    return Line(kind, key, LineForm(kind.name, kind.cells, data, prefix=f"{LINE}-{key}"), row)


def line_key(row: Entry) -> str:
    """The key of the line of a stored entry."""
    return f"{row.kind}-{row.pk}"


def kind_of_key(key: str) -> LineKind | None:
    """The kind of line that a key is of; None if it is no key."""
    return LINE_KINDS.get(key.partition("-")[0])


def stored_key(key: str) -> str:
    """The primary key in the key of a line; "" if the line was new when its page was made."""
    primary_key = key.partition("-")[2]
    return primary_key if is_primary_key(primary_key) else ""


def is_new_key(key: str) -> bool:
    """Whether this is the key of a line that was new when its page was made."""
    own = key.partition("-")[2]
    return own.startswith(_NEW) and own.removeprefix(_NEW).isalnum() and len(own) <= 20
