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
from kb.desk.admin.workbench.lines.cells import (
    CELLS,
    CellValues,
    LineForm,
    cells_digest,
    stored_cells,
)
from kb.desk.admin.workbench.lines.names import Choices
from kb.desk.models import Statement
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
    """A statement in the table, or a new line. Without a ``form`` it can only be read."""

    key: str
    form: LineForm | None
    statement: Statement | None = None
    notes: dict[str, Label] = field(default_factory=dict)
    choices: dict[str, Choices] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stored: list[StoredAndTyped] = field(default_factory=list)
    is_refused: bool = False

    @property
    def is_new(self) -> bool:
        return self.statement is None

    @property
    def url(self) -> str:
        """The address of the form with all fields of a stored statement."""
        if self.statement is None:
            return ""
        return reverse("admin:desk_statement_change", args=[self.statement.pk])

    @property
    def state(self) -> str:
        if self.is_refused:
            return _("not saved")
        return self.statement.get_state_display() if self.statement else _("new line")

    def cells(self) -> Iterator[Cell]:
        """The cells in the order of the columns."""
        values = stored_cells(self.statement) if self.statement and not self.form else {}
        for name, label in CELLS.items():
            form = self.form
            yield Cell(
                name=name,
                label=label,
                box=form[name] if form else None,
                text=values.get(name, ""),
                note=self.notes.get(name, ""),
                choices=self.choices.get(name, []),
                hidden=[form[other] for other in form.beside.get(name, ())] if form else [],
            )

    def typed(self, name: str) -> str:
        """What was typed or chosen in a cell, or in a field beside it."""
        form = self.form
        return str(form.data.get(form.add_prefix(name)) or "").strip() if form else ""

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
        if self.form is None or cell not in CELLS:
            self.problems.append(message)
            return
        self.form.add_error(cell, message)
        if choices:
            self.choices[cell] = choices

    def is_changed(self) -> bool:
        """Whether a sent line differs from what its editor was shown."""
        names = (*CELLS, *(f"{cell}_choice" for cell in CELLS))
        if self.is_new:
            return any(self.typed(name) for name in names)
        is_chosen = any(self.typed(f"{cell}_choice") for cell in CELLS)
        typed = {name: self.typed(name) for name in LineForm.base_fields}
        return is_chosen or cells_digest(typed) != self.typed("shown")


def new_line() -> Line:
    """An empty line, with a key that is used once."""
    key = f"{_NEW}{get_random_string(8)}"
    return Line(key, LineForm(prefix=f"{LINE}-{key}"))


def is_new_key(key: str) -> bool:
    """Whether this is the key of a line that was new when its page was made."""
    return key.startswith(_NEW) and key.removeprefix(_NEW).isalnum() and len(key) <= 20


def stored_line(statement: Statement) -> Line:
    """The line of a stored statement. Only a draft has a form."""
    key = str(statement.pk)
    if statement.state != WorkflowState.DRAFT:
        return Line(key, None, statement)
    values = stored_cells(statement)
    initial = {**values, "version": statement.version, "shown": cells_digest(values)}
    return Line(key, LineForm(prefix=f"{LINE}-{key}", initial=initial), statement)


def sent_line(key: str, data: QueryDict, statement: Statement | None) -> Line:
    """A line as it was sent, of a stored statement or of a new one."""
    return Line(key, LineForm(data, prefix=f"{LINE}-{key}"), statement)
