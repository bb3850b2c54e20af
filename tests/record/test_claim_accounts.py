"""The positions on a claim: their order, the day by which each was public, the cost of a link."""

from datetime import date

import pytest

from kb.dates import FuzzyDate
from kb.record.claim_accounts import claim_accounts, with_live_accounts
from kb.record.contested import is_contested
from kb.record.models import Revision
from kb.record.named_records import Names
from tests.make import (
    make_actor,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    return make_proposition("When was it?", question="when", slug="when")


def document_of(row):
    return Revision.objects.live().get(public_id=row.public_id).document


def answer(claim, dated="", position="asserts", **fields):
    statement = published(make_statement(**fields))
    make_stance(claim, position, statement=statement, dated=dated)
    return statement


def test_answers_are_in_the_order_of_their_dates(claim):
    answer(claim, position="undecided", said="2023-01-01")
    for dated in ("2023-06", "2023-04", "2023"):
        answer(claim, dated)
    published(claim)
    accounts = claim_accounts(document_of(claim)).accounts
    assert [account["date"]["edtf"] for account in accounts] == ["2023", "2023-04", "2023-06", ""]


def test_known_leaves_out_what_was_not_public(claim):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    answer(claim, "2023-04", source=early)
    answer(claim, "2023-06", source=late)
    published(claim)
    today = claim_accounts(document_of(claim))
    assert (today.is_contested, today.later) == (True, 0)
    assert today.days == [date(2023, 12, 15), date(2023, 12, 17)]
    then = claim_accounts(document_of(claim), FuzzyDate("2023-12-16"))
    assert [account["date"]["edtf"] for account in then.accounts] == ["2023-04"]
    assert (then.is_contested, then.later, then.days) == (False, 1, today.days)


def test_versions_lose_the_words_of_what_is_not_live(claim):
    statement = answer(claim, "2023-04")
    published(claim)
    document = document_of(claim)
    (shown,) = with_live_accounts([document])
    assert shown["accounts"] == document["accounts"]
    Revision.objects.filter(public_id=statement.public_id).update(superseded_at="2023-12-20T00:00Z")
    (shown,) = with_live_accounts([document])
    assert shown["accounts"] == []


def test_many_equal_answers_are_compared_once(claim):
    answer(claim, "2023-04")
    published(claim)
    document = document_of(claim)
    account = document["accounts"][0]
    other = {**account, "date": FuzzyDate("2023-06").to_json()}
    assert not is_contested({**document, "accounts": [account] * 2_000})
    assert is_contested({**document, "accounts": [account] * 2_000 + [other]})


def test_link_to_a_claim_fetches_none_of_the_other_statements(claim):
    acme = make_actor("Acme")
    first, second = (answer(claim, "2023-04", on_behalf_of=acme) for _ in range(2))
    published(claim)
    published(first)
    names = Names([document_of(first)])
    assert names.claims([claim.public_id])[0]["url"] == "/claims/when/"
    assert second.public_id not in names.documents
