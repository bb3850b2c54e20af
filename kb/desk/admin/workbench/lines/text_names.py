"""The names of actors in the text of a source, with the number of their mentions."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Max

from kb.desk.models import Actor, ActorName, SourceText
from kb.desk.models.base import WorkflowState
from kb.text.known_names import KnownName, KnownNames

MAX_NAMES = 24


class TextName(NamedTuple):
    """An actor whom a text names, and how often."""

    key: str
    name: str
    mentions: int


def names_in_text(text: SourceText | None) -> list[TextName]:
    """The actors that a text names, those with the most mentions first. Three queries at most.

    A name that several actors have, or that can be a part of other words, is left out.
    """
    if text is None:
        return []
    state = Actor.objects.aggregate(count=Count("pk"), changed=Max("updated_at"))
    mentions = _known_names(state["count"], state["changed"]).mentions(text.body)
    counts = Counter(mention.keys[0] for mention in mentions if mention.is_certain)
    actors = Actor.objects.in_bulk([int(key) for key, _count in counts.most_common(MAX_NAMES)])
    names = [TextName(str(key), str(actor), counts[str(key)]) for key, actor in actors.items()]
    return sorted(names, key=lambda name: (-name.mentions, name.name))


@lru_cache(maxsize=1)
def _known_names(count: int, changed: datetime | None) -> KnownNames:
    """The names of all actors, read again once an actor was added, changed or deleted."""
    live = Actor.objects.exclude(state=WorkflowState.WITHDRAWN)
    rows = [*live.values_list("pk", "name")]
    rows += ActorName.objects.filter(actor__in=live).values_list("actor", "name")
    return KnownNames(KnownName(str(key), name) for key, name in rows)
