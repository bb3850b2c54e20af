"""Rows that rest on a thing: which there are, where they would go, moving them, and back again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.serializers.python import Deserializer, Serializer
from django.db import models

from kb.desk.documents import MODELS
from kb.desk.models import (
    Actor,
    ActorName,
    Affiliation,
    Citation,
    Participation,
    Publishable,
    Stance,
)

Key = tuple[str, int]

# What a foreign key says of its row, seen from the thing it points to.
SAID = {
    "actorname.actor": "other names",
    "affiliation.person": "roles held",
    "affiliation.organisation": "people with a role there",
    "actor.part_of": "actors that are part of it",
    "source.publisher": "sources it published",
    "source.derives_from": "sources that got it from there",
    "participation.actor": "parts taken in events",
    "participation.event": "parts taken by actors",
    "statement.speaker": "statements it made",
    "statement.on_behalf_of": "statements made on its behalf",
    "statement.in_reply_to": "replies to it",
    "statement_addressees.actor": "statements made to it",
    "statement_addressees.statement": "those it was said to",
    "statement_about.event": "statements about it",
    "statement_about.statement": "events it is about",
    "citation.source": "citations of it",
    "citation.event": "citations",
    "citation.statement": "citations",
    "stance.source": "positions reported in it",
    "stance.statement": "positions it takes",
    "stance.proposition": "positions on it",
    "proposition.incident": "contested questions in it",
    "proposition_events.event": "contested questions about it",
    "proposition_events.proposition": "events it contests",
    "event_incidents.incident": "events in it",
    "event_incidents.event": "incidents it belongs to",
    "event_topics.topic": "events under it",
    "event_topics.event": "topics",
    "statement_incidents.incident": "statements in it",
    "statement_incidents.statement": "incidents it belongs to",
    "statement_topics.topic": "statements under it",
    "statement_topics.statement": "topics",
}
# On whose pages the rows of a table are edited.
_OWNERS: dict[Any, tuple[str, ...]] = {
    ActorName: ("actor",),
    Affiliation: ("person", "organisation"),
    Participation: ("event",),
    Citation: ("event", "statement"),
    Stance: ("proposition",),
}


@dataclass
class RelatedRow:
    """One row that points at a thing, by which foreign keys, and what would become of it.

    ``drop`` says why it would not go over but go; ``twin`` is the row that says the same.
    """

    row: Any
    fields: list[str]
    said: str
    drop: str = ""
    twin: int | None = None
    clear: bool = False

    @property
    def table(self) -> str:
        return str(type(self.row)._meta.label_lower)

    @property
    def key(self) -> Key:
        return (self.table, self.row.pk)

    @property
    def name(self) -> str:
        """How a form calls it."""
        return f"{self.table}:{self.row.pk}"

    def owners(self) -> list[Publishable]:
        return row_owners(self.row)


@dataclass
class MovedRows:
    """What was done to rows, in a form that JSON can keep."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)


def related_rows(thing: Publishable) -> list[RelatedRow]:
    """Every row of the desk that points at this thing, in the order of tables and keys."""
    found = []
    for model in apps.get_app_config("desk").get_models(include_auto_created=True):
        keys = [one for one in model._meta.fields if one.related_model is type(thing)]
        if not keys:
            continue
        points_here = models.Q()
        for one in keys:
            points_here |= models.Q(**{one.name: thing.pk})
        others = [one.name for one in model._meta.fields if one.related_model in MODELS.values()]
        rows = model._base_manager.filter(points_here).select_related(*others).order_by("pk")
        for row in rows:
            names = [one.name for one in keys if getattr(row, one.attname) == thing.pk]
            said = SAID.get(f"{model._meta.model_name}.{names[0]}", str(model._meta.verbose_name))
            found.append(RelatedRow(row, names, said))
    return found


def row_owners(row: Any) -> list[Publishable]:
    """The things on whose pages this row is edited; a thing is its own."""
    if isinstance(row, Publishable):
        return [row]
    names = _OWNERS.get(type(row))
    if names is None:  # the table of a many-to-many field: the one that has the field
        names = (type(row)._meta.auto_created._meta.model_name,)
    return [one for one in (getattr(row, name) for name in names) if one is not None]


def plan_move(
    rows: Iterable[RelatedRow], thing: Publishable, into: Publishable
) -> list[RelatedRow]:
    """The same rows, each marked with what going over to ``into`` would make of it."""
    twins = _Twins(thing, into)
    planned = list(rows)
    for one in planned:
        if type(one.row) is type(into) and one.row.pk == into.pk:
            one.clear = True  # what pointed at its own duplicate points at nothing
        elif isinstance(one.row, Affiliation) and {one.row.person_id, one.row.organisation_id} <= {
            thing.pk,
            into.pk,
        }:
            one.drop = "it would be with itself"
        elif isinstance(one.row, ActorName) and one.row.name == str(into):
            one.drop = "that is its name already"
        elif not isinstance(one.row, Publishable):
            one.twin = twins.of(one)
            one.drop = "it is there already" if one.twin else ""
    return planned


class _Twins:
    """Finds the rows of ``into`` that say what a row of ``thing`` would say once it had moved."""

    def __init__(self, thing: Publishable, into: Publishable) -> None:
        self.thing, self.into = thing, into
        self.known: dict[Any, dict[Any, int]] = {}

    def of(self, one: RelatedRow) -> int | None:
        model = type(one.row)
        if model not in self.known:
            self.known[model] = {}
            for row in _pointing_at(model, self.into):
                for said in self._says(row):
                    self.known[model].setdefault(said, row.pk)
        return next(
            (self.known[model][said] for said in self._says(one.row) if said in self.known[model]),
            None,
        )

    def _says(self, row: Any) -> Iterator[tuple[Any, ...]]:
        """The row's values but its key; and those of each unique constraint."""
        values = {}
        for one in row._meta.concrete_fields:
            value = one.value_from_object(row)
            if one.related_model is type(self.thing) and value == self.thing.pk:
                value = self.into.pk
            values[one.name] = str(value)
        key = row._meta.pk.name
        yield ("", *(value for name, value in values.items() if name != key))
        for constraint in row._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and not constraint.condition:
                yield (constraint.name, *(values[name] for name in constraint.fields))


def _pointing_at(model: Any, thing: Publishable) -> Any:
    points_here = models.Q()
    for one in model._meta.fields:
        if one.related_model is type(thing):
            points_here |= models.Q(**{one.name: thing.pk})
    return model._base_manager.filter(points_here).order_by("pk")


# --- Moving --------------------------------------------------------------------------------------


def move_rows(planned: Iterable[RelatedRow], into: Publishable) -> MovedRows:
    """Do to each row what the plan says; return what was done."""
    moved = MovedRows()
    for one in planned:
        model = type(one.row)
        rows = model._base_manager.filter(pk=one.row.pk)
        if one.drop:
            moved.dropped.append({**row_as_json(one.row), "twin": one.twin})
            rows.delete()
            continue
        names = [model._meta.get_field(name).attname for name in one.fields]
        now = None if one.clear else into.pk
        fields = {name: [getattr(one.row, name), now] for name in names}
        rows.update(**dict.fromkeys(names, now))
        moved.rows.append({"table": one.table, "key": one.row.pk, "fields": fields})
    return moved


def row_as_json(row: models.Model) -> dict[str, Any]:
    """A row as JSON can keep it."""
    plain = Serializer().serialize([row])[0]
    fields = {name: _plain(value) for name, value in plain["fields"].items()}
    return {"table": plain["model"], "key": plain["pk"], "fields": fields}


def _plain(value: Any) -> Any:
    is_plain = value is None or isinstance(value, bool | int | str | list | dict)
    return value if is_plain else str(value)


def recreate_row(kept: dict[str, Any]) -> None:
    """Store a row that ``stored`` has kept, with its key."""
    plain = {"model": kept["table"], "pk": kept["key"], "fields": kept["fields"]}
    for one in Deserializer([plain]):
        one.save()


def model_for_table(table: str) -> Any:
    """The model of a table as ``stored`` names it."""
    return apps.get_model(table)


def bump_versions(things: Iterable[Publishable]) -> list[Publishable]:
    """Take the next version of each, so that no form that is open overwrites what moved.

    In one order, so that two who do this wait for one another and do not block each other.
    """
    every = {(one.kind, one.pk): one for one in things}
    ordered = [every[key] for key in sorted(every)]
    for one in ordered:
        rows = type(one)._default_manager.filter(pk=one.pk)
        rows.update(version=models.F("version") + 1)
    return ordered


def derivation_circle(thing: Publishable, into: Publishable) -> str:
    """Why the two cannot be one: what derives from itself. "" where nothing would."""
    for key in type(thing)._meta.fields:
        if key.related_model is not type(thing):
            continue
        for start, end in ((into, thing), (thing, into)):
            # Straight at the other end is put right by itself; round a corner is not.
            node, steps, seen = getattr(start, key.name), 1, {start.pk}
            while node is not None and node.pk not in seen:
                if node.pk == end.pk and steps > 1:
                    return (
                        f"“{start}” leads to “{end}” by way of others ({key.verbose_name}): "
                        "correct that first."
                    )
                seen.add(node.pk)
                node, steps = getattr(node, key.name), steps + 1
    return ""


def is_actor_of_another_kind(thing: Publishable, into: Publishable) -> bool:
    """Whether a person, say, would become an organisation."""
    is_actor = isinstance(thing, Actor) and isinstance(into, Actor)
    return is_actor and thing.actor_kind != into.actor_kind  # type: ignore[attr-defined]
