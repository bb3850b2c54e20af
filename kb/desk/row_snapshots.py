"""The stored values of a desk row as JSON, so that versions can be compared and restored.

A snapshot has the fields of the row by name: a date as EDTF, phrase and zone; a relation as kind,
public id and name at that time. Rows that are edited on the same page are lists, by accessor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NotRequired, TypeAlias, TypedDict, TypeGuard, TypeVar, cast

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDate, FuzzyDateField
from kb.desk.documents import MODELS
from kb.desk.models import Publishable
from kb.record.document_diff import Piece, diff_pieces
from kb.record.vocabulary import Label


class DateValue(TypedDict):
    """A fuzzy date in a snapshot."""

    edtf: str
    phrase: str
    zone: str
    time: NotRequired[str]  # not in snapshots from before there were times


class RelationValue(TypedDict):
    """A relation in a snapshot: kind and public id of the related row, and its name then."""

    kind: str
    id: str
    name: str


SnapshotValue: TypeAlias = (
    "str | int | None | DateValue | RelationValue | list[RelationValue] | list[RowSnapshot]"
)
RowSnapshot: TypeAlias = dict[str, SnapshotValue]
# A field of a model. Its two parameters are the types that it takes and gives.
AnyField: TypeAlias = "models.Field[Any, Any]"
ModelType = TypeVar("ModelType", bound=models.Model)

# Rows on the page of a kind: (accessor, their foreign key to the row, label on the page).
INLINE_ROWS: dict[str, tuple[tuple[str, str, Label], ...]] = {
    "actor": (
        ("other_names", "actor", _("other names")),
        ("affiliations", "person", _("roles")),
        ("people", "organisation", _("affiliated people")),
    ),
    "source": (("parents", "source", _("earlier sources")),),
    "event": (
        ("according_to", "event", _("according to")),
        ("participations", "event", _("participants")),
        ("citations", "event", _("citations")),
        ("figures", "event", _("figures")),
        ("links", "event", _("links to other entries")),
    ),
    "statement": (
        ("citations", "statement", _("citations")),
        ("links", "statement", _("links to other entries")),
    ),
    "request": (
        ("citations", "request", _("citations")),
        ("links", "request", _("links to other entries")),
    ),
    "proposition": (("stances", "proposition", _("positions")),),
}
# Accessors of rows that are edited on the page of the other row, and restored from there.
REVERSE_ROWS = {"people"}
# Fields that the desk sets itself.
_AUTOMATIC_FIELDS = {
    "id", "public_id", "version", "state", "created_at", "updated_at", "created_by", "updated_by",
}  # fmt: skip


@cache
def editable_fields(model: type[models.Model]) -> list[AnyField]:
    """Return the fields that an editor fills in; of a date only the first of its columns."""
    companions = {
        name
        for field in model._meta.fields
        if isinstance(field, FuzzyDateField)
        for name in field.columns()[1:]
    }
    return [
        field for field in model._meta.fields if field.name not in _AUTOMATIC_FIELDS | companions
    ]


@cache
def plain_relations(model: type[models.Model]) -> list[models.ManyToManyField[Any, Any]]:
    """Return the many-to-many fields that have no model of their own for the table."""
    return [
        field
        for field in model._meta.many_to_many
        if cast("type[models.Model]", field.remote_field.through)._meta.auto_created
    ]


def inline_model(model: type[models.Model], accessor: str) -> type[models.Model]:
    """Return the model of the rows behind an accessor of ``INLINE_ROWS``."""
    return cast("type[models.Model]", model._meta.get_field(accessor).related_model)


def snapshots_by_id(things: Iterable[Publishable]) -> dict[str, RowSnapshot]:
    """Return the snapshot of each row as it is stored, by public id.

    The number of queries depends on the number of kinds, not on the number of rows.
    """
    keys_by_kind: dict[str, list[int]] = {}
    for thing in things:
        keys_by_kind.setdefault(thing.kind, []).append(thing.pk)
    return {
        row.public_id: row_snapshot(row)
        for kind, keys in keys_by_kind.items()
        for row in _with_related_rows(MODELS[kind]).filter(pk__in=keys)
    }


def set_prefetched(row: Publishable, rows: Mapping[str, list[Any]]) -> None:
    """Set the related rows of a row, by accessor, as if they had been prefetched.

    Accessors that are not in ``rows`` get an empty list. For a row that is about to be stored
    with exactly these: ``row_snapshot`` then needs no query.
    """
    model = type(row)
    names = [accessor for accessor, _owner, _label in INLINE_ROWS.get(row.kind, ())]
    names += [field.name for field in plain_relations(model)]
    cast(Any, row)._prefetched_objects_cache = {name: rows.get(name, []) for name in names}


def _with_related_rows(model: type[Publishable]) -> models.QuerySet[Publishable]:
    rows = _with_relations(model)
    for accessor, _owner, _label in INLINE_ROWS.get(model.kind, ()):
        related_rows = _with_relations(inline_model(model, accessor))
        rows = rows.prefetch_related(models.Prefetch(accessor, related_rows.order_by("pk")))
    return rows.prefetch_related(*(field.name for field in plain_relations(model)))


def _with_relations(model: type[ModelType]) -> models.QuerySet[ModelType]:
    """Return the rows of a model with the rows that their fields point to."""
    names = [field.name for field in editable_fields(model) if field.is_relation]
    rows = model._default_manager.all()
    # Without names, select_related() would join every relation there is.
    return rows.select_related(*names) if names else rows


def row_snapshot(row: Publishable) -> RowSnapshot:
    """Return the snapshot of one row, from the related rows that were prefetched with it."""
    model = type(row)
    snapshot: RowSnapshot = {
        field.name: _field_value(row, field) for field in editable_fields(model)
    }
    for relation in plain_relations(model):
        values = [_relation_value(related) for related in _related_rows(row, relation.name)]
        snapshot[relation.name] = sorted(values, key=lambda value: value["id"])
    for accessor, owner, _label in INLINE_ROWS.get(row.kind, ()):
        snapshot[accessor] = [
            _inline_snapshot(inline_row, owner) for inline_row in _related_rows(row, accessor)
        ]
    return snapshot


def _related_rows(row: Publishable, accessor: str) -> Iterable[Any]:
    """The related rows: those that were prefetched, without a manager that would give the same."""
    prefetched: Mapping[str, Iterable[Any]] = getattr(row, "_prefetched_objects_cache", {})
    if accessor in prefetched:
        return prefetched[accessor]
    rows: Iterable[Any] = getattr(row, accessor).all()
    return rows


def _inline_snapshot(row: models.Model, owner: str) -> RowSnapshot:
    snapshot: RowSnapshot = {"key": row.pk}
    for field in editable_fields(type(row)):
        if field.name != owner:
            snapshot[field.name] = _field_value(row, field)
    return snapshot


def _field_value(
    row: models.Model, field: AnyField
) -> str | int | None | DateValue | RelationValue:
    value = getattr(row, field.name)
    if value is None or type(value) is str:
        return value
    if isinstance(value, FuzzyDate):
        snapshot: DateValue = {"edtf": value.edtf, "phrase": value.phrase, "zone": value.zone}
        return {**snapshot, "time": value.time} if value.time else snapshot
    if field.is_relation:
        return _relation_value(value) if value else None
    if isinstance(value, Decimal):
        return str(value)
    plain: str | int | None = value.isoformat() if isinstance(value, date) else value
    return plain


def _relation_value(thing: Publishable) -> RelationValue:
    return {"kind": thing.kind, "id": thing.public_id, "name": str(thing)}


def inline_rows(snapshot: RowSnapshot, accessor: str) -> list[RowSnapshot]:
    """Return the inline rows of a snapshot behind this accessor of ``INLINE_ROWS``."""
    return cast("list[RowSnapshot]", snapshot.get(accessor, []))


def is_relation(value: object) -> TypeGuard[RelationValue]:
    """Return whether this value of a snapshot is a relation."""
    return isinstance(value, dict) and value.keys() == {"kind", "id", "name"}


def relations_in(snapshot: RowSnapshot) -> Iterator[RelationValue]:
    """Yield every relation in a snapshot, those of its inline rows included."""
    for value in snapshot.values():
        if is_relation(value):
            yield value
        for item in value if isinstance(value, list) else ():
            if is_relation(item):
                yield item
            else:
                yield from relations_in(cast(RowSnapshot, item))


# --- As text -------------------------------------------------------------------------------------


def label_for(kind: str, snapshot: RowSnapshot, names: Mapping[str, str]) -> dict[str, str]:
    """Return a text for each field, by its label in the form; inline rows have a line each.

    ``names`` has the current names of related rows, by public id; for others the name in the
    snapshot is used. Values of fields that no longer exist are left out.
    """
    model = MODELS[kind]
    texts = {}
    for field in (*editable_fields(model), *plain_relations(model)):
        if field.name in snapshot:
            label = capfirst(str(field.verbose_name))
            texts[label] = _field_text(field, snapshot[field.name], names)
    for accessor, _owner, inline_label in INLINE_ROWS.get(kind, ()):
        related = inline_model(model, accessor)
        rows = inline_rows(snapshot, accessor)
        texts[capfirst(str(inline_label))] = "\n".join(
            _row_text(related, row, names) for row in rows
        )
    return texts


def _row_text(model: type[models.Model], row: RowSnapshot, names: Mapping[str, str]) -> str:
    texts = [
        _field_text(field, row[field.name], names)
        for field in editable_fields(model)
        if field.name in row
    ]
    return " · ".join(text.replace("\n", " ") for text in texts if text)


def _field_text(field: AnyField, value: SnapshotValue, names: Mapping[str, str]) -> str:
    if isinstance(field, FuzzyDateField):
        when = FuzzyDate.from_json(cast("dict[str, Any]", value))
        phrase = f"\n“{when.phrase}”" if when.phrase else ""
        # The words have the zone of a time.
        zone = f" {when.zone}" if when.zone and not when.time else ""
        return str(capfirst(when.span_words())) + zone + phrase if when.edtf else phrase.strip()
    if is_relation(value):
        return names.get(value["id"], value["name"])
    if isinstance(value, list):
        relations = cast("list[RelationValue]", value)
        return "\n".join(sorted(_field_text(field, item, names) for item in relations))
    if value and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if value and isinstance(field, models.DateField):
        return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
    return "" if value is None else str(value)


def current_names(snapshots: Iterable[RowSnapshot]) -> dict[str, str]:
    """Return the current names of all related rows in these snapshots, by public id.

    One query for each kind.
    """
    ids_by_kind: dict[str, set[str]] = {}
    for snapshot in snapshots:
        for relation in relations_in(snapshot):
            ids_by_kind.setdefault(relation["kind"], set()).add(relation["id"])
    return {
        row.public_id: str(row)
        for kind, ids in ids_by_kind.items()
        for row in MODELS[kind]._default_manager.filter(public_id__in=ids)
    }


def snapshot_changes(
    kind: str, old: RowSnapshot, new: RowSnapshot, names: Mapping[str, str]
) -> list[tuple[str, list[Piece]]]:
    """Return (label, pieces) for each field that differs, in the order of the form."""
    before, after = label_for(kind, old, names), label_for(kind, new, names)
    return [
        (label, diff_pieces(before.get(label, ""), text))
        for label, text in after.items()
        if text != before.get(label, "")
    ]
