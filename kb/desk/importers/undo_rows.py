"""Deletes what an import added, and restores what it changed."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import serializers
from django.db import models

from kb.desk.importers.dry_run import Entry, batched
from kb.desk.importers.imported_rows import ENTRY_PARTS
from kb.desk.importers.undo_checks import in_use
from kb.desk.models import (
    Actor,
    ActorName,
    Affiliation,
    EntryLink,
    ImportBatch,
    ImportedRow,
    Proposition,
    Publishable,
    Source,
    SourceRelation,
    Statement,
)
from kb.desk.verbs.exceptions import ActionRefused


def restore_record(row: ImportedRow, stored: Publishable) -> None:
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


def delete_added(added: Sequence[Publishable]) -> None:
    """Delete entries first, because they refer to the others; then sources, then publishers."""
    entries = [record for record in added if isinstance(record, Entry)]
    entries.sort(key=lambda record: record.kind != "request")  # they name their answers
    others = [record for record in added if not isinstance(record, Entry | Proposition)]
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
                labels = sorted({str(blocking) for blocking in problem.protected_objects})[:5]
                raise ActionRefused([in_use(labels)]) from problem


def unlink(added: Sequence[Publishable]) -> None:
    """Delete what protects some of these records from being deleted and belongs to others."""
    keys_by_kind: dict[str, list[int]] = {}
    for entry in added:
        if isinstance(entry, Entry):
            keys_by_kind.setdefault(entry.kind, []).append(entry.pk)
    for kind, entry_keys in keys_by_kind.items():
        # The target of a link is protected.
        for chunk in batched(entry_keys):
            EntryLink.objects.filter(**{f"{kind}__in": chunk}).delete()
    # Statements that other statements name are protected.
    statements = [record.pk for record in added if isinstance(record, Statement)]
    for chunk in batched(statements):
        rows = Statement.objects.filter(pk__in=chunk)
        rows.update(in_reply_to=None, same_speaker=None)
    _delete_actor_parts([record.pk for record in added if isinstance(record, Actor)])
    # An earlier source is protected.
    sources = [record.pk for record in added if isinstance(record, Source)]
    for chunk in batched(sources):
        SourceRelation.objects.filter(source__in=chunk).delete()


def _delete_actor_parts(keys: list[int]) -> None:
    """Delete the rows that belong to these actors, which protect them."""
    for chunk in batched(keys):
        Affiliation.objects.filter(person__in=chunk).delete()
        ActorName.objects.filter(actor__in=chunk).delete()
        Actor.objects.filter(pk__in=chunk).update(part_of=None)
