"""Who says a passage, as the text itself states it, and which actors of the desk these are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from kb.desk.models import Actor, ActorName
from kb.desk.models.base import WorkflowState
from kb.text.attribution import Proposal, Speaker, propose


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


@lru_cache(maxsize=16)
def text_proposals(body: str) -> tuple[Proposal, ...]:
    """The proposals of the engine for a text; those of the last texts are kept in memory."""
    return tuple(propose(body))


def names_of(mentions: Iterable[Speaker | None]) -> set[str]:
    """The names of the speakers and of their organisations, as the text has them."""
    return {
        name
        for mention in mentions
        if mention is not None
        for name in (mention.resolved or mention.name, mention.organisation)
        if name
    }


def actors_named(names: set[str]) -> dict[str, NamedActor]:
    """The actors that names stand for. Two queries."""
    lower_names = {name.lower() for name in names}
    actors: dict[str, dict[int, Actor]] = {}
    live = Actor.objects.exclude(state=WorkflowState.WITHDRAWN)
    for actor in live.annotate(lower_name=Lower("name")).filter(lower_name__in=lower_names):
        actors.setdefault(actor.name.lower(), {})[actor.pk] = actor
    others = ActorName.objects.filter(actor__in=live).annotate(lower_name=Lower("name"))
    for row in others.filter(lower_name__in=lower_names).select_related("actor"):
        actors.setdefault(row.name.lower(), {})[row.actor_id] = row.actor
    named = {}
    for name in names:
        having_it = list(actors.get(name.lower(), {}).values())
        actor_or_none = having_it[0] if len(having_it) == 1 else None
        named[name] = NamedActor(name, actor_or_none, not having_it)
    return named


def passage_speaker(proposals: Sequence[Proposal], start: int, end: int) -> PassageSpeaker | None:
    """Who says most of the characters between two positions; None if the text does not say."""
    overlaps = [
        (min(end, proposal.end) - max(start, proposal.start), -place, proposal)
        for place, proposal in enumerate(proposals)
        if proposal.start < end and proposal.end > start and proposal.speaker is not None
    ]
    if not overlaps:
        return None
    actors = actors_named(names_of(proposal.speaker for proposal in proposals))
    return speaker_of(max(overlaps)[2], proposals, actors)


def speaker_of(
    proposal: Proposal, proposals: Sequence[Proposal], actors: Mapping[str, NamedActor]
) -> PassageSpeaker | None:
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
        person=actors.get(name),
        role=role,
        principal=actors.get(organisation),
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
