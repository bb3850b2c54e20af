"""Who says a passage, as the text itself states it, and which actors of the desk these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kb.desk.admin.quick_entry import actors_with_name
from kb.desk.models import Actor
from kb.text.attribution import Proposal


@dataclass(frozen=True)
class NamedActor:
    """A name of the text. ``actor`` is None if no actor, or more than one, has it."""

    name: str
    actor: Actor | None
    is_new: bool


@dataclass(frozen=True)
class PassageSpeaker:
    """The speaker of a passage, the role, for whom, and why; parts that are not stated are None.

    It is not ``certain`` where another person could be meant.
    """

    person: NamedActor | None
    role: str
    principal: NamedActor | None
    certain: bool
    reason: str


def named_actor(name: str) -> NamedActor | None:
    """The actor that a name of the text stands for; None for an empty name."""
    if not name:
        return None
    actors = actors_with_name(name)
    return NamedActor(name, actors[0] if len(actors) == 1 else None, not actors)


def passage_speaker(proposals: Sequence[Proposal], start: int, end: int) -> PassageSpeaker | None:
    """Who says most of the characters between two positions; None if the text does not say."""
    overlaps = [
        (min(end, proposal.end) - max(start, proposal.start), -place, proposal)
        for place, proposal in enumerate(proposals)
        if proposal.start < end and proposal.end > start and proposal.speaker is not None
    ]
    return speaker_of(max(overlaps)[2], proposals) if overlaps else None


def speaker_of(proposal: Proposal, proposals: Sequence[Proposal]) -> PassageSpeaker | None:
    """The speaker of a proposal; role and party may be stated elsewhere in the text."""
    speaker = proposal.speaker
    if speaker is None:
        return None
    name = speaker.resolved or speaker.name
    role, organisation = speaker.role, speaker.organisation
    for other in proposals:
        if role and organisation:
            break
        mention = other.speaker
        if name and mention is not None and mention.resolved == name:
            role, organisation = role or mention.role, organisation or mention.organisation
    return PassageSpeaker(
        person=named_actor(name),
        role=role,
        principal=named_actor(organisation),
        certain=proposal.certain and bool(name),
        reason=_reason(speaker.text, name, certain=proposal.certain),
    )


def _reason(mention: str, name: str, *, certain: bool) -> str:
    if not name:
        return _("The text says “%(mention)s”.") % {"mention": mention}
    if not certain:
        message = _("Perhaps “%(name)s”, from “%(mention)s”. Check it.")
    elif mention == name:
        return _("From the text.")
    else:
        message = _("From “%(mention)s” in the text: “%(name)s”.")
    return message % {"mention": mention, "name": name}
