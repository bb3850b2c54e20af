"""Publishing again what was withdrawn: a note, a new approval, and a line for readers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kb.desk.models import Approval, Event
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, send_for_review, withdraw
from kb.desk.verbs.reviewing import approve
from kb.desk.verbs.transfers.merge import merge
from kb.record.models import Revision
from kb.record.vocabulary import Change
from tests.desk.admin_forms import change_url, fields_of, text_of
from tests.make import make_actor, make_event, make_source, published

pytestmark = pytest.mark.django_db
NOTE = "It was withdrawn by mistake."


@pytest.fixture
def withdrawn():
    event = published(make_event("It happened", source=published(make_source())))
    withdraw(event, by=None, note="It was entered twice.")
    event.refresh_from_db()
    return event


@pytest.mark.parametrize("change", [None, Change.UPDATE, Change.CORRECTION])
def test_it_is_a_change_of_its_own_kind(withdrawn, change):
    revision = publish(withdrawn, by=None, change=change, note=NOTE).revision
    assert (revision.change, revision.note, revision.number) == ("republished", NOTE, 3)


@pytest.mark.parametrize("note", ["", "  "])
def test_note_is_required(withdrawn, note):
    with pytest.raises(ActionRefused, match="say why"):
        publish(withdrawn, by=None, note=note)
    assert Revision.objects.current().get(public_id=withdrawn.public_id).change == "withdrawal"


@pytest.mark.slow
def test_readers_find_it_under_changes(withdrawn):
    publish(withdrawn, by=None, note=NOTE)
    reader = Client()
    for url in ("/changes/", "/changes/?change=republished", "/changes.atom?change=republished"):
        assert NOTE in reader.get(url).content.decode()
    assert "Published again" in reader.get("/").content.decode()
    assert reader.get(f"/events/{withdrawn.slug}/").status_code == 200


class TestTwoPersons:
    @pytest.fixture(autouse=True)
    def rule(self, settings):
        settings.TWO_PERSONS = True

    @pytest.fixture
    def people(self, django_user_model):
        return [django_user_model.objects.create_superuser(name) for name in ("ann", "bea")]

    def test_earlier_approval_does_not_count(self, people):
        ann, bea = people
        event = make_event("It happened", source=published(make_source()))
        Event.objects.filter(pk=event.pk).update(created_by=ann, updated_by=ann)
        event.refresh_from_db()
        approve(event, by=bea, version=event.version)
        publish(event, by=ann)
        withdraw(event, by=ann, note="Wrong.")
        assert not Approval.objects.exists()
        event.refresh_from_db()
        with pytest.raises(ActionRefused, match="someone other than its author"):
            publish(event, by=ann, note=NOTE)
        with pytest.raises(ActionRefused, match="your own work"):
            approve(event, by=ann, version=event.version)

    @pytest.mark.slow
    def test_it_is_sent_for_review_approved_and_published(self, client, people, withdrawn):
        ann, bea = people
        Event.objects.filter(pk=withdrawn.pk).update(updated_by=ann)
        withdrawn.refresh_from_db()
        send_for_review(withdrawn, by=ann)
        withdrawn.refresh_from_db()
        assert withdrawn.state == WorkflowState.WITHDRAWN
        client.force_login(bea)
        queue = client.get(reverse("admin:desk_approval_changelist"))
        assert "withdrawn, to be published again" in text_of(queue)
        url = reverse("admin:desk_event_review", args=[withdrawn.pk])
        fields = fields_of(client.get(url))
        page = client.post(url, fields | {"_approve_publish": "1"})
        assert "say why in the note" in text_of(page)
        assert not Approval.objects.exists()
        client.post(url, fields_of(page) | {"_approve_publish": "1", "note": NOTE})
        withdrawn.refresh_from_db()
        assert withdrawn.state == WorkflowState.PUBLISHED

    def test_merged_record_cannot_be_approved(self, people):
        ann, bea = people
        gone, target = make_actor("Acme Inc."), make_actor("Acme")
        merge(gone, into=target, by=ann, note="")
        gone.refresh_from_db()
        with pytest.raises(ActionRefused, match="merged into another"):
            approve(gone, by=bea, version=gone.version)


@pytest.mark.slow
def test_form_of_withdrawn_record_asks_for_the_note(editor, withdrawn):
    page = editor.get(change_url(withdrawn))
    assert "needs a note" in text_of(page)
    assert 'name="publication_change"' not in page.content.decode()
    fields = fields_of(page)
    result = editor.post(change_url(withdrawn), fields | {"_publish": "1"}, follow=True)
    assert "say why in the note" in text_of(result)
    fields = fields_of(result) | {"_publish": "1", "publication_note": NOTE}
    editor.post(change_url(withdrawn), fields)
    assert Revision.objects.current().get(public_id=withdrawn.public_id).change == "republished"
