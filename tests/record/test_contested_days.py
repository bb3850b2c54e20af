"""Since when claims are contested: as counted anew for each day, after any history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from kb.record.apps import add_days_of_claims
from kb.record.as_of import contested_claims_on, entries_contested_on
from kb.record.contested import is_contested
from kb.record.contested_days import DAY_LENGTH, contested_since, since_value, value_after
from kb.record.models import ClaimInput, Entry, Facet, Revision
from kb.record.pending_index import drain
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE
from tests.migrating import migrated_back
from tests.record.reading.histories import History

DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2020, 1, 5)))
ACCOUNTS = st.lists(st.tuples(st.sampled_from(["asserts", "denies", "reports"]), DAYS), max_size=5)


@given(ACCOUNTS)
def test_a_claim_is_contested_from_the_first_day_on_which_its_accounts_of_then_differ(accounts):
    def claim(accounts):
        return {
            "question": "whether", "options": [], "unit": "",
            "accounts": [{"position": position} for position, _day in accounts],
        }  # fmt: skip

    since = contested_since(claim(accounts), [day for _position, day in accounts])
    for day in (date(2019, 12, 31) + timedelta(days) for days in range(8)):
        of_then = [account for account in accounts if account[1] and account[1] <= day]
        assert (since is not None and since <= day) == is_contested(claim(of_then))


@given(
    st.dates(), st.dates(), st.text("abcdefghijkmnpqrstuvwxyz23456789", min_size=12, max_size=12)
)
def test_values_of_a_day_are_less_than_what_comes_after_it(day, other, claim):
    assert since_value(day, claim)[DAY_LENGTH:] == claim
    assert (since_value(other, claim) < value_after(day)) == (other <= day)


def contested_by_documents(day):
    """The keys of the entries of claims that were contested by then, from documents alone."""
    facets = Facet.objects.filter(name=CONTESTED)
    pairs = set(facets.values_list("value", "entry_id"))
    claims = Revision.objects.live().filter(public_id__in={claim for claim, _entry in pairs})
    sources = Revision.objects.live().filter(kind="source")
    contested = contested_claims_on(
        day,
        dict(claims.values_list("public_id", "document")),
        dict(sources.values_list("public_id", "document")),
    )
    return {entry for claim, entry in pairs if claim in contested}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_the_index_knows_since_when_after_each_step_of_a_history(seed):
    history = History(seed, entries=24)
    for _ in range(5):
        history.claim()
    for _ in range(30):
        history.step()
        drain()
        for year in (2009, 2012, 2016, 2019, 2023, 2030):
            day = date(year, 6, 1)
            entries = set(entries_contested_on(day).values_list("entry", flat=True))
            assert entries == contested_by_documents(day)
    rows = sorted(Facet.objects.filter(name=CONTESTED_SINCE).values_list("entry", "value"))
    Facet.objects.filter(name=CONTESTED_SINCE).update(value="20000101bbbbbbbbbbbb")
    entry = Entry.objects.order_by("pk").last()
    Facet.objects.get_or_create(entry=entry, name=CONTESTED_SINCE, value="20000101cccccccccccc")
    history.rebuild()
    assert sorted(Facet.objects.filter(name=CONTESTED_SINCE).values_list("entry", "value")) == rows


@pytest.mark.django_db(transaction=True)
def test_a_new_date_of_a_source_changes_since_when():
    history = History(1, entries=24)
    while not (facets := Facet.objects.filter(name=CONTESTED_SINCE)).exists():
        history.claim()
    claim = Revision.objects.live().get(public_id=facets[0].value[DAY_LENGTH:])
    (source, *_) = [
        account["source"] for account in claim.document["accounts"] if account["source"]
    ]
    document = dict(Revision.objects.live().get(public_id=source).document)
    later = {**document["published"], "edtf": "2031-02-03", "earliest": "2031-02-03"}
    history.publish({**document, "published": {**later, "latest": "2031-02-03"}})
    drain()
    values = Facet.objects.filter(name=CONTESTED_SINCE, value__endswith=claim.public_id)
    assert {value[:DAY_LENGTH] for value in values.values_list("value", flat=True)} == {"20310203"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_days_are_stored_after_the_migration():
    history = History(2, entries=24)
    for _ in range(12):
        history.claim()
    days = Facet.objects.filter(name=CONTESTED_SINCE).order_by("entry", "value")
    rows = list(days.values_list("entry", "value"))
    inputs = set(ClaimInput.objects.values_list("claim", "record"))
    assert rows
    with migrated_back(("record", "0032_add_minimum_version")) as models:
        facets = models.get_model("record", "Facet").objects
        assert not facets.filter(name=CONTESTED_SINCE).exists()
        add_days_of_claims(using="default", apps=models)  # has no room
    ClaimInput.objects.all().delete()
    add_days_of_claims(using="default")  # as after flush
    assert not days.exists()
    for _ in range(2):
        add_days_of_claims(using="default", apps=apps)
        assert list(days.values_list("entry", "value")) == rows
        assert set(ClaimInput.objects.values_list("claim", "record")) == inputs
