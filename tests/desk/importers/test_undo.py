"""Undoing an import: everything of it goes, unless somebody has worked on it."""

from __future__ import annotations

import pytest

from kb.desk.importers.dry_run import ADD, SAME
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    Actor,
    Comment,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Source,
    Statement,
)
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, actions, loaded, table
from tests.make import make_actor, make_event

pytestmark = pytest.mark.django_db


def test_undo_deletes_everything_imported():
    actor = make_actor("OpenAI")
    batch = loaded(table(EVENT, STATEMENT))
    assert undo_import(batch) == (8, 0)  # two entries, a source, an incident, a topic, three actors
    assert list(Actor.objects.all()) == [actor]
    for model in (Event, Statement, Source, Incident, ImportedRow):
        assert not model.objects.exists()
    assert actions(table(EVENT, STATEMENT)) == [ADD, ADD]
    with pytest.raises(ActionRefused, match="already been undone"):
        undo_import(batch)


def test_undo_is_refused_after_edit():
    batch = loaded(table(EVENT, STATEMENT))
    Event.objects.update(version=2)
    with pytest.raises(ActionRefused, match="edited, sent for review"):
        undo_import(batch)
    assert Statement.objects.exists()


def test_undo_restores_changed_draft():
    first = loaded(table(EVENT))
    changed = {**EVENT, "title": "Other", "actors": "OpenAI (affected)", "source_urls": "",
               "incidents": "Another case"}  # fmt: skip
    second = loaded(table(changed))
    event = Event.objects.get()
    assert (event.title, event.incidents.get().title) == ("Other", "Another case")
    assert undo_import(second) == (1, 1)  # the other case; and the event
    event.refresh_from_db()
    assert (event.title, event.version) == ("It happened", 3)
    assert {part.actor.name for part in event.participations.all()} == {"ByteDance", "OpenAI"}
    assert event.citations.get().source.url == "https://example.org/a"
    assert [incident.title for incident in event.incidents.all()] == ["A case"]
    assert actions(table(EVENT)) == [SAME]
    undo_import(first)
    assert not Event.objects.exists()
    assert not Incident.objects.exists()


@pytest.mark.parametrize("how", ["cited", "in a list", "remarked on"])
def test_undo_is_refused_while_others_depend_on_it(how, editor_user):
    batch = loaded(table(EVENT))
    other = make_event("Mine", cited=False)
    if how == "cited":
        other.citations.create(source=Source.objects.get())
        message = "now refers to"
    elif how == "in a list":
        other.incidents.add(Incident.objects.get())
        message = "“Mine” now refers to a record of this import"
    else:
        event = Event.objects.exclude(pk=other.pk).get()
        Comment.objects.create(public_id=event.public_id, text="Look", written_by=editor_user)
        message = "has remarks"
    with pytest.raises(ActionRefused, match=message):
        undo_import(batch)
    assert Event.objects.count() == 2
    assert ImportBatch.objects.get().undone_at is None
