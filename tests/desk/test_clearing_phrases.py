"""The migration that clears wordings of dates which no citation contains, and takes that back."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from kb.desk.models import AuditEntry, Event, Stance, Statement
from kb.record.models import Revision
from tests.desk.test_todo_filters import listed
from tests.make import (
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db

NAME = "0011_clear_phrases_not_in_citations"
migration = import_module(f"kb.desk.migrations.{NAME}")


def run(step):
    """Run a step of the migration with the models of the newest one, whose columns are there."""
    apps = MigrationLoader(connection).project_state().apps
    step(apps, SimpleNamespace(connection=connection))


@pytest.fixture
def rows():
    cited = make_event("Cited", happened_phrase="in “April”")
    cited.citations.update(exact='It was tested in "April", he said.')
    typed = make_event("Typed", happened_phrase="April 2023")
    statement = make_statement("We did it.", said_phrase="on Friday")
    claim = make_proposition(incident=make_incident())
    stance = make_stance(claim, "asserts", statement=statement, dated_phrase="the spring")
    source = make_source(published_phrase="15 Dec")
    return cited, typed, statement, stance, source


def phrases(rows):
    for row in rows:
        row.refresh_from_db()
    cited, typed, statement, stance, source = rows
    return [
        cited.happened.phrase,
        typed.happened.phrase,
        statement.said.phrase,
        stance.dated.phrase,
        source.published.phrase,
    ]


def test_wordings_that_no_citation_contains_are_cleared_and_restored(rows):
    before = phrases(rows)
    run(migration.clear_phrases)
    assert phrases(rows) == ["in “April”", "", "", "", "15 Dec"]
    notes = AuditEntry.objects.filter(note__contains="no citation contains it")
    assert sorted(notes.values_list("kind", flat=True)) == ["event", "proposition", "statement"]
    run(migration.restore_phrases)
    assert phrases(rows) == before
    assert not notes.exists()


def test_wording_typed_after_clearing_stays(rows):
    run(migration.clear_phrases)
    Event.objects.filter(title="Typed").update(happened_phrase="in spring")
    run(migration.restore_phrases)
    assert phrases(rows)[1] == "in spring"
    assert phrases(rows)[2] == "on Friday"


def test_any_wording_comes_back_as_it_was(rows):
    wording = "”: no citation\ncontains it. “"
    Statement.objects.update(said_phrase=wording)
    Stance.objects.update(dated_phrase=wording)
    run(migration.clear_phrases)
    assert phrases(rows)[2:4] == ["", ""]
    run(migration.restore_phrases)
    assert phrases(rows)[2:4] == [wording, wording]


def test_readers_see_the_wording_until_the_entry_is_published_again():
    event = published(make_event(happened_phrase="April 2023"))
    run(migration.clear_phrases)
    document = Revision.objects.current().get(public_id=event.public_id).document
    assert document["date"]["phrase"] == "April 2023"
    event.refresh_from_db()
    published(event)
    document = Revision.objects.current().get(public_id=event.public_id).document
    assert document["date"]["phrase"] == ""


@pytest.mark.slow
def test_cleared_entries_are_listed_until_they_are_saved(rows, editor):
    run(migration.clear_phrases)
    assert listed(editor, "event", "cleared") == {"Typed"}
    assert len(listed(editor, "statement", "cleared")) == 1
    assert len(listed(editor, "proposition", "cleared")) == 1
    from tests.desk.admin_forms import change_url, fields_of

    typed = rows[1]
    page = editor.get(reverse("admin:desk_event_history", args=[typed.pk]))
    assert "The wording “April 2023” was removed from the date" in page.text
    fields = fields_of(editor.get(change_url(typed))) | {"_save": "1"}
    assert editor.post(change_url(typed), fields).status_code == 302
    assert listed(editor, "event", "cleared") == set()
