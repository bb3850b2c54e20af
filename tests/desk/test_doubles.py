"""Probable doubles are listed with what tells them apart, and drafts are merged with one click."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from kb.desk.doubles import Double, mark_distinct, probable_doubles
from kb.desk.models import Actor, ActorName, DistinctPair, Transfer
from kb.desk.models.base import WorkflowState
from kb.text.links import address_key
from tests.desk.admin_forms import text_of
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db
PAGE = "/admin/desk/transfer/doubles/"


def pairs():
    return [(str(double.origin), str(double.target)) for double in probable_doubles()]


def send(client, origin, target, kind="actor"):
    fields = {"kind": kind, "origin": origin.pk, "target": target.pk}
    return client.post(PAGE, fields, follow=True)


@pytest.mark.parametrize(
    ("name", "other", "is_double"),
    [
        ("ByteDance", "bytedance", True),
        ("Müller", "MULLER", True),
        ("Foo-Works, Ltd.", "Foo Works Ltd", True),
        ("字節跳動", "字节跳动", True),
        ("Foo Works", "Foo Work", False),
        ("!!!", "???", False),
    ],
)
def test_actors_with_one_name_are_doubles(name, other, is_double):
    make_actor(name)
    make_actor(other)
    assert pairs() == ([(other, name)] if is_double else [])


def test_other_names_count_once_for_each_pair():
    first, second = make_actor("ByteDance"), make_actor("BD")
    for name in ("bytedance", "Bd"):
        ActorName.objects.create(actor=second, name=name)
    ActorName.objects.create(actor=first, name="bd")
    assert pairs() == [("BD", "ByteDance")]


def test_actors_of_two_kinds_and_withdrawn_ones_are_no_doubles():
    make_actor("Doubao")
    make_actor("Doubao", actor_kind="product")
    make_actor("Doubao", state=WorkflowState.WITHDRAWN)
    assert pairs() == []


def test_published_row_is_kept_then_the_oldest():
    make_actor("Foo", slug="first")
    live = published(make_actor("Foo", slug="second"))
    make_actor("Foo", slug="third")
    doubles = probable_doubles()
    assert [double.target for double in doubles] == [live, live]
    assert [double.origin.slug for double in doubles] == ["first", "third"]


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("http://example.org/a", True),
        ("https://www.example.org/a/", True),
        ("https://EXAMPLE.org/a?utm_source=x#top", True),
        ("https://example.org/b", False),
        ("https://example.org/a?id=1", False),
        ("https://m.example.org/a", False),
        ("https://example.org/a#!/page", False),
    ],
)
def test_addresses_of_probably_one_page_have_one_key(url, is_same):
    assert (address_key(url) == address_key("https://example.org/a")) == is_same


def test_text_that_is_no_address_has_no_key():
    assert address_key("") == address_key("javascript:x") == ""


def test_sources_with_one_address_are_doubles():
    make_source("First", url="https://example.org/a")
    make_source("Second", url="http://www.example.org/a/")
    make_source("No address")
    make_source("No address either")
    assert pairs() == [("Second", "First")]


def test_events_of_one_date_with_nearly_one_title_are_doubles():
    make_event("OpenAI suspends the account of ByteDance", happened="2023-12-15")
    make_event("OpenAI suspends account of ByteDance", happened="2023-12-15")
    make_event("OpenAI suspends the account of ByteDance", happened="2023-12-16")
    make_event("The pump is switched off", happened="2023-12-15")
    assert pairs() == [
        ("OpenAI suspends account of ByteDance", "OpenAI suspends the account of ByteDance")
    ]


def test_page_lists_both_with_what_tells_them_apart(editor, django_assert_max_num_queries):
    for number in range(10):
        make_statement(speaker=make_actor(f"Foo {number}", slug=f"a{number}"))
        make_actor(f"foo {number}", slug=f"b{number}")
    with django_assert_max_num_queries(14):
        page = text_of(editor.get(PAGE))
    assert "10 pairs" in page
    assert "organisation · 1 entry, draft" in page
    assert reverse("admin:desk_transfer_doubles") == PAGE
    assert PAGE in editor.get(reverse("admin:desk_transfer_changelist")).text


def test_empty_list_is_told(editor):
    assert "No probable doubles." in text_of(editor.get(PAGE))


def test_draft_is_merged_with_one_click_and_can_be_undone(editor):
    target, origin = make_actor("Foo"), make_actor("foo")
    statement = make_statement(speaker=origin)
    page = send(editor, origin, target)
    statement.refresh_from_db()
    assert statement.speaker == target
    assert "“foo” was merged into “Foo”." in text_of(page)
    assert "View details or undo" in text_of(page)
    assert Transfer.objects.get().origin_title == "foo"
    assert pairs() == []


def test_published_double_leads_to_the_merge_page(editor):
    target, origin = published(make_actor("Foo")), published(make_actor("foo"))
    page = editor.get(PAGE).text
    assert f"{reverse('admin:desk_actor_merge', args=[origin.pk])}?into={target.pk}" in page
    assert 'value="Merge"' not in page
    assert "cannot be merged with one click" in text_of(send(editor, origin, target))
    assert not Transfer.objects.exists()


def test_pair_that_was_marked_as_different_is_not_listed_until_it_is_proposed_again(editor):
    target, origin = make_actor("Foo"), make_actor("foo")
    fields = {"kind": "actor", "origin": origin.pk, "target": target.pk}
    page = editor.post(PAGE, {**fields, "_distinct": "1"}, follow=True)
    assert "“foo” and “Foo” are marked as different." in text_of(page)
    assert "No probable doubles." in text_of(page)
    pair = DistinctPair.objects.get()
    assert pair.marked_by.username == "editor"
    assert [pair.first, pair.second] == sorted([origin.public_id, target.public_id])
    editor.post(PAGE, {**fields, "_distinct": "1"})  # by another window
    assert DistinctPair.objects.count() == 1
    marked = editor.get(f"{PAGE}?marked=1")
    assert reverse("admin:desk_actor_change", args=[origin.pk]) in marked.text
    again = editor.post(PAGE, {**fields, "_again": "1"}, follow=True)
    assert "is proposed again" in text_of(again)
    assert "No pairs are marked as different." in text_of(again)
    assert pairs() == [("foo", "Foo")]


def test_number_of_queries_does_not_grow_with_the_marked_pairs(
    editor, queries, django_assert_max_num_queries
):
    for number in range(10):
        first = make_actor(f"Foo {number}", slug=f"a{number}")
        mark_distinct(Double(make_actor(f"foo {number}", slug=f"b{number}"), first), by=None)
    with queries(8):
        assert pairs() == []
    with django_assert_max_num_queries(18):
        assert editor.get(f"{PAGE}?marked=1").text.count('name="_again"') == 10


def test_row_that_differs_from_the_first_is_compared_with_the_next():
    first, second, third = make_actor("Foo"), make_actor("foo"), make_actor("FOO")
    mark_distinct(Double(second, first), by=None)
    assert pairs() == [("FOO", "Foo")]
    mark_distinct(Double(first, third), by=None)
    assert pairs() == [("FOO", "foo")]
    mark_distinct(Double(third, second), by=None)
    assert pairs() == []


def test_marked_pairs_take_no_place_of_others(monkeypatch):
    monkeypatch.setattr("kb.desk.doubles.MAX_DOUBLES", 1)
    for name in ("Foo", "Bar"):
        make_actor(name, slug=f"{name}-1")
        make_actor(name, slug=f"{name}-2")
    (double,) = probable_doubles()
    mark_distinct(double, by=None)
    (other,) = probable_doubles()
    assert str(other.target) != str(double.target)


def test_marked_pair_without_one_of_its_rows_is_not_shown(editor):
    first, second = make_actor("Foo"), make_actor("foo")
    mark_distinct(Double(first, second), by=None)
    second.delete()
    assert "No pairs are marked as different." in text_of(editor.get(f"{PAGE}?marked=1"))
    fields = {"kind": "actor", "origin": first.pk, "target": 0, "_distinct": "1"}
    page = editor.post(PAGE, fields, follow=True)
    assert "One of these records no longer exists." in text_of(page)


def test_unknown_keys_and_kinds_are_refused(editor):
    actor = make_actor("Foo")
    for keys in ({"origin": "x", "target": actor.pk}, {"origin": "9" * 30}, {}):
        page = editor.post(PAGE, {"kind": "actor", **keys}, follow=True)
        assert "cannot be merged with one click" in text_of(page)
    assert editor.post(PAGE, {"kind": "user"}).status_code == 403
    same = send(editor, actor, actor)
    assert "cannot be merged into itself" in text_of(same)


def test_page_needs_a_right_of_the_desk(client, django_user_model):
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    client.force_login(user)
    first, second = make_actor("Foo"), make_actor("foo")
    assert client.get(PAGE).status_code == 403
    assert send(client, second, first).status_code == 403
    user.groups.add(Group.objects.get(name="Contributor"))
    assert client.get(PAGE).status_code == 200
    assert Actor.objects.filter(state=WorkflowState.WITHDRAWN).count() == 0
