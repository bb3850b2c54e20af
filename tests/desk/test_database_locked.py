"""Somebody who saves while somebody else holds the database: a page, and every character kept."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from kb.desk.importers import load
from kb.desk.models import Event
from kb.desk.verbs import saving
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, planned, table
from tests.make import make_event

pytestmark = pytest.mark.django_db


def locked(*args, **kwargs):
    raise OperationalError("database is locked")


@pytest.fixture
def event_form(editor):
    """The form of an event as the page has it, with other words typed into it."""
    event = make_event("Before")
    page = editor.get(f"/admin/desk/event/{event.pk}/change/")
    form = page.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields if form[name].value()}
    for formset in page.context["inline_admin_formsets"]:
        for part in (formset.formset.management_form, *formset.formset.initial_forms):
            typed |= {part.add_prefix(name): part[name].value() or "" for name in part.fields}
    return event, {**typed, "title": "What I typed", "summary": "All of it."}


def test_form_comes_back_with_typed_text_and_nothing_is_saved(editor, event_form, monkeypatch):
    event, typed = event_form
    address = f"/admin/desk/event/{event.pk}/change/"
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", locked)
    page = editor.post(address, typed)
    assert page.status_code == 200
    assert "the database is busy" in page.text
    assert 'value="What I typed"' in page.text
    assert "All of it." in page.text
    assert Event.objects.get().title == "Before"


def test_import_is_refused_while_database_is_locked(monkeypatch):
    outcomes = planned(table(EVENT))
    monkeypatch.setattr(load, "_wait_for_other_imports", locked)
    with pytest.raises(ActionRefused, match="The database is busy"):
        load.load_rows(outcomes, origin="here", name="", sha256="")
    assert not Event.objects.exists()


def test_other_database_errors_are_not_locks():
    assert not saving.is_database_locked(OperationalError("disk I/O error"))


def test_other_pages_answer_503_with_advice(editor, monkeypatch):
    event = make_event("Before")
    monkeypatch.setattr("kb.desk.admin.review.add_comment", locked)
    answer = editor.post(
        f"/admin/desk/event/{event.pk}/review/", {"_comment": "1", "comment": "Look at this."}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Your changes were not saved" in answer.text


def test_public_page_does_not_mention_desk(client, monkeypatch):
    monkeypatch.setattr("kb.site.views.home.publication_version.current_number", locked)
    with pytest.raises(OperationalError):
        client.get("/healthz")
