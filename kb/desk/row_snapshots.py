"""The whole of a desk row as plain values, so that it can be compared and put back.

Fields by their names; a date as EDTF, phrase and zone; a relation as kind, public id and the name
it then had; rows that are edited on the thing's own page as lists, each with its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models
from django.utils.text import capfirst

from kb.dates import FuzzyDate, FuzzyDateField
from kb.desk.documents import MODELS
from kb.desk.models import Publishable
from kb.record.document_diff import Piece, diff_pieces

State = dict[str, Any]

# Rows on the page of a kind: (accessor, its foreign key to the thing, what the page calls them).
ROWS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "actor": (
        ("other_names", "actor", "other names"),
        ("affiliations", "person", "roles held"),
        ("people", "organisation", "people with a role here"),
    ),
    "event": (
        ("participations", "event", "who took part"),
        ("citations", "event", "citations"),
    ),
    "statement": (("citations", "statement", "citations"),),
    "proposition": (("stances", "proposition", "stances"),),
}
# Those that belong to the other end: shown here, and put back from there.
BORROWED = {"people"}
# Counted and stamped by the desk itself.
_KEPT_BY_THE_DESK = {
    "id", "public_id", "version", "state", "created_at", "updated_at", "created_by", "updated_by",
}  # fmt: skip
EMPTY_SNAPSHOT = "(empty)"


def editable_fields(model: type[models.Model]) -> list[Any]:
    """The fields that an editor fills in; of a date the first of its five columns."""
    beside = {
        name
        for field in model._meta.fields
        if isinstance(field, FuzzyDateField)
        for name in field.columns()[1:]
    }
    return [one for one in model._meta.fields if one.name not in _KEPT_BY_THE_DESK | beside]


def plain_relations(model: type[models.Model]) -> list[Any]:
    """The many-to-many fields without a model of their own in between."""
    return [
        one
        for one in model._meta.many_to_many
        if one.remote_field.through._meta.auto_created  # type: ignore[union-attr]
    ]


def snapshots_by_id(things: Iterable[Publishable]) -> dict[str, State]:
    """The state of each thing as it is stored, by public id.

    A fixed number of queries for each kind, however many things there are.
    """
    by_kind: dict[str, list[Any]] = {}
    for thing in things:
        by_kind.setdefault(thing.kind, []).append(thing.pk)
    found = {}
    for kind, keys in by_kind.items():
        for row in _with_all(MODELS[kind]).filter(pk__in=keys):
            found[row.public_id] = row_snapshot(row)
    return found


def set_prefetched(row: Any, rows: dict[str, list[Any]]) -> None:
    """Say what stands beside a thing, by accessor, as if it had been fetched; elsewhere, nothing.

    For a thing that is about to be stored with just these rows: ``state_of`` then asks nothing of
    the database.
    """
    model = type(row)
    names = [accessor for accessor, _owner, _label in ROWS.get(row.kind, ())]
    names += [one.name for one in plain_relations(model)]
    row._prefetched_objects_cache = {name: rows.get(name, []) for name in names}


def _with_all(model: type[Publishable]) -> Any:
    rows: Any = _with_relations(model)
    for accessor, _owner, _label in ROWS.get(model.kind, ()):
        part: Any = model._meta.get_field(accessor).related_model
        parts = _with_relations(part).order_by("pk")
        rows = rows.prefetch_related(models.Prefetch(accessor, parts))
    return rows.prefetch_related(*(one.name for one in plain_relations(model)))


def _with_relations(model: type[models.Model]) -> Any:
    """The rows of a model with what their fields point to; without names all would be joined."""
    names = [field.name for field in editable_fields(model) if field.is_relation]
    rows: Any = model._default_manager.all()
    return rows.select_related(*names) if names else rows


def row_snapshot(row: Any) -> State:
    """The state of one thing, by what was fetched along with it."""
    state = {one.name: _plain(row, one) for one in editable_fields(type(row))}
    for link in plain_relations(type(row)):
        named = [_named(one) for one in getattr(row, link.name).all()]
        state[link.name] = sorted(named, key=lambda one: one["id"])
    for accessor, owner, _label in ROWS.get(row.kind, ()):
        state[accessor] = [
            {"key": part.pk}
            | {
                one.name: _plain(part, one)
                for one in editable_fields(type(part))
                if one.name != owner
            }
            for part in getattr(row, accessor).all()
        ]
    return state


def _plain(row: Any, field: Any) -> Any:
    value = getattr(row, field.name)
    if isinstance(value, FuzzyDate):
        return {"edtf": value.edtf, "phrase": value.phrase, "zone": value.zone}
    if field.is_relation:
        return _named(value) if value else None
    return value.isoformat() if isinstance(value, date) else value


def _named(thing: Publishable) -> dict[str, str]:
    return {"kind": thing.kind, "id": thing.public_id, "name": str(thing)}


def is_relation(value: Any) -> bool:
    """Whether this value of a state is a relation."""
    return isinstance(value, dict) and value.keys() == {"kind", "id", "name"}


def relations_in(state: State) -> Iterator[dict[str, str]]:
    """Every relation that a state holds, those of its rows too."""
    for value in state.values():
        if is_relation(value):
            yield value
        for part in value if isinstance(value, list) else ():
            if is_relation(part):
                yield part
            elif isinstance(part, dict):
                yield from relations_in(part)


# --- In words ------------------------------------------------------------------------------------


def label_for(kind: str, state: State, names: dict[str, str]) -> dict[str, str]:
    """A text for each field, by the label that the form has; a line for each row of a list.

    ``names`` has the present names of what is named; what is not there keeps its name of then.
    What the program does not know any more is left out.
    """
    model = MODELS[kind]
    said = {}
    for field in (*editable_fields(model), *plain_relations(model)):
        if field.name in state:
            label = capfirst(str(field.verbose_name))
            said[label] = _words(field, state[field.name], names)
    for accessor, _owner, label in ROWS.get(kind, ()):
        part: Any = model._meta.get_field(accessor).related_model
        lines = (_row_words(part, row, names) for row in state.get(accessor, ()))
        said[capfirst(label)] = "\n".join(lines)
    return said


def _row_words(model: type[models.Model], row: State, names: dict[str, str]) -> str:
    parts = [_words(one, row[one.name], names) for one in editable_fields(model) if one.name in row]
    return " · ".join(part.replace("\n", " ") for part in parts if part)


def _words(field: Any, value: Any, names: dict[str, str]) -> str:
    if isinstance(field, FuzzyDateField):
        when = FuzzyDate.from_json(value)
        phrase = f"\n“{when.phrase}”" if when.phrase else ""
        zone = f" {when.zone}" if when.zone else ""
        return capfirst(when.span_words()) + zone + phrase if when.edtf else phrase.strip()
    if is_relation(value):
        return names.get(value["id"], value["name"])
    if isinstance(value, list):
        return "\n".join(sorted(_words(field, one, names) for one in value))
    if value and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if value and isinstance(field, models.DateField):
        return f"{date.fromisoformat(value):%-d %B %Y}"
    return "" if value is None else str(value)


def current_names(states: Iterable[State]) -> dict[str, str]:
    """The names that what these states name has now, by public id; one query for each kind."""
    wanted: dict[str, set[str]] = {}
    for state in states:
        for one in relations_in(state):
            wanted.setdefault(one["kind"], set()).add(one["id"])
    return {
        thing.public_id: str(thing)
        for kind, ids in wanted.items()
        for thing in MODELS[kind]._default_manager.filter(public_id__in=ids)
    }


def snapshot_changes(
    kind: str, old: State, new: State, names: dict[str, str]
) -> list[tuple[str, list[Piece]]]:
    """(label, pieces) for each field that differs between two states, in the order of the form."""
    before, after = label_for(kind, old, names), label_for(kind, new, names)
    return [
        (label, diff_pieces(before.get(label, ""), said))
        for label, said in after.items()
        if said != before.get(label, "")
    ]
