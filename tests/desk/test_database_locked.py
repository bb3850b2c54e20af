"""Somebody who saves while somebody else holds the database: a page, and every character kept."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from kb.desk.importers import load
from kb.desk.models import Event
from kb.desk.verbs import saving
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.test_batches import EVENT, planned, table
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
        for one in (formset.formset.management_form, *formset.formset.initial_forms):
            typed |= {one.add_prefix(name): one[name].value() or "" for name in one.fields}
    return event, {**typed, "title": "What I typed", "summary": "All of it."}


def test_what_was_typed_comes_back_and_nothing_is_saved(editor, event_form, monkeypatch):
    event, typed = event_form
    address = f"/admin/desk/event/{event.pk}/change/"
    monkeypatch.setattr("django.db.transaction.Atomic.__enter__", locked)
    page = editor.post(address, typed)
    assert page.status_code == 200
    assert "somebody else is storing a lot" in page.text
    assert 'value="What I typed"' in page.text
    assert "All of it." in page.text
    assert Event.objects.get().title == "Before"


def test_an_import_that_waits_in_vain_says_so(monkeypatch):
    outcomes = planned(table(EVENT))
    monkeypatch.setattr(load, "_wait_for_others", locked)
    with pytest.raises(ActionRefused, match="Somebody else is storing"):
        load.load_rows(outcomes, origin="here", name="", sha256="")
    assert not Event.objects.exists()


def test_another_fault_is_not_taken_for_it():
    assert not saving.is_database_locked(OperationalError("disk I/O error"))


def test_what_is_no_form_of_a_row_says_what_to_do(editor, monkeypatch):
    event = make_event("Before")
    monkeypatch.setattr("kb.desk.admin.review.add_comment", locked)
    answer = editor.post(
        f"/admin/desk/event/{event.pk}/review/", {"_comment": "1", "comment": "Look at this."}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Nothing of this was stored" in answer.text


def test_a_reader_is_not_told_of_the_desk(client, monkeypatch):
    monkeypatch.setattr("kb.site.views.home.publication_version.current_number", locked)
    with pytest.raises(OperationalError):
        client.get("/healthz")
