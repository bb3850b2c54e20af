"""Who speaks for an actor, and for whom an actor speaks: with capacity, count and last day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Max, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import NullIf

from kb.record.models import Facet

MAX_SPEAKERS = 12
_VOICE = KeyTransform("voice", "entry__revision__document")


class Speaker(NamedTuple):
    """One who spoke (``actor`` is a public id, or None with a ``label``) in one capacity."""

    actor: str | None
    label: str
    role: str
    statements: int
    last: date | None


class Speakers(NamedTuple):
    for_them: list[Speaker]
    they_for: list[Speaker]

    @property
    def ids(self) -> set[str]:
        return {one.actor for side in self for one in side if one.actor}


def speakers(public_id: str) -> Speakers:
    """Both sides, most statements first, in one query.

    An unnamed voice is known by the label that the record gives it; the same label need not be
    the same person.
    """
    rows = (
        Facet.objects.filter(name__in=("by", "for"), value=public_id)
        .annotate(
            speaker=_id("speaker"),
            label=KeyTextTransform("label", _VOICE),
            role=KeyTextTransform("role", _VOICE),
            principal=_id("on_behalf_of"),
        )
        .order_by()
        .values_list("name", "speaker", "label", "role", "principal")
        .annotate(count=Count("pk"), last=Max("entry__latest"))
        .order_by("-count", "speaker", "label", "role")
    )
    found = Speakers([], [])
    for name, speaker, label, role, principal, count, last in rows:
        if name == "for":
            found.for_them.append(Speaker(speaker, label or "", role or "", count, last))
        elif name == "by" and principal and principal != public_id:
            found.they_for.append(Speaker(principal, "", role or "", count, last))
    return Speakers(*(side[:MAX_SPEAKERS] for side in found))


def _id(name: str) -> NullIf:
    """A public id of the voice; SQLite gives JSON's null as a word."""
    return NullIf(KeyTextTransform(name, _VOICE), Value("null", output_field=TextField()))
