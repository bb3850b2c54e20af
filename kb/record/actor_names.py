"""Which actor a typed name or slug means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.record.closest_names import closest_names
from kb.record.filter_fields import Choice, choice_of_revision
from kb.record.history import current_revision_at, is_tombstone
from kb.record.listed_search import ListSearch
from kb.record.models import Revision
from kb.record.vocabulary import RecordKind
from kb.text.normalise import MAX_NAME_LENGTH, fold_name
from kb.text.slugs import SLUG_LENGTH

# Records with the words of a name, those with most entries first, among which it is looked for.
MAX_CANDIDATES = 50
MAX_CLOSE = 3


@dataclass(frozen=True)
class NamedActor:
    """``actor`` is the one actor that is meant; without it, ``close`` are those with near names."""

    actor: Choice | None
    close: Sequence[Choice] = ()


def actor_named(text: str) -> NamedActor:
    """The actor with this slug, present or former, or with this name in any script.

    A name of several actors means none of them: they are ``close``. Costs five queries at most.
    """
    text = text.strip()
    if actor := _actor_at(text):
        return NamedActor(actor)
    matching = ListSearch(RecordKind.ACTOR.value, text[:MAX_NAME_LENGTH]).records()
    ordered = matching.select_related("revision").order_by("-entries", "name_key")
    records = list(ordered[:MAX_CANDIDATES])
    folded = fold_name(text)
    same = [record.revision for record in records if folded in _folded_names(record.revision)]
    if len(same) == 1:
        return NamedActor(choice_of_revision(same[0]))
    close = same or [record.revision for record in records]
    choices = [choice_of_revision(revision) for revision in close[:MAX_CLOSE]]
    if not choices:
        choices = [
            Choice(name.record.slug, name.record.public_id, name.record.title)
            for name in closest_names(text)
            if name.record.kind == RecordKind.ACTOR
        ]
    return NamedActor(None, choices)


def _actor_at(slug: str) -> Choice | None:
    """The actor that is read at an address with this slug now."""
    if not 0 < len(slug) <= SLUG_LENGTH:
        return None
    revision = current_revision_at(RecordKind.ACTOR, slug)
    if revision is None or is_tombstone(revision) or revision.kind != RecordKind.ACTOR:
        return None
    return choice_of_revision(revision)


def _folded_names(revision: Revision) -> set[str]:
    names = [revision.title, *(name["name"] for name in revision.document["other_names"])]
    return {fold_name(name) for name in names}
