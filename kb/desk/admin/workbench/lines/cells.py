"""The cells of a line: what kind of box each is, and the form of what was typed in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse

from kb.desk.models import Publishable
from kb.record.vocabulary import Label

# The cell with the words from the text: every kind of line has it.
WORDS = "words"
CellValues = dict[str, str]


@dataclass(frozen=True)
class CellField:
    """A cell that an editor types in.

    - ``field`` is the field of the entry that it stands for, as the list of its names knows it;
    - ``rows`` is the model of the rows that it names, whose keys stand beside it;
    - ``is_many`` if it names several, ``roles`` if each has a role in brackets;
    - ``is_new_allowed`` if a new name is saved with the line, because its kind is certain;
    - ``choices`` make it a list of values, ``is_date`` the box of a date.
    """

    label: Label
    field: str
    rows: type[Publishable] | None = None
    is_many: bool = False
    is_new_allowed: bool = False
    roles: type[models.TextChoices] | None = None
    choices: type[models.TextChoices] | None = None
    is_date: bool = False


Cells = Mapping[str, CellField]


def hidden_names(cells: Cells) -> dict[str, tuple[str, ...]]:
    """The hidden fields that stand beside a cell, by its name.

    - ``…_key`` has the keys of the rows that names were chosen as;
    - ``…_phrase`` is the wording of a date in the source;
    - ``passage`` is where the words are in the text (``passage_key``);
    - ``filled`` is "1" once the empty cells were filled in from the text;
    - ``version`` and ``shown`` tell what the editor saw of a stored entry.
    """
    names: dict[str, tuple[str, ...]] = {WORDS: ("passage", "filled", "version", "shown")}
    for name, cell in cells.items():
        if cell.rows is not None:
            names[name] = (f"{name}_key",)
        elif cell.is_date:
            names[name] = (f"{name}_phrase",)
    return names


class LineForm(forms.Form):
    """What was typed in a line. The form of its entry checks it."""

    def __init__(self, kind: str, cells: Cells, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside = hidden_names(cells)
        for name, cell in cells.items():
            self.fields[name] = _box(kind, name, cell)
            self.fields[name].widget.attrs["aria-describedby"] = f"{self[name].auto_id}_note"
        for hidden in self.beside.values():
            for name in hidden:
                self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)


def _box(kind: str, name: str, cell: CellField) -> forms.CharField:
    # Browsers must not offer what was typed into other lines.
    attrs = {"autocomplete": "off", "class": "line-cell"}
    if cell.rows is not None:
        row_kind = cell.rows._meta.model_name or ""
        attrs["data-choices"] = reverse(f"admin:desk_{row_kind}_choices")
        attrs |= {"data-rows": row_kind, "data-field": cell.field}
        attrs["data-of"] = "participation" if cell.roles else kind
        if cell.is_many:
            attrs["data-many"] = ""
        if cell.is_new_allowed:
            attrs["data-new"] = ""
    if cell.is_date:
        attrs["data-date"] = ""
    widget: forms.Widget = forms.TextInput(attrs)
    if name == WORDS:
        widget = forms.Textarea(attrs={**attrs, "rows": "1"})
    if cell.choices is not None:
        choices = [("", "—"), *cell.choices.choices]
        widget = forms.Select(attrs={"class": "line-cell"}, choices=choices)
    return forms.CharField(label=cell.label, required=False, widget=widget)


def cells_digest(cells: Cells, values: Mapping[str, str]) -> str:
    """A digest of the typed cells, which tells whether an editor changed one of them."""
    names = (*cells, *(f"{name}_key" for name, cell in cells.items() if cell.rows is not None))
    typed = (" ".join(values.get(name, "").split()) for name in names)
    return hashlib.sha256("\x1f".join(typed).encode()).hexdigest()[:32]
