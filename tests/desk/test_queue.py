"""What waits: the queue, with changes to what is published, and the first page's counts."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from kb.desk.models import Affiliation, Event, ReviewRequest, Source
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, send_for_review, withdraw
from kb.desk.verbs.reviewing import approve
from tests.desk.admin_forms import change_url, fields_of, text_of
from tests.make import make_actor, make_event, make_source, published

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:desk_approval_changelist")


@pytest.mark.slow
def test_changes_to_published_record_are_in_queue(editor):
    event = published(make_event("It happened"))
    form = fields_of(editor.get(change_url(event)))
    editor.post(change_url(event), form | {"title": "It happened twice", "_review": "1"})
    event.refresh_from_db()
    assert event.state == WorkflowState.PUBLISHED
    page = text_of(editor.get(QUEUE))
    assert "It happened twice" in page and "changes to a published record" in page
    publish(event, by=None)
    assert "The review queue is empty" in text_of(editor.get(QUEUE))
    send_for_review(event, by=None)
    withdraw(event, by=None, note="It did not.")
    assert not ReviewRequest.objects.exists()


def test_queue_is_paged_with_constant_query_count(editor, queries):
    counts = []
    for number in (3, 60):
        for _ in range(number):
            make_event()
        Event.objects.update(state=WorkflowState.IN_REVIEW)
        with queries() as ran:
            page = text_of(editor.get(QUEUE))
        counts.append(len(ran))
    assert counts[0] == counts[1]
    assert "63 in the queue" in page and "Page 1 of 2" in page
    assert "Page 2 of 2" in text_of(editor.get(QUEUE, {"p": "2"}))
    assert editor.get(QUEUE, {"p": "x" * 30}).status_code == 200


def test_first_page_counts_todo_lines(editor, client, django_user_model, queries):
    make_source("No copy", url="https://example.org/a")
    with queries() as few:
        page = editor.get(reverse("admin:index"))
    assert "In review" in text_of(page)
    assert 'source/?needs=copy">Sources without an archived copy</a></th><td>1</td>' in (
        page.content.decode()
    )
    Source.objects.bulk_create(
        Source(title="x", slug=f"x-{n}", source_kind="article", url=f"https://example.org/{n}")
        for n in range(1001)
    )
    with queries() as many:
        assert "<td>1,000+</td>" in editor.get(reverse("admin:index")).content.decode()
    assert len(few) == len(many)
    member = django_user_model.objects.create_user("member", is_staff=True)
    member.groups.add(Group.objects.get(name="Contributor"))
    client.force_login(member)
    assert "Sources without a date" in text_of(client.get(reverse("admin:index")))


class TestApproval:
    @pytest.fixture(autouse=True)
    def rule(self, settings):
        settings.TWO_PERSONS = True

    def test_author_cannot_approve_own_draft(self, django_user_model):
        ann, bea = (django_user_model.objects.create_superuser(name) for name in ("ann", "bea"))
        draft = make_event(source=published(make_source()))
        Event.objects.filter(pk=draft.pk).update(created_by=ann, updated_by=bea)
        for account in (ann, bea):
            with pytest.raises(ActionRefused, match="your own work"):
                approve(draft, by=account, version=draft.version)

    def test_editor_of_role_cannot_approve_either_record(
        self, editor, editor_user, django_user_model
    ):
        person, firm = make_actor("Jodi", actor_kind="person"), make_actor("The Firm")
        Affiliation.objects.create(person=person, organisation=firm, title="chair")
        form = fields_of(editor.get(change_url(firm)))
        editor.post(change_url(firm), form | {"people-0-title": "head", "_save": "1"})
        person.refresh_from_db()
        assert person.affiliations.get().title == "head"
        with pytest.raises(ActionRefused, match="your own work"):
            approve(person, by=editor_user, version=person.version)

    def test_approval_requires_the_version_that_was_read(self, editor):
        event = make_event("It happened", source=published(make_source()))
        url = reverse("admin:desk_event_review", args=[event.pk])
        fields = fields_of(editor.get(url))
        # Changed without a new version, as a row that belongs to it may be.
        Event.objects.filter(pk=event.pk).update(summary="Something else.")
        assert "saved this after" in text_of(editor.post(url, fields | {"_approve": "1"}))
