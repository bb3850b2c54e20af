"""Reviewing: what would change, comments, and the approval of a second person."""

import pytest
from django.urls import reverse

from kb.desk.models import Approval, Comment, Event
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.desk.verbs.reviewing import add_comment, approve, lacks_approval, unpublished_changes
from kb.record.documents import digest
from kb.record.models import Revision
from tests.desk.admin_forms import text_of
from tests.make import make_event, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    """An author and a reader, both superusers."""
    return [django_user_model.objects.create_superuser(name) for name in ("author", "reader")]


@pytest.fixture
def draft(people):
    event = make_event("It happened", source=published(make_source()))
    Event.objects.filter(pk=event.pk).update(updated_by=people[0])
    event.refresh_from_db()
    return event


def test_one_person_can_publish_without_the_rule(draft, people):
    assert publish(draft, by=people[0]).revision is not None


class TestTwoPersons:
    @pytest.fixture(autouse=True)
    def rule(self, settings):
        settings.TWO_PERSONS = True

    def test_unapproved_draft_cannot_be_published(self, draft, people):
        for by in people:
            with pytest.raises(ActionRefused, match="someone other than its author"):
                publish(draft, by=by)
        assert not Revision.objects.filter(public_id=draft.public_id).exists()

    def test_author_cannot_approve(self, draft, people):
        with pytest.raises(ActionRefused, match="your own work"):
            approve(draft, by=people[0], version=draft.version)
        assert not Approval.objects.exists()

    def test_published_document_is_the_approved_one(self, draft, people):
        approval = approve(draft, by=people[1], version=draft.version)
        revision = publish(draft, by=people[0]).revision
        # Equal because the document names nothing that is unpublished.
        assert revision.sha256 == digest(revision.document) == approval.sha256

    def test_change_after_approval_needs_a_new_approval(self, draft, people):
        approve(draft, by=people[1], version=draft.version)
        draft.summary = "Something else."
        draft.save()
        with pytest.raises(ActionRefused, match="changed after it was approved"):
            publish(draft, by=people[1])

    def test_approver_who_edits_becomes_an_author(self, draft, people):
        approve(draft, by=people[1], version=draft.version)
        Event.objects.filter(pk=draft.pk).update(updated_by=people[1])
        draft.refresh_from_db()
        assert lacks_approval(draft)

    def test_approval_of_a_stale_version_is_refused(self, draft, people):
        Event.objects.filter(pk=draft.pk).update(version=draft.version + 1)
        with pytest.raises(ActionRefused, match="saved this after"):
            approve(draft, by=people[1], version=draft.version)

    def test_dependencies_need_approval_too(self, people):
        event = make_event("It happened", source=make_source("A draft source"))
        Event.objects.filter(pk=event.pk).update(updated_by=people[0])
        event.refresh_from_db()
        approve(event, by=people[1], version=event.version)
        with pytest.raises(ActionRefused, match="A draft source"):
            publish(event, by=people[0])

    def test_commands_need_no_approval(self, draft):
        assert publish(draft, by=None).revision is not None

    def test_two_people_review_and_publish_in_the_admin(self, client, draft, people):
        author, reader = people
        url = reverse("admin:desk_event_review", args=[draft.pk])
        shown = {"version": draft.version}
        client.force_login(author)
        assert "your own work" in text_of(client.post(url, shown | {"_approve": "1"}))
        assert "Cannot be published yet" in text_of(client.get(url))
        client.force_login(reader)
        client.post(url, shown | {"_comment": "1", "comment": "Which source says the day?"})
        client.post(url, shown | {"_approve": "1"})
        client.force_login(author)
        page = text_of(client.get(url))
        assert "Which source says the day?" in page
        assert "Approved by reader" in page
        client.post(url, shown | {"_publish": "1"})
        draft.refresh_from_db()
        assert draft.state == WorkflowState.PUBLISHED


@pytest.mark.slow
def test_review_page_shows_what_would_change(client, people, draft):
    publish(draft, by=None)
    draft.title = "It happened twice"
    draft.save()
    assert [change.field for change in unpublished_changes(draft)] == ["title"]
    client.force_login(people[1])
    url = reverse("admin:desk_event_review", args=[draft.pk])
    assert "twice</ins>" in client.get(url).content.decode()
    response = client.post(url, {"_publish": "1", "version": draft.version, "change": "correction"})
    assert "correction needs a note" in text_of(response)
    client.post(url, {"_publish": "1", "version": draft.version, "change": "correction",
                      "note": "It was twice."})  # fmt: skip
    revision = Revision.objects.get(public_id=draft.public_id, number=2)
    assert (revision.change, revision.note) == ("correction", "It was twice.")
    assert "Readers already see this version" in text_of(client.get(url))


def test_withdrawal_needs_a_note_and_keeps_the_address(client, people, draft):
    publish(draft, by=None)
    client.force_login(people[1])
    review = client.get(reverse("admin:desk_event_review", args=[draft.pk]))
    url = f"{reverse('admin:desk_approval_bulk')}?do=withdraw&row=event:{draft.pk}"
    assert url.replace("&", "&amp;") in review.content.decode()
    assert "Withdraw 1" in client.get(url).content.decode()
    assert "Give a reason" in text_of(client.post(url, {"note": ""}))
    client.post(url, {"note": "It was entered twice."})
    draft.refresh_from_db()
    assert draft.state == WorkflowState.WITHDRAWN
    response = client.get(f"/events/{draft.slug}/")
    assert response.status_code == 410
    assert "entered twice" in text_of(response)


def test_stale_version_cannot_be_published(client, people, draft):
    client.force_login(people[1])
    url = reverse("admin:desk_event_review", args=[draft.pk])
    response = client.post(url, {"_publish": "1", "version": draft.version + 1})
    assert "saved this after" in text_of(response)
    assert not Revision.objects.filter(public_id=draft.public_id).exists()


@pytest.mark.parametrize("text", ["", "   ", "a\u202eb", "x" * 5000])
def test_invalid_comment_is_refused(draft, people, text):
    with pytest.raises(ActionRefused):
        add_comment(draft, text=text, by=people[0])
    assert not Comment.objects.exists()


@pytest.mark.parametrize("key", ["999999", "abc", "9" * 40])
def test_review_of_a_missing_row_redirects(client, people, key):
    client.force_login(people[0])
    response = client.get(reverse("admin:desk_event_review", args=[key]))
    assert response.status_code == 302


def test_empty_queue_explains_how_to_send_for_review(client, people):
    client.force_login(people[0])
    assert "Send for review" in text_of(client.get(reverse("admin:desk_approval_changelist")))
