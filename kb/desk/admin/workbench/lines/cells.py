"""The cells of a line, and what they hold for a stored statement."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kb.dates import typed_edtf
from kb.desk.models import Publishable, Statement
from kb.record.vocabulary import Label

# The cells that an editor types in, in the order of the columns.
CELLS: dict[str, Label] = {
    "speaker": _("Speaker"),
    "role": _("Role"),
    "on_behalf_of": _("For"),
    "words": _("Words"),
    "said": _("Date"),
    "about": _("About"),
}
# Cells that hold the name of a row, and the model of that row. The key of the row is beside it.
NAME_CELLS = {"speaker": "actor", "on_behalf_of": "actor", "about": "event"}
CellValues = dict[str, str]


class CellInput(forms.TextInput):
    """The box of a cell. Browsers must not offer what was typed into other lines."""

    def __init__(self, attrs: Mapping[str, str] | None = None) -> None:
        super().__init__({"autocomplete": "off", "class": "line-cell", **(attrs or {})})


def _cell(name: str) -> forms.CharField:
    attrs = {}
    if name in NAME_CELLS:
        attrs["data-field"] = name
    if name == "said":
        attrs["data-date"] = ""
    return forms.CharField(label=CELLS[name], required=False, widget=CellInput(attrs))


def _hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class LineForm(forms.Form):
    """What was typed in a line. The form of the statement checks it.

    - ``…_key`` is the key of the row that a name was chosen as;
    - ``said_phrase`` is the wording of the date in the source;
    - ``passage`` is where the words are in the text (``passage_key``);
    - ``filled`` is "1" once the empty cells were filled in from the text;
    - ``version`` and ``shown`` tell what the editor saw of a stored statement.
    """

    speaker = _cell("speaker")
    role = _cell("role")
    on_behalf_of = _cell("on_behalf_of")
    words = forms.CharField(
        label=CELLS["words"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "class": "line-cell", "autocomplete": "off"}),
    )
    said = _cell("said")
    about = _cell("about")
    speaker_key = _hidden()
    on_behalf_of_key = _hidden()
    about_key = _hidden()
    said_phrase = _hidden()
    passage = _hidden()
    filled = _hidden()
    version = _hidden()
    shown = _hidden()

    # The hidden fields that stand beside a cell.
    beside: ClassVar[dict[str, tuple[str, ...]]] = {
        "speaker": ("speaker_key",),
        "on_behalf_of": ("on_behalf_of_key",),
        "words": ("passage", "filled", "version", "shown"),
        "said": ("said_phrase",),
        "about": ("about_key",),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CELLS:
            note = f"{self[name].auto_id}_note"
            self.fields[name].widget.attrs["aria-describedby"] = note
        for name, model in NAME_CELLS.items():
            url = reverse(f"admin:desk_{model}_choices")
            self.fields[name].widget.attrs["data-choices"] = url


def stored_cells(statement: Statement) -> CellValues:
    """What the cells of a stored statement hold."""
    events = list(statement.about.all())
    event = events[0] if len(events) == 1 else None
    return {
        "speaker": _name(statement.speaker),
        "speaker_key": _key(statement.speaker),
        "role": statement.role_as_of,
        "on_behalf_of": _name(statement.on_behalf_of),
        "on_behalf_of_key": _key(statement.on_behalf_of),
        "words": statement.text,
        "said": typed_edtf(statement.said.edtf),
        "said_phrase": statement.said.phrase,
        "about": _name(event),
        "about_key": _key(event),
    }


def _name(row: Publishable | None) -> str:
    return str(row) if row is not None else ""


def _key(row: Publishable | None) -> str:
    return str(row.pk) if row is not None else ""


def cells_digest(values: Mapping[str, str]) -> str:
    """A digest of the typed cells, which tells whether an editor changed one of them."""
    names = (*CELLS, *(f"{name}_key" for name in NAME_CELLS))
    typed = (" ".join(values.get(name, "").split()) for name in names)
    return hashlib.sha256("\x1f".join(typed).encode()).hexdigest()[:32]
