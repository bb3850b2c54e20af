"""Which record an address leads to, and which changes are listed."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from kb.record.history import (
    current_revision_at,
    latest_changes,
    merge_target,
    revision_at,
    versions,
)
from kb.record.models import Revision
from tests.make import make_event, published
from tests.record.republishing import bury, correct

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    return [published(make_event(f"Event {number}")).public_id for number in range(3)]


def test_a_merge_leads_to_the_newest_version_of_the_last_record(ids):
    first, second, third = ids
    tombstone = bury(first, into=second)
    bury(second, into=third)
    newest = correct(third, title="Corrected")
    assert merge_target(tombstone) == newest
    assert current_revision_at("event", tombstone.slug) == newest


def test_a_merge_into_a_withdrawn_record_leads_nowhere(ids):
    first, second, _third = ids
    tombstone = bury(first, into=second)
    withdrawn = bury(second)
    assert merge_target(tombstone) is None
    assert merge_target(withdrawn) is None
    assert current_revision_at("event", tombstone.slug) == tombstone


def test_merges_in_a_circle_end(ids):
    first, second, _third = ids
    tombstone = bury(first, into=second)
    correct(first)
    bury(second, into=first)
    last = bury(first, into=second)
    assert merge_target(tombstone) is None
    assert merge_target(last) is None


def test_a_live_record_has_no_merge_target_but_itself(ids):
    revision = Revision.objects.current().get(public_id=ids[0])
    assert merge_target(revision) == revision


def test_an_earlier_address_leads_to_the_record_that_had_it_last(ids):
    first, second, _third = ids
    slug = Revision.objects.get(public_id=first).slug
    moved = correct(first, slug="moved")
    assert revision_at("event", slug) == moved
    assert revision_at("statement", slug) is None
    assert revision_at("event", "never") is None
    assert [version.number for version in versions(first)] == [2, 1]
    assert [version.public_id for version in versions(second)] == [second]


def test_changes_are_listed_newest_first_without_links(ids):
    correct(ids[0], change="link", title="Linked")
    corrected = correct(ids[1], title="Corrected")
    changes = [change for change in latest_changes() if change.public_id in ids]
    assert changes[0] == corrected
    assert [change.public_id for change in changes[1:]] == ids[::-1]
    assert {change.change for change in changes[1:]} == {"first"}
    assert list(latest_changes(corrections_only=True)) == [corrected]


def test_a_removed_record_is_listed_once_among_corrections(ids):
    correct(ids[0], title="Corrected")
    # As a removal of a whole record leaves them (kb/desk/suppression/).
    QuerySet(Revision).filter(public_id=ids[0]).update(change="suppression")
    (listed,) = latest_changes(corrections_only=True)
    assert (listed.public_id, listed.number) == (ids[0], 2)
