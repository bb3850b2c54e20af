"""Who speaks for an actor, and for whom an actor speaks: with capacity, count and last day."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTransform

from kb.record.documents import Voice
from kb.record.models import Facet
from kb.record.vocabulary import StatementForm

MAX_SPEAKERS = 12
# Of an actor with more statements, the latest ones recorded are counted.
MAX_STATEMENTS = 200
# Looked up for each statement; as a list it would be read whole for each.
_ASCRIBED = Facet.objects.filter(
    name="form", value=StatementForm.ATTRIBUTED, entry=OuterRef("entry")
)
_VOICE = KeyTransform("voice", "entry__revision__document")


class SpeakerKey(NamedTuple):
    """What tells speakers apart: an actor or a label, in one capacity."""

    actor: str | None
    label: str
    role: str


class Speaker(NamedTuple):
    """A speaker or represented party in one capacity.

    ``actor`` is a public id; None for an unnamed speaker, who has a ``label`` instead.
    """

    actor: str | None
    label: str
    role: str
    statements: int
    last: date | None


class Speakers(NamedTuple):
    """Those who speak for an actor, and those for whom the actor speaks."""

    for_them: list[Speaker]
    they_for: list[Speaker]

    @property
    def ids(self) -> set[str]:
        return {speaker.actor for side in self for speaker in side if speaker.actor}


def speakers(public_id: str) -> Speakers:
    """Both sides, most statements first, in a query for each.

    Unnamed speakers are grouped by label; the same label need not be the same person. At most
    ``MAX_STATEMENTS`` are read for each side.
    """
    facets = [*_latest("by", public_id), *_latest("for", public_id)]
    counts: Counter[tuple[str, SpeakerKey]] = Counter()
    last_days: dict[tuple[str, SpeakerKey], date] = {}
    for name, voice, last in facets:
        principal = voice["on_behalf_of"]
        if name == "for":
            key = SpeakerKey(voice["speaker"], voice["label"] or "", voice["role"] or "")
        elif principal and principal != public_id:
            key = SpeakerKey(principal, "", voice["role"] or "")
        else:
            continue
        counts[name, key] += 1
        if last:
            last_days[name, key] = max(last, last_days.get((name, key), last))
    sides: dict[str, list[Speaker]] = {"for": [], "by": []}
    for (name, key), count in sorted(counts.items(), key=_order):
        sides[name].append(Speaker(*key, count, last_days.get((name, key))))
    return Speakers(sides["for"][:MAX_SPEAKERS], sides["by"][:MAX_SPEAKERS])


def _order(counted: tuple[tuple[str, SpeakerKey], int]) -> tuple[int, str, str, str]:
    """Most statements first."""
    (_name, key), count = counted
    return -count, key.actor or "", key.label, key.role


def _latest(name: str, public_id: str) -> QuerySet[Facet, tuple[str, Voice, date | None]]:
    """The statements that were recorded last, from the end of one range of an index."""
    # Reported speech is the outlet's, which neither speaks for anybody nor is spoken for.
    facets = Facet.objects.filter(~Exists(_ASCRIBED), name=name, value=public_id)
    # A document is parsed once for its voice, which is quicker than once for each field of it.
    rows = facets.order_by("-entry_id").values_list("name", _VOICE, "entry__latest")
    return rows[:MAX_STATEMENTS]
