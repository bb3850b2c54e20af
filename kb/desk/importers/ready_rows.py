"""Stores rows that were built before, if what they depend on has not changed since."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext as _

from kb.desk.importers.build import JOINT_RELATIONS, Overwrite, ReadyRows
from kb.desk.importers.dry_run import ENTRY_MODELS, batched, earlier_rows
from kb.desk.models import (
    AccountOf,
    Citation,
    EntryLink,
    Event,
    Figure,
    ImportedRow,
    Participation,
    Request,
    Statement,
)
from kb.desk.models.base import WorkflowState
from kb.desk.suppression.removing import clear_imported
from kb.desk.verbs.exceptions import ActionRefused

# The relations of an entry that a file fills in, besides those that all entries have.
OWN_RELATIONS: dict[type[models.Model], tuple[str, ...]] = {
    Statement: ("addressees", "about", *JOINT_RELATIONS),
    Request: ("asked", "about", "claims"),
}


def store_ready(ready: ReadyRows, origin: str) -> None:
    """Store built rows. Raises ActionRefused if the plan does not hold any more."""
    stored = {name: row.pk for name, row in earlier_rows(origin, ready.earlier).items()}
    for name, key in ready.earlier.items():
        if stored.get(name) != key:
            raise ActionRefused(
                [_("%(name)s: another import changed this at the same time.") % {"name": name}]
            )
    ImportedRow.objects.filter(pk__in=[key for key in ready.earlier.values() if key]).delete()
    for overwrite in ready.overwritten:
        if reasons := _edit_conflicts(overwrite):
            raise ActionRefused(reasons)
        overwrite.statement.run()
    for model, keys in ready.emptied.items():
        _empty(model, keys)
    for write in ready.inserted:
        write.run()


def _edit_conflicts(overwrite: Overwrite) -> list[str]:
    """A sentence for each entry that was changed since. The others stay locked."""
    rows = overwrite.model._default_manager.select_for_update()
    keys = [entry.key for entry in overwrite.entries]
    drafts = rows.filter(state=WorkflowState.DRAFT, pk__in=keys)
    versions = dict(drafts.values_list("pk", "version"))
    return [
        _("“%(row)s” was edited or published since it was imported.") % {"row": entry.title}
        for entry in overwrite.entries
        if versions.get(entry.key) != entry.version
    ]


def _empty(model: type[models.Model], keys: list[int]) -> None:
    """Delete the citations, participations and links of changed entries: all are stored anew."""
    name = model._meta.model_name
    for relation in ("incidents", "topics", *OWN_RELATIONS.get(model, ())):
        through = getattr(model, relation).through
        through.objects.filter(**{f"{name}__in": keys}).delete()
    own_parts = (AccountOf, Figure, Participation) if model is Event else ()
    for part in (Citation, EntryLink, *own_parts):
        part._default_manager.filter(**{f"{name}__in": keys}).delete()


def clear_removed(public_ids: Iterable[str]) -> None:
    """Clear in overwritten entries what was removed from their public records."""
    for chunk in batched(sorted(public_ids)):
        for model in ENTRY_MODELS.values():
            clear_imported(model._default_manager.filter(public_id__in=chunk))
