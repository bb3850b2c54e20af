"""Add a position to a claim without opening the form of the claim."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kb.desk.models import Proposition, Stance, Statement
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.saving import bump_version_or_fail, check_references


def add_position(stance: Stance, *, by: Any) -> Stance:
    """Store a new position, and log it as a change of its claim and of its statement.

    Both count a version, so that nobody overwrites it from a form that was opened before. Raises
    StaleVersion if another editor saves the claim at the same moment, or merged it or what the
    position names.
    """
    with transaction.atomic():
        claim = Proposition.objects.get(pk=stance.proposition_id)
        bump_version_or_fail(claim, claim.version)
        Proposition.objects.filter(pk=claim.pk).update(updated_by=by)
        stance.proposition = claim
        stance.save()
        states = record([claim], Action.SAVED, by=by)
        check_references(claim, states[claim.public_id])
        if stance.statement is not None:
            statement = Statement.objects.get(pk=stance.statement.pk)
            bump_version_or_fail(statement, statement.version)
            # Whoever adds its position is now an author there, and may not approve it.
            Statement.objects.filter(pk=statement.pk).update(updated_by=by)
            record([statement], Action.FOLLOWED, by=by, note=f"saved with “{claim}”")
    return stance
