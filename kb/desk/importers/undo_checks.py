"""Why an import cannot be undone: somebody has worked on its records, or uses them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from kb.desk.importers.dry_run import batched
from kb.desk.models import ActorName, Affiliation, AuditEntry, Comment, ImportedRow, Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.exceptions import ActionRefused

# Further reasons are only counted.
MAX_REASONS = 20


def refuse_if(reasons: list[str]) -> None:
    """Raise ActionRefused if there are reasons, with the first of them."""
    if reasons:
        more = len(reasons) - MAX_REASONS
        raise ActionRefused(
            reasons[:MAX_REASONS]
            + ([_("And %(number)s more.") % {"number": f"{more:,}"}] if more > 0 else [])
        )


def edits_since(rows: Iterable[ImportedRow], records: dict[str, Publishable]) -> list[str]:
    """A sentence for each record that was worked on since the import."""
    comments = Comment.objects.filter(public_id__in=list(records))
    commented = set(comments.values_list("public_id", flat=True))
    reasons = []
    for row in rows:
        stored = records.get(row.public_id)
        if stored is None:
            continue
        if stored.version != row.version or not _is_as_imported(row, stored):
            reasons.append(
                _(
                    "“%(row)s” was edited, sent for review or published after the import. Withdraw "
                    "or delete it manually first."
                )
                % {"row": stored}
            )
        elif row.public_id in commented:
            reasons.append(
                _("“%(row)s” now has remarks. Delete it manually first.") % {"row": stored}
            )
    return reasons


def _is_as_imported(row: ImportedRow, stored: Publishable) -> bool:
    """Whether a record was not sent for review or published since an import.

    A claim may have been public when the import added positions to it.
    """
    state = (row.before or {}).get("state", WorkflowState.DRAFT)
    if stored.state != state:
        return False
    if state == WorkflowState.DRAFT:
        return True
    published = AuditEntry.objects.of(row.public_id).filter(version=row.version)
    return not published.filter(done=Action.PUBLISHED).exists()


def named_by_others(added: Iterable[Publishable], own_ids: Collection[str]) -> list[str]:
    """A sentence for other records that have one of these in a list.

    Deleting them would silently take them out of that list. ``own_ids`` are the public ids of the
    import.
    """
    reasons = []
    for model, keys in _keys_by_model(added).items():
        for relation in model._meta.related_objects:
            if not isinstance(relation, models.ManyToManyRel):
                continue
            through: Any = relation.through
            if not through._meta.auto_created:
                continue
            holder: Any = relation.related_model
            column, other = relation.field.m2m_reverse_name(), relation.field.m2m_column_name()
            for chunk in batched(keys):
                links = through.objects.filter(**{f"{column}__in": chunk})
                others = set(links.values_list(other, flat=True))
                for other_keys in batched(sorted(others)):
                    holders = holder.objects.filter(pk__in=other_keys)
                    reasons += [
                        in_use([record]) for record in holders if _is_other(record, own_ids)
                    ]
    return reasons


def cited_by_others(added: Iterable[Publishable], own_ids: Collection[str]) -> list[str]:
    """A sentence for other records that would stop one of these from being deleted.

    Their rows name one of these. ``own_ids`` are the public ids of the import.
    """
    reasons: list[str] = []
    for model, keys in _keys_by_model(added).items():
        for field in _protecting_fields(model):
            holder = field.model
            owners = _owner_fields(field)
            for chunk in batched(keys if owners else ()):
                rows = holder._default_manager.filter(**{f"{field.name}__in": chunk})
                for row in rows.select_related(*filter(None, owners)):
                    records: list[Any] = [getattr(row, name) if name else row for name in owners]
                    if any(record and _is_other(record, own_ids) for record in records):
                        reasons.append(in_use([row]))
    return list(dict.fromkeys(reasons))


def _protecting_fields(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """The fields of other tables that stop a row of this one from being deleted."""
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete == models.PROTECT
    ]


def in_use(holders: Iterable[object]) -> str:
    """The sentence for rows that refer to a record of an import."""
    rows = ", ".join(f"“{holder}”" for holder in holders)
    return _("%(rows)s now refers to a record of this import. Remove the reference first.") % {
        "rows": rows
    }


def _keys_by_model(records: Iterable[Publishable]) -> dict[type[models.Model], list[int]]:
    keys: dict[type[models.Model], list[int]] = {}
    for stored in records:
        keys.setdefault(type(stored), []).append(stored.pk)
    return keys


def _is_other(record: Publishable, own_ids: Collection[str]) -> bool:
    return record.public_id not in own_ids


def _owner_fields(protecting: models.ForeignKey[Any, Any]) -> list[str]:
    """The fields with the record that a row belongs to; "" if it is one itself.

    None for rows that are deleted with the record that they protect.
    """
    holder = protecting.model
    if issubclass(holder, Publishable):
        return [""]
    if holder is ActorName:
        return []
    if holder is Affiliation:
        return ["person"] if protecting.name == "organisation" else []
    return [
        field.name
        for field in holder._meta.fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete == models.CASCADE
        and issubclass(field.related_model, Publishable)
    ]
