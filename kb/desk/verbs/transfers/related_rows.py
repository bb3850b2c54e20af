"""The rows that name a row: listing them, planning a move to another row, and moving them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict, cast

from django.apps import apps
from django.core.serializers.python import Deserializer, Serializer
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.documents import MODELS
from kb.desk.models import (
    AccountOf,
    Actor,
    ActorName,
    Affiliation,
    Citation,
    DismissedProposal,
    EntryLink,
    Figure,
    KeyMoment,
    Participation,
    Publishable,
    Source,
    SourceRelation,
    SourceText,
    Stance,
)
from kb.desk.models.sources import relation_cycle
from kb.record.vocabulary import Label

RowKey = tuple[str, int]

# Labels of related rows by foreign key, as seen from the row that the key points to.
RELATION_LABELS: dict[str, Label] = {
    "actorname.actor": _("other names"),
    "affiliation.person": _("roles"),
    "affiliation.organisation": _("affiliated people"),
    "actor.part_of": _("actors that are part of it"),
    "source.publisher": _("sources it published"),
    "sourcerelation.source": _("earlier sources"),
    "sourcerelation.parent": _("derived sources"),
    "accountof.event": _("accounts of it"),
    "accountof.statement": _("events that are its account"),
    "accountof.source": _("events that are its account"),
    "figure.event": _("figures"),
    "figure.source": _("figures that it gives"),
    "entrylink.event": _("links to other entries"),
    "entrylink.statement": _("links to other entries"),
    "entrylink.request": _("links to other entries"),
    "entrylink.to_event": _("links to it"),
    "entrylink.to_statement": _("links to it"),
    "entrylink.to_request": _("links to it"),
    "entrylink.source": _("links that it supports"),
    "keymoment.incident": _("key moments"),
    "keymoment.event": _("key moments that it is"),
    "keymoment.statement": _("key moments that it is"),
    "keymoment.request": _("key moments that it is"),
    "participation.actor": _("participations in events"),
    "participation.event": _("participants"),
    "statement.speaker": _("statements by it"),
    "statement.on_behalf_of": _("statements on its behalf"),
    "statement.in_reply_to": _("replies to it"),
    "statement.same_speaker": _("statements by the same speaker"),
    "statement.attributed_by": _("reported speech in it"),
    "statement_joint_speakers.actor": _("joint statements by it"),
    "statement_joint_speakers.statement": _("joint speakers"),
    "statement_joint_principals.actor": _("joint statements on its behalf"),
    "statement_joint_principals.statement": _("joint parties"),
    "statement_addressees.actor": _("statements addressed to it"),
    "statement_addressees.statement": _("addressees"),
    "statement_about.event": _("statements about it"),
    "statement_about.statement": _("events it is about"),
    "citation.source": _("citations of it"),
    "citation.event": _("citations"),
    "citation.statement": _("citations"),
    "citation.request": _("citations"),
    "citation.via": _("citations that it relays"),
    "citation.addressee": _("citations that name it as addressee"),
    "request.asked_by": _("requests for comment by it"),
    "request.answer": _("requests that it answers"),
    "request_asked.actor": _("requests for comment to it"),
    "request_asked.request": _("actors that were asked"),
    "request_about.event": _("requests about it"),
    "request_about.request": _("events it is about"),
    "request_claims.proposition": _("requests about it"),
    "request_claims.request": _("claims it is about"),
    "request_incidents.incident": _("requests in it"),
    "request_incidents.request": _("incidents it belongs to"),
    "request_topics.topic": _("requests under it"),
    "request_topics.request": _("topics"),
    "stance.actor": _("positions that name it"),
    "stance.source": _("positions reported in it"),
    "stance.statement": _("positions in it"),
    "stance.proposition": _("positions on it"),
    "proposition.incident": _("claims in it"),
    "proposition_events.event": _("claims about it"),
    "proposition_events.proposition": _("events it is about"),
    "event_incidents.incident": _("events in it"),
    "event_incidents.event": _("incidents it belongs to"),
    "event_topics.topic": _("events under it"),
    "event_topics.event": _("topics"),
    "statement_incidents.incident": _("statements in it"),
    "statement_incidents.statement": _("incidents it belongs to"),
    "statement_topics.topic": _("statements under it"),
    "statement_topics.statement": _("topics"),
}
# Tables that a merge or a deletion does not move or report: the private text of a source stays with
# the source and is deleted with it. What is moved is written into the log.
UNMOVED_TABLES = (SourceText, DismissedProposal)
# The foreign keys to the rows on whose pages the rows of a table are edited.
_OWNERS: dict[type[models.Model], tuple[str, ...]] = {
    ActorName: ("actor",),
    Affiliation: ("person", "organisation"),
    SourceRelation: ("source",),
    AccountOf: ("event",),
    Participation: ("event",),
    Figure: ("event",),
    Citation: ("event", "statement", "request"),
    EntryLink: ("event", "statement", "request"),
    KeyMoment: ("incident",),
    Stance: ("proposition",),
}


class StoredRow(TypedDict):
    """A row as JSON. ``twin`` is there if it was dropped: the key of its duplicate, or None."""

    table: str
    key: int
    fields: dict[str, Any]
    twin: NotRequired[int | None]


class MovedRow(TypedDict):
    """A row that was moved: the old and new value of each column that changed."""

    table: str
    key: int
    fields: dict[str, tuple[int | None, int | None]]


@dataclass
class RelatedRow:
    """A row that names a row, the foreign keys by which it does, and the plan for it.

    ``drop`` is the reason why the row would be dropped instead of moved; ``twin`` is the key of
    its duplicate; ``clear`` says that the foreign key would become empty; ``unquote`` that the
    words of a citation are kept and no longer shown, because the target shows its own.
    """

    row: models.Model
    fields: list[str]
    label: str
    drop: str = ""
    twin: int | None = None
    clear: bool = False
    unquote: bool = False

    @property
    def table(self) -> str:
        return str(type(self.row)._meta.label_lower)

    @property
    def key(self) -> RowKey:
        return (self.table, self.row.pk)

    @property
    def name(self) -> str:
        """The value of its checkbox in a form."""
        return f"{self.table}:{self.row.pk}"

    def owners(self) -> list[Publishable]:
        return row_owners(self.row)


@dataclass
class MovedRows:
    """What a merge or split did with rows, as it is stored for undoing."""

    rows: list[MovedRow] = field(default_factory=list)
    dropped: list[StoredRow] = field(default_factory=list)
    created: list[StoredRow] = field(default_factory=list)


def related_rows(thing: Publishable) -> list[RelatedRow]:
    """Return every desk row that names this row, in the order of tables and keys."""
    related = []
    for model in apps.get_app_config("desk").get_models(include_auto_created=True):
        keys = _foreign_keys(model, type(thing))
        if not keys or model in UNMOVED_TABLES:
            continue
        joins = [key.name for key in model._meta.fields if key.related_model in MODELS.values()]
        for row in _rows_naming(model, thing).select_related(*joins):
            names = [key.name for key in keys if getattr(row, key.attname) == thing.pk]
            related.append(RelatedRow(row, names, relation_label(model, names[0])))
    return related


def relation_label(model: type[models.Model], name: str) -> str:
    """Return what rows with this foreign key are called on the page of the row they point to."""
    return str(RELATION_LABELS.get(f"{model._meta.model_name}.{name}", model._meta.verbose_name))


def _foreign_keys(
    model: type[models.Model], target: type[models.Model]
) -> list[models.Field[Any, Any]]:
    return [key for key in model._meta.fields if key.related_model is target]


def _rows_naming(model: type[models.Model], thing: Publishable) -> models.QuerySet[models.Model]:
    """Return the rows of a model with a foreign key to this row, in the order of their keys."""
    condition = models.Q()
    for key in _foreign_keys(model, type(thing)):
        condition |= models.Q(**{key.name: thing.pk})
    return model._base_manager.filter(condition).order_by("pk")


def row_owners(row: models.Model) -> list[Publishable]:
    """Return the rows on whose pages this row is edited. A publishable row is its own owner."""
    if isinstance(row, Publishable):
        return [row]
    names = _OWNERS.get(type(row))
    if names is None:  # the table of a many-to-many field belongs to the model with the field
        owner = cast("type[models.Model]", type(row)._meta.auto_created)
        names = (str(owner._meta.model_name),)
    owners: list[Publishable | None] = [getattr(row, name) for name in names]
    return [owner for owner in owners if owner is not None]


def plan_move(
    rows: Iterable[RelatedRow], thing: Publishable, into: Publishable
) -> list[RelatedRow]:
    """Return the rows with ``drop``, ``twin`` and ``clear`` set for a move to ``into``."""
    twins = _Twins(thing, into)
    planned = list(rows)
    for related in planned:
        row = related.row
        if type(row) is type(into) and row.pk == into.pk:
            related.clear = True  # it would name itself
        elif isinstance(row, Affiliation) and {row.person_id, row.organisation_id} <= {
            thing.pk,
            into.pk,
        }:
            related.drop = gettext("it would be affiliated with itself")
        elif isinstance(row, SourceRelation) and {row.source_id, row.parent_id} <= {
            thing.pk,
            into.pk,
        }:
            related.drop = gettext("it would derive from itself")
        elif isinstance(row, ActorName) and row.name == str(into):
            related.drop = gettext("it already has this name")
        elif not isinstance(row, Publishable):
            related.twin = twins.find(row)
            related.drop = gettext("it already exists") if related.twin else ""
    return planned


class _Twins:
    """Finds the row of ``into`` that a row of ``thing`` would duplicate after a move."""

    def __init__(self, thing: Publishable, into: Publishable) -> None:
        self.thing, self.into = thing, into
        self.keys_by_model: dict[type[models.Model], dict[tuple[str, ...], int]] = {}

    def find(self, row: models.Model) -> int | None:
        """Return the primary key of the duplicate, or None."""
        model = type(row)
        if model not in self.keys_by_model:
            keys = self.keys_by_model[model] = {}
            for other in _rows_naming(model, self.into):
                for identity in self._identities(other):
                    keys.setdefault(identity, other.pk)
        keys = self.keys_by_model[model]
        return next(
            (keys[identity] for identity in self._identities(row) if identity in keys), None
        )

    def _identities(self, row: models.Model) -> Iterator[tuple[str, ...]]:
        """Yield the values of the row without its key, and those of each unique constraint."""
        values = {}
        for column in row._meta.concrete_fields:
            value = column.value_from_object(row)
            if column.related_model is type(self.thing) and value == self.thing.pk:
                value = self.into.pk
            values[column.name] = str(value)
        key = row._meta.pk.name
        yield ("", *(value for name, value in values.items() if name != key))
        for constraint in row._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and not constraint.condition:
                yield (constraint.name, *(values[name] for name in constraint.fields))


# --- Moving --------------------------------------------------------------------------------------


def move_rows(planned: Iterable[RelatedRow], into: Publishable) -> MovedRows:
    """Move, drop or clear each row as planned; return what was done."""
    moved = MovedRows()
    for related in planned:
        model = type(related.row)
        rows = model._base_manager.filter(pk=related.row.pk)
        if related.drop:
            moved.dropped.append({**row_as_json(related.row), "twin": related.twin})
            rows.delete()
            continue
        columns = [_column(model, name) for name in related.fields]
        target = None if related.clear else into.pk
        values: dict[str, int | None] = dict.fromkeys(columns, target)
        if related.unquote:
            values["quoted"] = False
        rows.update(**values)
        moved.rows.append({
            "table": related.table,
            "key": related.row.pk,
            "fields": {
                column: (getattr(related.row, column), value) for column, value in values.items()
            },
        })  # fmt: skip
    return moved


def _column(model: type[models.Model], name: str) -> str:
    key = cast("models.ForeignKey[Any, Any]", model._meta.get_field(name))
    return key.attname


def row_as_json(row: models.Model) -> StoredRow:
    """Return the row as values that JSON can hold."""
    serialized = Serializer().serialize([row])[0]
    fields = {name: _json_value(value) for name, value in serialized["fields"].items()}
    return {"table": serialized["model"], "key": serialized["pk"], "fields": fields}


def _json_value(value: object) -> object:
    is_json = value is None or isinstance(value, bool | int | str | list | dict)
    return value if is_json else str(value)


def recreate_row(stored: StoredRow) -> None:
    """Store a row of ``row_as_json`` again, with its key."""
    serialized = {"model": stored["table"], "pk": stored["key"], "fields": stored["fields"]}
    for deserialized in Deserializer([serialized]):
        deserialized.save()


def model_for_table(table: str) -> type[models.Model]:
    """Return the model of a ``table`` of a stored or moved row."""
    return apps.get_model(table)


def bump_versions(things: Iterable[Publishable]) -> list[Publishable]:
    """Take the next version of each row, so that no open form overwrites what was moved.

    Always in the same order, so that two transactions wait for each other without a deadlock.
    """
    by_key = {(thing.kind, thing.pk): thing for thing in things}
    ordered = [by_key[key] for key in sorted(by_key)]
    for thing in ordered:
        rows = type(thing)._default_manager.filter(pk=thing.pk)
        rows.update(version=models.F("version") + 1)
    return ordered


def derivation_circle(thing: Publishable, into: Publishable) -> str:
    """Return why merging the two would let one derive from itself; "" if it would not."""
    for key in _foreign_keys(type(thing), type(thing)):
        for start, end in ((into, thing), (thing, into)):
            # A direct link between the two is cleared by the merge; an indirect one is not.
            node, steps, visited = getattr(start, key.name), 1, {start.pk}
            while node is not None and node.pk not in visited:
                if node.pk == end.pk and steps > 1:
                    return _circle_error(start, end, str(key.verbose_name))
                visited.add(node.pk)
                node, steps = getattr(node, key.name), steps + 1
    if isinstance(thing, Source) and isinstance(into, Source):
        return _source_circle(thing, into) or _source_circle(into, thing)
    return ""


def _source_circle(start: Source, end: Source) -> str:
    """Why two sources cannot be one: the first derives from the second through others."""
    others = SourceRelation.objects.filter(source=start).exclude(parent__in=[start, end])
    for relation in others.select_related("parent"):
        if relation_cycle(end, relation.parent):
            return _circle_error(start, end, gettext("earlier sources"))
    return ""


def _circle_error(start: Publishable, end: Publishable, relation: str) -> str:
    return gettext(
        "“%(start)s” refers to “%(end)s” through other records (%(relation)s). Correct this first."
    ) % {"start": start, "end": end, "relation": relation}


def is_actor_of_another_kind(thing: Publishable, into: Publishable) -> bool:
    """Return whether the two are actors of different kinds, such as a person and a group."""
    if not (isinstance(thing, Actor) and isinstance(into, Actor)):
        return False
    return thing.actor_kind != into.actor_kind
