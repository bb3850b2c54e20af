"""Records with an address like one that does not exist: found by an index, with bounded work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.verbs.publishing import withdraw
from kb.record.models import AddressIndex, Revision
from kb.record.near_addresses import CANDIDATES, index_addresses, near_addresses
from kb.record.rebuild import rebuild_index
from kb.record.vocabulary import Change, RecordKind
from tests.make import make_event, published
from tests.text.growth import seconds

pytestmark = pytest.mark.django_db
DAY = datetime(2024, 6, 1, 12, tzinfo=UTC)


def suggestions(slug: str) -> object:
    return near_addresses(slug, RecordKind.EVENT)


def store(slugs: list[str], kind: str = RecordKind.EVENT) -> None:
    """Live records with these slugs and nothing else in them."""
    start = Revision.objects.count()
    revisions = Revision.objects.bulk_create(
        Revision(
            public_id=f"x{start + number}", kind=kind, slug=slug, title=slug, number=1,
            document={}, change=Change.FIRST, published_at=DAY, sha256="",
        )
        for number, slug in enumerate(slugs)
    )  # fmt: skip
    index_addresses(revisions)


def slugs_near(kind: str, slug: str) -> list[str]:
    return [revision.slug for revision in near_addresses(slug, kind)]


@pytest.mark.parametrize(
    "slug",
    [
        "account-suspend",
        "acount-suspended",
        "ccount-suspended",
        "account-suspendet",
        "account-suspendde",
        "the-account-suspended",
        "account-was-suspended",
    ],
)
def test_mistyped_slug_finds_the_record(slug):
    store(["account-suspended", "harbour-bridge-closed", "zebra"])
    assert slugs_near("event", slug) == ["account-suspended"]


def test_nearest_is_first_and_far_ones_are_left_out():
    store(["harbour-bridge-closed", "harbour-bridge-opened", "harbour-master-resigns", "zebra"])
    assert slugs_near("event", "harbour-bridge-close")[0] == "harbour-bridge-closed"
    assert "zebra" not in slugs_near("event", "harbour-bridge-close")
    assert slugs_near("event", "qqqq") == []


def test_kind_limits_the_matches_and_no_kind_looks_at_all():
    store(["account-suspended"])
    store(["account-suspender"], kind=RecordKind.ACTOR)
    assert slugs_near("actor", "account-suspend") == ["account-suspender"]
    assert set(slugs_near("", "account-suspend")) == {"account-suspended", "account-suspender"}


def test_index_follows_publication_and_withdrawal_and_can_be_rebuilt():
    event = published(make_event(slug="the-checks-begin"))
    assert slugs_near("event", "the-check-begins") == ["the-checks-begin"]
    before = list(AddressIndex.objects.values_list("kind", "slug", "reversed_slug"))
    AddressIndex.objects.all().delete()
    rebuild_index()
    assert sorted(AddressIndex.objects.values_list("kind", "slug", "reversed_slug")) == sorted(
        before
    )
    withdraw(event, by=None, note="It was entered twice.")
    assert slugs_near("event", "the-check-begins") == []


HOSTILE = {
    "one beginning": lambda number: f"{'account-suspended-' * 4}{number:06d}",
    "one end": lambda number: f"{number:06d}{'-account-suspended' * 4}",
    "the same letters": lambda number: f"{number:020b}".replace("0", "a").replace("1", "b") * 4,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_work_is_bounded_among_20000_similar_slugs(name, monkeypatch):
    make = HOSTILE[name]
    store([make(number) for number in range(20_000)])
    asked = make(31_007)[1:]
    assert CANDIDATES <= 48
    with CaptureQueriesContext(connection) as queries:
        matches = near_addresses(asked, RecordKind.EVENT)
    assert matches
    assert len(queries) <= 5
    assert all("LIMIT" in query["sql"] for query in queries.captured_queries[:4])
    # Usually 0.02 s. Comparing 20,000 slugs would be several seconds.
    assert min(seconds(suggestions, asked) for _ in range(5)) < 0.25


def test_overlong_slug_costs_no_more():
    store(["a" * 80])
    assert min(seconds(suggestions, "ab" * 4_000) for _ in range(5)) < 0.25
