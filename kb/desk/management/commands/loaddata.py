"""``manage.py loaddata``: Django's command, which here also publishes what it loads.

Loading a fixture of the desk again changes nothing. It is refused, with the names of the records,
if editors have changed them since. Other fixtures are loaded as Django loads them.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DEFAULT_DB_ALIAS, DatabaseError, models, transaction

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable, Snapshot, Stance
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.models.position_checks import position_errors
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_all


class Command(loaddata.Command):
    help = "Load fixtures. Newsroom records are also validated and published."

    def handle(self, *labels: str, **options: Any) -> None:
        self._stored: dict[tuple[type[Publishable], str], Publishable] = {}
        self._desk_rows: list[models.Model] = []
        self._new_positions: list[Stance] = []
        self._row_number = 0
        with transaction.atomic(using=options["database"]):
            try:
                super().handle(*labels, **options)
            except (DeserializationError, DatabaseError) as problem:
                raise CommandError(f"Nothing was loaded.\n{problem}") from problem
            if self._desk_rows and options["database"] == DEFAULT_DB_ALIAS:
                self._publish(options)

    def save_obj(self, obj: DeserializedObject) -> bool:
        self._row_number += 1
        row = obj.object
        if row._meta.app_label == "desk":
            if isinstance(row, Publishable):
                self._keep_state(row)
            stored = type(row)._base_manager.filter(pk=row.pk)
            row._state.adding = row.pk is None or not stored.exists()
            problems = _problems(obj)
            if not row._state.adding and not isinstance(row, Publishable):
                problems += _differences(row, stored.get())
            if problems:
                where = f"row {self._row_number}: {row._meta.label} “{row}”: "
                raise CommandError("Nothing was loaded.\n" + where + "; ".join(problems))
            self._desk_rows.append(row)
            if isinstance(row, Stance) and row._state.adding:
                self._new_positions.append(row)
        return super().save_obj(obj)

    def _keep_state(self, row: Publishable) -> None:
        """Keep the state and version of a stored row: in a fixture every row is a draft."""
        stored = type(row)._default_manager.filter(public_id=row.public_id).first()
        if stored is None:
            return
        self._stored[type(row), row.public_id] = stored
        row.pk, row.state, row.version = stored.pk, stored.state, stored.version
        row.created_by_id, row.updated_by_id = stored.created_by_id, stored.updated_by_id

    def _publish(self, options: dict[str, Any]) -> None:
        rows = [row for row in self._desk_rows if isinstance(row, Publishable)]
        edited = [
            f"{row._meta.verbose_name} “{row}” (version {row.version})"
            for row in rows
            if self._was_edited(row)
        ]
        if edited:
            raise CommandError(
                (
                    "Nothing was loaded because the fixture would overwrite changes made by "
                    "editors:\n"
                )
                + "\n".join(edited)
            )
        # Now that the citations are loaded, which may come after the positions.
        keys = [position.pk for position in self._new_positions]
        positions = Stance.objects.filter(pk__in=keys)
        if problems := position_errors(
            list(positions.select_related("proposition", "statement", "source"))
        ):
            raise CommandError("Nothing was loaded.\n" + "\n".join(problems))
        drafts = [row for row in rows if row.state == WorkflowState.DRAFT]
        record(drafts, Action.IMPORTED, by=None, note="from a fixture")
        try:
            revisions = publish_all(drafts, by=None) if drafts else []
        except ActionRefused as refusal:
            raise CommandError("Nothing was loaded.\n" + "\n".join(refusal.reasons)) from refusal
        if options["verbosity"]:
            self.stdout.write(f"Published {len(revisions)} documents.")

    def _was_edited(self, row: Publishable) -> bool:
        """Whether the row, as the fixture leaves it, differs from what was published.

        If it does, an editor has changed or withdrawn it since it was loaded, and the editor's
        version must stay.
        """
        stored = self._stored.get((type(row), row.public_id))
        if stored is None:
            return False
        if stored.version != 1 or stored.state == WorkflowState.WITHDRAWN:
            return True
        if stored.state != WorkflowState.PUBLISHED:
            return False
        snapshot = Snapshot.objects.filter(public_id=row.public_id).first()
        loaded = MODELS[row.kind].objects.get(pk=row.pk)
        return snapshot is not None and snapshot.document != build_document(loaded)


def _problems(obj: DeserializedObject) -> list[str]:
    """Invalid fields as "field: reason". The database checks references to later rows."""
    later = [field.name for field in obj.deferred_fields or ()]
    try:
        obj.object.full_clean(exclude=later, validate_unique=False)
    except ValidationError as problem:
        return [
            f"{field}: {' '.join(messages)}" for field, messages in problem.message_dict.items()
        ]
    return []


def _differences(row: models.Model, stored: models.Model) -> list[str]:
    """The fields in which a part of an entry, such as a citation, differs from the fixture."""
    return [
        f"{field.name}: the fixture would overwrite a change made by an editor"
        for field in row._meta.concrete_fields
        if field.editable and getattr(row, field.attname) != getattr(stored, field.attname)
    ]
