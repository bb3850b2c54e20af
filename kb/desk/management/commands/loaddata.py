"""``manage.py loaddata``: Django's own, which here also puts what it loads on the record.

A fixture of the desk ends on the public timeline. Loading it again changes nothing; loading it
over what editors have changed since is refused, and says which. Other fixtures are loaded as
Django loads them.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DEFAULT_DB_ALIAS, DatabaseError, models, transaction

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_all


class Command(loaddata.Command):
    help = "Load fixtures; what belongs to the desk is checked and published as well."

    def handle(self, *labels: str, **options: Any) -> None:
        self._before: dict[tuple[type, Any], Publishable] = {}
        self._desk: list[models.Model] = []
        self._row = 0
        with transaction.atomic(using=options["database"]):
            try:
                super().handle(*labels, **options)
            except (DeserializationError, DatabaseError) as problem:
                raise CommandError(f"Nothing was loaded.\n{problem}") from problem
            if self._desk and options["database"] == DEFAULT_DB_ALIAS:
                self._publish(options)

    def save_obj(self, obj: DeserializedObject) -> bool:
        self._row += 1
        thing = obj.object
        if thing._meta.app_label == "desk":
            if isinstance(thing, Publishable):
                self._keep_state(thing)
            rows = type(thing)._base_manager.filter(pk=thing.pk)
            thing._state.adding = thing.pk is None or not rows.exists()
            problems = _problems(obj)
            if not thing._state.adding and not isinstance(thing, Publishable):
                problems += _differences(thing, rows.get())
            if problems:
                where = f"row {self._row}: {thing._meta.label} “{thing}”: "
                raise CommandError("Nothing was loaded.\n" + where + "; ".join(problems))
            self._desk.append(thing)
        return super().save_obj(obj)

    def _keep_state(self, thing: Publishable) -> None:
        """A fixture says draft; what is published already stays so, at its own version."""
        row = type(thing)._default_manager.filter(public_id=thing.public_id).first()
        if row is None:
            return
        self._before[type(thing), thing.public_id] = row
        thing.pk, thing.state, thing.version = row.pk, row.state, row.version
        thing.created_by_id, thing.updated_by_id = row.created_by_id, row.updated_by_id

    def _publish(self, options: dict[str, Any]) -> None:
        things = [thing for thing in self._desk if isinstance(thing, Publishable)]
        edited = [
            f"{thing._meta.verbose_name} “{thing}” (version {thing.version})"
            for thing in things
            if self._was_edited(thing)
        ]
        if edited:
            raise CommandError(
                "Nothing was loaded: editors have changed these since, and the fixture would "
                "overwrite them.\n" + "\n".join(edited)
            )
        drafts = [thing for thing in things if thing.state == WorkflowState.DRAFT]
        record(drafts, Action.IMPORTED, by=None, note="from a fixture")
        try:
            made = publish_all(drafts, by=None) if drafts else []
        except ActionRefused as refusal:
            raise CommandError("Nothing was loaded.\n" + "\n".join(refusal.reasons)) from refusal
        if options["verbosity"]:
            self.stdout.write(f"Published {len(made)} documents.")

    def _was_edited(self, thing: Publishable) -> bool:
        """Whether the desk row, as the fixture leaves it, differs from what was published.

        A published row that the fixture turns into something else was edited after it was
        loaded, or withdrawn; in both cases the editors' version is the one to keep.
        """
        row = self._before.get((type(thing), thing.public_id))
        if row is None:
            return False
        if row.version != 1 or row.state == WorkflowState.WITHDRAWN:
            return True
        if row.state != WorkflowState.PUBLISHED:
            return False
        kept = Snapshot.objects.filter(public_id=thing.public_id).first()
        fresh = MODELS[thing.kind].objects.get(pk=thing.pk)
        return kept is not None and kept.document != build_document(fresh)


def _problems(obj: DeserializedObject) -> list[str]:
    """What breaks a rule, as "field: reason"; references to later rows are left to the database."""
    later = [field.name for field in obj.deferred_fields or ()]
    try:
        obj.object.full_clean(exclude=later, validate_unique=False)
    except ValidationError as problem:
        return [f"{field}: {' '.join(said)}" for field, said in problem.message_dict.items()]
    return []


def _differences(thing: models.Model, row: models.Model) -> list[str]:
    """Where a part of an entry (a citation, say) is no longer what the fixture made it."""
    return [
        f"{field.name}: editors have changed this since, and the fixture would overwrite it"
        for field in thing._meta.concrete_fields
        if field.editable and getattr(thing, field.attname) != getattr(row, field.attname)
    ]
