"""Undoes an import, if nobody has worked on its drafts since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.desk.importers.dry_run import Entry, batched, existing_records
from kb.desk.importers.imported_rows import ENTRY_PARTS
from kb.desk.models import (
    Actor,
    ActorName,
    Affiliation,
    AuditEntry,
    Comment,
    EntryLink,
    ImportBatch,
    ImportedRow,
    Proposition,
    Publishable,
    Source,
    SourceRelation,
    Statement,
)
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused

# Further reasons are only counted.
MAX_REASONS = 20


def undo_import(batch: ImportBatch, *, by: Any = None) -> tuple[int, int]:
    """Delete every record that a batch added, and restore every draft that it changed.

    ``by`` is the account that undoes it, None for a command. Returns how many records were deleted
    and how many restored. Either all are, or none: raises ActionRefused, naming them, where some
    were edited, published, commented on or referred to since.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        if not ImportBatch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now):
            raise ActionRefused([_("This import has already been undone.")])
        added: list[Publishable] = []
        changed: list[tuple[ImportedRow, Publishable]] = []
        reasons: list[str] = []
        for chunk in batched(batch.rows.order_by("pk").iterator()):
            records = existing_records(chunk)
            reasons += _edits_since(chunk, records)
            for row in chunk:
                stored = records.get(row.public_id)
                if stored is not None and row.is_new:
                    added.append(stored)
                elif stored is not None:
                    changed.append((row, stored))
        _refuse_if(reasons)
        batch.rows.all().delete()
        for row, stored in changed:
            _restore(row, stored)
        _refuse_if(_named_by_others(added))
        note = f"import of {batch.name} undone"
        record([stored for _row, stored in changed], Action.UNDONE, by=by, note=note)
        record(added, Action.DELETED, by=by, note=note)
        _delete(added)
    batch.undone_at = now
    return len(added), len(changed)


def _refuse_if(reasons: list[str]) -> None:
    """Raise ActionRefused if there are reasons, with the first of them."""
    if reasons:
        more = len(reasons) - MAX_REASONS
        raise ActionRefused(
            reasons[:MAX_REASONS]
            + ([_("And %(number)s more.") % {"number": f"{more:,}"}] if more > 0 else [])
        )


def _edits_since(rows: Iterable[ImportedRow], records: dict[str, Publishable]) -> list[str]:
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


def _named_by_others(added: list[Publishable]) -> list[str]:
    """A sentence for each other record that has one of these in a list.

    Deleting them would silently take them out of that list.
    """
    keys: dict[type[models.Model], set[int]] = {}
    for stored in added:
        keys.setdefault(type(stored), set()).add(stored.pk)
    reasons = []
    for model, added_keys in keys.items():
        for relation in model._meta.related_objects:
            if not isinstance(relation, models.ManyToManyRel):
                continue
            through: Any = relation.through
            if not through._meta.auto_created:
                continue
            holder: Any = relation.related_model
            own, other = relation.field.m2m_reverse_name(), relation.field.m2m_column_name()
            for chunk in batched(sorted(added_keys)):
                links = through.objects.filter(**{f"{own}__in": chunk})
                others = set(links.values_list(other, flat=True)) - keys.get(holder, set())
                reasons += [
                    _("%(rows)s now refers to a record of this import. Remove the reference first.")
                    % {"rows": f"“{record}”"}
                    for record in holder.objects.filter(pk__in=sorted(others)[:MAX_REASONS])
                ]
    return reasons


def _restore(row: ImportedRow, stored: Publishable) -> None:
    """Store what was there before the import, under a new version: versions never go back."""
    before = row.before or {}
    for name in ENTRY_PARTS[stored.kind]:
        getattr(stored, name).all().delete()
    for deserialized in serializers.deserialize("python", before["rows"]):
        deserialized.save()
    version = row.version + 1
    type(stored).objects.filter(pk=stored.pk).update(version=version)
    if ImportBatch.objects.filter(pk=before["batch"]).exists():
        ImportedRow.objects.create(
            batch_id=before["batch"],
            origin=row.origin,
            external_id=row.external_id,
            kind=row.kind,
            public_id=row.public_id,
            version=version,
            digest=before["digest"],
            is_new=before["is_new"],
            before=before["before"],
        )


def _delete(added: list[Publishable]) -> None:
    """Delete entries first, because they refer to the others; then sources, then publishers."""
    entries = [record for record in added if isinstance(record, Entry)]
    entries.sort(key=lambda record: record.kind != "request")  # they name their answers
    others = [record for record in added if not isinstance(record, Entry | Proposition)]
    keys_by_kind: dict[str, list[int]] = {}
    for entry in entries:
        keys_by_kind.setdefault(entry.kind, []).append(entry.pk)
    for kind, entry_keys in keys_by_kind.items():
        # Before the entries, because the target of a link is protected.
        for chunk in batched(entry_keys):
            EntryLink.objects.filter(**{f"{kind}__in": chunk}).delete()
    # Statements that other statements name are protected.
    statements = [record.pk for record in entries if isinstance(record, Statement)]
    for chunk in batched(statements):
        rows = Statement.objects.filter(pk__in=chunk)
        rows.update(in_reply_to=None, same_speaker=None)
    _delete_actor_parts([record.pk for record in others if isinstance(record, Actor)])
    # Before the sources, because an earlier source is protected.
    sources = [record.pk for record in others if isinstance(record, Source)]
    for chunk in batched(sources):
        SourceRelation.objects.filter(source__in=chunk).delete()
    by_model: dict[type[models.Model], list[int]] = {}
    # Claims before all that their positions name.
    claims = [record for record in added if isinstance(record, Proposition)]
    # Events before the statements whose account they are.
    entries.sort(key=lambda record: record.kind)
    for stored in (*claims, *entries, *sorted(others, key=lambda record: record.kind != "source")):
        by_model.setdefault(type(stored), []).append(stored.pk)
    for model, keys in by_model.items():
        for chunk in batched(keys):
            try:
                model._default_manager.filter(pk__in=chunk).delete()
            except models.ProtectedError as problem:
                labels = sorted({f"“{blocking}”" for blocking in problem.protected_objects})[:5]
                raise ActionRefused(
                    [
                        _(
                            "%(rows)s now refers to a record of this import. Remove the reference "
                            "first."
                        )
                        % {"rows": ", ".join(labels)}
                    ]
                ) from problem


def _delete_actor_parts(keys: list[int]) -> None:
    """Delete the rows that belong to these actors, which protect them."""
    for chunk in batched(keys):
        Affiliation.objects.filter(person__in=chunk).delete()
        ActorName.objects.filter(actor__in=chunk).delete()
        Actor.objects.filter(pk__in=chunk).update(part_of=None)
