"""The role of an actor as words, as a fact and as somebody's account."""

from __future__ import annotations

import pytest

from kb.record.headlines import EventAccount
from kb.record.role_words import role_heading, role_phrases, role_verbs, role_words
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


def part(name, role, standing="", account=None):
    return {
        "id": name, "slug": name, "name": name, "kind": "organisation", "url": f"/actors/{name}/",
        "role": role, "role_words": role_words(role, standing, account, name),
    }  # fmt: skip


def phrases_of(*parts):
    return [
        ([actor["name"] for actor in phrase["actors"]], phrase["words"])
        for phrase in role_phrases(parts)
    ]


def test_actors_with_one_role_share_a_phrase():
    parts = part("A", "acted"), part("B", "affected"), part("C", "acted"), part("D", "affected")
    assert phrases_of(*parts) == [(["A", "C"], "did this"), (["B", "D"], "were affected")]
    assert phrases_of(part("A", "affected")) == [(["A"], "was affected")]


@pytest.mark.parametrize("role", ParticipationRole)
@pytest.mark.parametrize("standing", ["undisputed", "one_party", "announced"])
@pytest.mark.parametrize("account", [EventAccount(["OpenAI"]), None])
def test_phrase_of_several_actors_has_a_plural_verb(role, standing, account):
    [(names, words)] = phrases_of(*(part(name, role, standing, account) for name in "AB"))
    assert names == ["A", "B"]
    assert words.split()[0] not in ("is", "was")
