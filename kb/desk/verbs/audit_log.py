"""The one place that writes the log of the desk.

Whoever changes a thing calls this in the same transaction, after the last row of it is stored: the
pages of the desk when the rows inside a form are saved too, the verbs, and the importers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from kb.desk.models import Edition, Publishable
from kb.desk.models.log import Action
from kb.desk.row_snapshots import State, snapshots_by_id

logger = logging.getLogger(__name__)

AUDIT_BATCH_SIZE = 500
# What changes where a thing stands, and no word of it.
ACTIONS_WITHOUT_SNAPSHOT = (Action.SENT, Action.PUBLISHED, Action.WITHDRAWN)


def record(
    things: Iterable[Publishable], done: str, *, by: Any, note: str = ""
) -> dict[str, State]:
    """Log that this was done to these things, each with its whole state unless no word changed.

    One insert for a thing, or for up to 500 of them. Returns the states, by public id.
    """
    every: Sequence[Publishable] = list({one.public_id: one for one in things}.values())
    kept: dict[str, State] = {}
    for start in range(0, len(every), AUDIT_BATCH_SIZE):
        some = every[start : start + AUDIT_BATCH_SIZE]
        states = {} if done in ACTIONS_WITHOUT_SNAPSHOT else snapshots_by_id(some)
        versions = stored_versions(some)
        Edition.objects.bulk_create(
            _line(
                one,
                done,
                by,
                note,
                states.get(one.public_id),
                versions.get(one.public_id, one.version),
            )
            for one in some
        )
        kept |= states
    transaction.on_commit(partial(_log, every, done, by))
    return kept


def audit_entry(thing: Publishable, done: str, *, by: Any, note: str, state: State) -> Edition:
    """The line of the log for one thing, with its state, for who stores many rows at once."""
    return _line(thing, done, by, note, state, thing.version)


def _log(things: Sequence[Publishable], action: str, by: Any) -> None:
    """One line in the server's log for an action that has been committed: ids, no words."""
    fields: dict[str, object] = {"action": str(action), "by": getattr(by, "pk", None)}
    if len(things) == 1:
        fields |= {"kind": things[0].kind, "id": things[0].public_id}
    else:
        fields["count"] = len(things)
    logger.info("desk action", extra={"fields": fields})


def _line(
    thing: Publishable, done: str, by: Any, note: str, state: State | None, version: int
) -> Edition:
    return Edition(
        public_id=thing.public_id,
        kind=thing.kind,
        version=version,
        done=done,
        note=note,
        state=state,
        saved_by=by,
    )


def stored_versions(things: Iterable[Publishable]) -> dict[str, int]:
    """The version that is stored of each, by public id; one query for each kind."""
    by_model: dict[type[Publishable], list[Any]] = {}
    for one in things:
        by_model.setdefault(type(one), []).append(one.pk)
    return {
        name: version
        for model, keys in by_model.items()
        for name, version in model._default_manager.filter(pk__in=keys).values_list(
            "public_id", "version"
        )
    }
