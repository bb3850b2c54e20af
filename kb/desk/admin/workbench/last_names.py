"""The names that were entered from a source last, to be chosen with one key."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from kb.desk.models import Actor, Source, Statement

MAX_NAMES = 9


@dataclass(frozen=True)
class LastName:
    """A speaker with the role and the represented party of the last statement."""

    actor: Actor
    role: str = ""
    principal: Actor | None = None


def last_names(source: Source) -> list[LastName]:
    """Return the speakers of statements that cite a source or share an incident with such a one.

    The speaker of the newest statement is the first. One query.
    """
    own = Q(citations__source=source)
    beside = Q(incidents__statements__citations__source=source)
    statements = (
        Statement.objects.filter(own | beside)
        .exclude(speaker=None)
        .select_related("speaker", "on_behalf_of")
        .distinct()
        .order_by("-pk")
    )
    names: dict[int, LastName] = {}
    for statement in statements[:100]:
        if statement.speaker is not None:
            name = LastName(statement.speaker, statement.role_as_of, statement.on_behalf_of)
            names.setdefault(statement.speaker.pk, name)
    return list(names.values())[:MAX_NAMES]
