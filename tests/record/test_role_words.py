"""The role of an actor as words, as a fact and as somebody's account."""

from __future__ import annotations

import pytest

from kb.record.headlines import EventAccount
from kb.record.role_words import role_heading, role_verbs, role_words
from kb.record.vocabulary import ParticipationRole, Reliability

# The actor did something in the event; otherwise something was done to it.
ACTIVE = {
    ParticipationRole.ACTED,
    ParticipationRole.REPORTED,
    ParticipationRole.REGULATED,
    ParticipationRole.ANNOUNCED,
}
ACCOUNTS = [
    ("undisputed", None, ""),
    ("one_party", EventAccount(["OpenAI"]), "other"),
    ("one_party", EventAccount(["OpenAI"], actors=frozenset({"own"})), "own"),
    ("announced", EventAccount(["OpenAI"]), "other"),
]


@pytest.mark.parametrize("role", ParticipationRole)
@pytest.mark.parametrize(("standing", "account", "actor"), ACCOUNTS)
def test_role_is_active_or_passive_in_every_wording(role, standing, account, actor):
    verbs = dict(role_verbs())
    is_account = standing != Reliability.UNDISPUTED
    wordings = [
        role_words(role, standing, account, actor),
        role_heading(role, standing),
        verbs.get((role, is_account), ""),
    ]
    passive = [words for words in wordings if "been " in words or "be " in words or "was " in words]
    assert not passive or role not in ACTIVE, passive


def test_authority_regulates():
    assert role_words("regulated") == "regulated it"
    account = EventAccount(["OpenAI"])
    assert role_words("regulated", "one_party", account, "a").endswith("to have regulated it")
    assert role_heading("regulated", "announced") == "Is to regulate"
