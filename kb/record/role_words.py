"""What an actor did in an event, in words: as a fact, or as somebody's account."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kb.record.answers import Part
from kb.record.headlines import ACCOUNT_STANDINGS, EventAccount
from kb.record.vocabulary import (
    ROLE_HEADINGS,
    ROLE_LABELS,
    ROLE_VERBS,
    Labels,
    ParticipationRole,
    Reliability,
)

# Behind the name of the actor; the account is that of others, of the actor itself, or not stated.
SAID_ROLE_LABELS: Labels = {
    ParticipationRole.ACTED: _("is said by %(account)s to have done this"),
    ParticipationRole.AFFECTED: _("is said by %(account)s to have been affected"),
    ParticipationRole.REGULATED: _("is said by %(account)s to have regulated it"),
    ParticipationRole.INVOLVED: _("is said by %(account)s to have been involved"),
}
OWN_ROLE_LABELS: Labels = {
    ParticipationRole.ACTED: _("did this by their own account"),
    ParticipationRole.AFFECTED: _("was affected by their own account"),
    ParticipationRole.REGULATED: _("regulated it by their own account"),
    ParticipationRole.INVOLVED: _("was involved by their own account"),
}
ANNOUNCED_ROLE_LABELS: Labels = {
    ParticipationRole.ACTED: _("is to do this, according to %(account)s"),
    ParticipationRole.AFFECTED: _("is to be affected, according to %(account)s"),
    ParticipationRole.REGULATED: _("is to regulate it, according to %(account)s"),
    ParticipationRole.INVOLVED: _("is to be involved, according to %(account)s"),
}
# Without the account: the first words of a line on the actor's page, and its counts.
SAID_ROLE_HEADINGS: Labels = {
    ParticipationRole.ACTED: _("Is said to have done"),
    ParticipationRole.AFFECTED: _("Is said to have been affected"),
    ParticipationRole.REGULATED: _("Is said to have regulated"),
    ParticipationRole.INVOLVED: _("Is said to have been involved"),
}
ANNOUNCED_ROLE_HEADINGS: Labels = {
    ParticipationRole.ACTED: _("Is to do"),
    ParticipationRole.AFFECTED: _("Is to be affected"),
    ParticipationRole.REGULATED: _("Is to regulate"),
    ParticipationRole.INVOLVED: _("Is to be involved"),
}
SAID_ROLE_VERBS: Labels = {
    ParticipationRole.ACTED: _("said to have acted"),
    ParticipationRole.AFFECTED: _("said to be affected"),
    ParticipationRole.REGULATED: _("said to have regulated"),
    ParticipationRole.INVOLVED: _("said to be involved"),
}

# English shows the number in the verb, which is the first word of a role. Chinese does not.
_PLURAL_VERBS = {"is": "are", "was": "were"}


class RolePhrase(TypedDict):
    """Actors with the same role, and the words of it behind their names."""

    actors: list[Part]
    words: str


def role_phrases(actors: Iterable[Part]) -> list[RolePhrase]:
    """The actors by their roles, in the order in which the roles come first."""
    parts: dict[str, list[Part]] = {}
    for actor in actors:
        parts.setdefault(actor["role_words"], []).append(actor)
    return [
        {"actors": group, "words": words if len(group) == 1 else _plural(words)}
        for words, group in parts.items()
    ]


def _plural(words: str) -> str:
    verb, space, rest = words.partition(" ")
    return f"{_PLURAL_VERBS.get(verb, verb)}{space}{rest}"


def role_words(
    role: str, standing: str = "", account: EventAccount | None = None, actor: str = ""
) -> str:
    """The role of an actor as words behind its name. ``actor`` is its public id.

    Of an event that is an account the words say whose; that somebody reported or announced it
    is no part of the account.
    """
    if standing not in ACCOUNT_STANDINGS or role not in SAID_ROLE_LABELS:
        return _role_label(role, get_language())
    if account is None or not account.names:
        words = str(role_heading(role, standing))
        return words[:1].lower() + words[1:]
    if standing == Reliability.ANNOUNCED:
        return str(ANNOUNCED_ROLE_LABELS[role]) % {"account": account.words}
    if account.actors == {actor}:
        return str(OWN_ROLE_LABELS[role])
    return str(SAID_ROLE_LABELS[role]) % {"account": account.words}


@lru_cache(maxsize=256)
def _role_label(role: str, _language: str | None) -> str:
    """The role as a fact. Exports ask for a few of them again and again."""
    return str(ROLE_LABELS.get(role, role.replace("_", " ")))


def role_heading(role: str, standing: str = "") -> str:
    """The role as the first words of a line on the actor's page."""
    if standing in ACCOUNT_STANDINGS and role in SAID_ROLE_HEADINGS:
        is_announced = standing == Reliability.ANNOUNCED
        return str((ANNOUNCED_ROLE_HEADINGS if is_announced else SAID_ROLE_HEADINGS)[role])
    return str(ROLE_HEADINGS.get(role, capfirst(role.replace("_", " "))))


def role_verbs() -> list[tuple[tuple[str, bool], str]]:
    """Every role with whether it is somebody's account, and its verb, in the order of lists."""
    verbs: list[tuple[tuple[str, bool], str]] = []
    for role, words in ROLE_VERBS.items():
        verbs.append(((role, False), str(words)))
        if role in SAID_ROLE_VERBS:
            verbs.append(((role, True), str(SAID_ROLE_VERBS[role])))
    return verbs
