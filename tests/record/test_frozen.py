"""Frozen lists: what is stored, what each member was, and how today differs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.record.frozen import freezing
from kb.record.frozen.differences import differences_today, query_of_view
from kb.record.frozen.freezing import EmptyList, FreezeLimitReached, ListTooLong, freeze
from kb.record.frozen.members import MEMBER_SIZE, pack_members, page_of_members, unpack_members
from kb.record.frozen.rows import file_rows, member_rows
from kb.record.frozen.states import MemberState
from kb.record.frozen.verify import all_view_errors, view_errors
from kb.record.frozen_view import FrozenView
from kb.record.models import Revision
from kb.record.query import TimelineQuery
from kb.record.wall import WallError, reading_publicly
from tests.make import make_actor, make_event, make_incident, published

pytestmark = pytest.mark.django_db


def frozen(text: str = "", maker: str = "somebody") -> FrozenView:
    with reading_publicly():
        return freeze(TimelineQuery.parse(text), maker)


def corrected(event, title: str):
    event.title = title
    event.save()
    publish(event, by=None, change="correction", note="The title was wrong.")


def read(view: FrozenView):
    with reading_publicly():
        return member_rows(view, query_of_view(view), 0, view.count)


def test_members_take_four_bytes_and_keep_their_order():
    keys = [7, 2**32 - 1, 1, 40_000]
    packed = pack_members(keys)
    assert len(packed) == MEMBER_SIZE * len(keys) == 16
    assert list(unpack_members(packed)) == keys
    assert list(page_of_members(packed, 1, 3)) == keys[1:3]
    with pytest.raises(OverflowError):
        pack_members([2**32])


def test_the_same_list_of_the_same_versions_has_one_id():
    first = published(make_event(happened="2023-05"))
    published(make_event(happened="2023-04"))
    view = frozen("order=newest")
    assert view.count == 2
    # Where a page begins and how long it is make no other list.
    assert frozen("order=newest&size=1").public_id == view.public_id
    assert frozen("order=oldest").public_id != view.public_id
    published(make_actor())
    assert frozen("order=newest").public_id == view.public_id
    corrected(first, "Another title")
    assert frozen("order=newest").public_id != view.public_id
    assert FrozenView.objects.count() == 3
    assert [row.row["date"]["edtf"] for row in read(view)] == ["2023-05", "2023-04"]


def test_another_list_with_the_same_id_gets_a_longer_one():
    published(make_event())
    view = frozen()
    FrozenView.objects.filter(pk=view.pk).update(identity="other")
    longer = frozen()
    assert longer.public_id.startswith(view.public_id)
    assert len(longer.public_id) == len(view.public_id) + 1


def test_members_are_shown_as_they_were_and_named_as_they_were():
    actor = make_actor("Acme")
    event = published(make_event("It began", actors=((actor, "acted"),)))
    view = frozen()
    actor.name = "Acme Corporation"
    actor.save()
    publish(actor, by=None, change="update", note="")
    corrected(event, "It went on")
    (member,) = read(view)
    assert member.row["title"] == "It began"
    assert member.row["actors"][0]["name"] == "Acme"
    assert member.row["version"] == 1
    assert member.member.state == MemberState.CORRECTED
    assert member.member.note == "The title was wrong."
    (row,) = file_rows(view, None)
    assert (row["title"], row["correction"]) == ("It began", None)


def test_differences_are_those_of_each_kind():
    story = published(make_incident(slug="story"))

    def event(title: str, day: int):
        row = make_event(title, happened=f"2023-04-{day:02}", standing="undisputed")
        row.incidents.add(story)
        return published(row)

    same, wrong, added, gone, twin, other = (event(f"E{day}", day) for day in range(1, 7))
    view = frozen("incident=story")
    assert differences_today(view).differing == 0
    corrected(wrong, "Right")
    added.summary = "More."
    added.save()
    publish(added, by=None, change="update", note="")
    withdraw(gone, by=None, note="It was not so.")
    merge(twin, into=same, by=None, note="The same.")
    other.incidents.clear()
    publish(other, by=None, change="correction", note="It belongs to another story.")
    new = event("New", 9)
    differences = differences_today(view)
    assert differences.states == {
        MemberState.CORRECTED: 2,
        # What was merged into it is added to it.
        MemberState.CHANGED: 2,
        MemberState.WITHDRAWN: 1,
        MemberState.MERGED: 1,
    }
    assert (differences.unmatched, differences.new) == (1, 1)
    assert [listed.place for listed in differences.listed] == [1, 2, 3, 4, 5, 6]
    assert differences.listed[-1].is_unmatched
    assert Revision.objects.get(pk=differences.new_keys[0]).public_id == new.public_id
    rows = read(view)
    assert [row.place for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.title for row in rows] == ["E1", "E2", "E3", "E4", "E5", "E6"]
    assert [row.row is None for row in rows] == [False, False, False, True, True, False]
    assert rows[4].url == f"/events/{same.slug}/"
    assert [row["title"] for row in file_rows(view, None)] == ["E1", "E2", "E3", "E6"]
    # The list of today cannot be made without its incident, the frozen one can.
    withdraw(story, by=None, note="No such story.")
    assert query_of_view(view) is None
    assert differences_today(view).new is None
    assert differences_today(view).states[MemberState.WITHDRAWN] == 1
    assert [row.title for row in read(view)] == ["E1", "E2", "E3", "E4", "E5", "E6"]


def test_many_differences_are_counted_together(monkeypatch):
    monkeypatch.setattr("kb.record.frozen.differences.MAX_DIFFERENCES", 1)
    events = [published(make_event()) for _ in range(2)]
    view = frozen()
    for event in events:
        withdraw(event, by=None, note="It was not so.")
    assert differences_today(view).is_capped
    assert differences_today(view).differing == 2


def test_stored_lists_are_verified():
    published(make_event())
    view = frozen()
    assert view_errors(view) == []
    FrozenView.objects.filter(pk=view.pk).update(members=pack_members([10**9]))
    errors = dict(all_view_errors())
    assert list(errors) == [view.public_id]
    view.refresh_from_db()
    assert len(view_errors(view)) == 2
    view.members = b""
    assert "0 bytes" in view_errors(view)[0]


def test_a_list_without_entries_and_one_that_is_too_long_are_refused(monkeypatch):
    published(make_event(happened="2023"))
    with pytest.raises(EmptyList):
        frozen("until=1999")
    monkeypatch.setattr(freezing, "MAX_MEMBERS", 0)
    with pytest.raises(ListTooLong):
        frozen()


@pytest.mark.parametrize(("limit", "maker"), [("MAX_OF_CLIENT", "somebody"), ("MAX_OF_ALL", "b")])
def test_new_lists_are_limited_and_those_that_exist_are_not(monkeypatch, limit, maker):
    published(make_event())
    monkeypatch.setattr(freezing, limit, 1)
    view = frozen()
    with pytest.raises(FreezeLimitReached):
        frozen("order=newest", maker)
    assert frozen(maker=maker) == view
    FrozenView.objects.update(made_at=timezone.now() - timedelta(hours=2))
    assert frozen("order=newest", maker).count == 1


def test_only_the_narrow_path_stores_a_list():
    with reading_publicly(), pytest.raises(WallError):
        FrozenView.objects.create(public_id="x")
