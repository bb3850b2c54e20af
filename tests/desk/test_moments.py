"""Key moments on the desk: which are accepted, what happens to them, and the form."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from kb.desk.documents import build_document
from kb.desk.models import KeyMoment
from tests.make import make_event, make_incident, make_statement, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_incident("The story", slug="story")


@pytest.fixture
def event(story):
    event = make_event("The launch")
    event.incidents.add(story)
    return event


def test_entry_of_another_incident_is_refused_with_what_to_do(story):
    moment = KeyMoment(incident=story, place=1, event=make_event("Elsewhere"))
    with pytest.raises(ValidationError, match="Add the incident to the entry first"):
        moment.full_clean()


@pytest.mark.parametrize(
    "fields",
    [
        {"place": 1},
        {"place": 0, "event": True},
        {"place": 8, "event": True},
        {"place": 1, "event": True, "statement": True},
    ],
)
def test_database_refuses_what_is_no_moment(story, event, fields):
    rows = {"event": event, "statement": make_statement()}
    values = {name: rows[name] if value is True else value for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyMoment.objects.create(incident=story, **values)


def test_an_entry_is_a_moment_once(story, event):
    KeyMoment.objects.create(incident=story, place=1, event=event)
    with pytest.raises(ValidationError, match="already a key moment"):
        KeyMoment(incident=story, place=2, event=event).full_clean()


def test_document_names_the_moments_in_order_and_nothing_without_any(story, event):
    assert "moments" not in build_document(story)
    denial = make_statement()
    denial.incidents.add(story)
    KeyMoment.objects.create(incident=story, place=2, event=event)
    KeyMoment.objects.create(incident=story, place=1, statement=denial)
    assert build_document(story)["moments"] == [denial.public_id, event.public_id]


def test_deleting_a_draft_takes_it_out_of_the_moments(story, event):
    KeyMoment.objects.create(incident=story, place=1, event=event)
    event.delete()
    assert not story.moments.exists()


def test_editor_chooses_moments_in_the_form_of_the_incident(editor, story, event):
    published(event)
    address = f"/admin/desk/incident/{story.pk}/change/"
    form = editor.get(address)
    assert "the incident in a minute" in form.text.lower()
    data = {
        "title": "The story", "slug": "story", "summary": "", "version": story.version,
        "moments-TOTAL_FORMS": 1, "moments-INITIAL_FORMS": 0,
        "moments-0-place": 1, "moments-0-event": event.pk, "_publish": "1",
    }  # fmt: skip
    answer = editor.post(address, data, follow=True)
    assert answer.status_code == 200
    assert [moment.event for moment in story.moments.all()] == [event]
    assert "The incident in a minute" in editor.get("/incidents/story/").text
