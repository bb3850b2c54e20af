"""Who speaks for an actor, and for whom an actor speaks: with capacity, count and last day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import NullIf

from kb.record.models import Facet
from kb.record.vocabulary import StatementForm

MAX_SPEAKERS = 12
# Looked up for each statement; as a list it would be read whole for each.
_ASCRIBED = Facet.objects.filter(
    name="form", value=StatementForm.ATTRIBUTED, entry=OuterRef("entry")
)
_VOICE = KeyTransform("voice", "entry__revision__document")


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
    """Both sides, most statements first, in one query.

    Unnamed speakers are grouped by label; the same label need not be the same person.
    """
    rows = (
        # Reported speech is the outlet's, which neither speaks for anybody nor is spoken for.
        Facet.objects.filter(~Exists(_ASCRIBED), name__in=("by", "for"), value=public_id)
        .annotate(
            speaker=_voice_id("speaker"),
            label=KeyTextTransform("label", _VOICE),
            role=KeyTextTransform("role", _VOICE),
            principal=_voice_id("on_behalf_of"),
        )
        .order_by()
        .values_list("name", "speaker", "label", "role", "principal")
        .annotate(count=Count("pk"), last=Max("entry__latest"))
        .order_by("-count", "speaker", "label", "role")
    )
    sides = Speakers([], [])
    for name, speaker, label, role, principal, count, last in rows:
        if name == "for":
            sides.for_them.append(Speaker(speaker, label or "", role or "", count, last))
        elif name == "by" and principal and principal != public_id:
            sides.they_for.append(Speaker(principal, "", role or "", count, last))
    return Speakers(*(side[:MAX_SPEAKERS] for side in sides))


def _voice_id(name: str) -> NullIf:
    """A public id in the document's ``voice``. SQLite returns JSON's null as the text "null"."""
    return NullIf(KeyTextTransform(name, _VOICE), Value("null", output_field=TextField()))
