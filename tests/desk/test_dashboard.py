"""The dashboard: what is mine, what came back, what waits for me and what waits for others."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from kb.desk.models import Event, Source
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.publishing import send_for_review
from kb.desk.verbs.reviewing import add_comment, request_changes
from tests.desk.admin_forms import change_url, make_rows_of_every_kind, text_of
from tests.make import make_event, make_source, published

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


@pytest.fixture
def people(django_user_model):
    """An author and a reader, both superusers."""
    return [django_user_model.objects.create_superuser(name) for name in ("author", "reader")]


def written_by(account, title, **fields):
    event = make_event(title, **fields)
    Event.objects.filter(pk=event.pk).update(created_by=account, updated_by=account)
    event.refresh_from_db()
    return event


def lists_of(client, account):
    """The titles in each list of the dashboard, by the name of the list."""
    client.force_login(account)
    page = client.get(INDEX)
    lists = page.context.get("lists", [])
    return {entry["name"]: [row["title"] for row in entry["rows"]] for entry in lists}


@pytest.mark.slow
def test_each_draft_is_in_the_list_of_who_has_to_act(client, people):
    author, reader = people
    written_by(author, "Mine")
    sent, back = written_by(author, "Sent"), written_by(author, "Back")
    changed = published(written_by(author, "Changed"))
    Event.objects.filter(pk=changed.pk).update(title="Changed again", updated_by=author)
    changed.refresh_from_db()
    for row in (sent, back, changed):
        send_for_review(row, by=author)
    request_changes(back, text="Which source says the day?", by=reader)
    assert lists_of(client, author) == {
        "back": ["Back"],
        "waiting": [],
        "drafts": ["Mine"],
        "others": ["Changed again", "Sent"],
    }
    assert lists_of(client, reader) == {
        "back": [],
        "waiting": ["Changed again", "Sent"],
        "drafts": [],
        "others": [],
    }


def test_remark_stands_beside_the_draft_that_came_back(client, people):
    author, reader = people
    event = written_by(author, "Back")
    send_for_review(event, by=author)
    request_changes(event, text="Which source says the day? <b>", by=reader)
    client.force_login(author)
    page = client.get(INDEX).content.decode()
    assert "Which source says the day? &lt;b&gt;" in page
    assert change_url(event) in page


def test_draft_without_an_author_waits_for_everybody_who_approves(client, people):
    event = make_event("Imported")
    Event.objects.filter(pk=event.pk).update(state=WorkflowState.IN_REVIEW)
    for account in people:
        assert lists_of(client, account)["waiting"] == ["Imported"]


@pytest.mark.slow
def test_entries_of_one_source_wait_as_a_package(client, people):
    source = make_source("Machine Heart")
    for number in range(3):
        send_for_review(written_by(people[0], f"Event {number}", source=source), by=people[0])
    client.force_login(people[1])
    page = client.get(INDEX)
    url = f"{reverse('admin:desk_approval_package')}?source={source.pk}&amp;sent=1"
    assert url in page.content.decode()
    assert "3 entries wait" in text_of(page)


def test_contributor_has_no_list_to_approve(client, django_user_model):
    member = django_user_model.objects.create_user("member", is_staff=True)
    member.groups.add(Group.objects.get(name="Contributor"))
    assert set(lists_of(client, member)) == {"back", "drafts", "others"}


def test_account_without_permissions_sees_no_lists(client, django_user_model):
    assert lists_of(client, django_user_model.objects.create_user("nobody", is_staff=True)) == {}


def test_empty_desk_says_where_to_start(editor):
    page = text_of(editor.get(INDEX))
    assert "Start here" in page and "You have no drafts" in page
    make_source()
    assert "Start here" not in text_of(editor.get(INDEX))


@pytest.mark.slow
def test_query_count_is_constant(editor, editor_user, queries):
    make_rows_of_every_kind()
    counts = []
    for _ in range(2):
        for model in (Event, Source):
            model.objects.update(created_by=editor_user, updated_by=editor_user)
        for row in Event.objects.filter(state=WorkflowState.DRAFT).order_by("pk")[:2]:
            add_comment(row, text="Look", by=editor_user)
            Event.objects.filter(pk=row.pk).update(state=WorkflowState.IN_REVIEW)
        with queries() as ran:
            editor.get(INDEX)
        counts.append(len(ran))
        make_rows_of_every_kind(4)
    assert counts[0] == counts[1]
