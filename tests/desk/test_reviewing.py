"""Between author and door: what would change, remarks, and the approval of a second person."""

import pytest
from django.urls import reverse

from kb.desk.models import Approval, Comment, Event
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.desk.verbs.reviewing import add_comment, approve, lacks_approval, unpublished_changes
from kb.record.documents import digest
from kb.record.models import Revision
from tests.desk.test_admin import text_of
from tests.make import make_event, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    """An author and a reader, both of whom may do everything."""
    return [django_user_model.objects.create_superuser(name) for name in ("author", "reader")]


@pytest.fixture
def draft(people):
    event = make_event("It happened", source=published(make_source()))
    Event.objects.filter(pk=event.pk).update(updated_by=people[0])
    event.refresh_from_db()
    return event


def test_without_the_rule_one_person_is_enough(draft, people):
    assert publish(draft, by=people[0]).revision is not None


class TestTwoPersons:
    @pytest.fixture(autouse=True)
    def rule(self, settings):
        settings.TWO_PERSONS = True

    def test_nothing_passes_that_only_its_author_has_read(self, draft, people):
        for by in people:
            with pytest.raises(ActionRefused, match="Nobody but its author"):
                publish(draft, by=by)
        assert not Revision.objects.filter(public_id=draft.public_id).exists()

    def test_nobody_approves_their_own_work(self, draft, people):
        with pytest.raises(ActionRefused, match="their own work"):
            approve(draft, by=people[0], version=draft.version)
        assert not Approval.objects.exists()

    def test_what_is_published_is_what_was_approved(self, draft, people):
        approval = approve(draft, by=people[1], version=draft.version)
        revision = publish(draft, by=people[0]).revision
        # The record leaves out what is not public; here all of it is.
        assert revision.sha256 == digest(revision.document) == approval.sha256

    def test_a_change_after_the_approval_needs_another(self, draft, people):
        approve(draft, by=people[1], version=draft.version)
        draft.summary = "Something else."
        draft.save()
        with pytest.raises(ActionRefused, match="changed after it was approved"):
            publish(draft, by=people[1])

    def test_who_approves_and_then_edits_is_an_author(self, draft, people):
        approve(draft, by=people[1], version=draft.version)
        Event.objects.filter(pk=draft.pk).update(updated_by=people[1])
        draft.refresh_from_db()
        assert lacks_approval(draft)

    def test_what_was_saved_meanwhile_is_not_what_was_read(self, draft, people):
        Event.objects.filter(pk=draft.pk).update(version=draft.version + 1)
        with pytest.raises(ActionRefused, match="saved again"):
            approve(draft, by=people[1], version=draft.version)

    def test_what_goes_along_needs_it_too(self, people):
        event = make_event("It happened", source=make_source("A draft source"))
        Event.objects.filter(pk=event.pk).update(updated_by=people[0])
        event.refresh_from_db()
        approve(event, by=people[1], version=event.version)
        with pytest.raises(ActionRefused, match="A draft source"):
            publish(event, by=people[0])

    def test_a_command_answers_for_itself(self, draft):
        assert publish(draft, by=None).revision is not None

    def test_two_people_through_the_pages(self, client, draft, people):
        author, reader = people
        url = reverse("admin:desk_event_review", args=[draft.pk])
        seen = {"version": draft.version}
        client.force_login(author)
        assert "their own work" in text_of(client.post(url, seen | {"_approve": "1"}))
        assert "cannot be published yet" in text_of(client.get(url))
        client.force_login(reader)
        client.post(url, seen | {"_comment": "1", "comment": "Which source says the day?"})
        client.post(url, seen | {"_approve": "1"})
        client.force_login(author)
        page = text_of(client.get(url))
        assert "Which source says the day?" in page
        assert "Approved by reader" in page
        client.post(url, seen | {"_publish": "1"})
        draft.refresh_from_db()
        assert draft.state == WorkflowState.PUBLISHED


def test_the_page_says_what_would_change(client, people, draft):
    publish(draft, by=None)
    draft.title = "It happened twice"
    draft.save()
    assert [one.field for one in unpublished_changes(draft)] == ["title"]
    client.force_login(people[1])
    url = reverse("admin:desk_event_review", args=[draft.pk])
    assert "twice</ins>" in client.get(url).content.decode()
    answer = client.post(url, {"_publish": "1", "version": draft.version, "change": "correction"})
    assert "correction needs a note" in text_of(answer)
    client.post(url, {"_publish": "1", "version": draft.version, "change": "correction",
                      "note": "It was twice."})  # fmt: skip
    revision = Revision.objects.get(public_id=draft.public_id, number=2)
    assert (revision.change, revision.note) == ("correction", "It was twice.")
    assert "readers see this already" in text_of(client.get(url))


def test_withdrawing_needs_a_reason_and_keeps_the_address(client, people, draft):
    publish(draft, by=None)
    client.force_login(people[1])
    url = reverse("admin:desk_event_review", args=[draft.pk])
    assert "Say why" in text_of(client.post(url, {"_withdraw": "1", "note": ""}))
    client.post(url, {"_withdraw": "1", "note": "It was entered twice."})
    draft.refresh_from_db()
    assert draft.state == WorkflowState.WITHDRAWN
    answer = client.get(f"/events/{draft.slug}/")
    assert answer.status_code == 410
    assert "entered twice" in text_of(answer)


def test_published_only_as_it_was_read(client, people, draft):
    client.force_login(people[1])
    url = reverse("admin:desk_event_review", args=[draft.pk])
    answer = client.post(url, {"_publish": "1", "version": draft.version + 1})
    assert "saved again since" in text_of(answer)
    assert not Revision.objects.filter(public_id=draft.public_id).exists()


@pytest.mark.parametrize("text", ["", "   ", "a\u202eb", "x" * 5000])
def test_a_remark_that_cannot_be_kept_says_why(draft, people, text):
    with pytest.raises(ActionRefused):
        add_comment(draft, text=text, by=people[0])
    assert not Comment.objects.exists()


@pytest.mark.parametrize("key", ["999999", "abc", "9" * 40])
def test_a_row_that_is_not_there(client, people, key):
    client.force_login(people[0])
    answer = client.get(reverse("admin:desk_event_review", args=[key]))
    assert answer.status_code == 302


def test_an_empty_queue_says_how_things_come_into_it(client, people):
    client.force_login(people[0])
    assert "Send for review" in text_of(client.get(reverse("admin:desk_approval_changelist")))
