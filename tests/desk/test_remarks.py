"""Remarks: sending a draft back, beside the field, and marked as settled."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from kb.desk.models import Approval, AuditEntry, Comment, Event, ReviewRequest
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, send_for_review
from kb.desk.verbs.reviewing import add_comment, approve, author_keys, request_changes
from tests.desk.admin_forms import change_url, fields_of, list_url, text_of
from tests.make import make_event, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(django_user_model):
    """An author and a reader, both superusers."""
    return [django_user_model.objects.create_superuser(name) for name in ("author", "reader")]


@pytest.fixture
def sent(people):
    """A draft that its author sent for review."""
    event = make_event("It happened", source=published(make_source()))
    Event.objects.filter(pk=event.pk).update(created_by=people[0], updated_by=people[0])
    event.refresh_from_db()
    send_for_review(event, by=people[0])
    return event


class TestRequestChanges:
    def test_draft_returns_to_its_author(self, people, sent):
        approve(sent, by=people[1], version=sent.version)
        request_changes(sent, text="Which day?", by=people[1])
        sent.refresh_from_db()
        assert sent.state == WorkflowState.DRAFT
        assert author_keys(sent) == {people[0].pk}
        assert not Approval.objects.exists()
        entry = AuditEntry.objects.of(sent.public_id).first()
        assert (entry.done, entry.note, entry.saved_by) == ("sent_back", "Which day?", people[1])

    @pytest.mark.parametrize("text", ["", "  ", "a\u202eb", "x" * 5000])
    def test_reason_is_required(self, people, sent, text):
        with pytest.raises(ActionRefused):
            request_changes(sent, text=text, by=people[1])
        sent.refresh_from_db()
        assert sent.state == WorkflowState.IN_REVIEW
        assert not Comment.objects.exists()

    def test_only_what_waits_can_be_sent_back(self, people):
        with pytest.raises(ActionRefused, match="not waiting for review"):
            request_changes(make_event(), text="Which day?", by=people[1])

    def test_changes_to_a_published_record_are_sent_back_and_it_stays_published(self, people, sent):
        publish(sent, by=None)
        send_for_review(sent, by=people[0])
        request_changes(sent, text="Which day?", by=people[1])
        sent.refresh_from_db()
        assert sent.state == WorkflowState.PUBLISHED
        assert not ReviewRequest.objects.exists()

    @pytest.mark.parametrize("answer", [send_for_review, publish])
    def test_sending_it_again_or_publishing_it_settles_the_request(self, people, sent, answer):
        request_changes(sent, text="Which day?", by=people[1])
        sent.refresh_from_db()
        answer(sent, by=people[0])
        assert not Comment.objects.change_requests().exists()
        assert Comment.objects.get().resolved_by == people[0]

    @pytest.mark.slow
    def test_reviewer_sends_it_back_on_the_review_page(self, client, people, sent):
        client.force_login(people[1])
        url = reverse("admin:desk_event_review", args=[sent.pk])
        assert "Request changes" in client.get(url).content.decode()
        page = client.post(url, {"_request_changes": "1", "comment": ""})
        assert "Say in a remark" in text_of(page)
        client.post(url, {"_request_changes": "1", "comment": "Which day?", "field": "happened"})
        sent.refresh_from_db()
        assert sent.state == WorkflowState.DRAFT
        page = client.get(url)
        assert "changes requested" in text_of(page)
        assert 'name="_request_changes"' not in page.content.decode()

    def test_contributor_cannot_send_back(self, client, django_user_model, sent):
        member = django_user_model.objects.create_user("member", is_staff=True)
        member.groups.add(Group.objects.get(name="Contributor"))
        client.force_login(member)
        url = reverse("admin:desk_event_review", args=[sent.pk])
        fields = {"_request_changes": "1", "comment": "Which day?"}
        assert client.post(url, fields).status_code == 403


class TestOnTheForm:
    def test_remark_stands_beside_its_field(self, editor, editor_user):
        event = make_event()
        add_comment(event, text="Which <day>?", by=editor_user, field="happened")
        add_comment(event, text="Two sources?", by=editor_user, field="citations")
        page = editor.get(change_url(event)).content.decode()
        assert '<span class="remark"><b>editor</b>: Which &lt;day&gt;?</span>' in page
        assert "Two sources?" in page

    @pytest.mark.slow
    def test_saving_settles_what_is_ticked(self, editor, editor_user):
        event = make_event()
        first, second = (
            add_comment(event, text=text, by=editor_user) for text in ("First", "Second")
        )
        fields = fields_of(editor.get(change_url(event)))
        # The box stays ticked in a form that was rejected, and settles nothing.
        wrong = fields | {"happened": "nonsense", "resolve_remark": str(first.pk), "_save": "1"}
        page = editor.post(change_url(event), wrong).content.decode()
        assert f'value="{first.pk}" checked' in " ".join(page.split())
        assert Comment.objects.unresolved().count() == 2
        editor.post(change_url(event), fields | {"resolve_remark": str(first.pk), "_save": "1"})
        assert list(Comment.objects.unresolved()) == [second]

    def test_remark_is_settled_on_the_review_page_and_typed_text_stays(self, editor, editor_user):
        event = make_event()
        remark = add_comment(event, text="First", by=editor_user)
        url = reverse("admin:desk_event_review", args=[event.pk])
        page = editor.post(url, {"_resolve": str(remark.pk), "comment": "Half a remark"})
        assert "Half a remark" in text_of(page) and "Settled by editor" in text_of(page)

    def test_remark_of_another_record_is_not_settled(self, editor, editor_user):
        event, other = make_event(), make_event()
        remark = add_comment(other, text="First", by=editor_user)
        url = reverse("admin:desk_event_review", args=[event.pk])
        editor.post(url, {"_resolve": str(remark.pk)})
        assert Comment.objects.unresolved().exists()


class TestLists:
    def test_columns_name_source_author_and_time(self, editor, editor_user):
        event = make_event("It happened", source=make_source("Machine Heart"))
        Event.objects.filter(pk=event.pk).update(updated_by=editor_user)
        page = editor.get(list_url("event")).content.decode()
        assert '<td class="field-first_source">Machine Heart</td>' in page
        assert '<td class="field-saved_by">editor</td>' in page

    @pytest.mark.slow
    def test_lists_are_filtered_by_author_and_source(self, editor, editor_user):
        source = make_source("Machine Heart")
        mine, other = make_event("Mine", source=source), make_event("Other")
        Event.objects.filter(pk=mine.pk).update(updated_by=editor_user)
        for parameters in ({"by": editor_user.pk}, {"source": source.pk}):
            rows = editor.get(list_url("event"), parameters).context["cl"].result_list
            assert [row.pk for row in rows] == [mine.pk]
        assert other.pk
        for value in ("x", "-1", "0"):
            assert editor.get(list_url("event"), {"by": value}).status_code == 200
