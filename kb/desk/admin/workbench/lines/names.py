"""Which rows the names that were typed in a cell mean, or which ones they can mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.actor_kinds import likely_kinds
from kb.desk.admin.choice_notes import choice_notes
from kb.desk.admin.choices import NAME_FIELDS, near_rows
from kb.desk.admin.create_choice import add_draft, rows_with_name, unsaved_row
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.workbench.lines.cells import CellField
from kb.desk.models import Actor, Event, Publishable
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import Label, ParticipationRole
from kb.text.clean import TextError, clean_line
from kb.text.normalise import fold_name

# The value of a choice that makes a new row of the typed name; a kind of actor may follow it.
CREATE = "create"
MAX_EVENTS = 8
MAX_NAMES = 40  # in one cell
Choices = list[tuple[str, str]]
_BETWEEN_NAMES = re.compile(r"[;；]")
_ROLE = re.compile(r"(.+?)\s*[(（]([^()（）]+)[)）]")

_SEVERAL: dict[str, Label] = {
    "actor": gettext_lazy("Several actors are called “%(name)s”. Choose one of them."),
    "incident": gettext_lazy("Several incidents are called “%(name)s”. Choose one of them."),
}
_NEAR: dict[str, Label] = {
    "actor": gettext_lazy(
        "No actor is called “%(name)s”. Choose a similar name, or create a new one."
    ),
    "incident": gettext_lazy(
        "No incident is called “%(name)s”. Choose a similar name, or create a new one."
    ),
}


class TypedName(NamedTuple):
    """What a name means: a row, or a new row of this name, or a problem with what to choose."""

    row: Publishable | None = None
    new_name: str = ""
    problem: str = ""
    choices: Choices = []


@dataclass
class TypedNames:
    """What the names of a cell mean: rows with their roles, or one new actor, or a problem."""

    rows: list[Publishable] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    new_name: str = ""
    problem: str = ""
    choices: Choices = field(default_factory=list)
    created: list[Publishable] = field(default_factory=list)

    @property
    def row(self) -> Publishable | None:
        return self.rows[0] if self.rows else None

    @property
    def keys(self) -> list[str]:
        return [str(row.pk) for row in self.rows]

    def text(self) -> str:
        """The names as the cell shows them."""
        return names_text(self.rows, self.roles)


def names_text(rows: Sequence[Publishable], roles: Sequence[str] = ()) -> str:
    """Names as a cell shows them: with a semicolon between them, each with its role in brackets."""
    if not roles:
        return "; ".join(map(str, rows))
    labels = dict(ParticipationRole.choices)
    pairs = zip(rows, roles, strict=True)
    return "; ".join(f"{row} ({labels.get(role, role)})" for row, role in pairs)


def typed_names(
    request: HttpRequest, cell: CellField, text: str, keys: str, choice: str
) -> TypedNames:
    """Return the rows that the names in a cell mean.

    ``keys`` are of the rows that were chosen while the names were typed, with commas between them;
    ``choice`` is what was chosen after a refusal, for the first name that is not certain. A choice
    to create a row makes a draft. Raises PermissionDenied.
    """
    names = TypedNames()
    parts = _BETWEEN_NAMES.split(text)[:MAX_NAMES] if cell.is_many else [text]
    chosen = _chosen_rows(cell, keys)
    for part in parts:
        name, role = _name_and_role(cell, part)
        if not name:
            continue
        typed = typed_name(cell, name, chosen.get(fold_name(name), ""))
        if choice and (typed.problem or typed.new_name):
            typed, choice = _choose(request, cell, name, choice, typed, names), ""
        if typed.new_name:
            typed = _new_name_refused(cell, typed.new_name)
        if typed.row is None:
            names.problem, names.choices = typed.problem, typed.choices
            return names
        if typed.row not in names.rows or cell.roles:
            names.rows.append(typed.row)
            names.roles += [role] if cell.roles else []
    return names


def typed_new_name(cell: CellField, text: str, key: str, choice: str) -> TypedNames:
    """Return what the single name in a cell means, whose row may be created with the line."""
    typed = typed_name(cell, text, key, choice)
    rows = [typed.row] if typed.row else []
    return TypedNames(rows, [], typed.new_name, typed.problem, typed.choices)


def typed_name(cell: CellField, name: str, key: str, choice: str = "") -> TypedName:
    """Return the row of a typed name.

    ``key`` is that of the row that was chosen while the name was typed, ``choice`` what was chosen
    after a refusal. A name that is written nearly like that of a row is refused, with both.
    """
    model = cell.rows or Actor
    if model is Event:
        return typed_event(name, key, choice)
    try:
        name = " ".join(clean_line(name).split())
    except TextError as problem:
        return TypedName(problem=str(problem))
    if not name:
        return TypedName()
    live = model._default_manager.exclude(state=WorkflowState.WITHDRAWN)
    if is_primary_key(choice) and (row := live.filter(pk=choice).first()):
        return TypedName(row)
    named = rows_with_name(model(**{NAME_FIELDS[model]: name}))
    chosen = live.filter(pk=key).first() if is_primary_key(key) else None
    if chosen and (chosen in named or fold_name(str(chosen)) == fold_name(name)):
        return TypedName(chosen)
    if len(named) == 1:
        return TypedName(named[0])
    kind = model._meta.model_name or ""
    if named:
        message = str(_SEVERAL[kind]) % {"name": name}
        return TypedName(problem=message, choices=_choices(named))
    near = near_rows(live, name, [])
    if near and choice != CREATE:
        choices = [*_choices(near), *_create_choices(cell, name)]
        return TypedName(problem=str(_NEAR[kind]) % {"name": name}, choices=choices)
    return TypedName(new_name=name)


def typed_event(title: str, key: str, choice: str) -> TypedName:
    """Return the event of a typed title, or those whose titles have the typed words."""
    title = title.strip()
    if not title:
        return TypedName()
    live = Event.objects.exclude(state=WorkflowState.WITHDRAWN)
    if is_primary_key(choice) and (event := live.filter(pk=choice).first()):
        return TypedName(event)
    if is_primary_key(key) and (event := live.filter(pk=key).first()) and event.title == title:
        return TypedName(event)
    found = live.filter(title__iexact=title) or live.filter(title__icontains=title)
    events: list[Publishable] = list(found.order_by("-pk")[:MAX_EVENTS])
    if len(events) == 1:
        return TypedName(events[0])
    if events:
        message = _("Several events have these words in their title. Choose one of them.")
        return TypedName(problem=message, choices=_choices(events))
    message = _(
        "No event has “%(title)s” in its title. Make the event from the text first, or leave the "
        "cell empty."
    )
    return TypedName(problem=message % {"title": title})


def _chosen_rows(cell: CellField, keys: str) -> dict[str, str]:
    """The keys of the rows that were chosen, by their names however they are written."""
    model = cell.rows or Actor
    valid = [key for key in keys.split(",") if is_primary_key(key)][:MAX_NAMES]
    rows = model._default_manager.filter(pk__in=valid)  # no query without keys
    return {fold_name(str(row)): str(row.pk) for row in rows}


def _name_and_role(cell: CellField, part: str) -> tuple[str, str]:
    """A name and its role, if brackets behind it have one; else “involved”."""
    name = " ".join(part.split())
    match = _ROLE.fullmatch(name)
    if cell.roles is None or match is None:
        return name, ParticipationRole.INVOLVED if cell.roles else ""
    typed = match[2].strip().casefold()
    for role in cell.roles:
        if typed in (role.value, str(role.label).casefold()):
            return match[1], str(role.value)
    return name, ParticipationRole.INVOLVED


def _choose(
    request: HttpRequest,
    cell: CellField,
    name: str,
    choice: str,
    typed: TypedName,
    names: TypedNames,
) -> TypedName:
    """The row that was chosen for a name, or a new one. Raises PermissionDenied."""
    create, _colon, kind = choice.partition(":")
    if create != CREATE:
        return typed_name(cell, name, "", choice)
    model = cell.rows or Actor
    if not request.user.has_perm(f"desk.add_{model._meta.model_name}"):
        raise PermissionDenied
    try:
        row = unsaved_row(model, name, kind)
    except (TextError, ValidationError) as problem:
        return TypedName(problem=" ".join(getattr(problem, "messages", [str(problem)])))
    add_draft(row, by=request.user)
    names.created.append(row)
    return TypedName(row)


def _new_name_refused(cell: CellField, name: str) -> TypedName:
    """Nothing has this name: what can be created."""
    message = _("No incident is called “%(name)s”. Choose to create it, or correct the name.")
    if cell.rows is Actor:
        message = _("No actor is called “%(name)s”. Choose what it is, or correct the name.")
    return TypedName(problem=message % {"name": name}, choices=_create_choices(cell, name))


def _create_choices(cell: CellField, name: str) -> Choices:
    """The choices that create a row: an actor of each of the likely kinds."""
    if cell.rows is not Actor or cell.is_new_allowed:
        return [(CREATE, _("Create “%(name)s”") % {"name": name})]
    label = _("Create %(kind)s “%(name)s”")
    kinds = likely_kinds(name, cell.field)
    return [(f"{CREATE}:{kind}", label % {"kind": kind.label, "name": name}) for kind in kinds]


def _choices(rows: Sequence[Any]) -> Choices:
    notes = choice_notes(rows)
    labels = {row.pk: notes.get(row.pk, "") for row in rows}
    return [
        (str(row.pk), f"{row} ({labels[row.pk]})" if labels[row.pk] else str(row)) for row in rows
    ]
