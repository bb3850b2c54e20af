"""The lines of events on the workbench: entered and changed in a table, without a script."""

from __future__ import annotations

import pytest

from kb.desk.admin.workbench.lines.line import line_key
from kb.desk.models import Actor, AuditEntry, Event, Incident, PassageMark
from kb.desk.verbs.source_texts import store_text
from tests.desk.admin_forms import text_of
from tests.desk.line_table import Table, url
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = "On Wednesday the firm stopped its pump."
ARTICLE = f"""{WORDS} The pump is old.
A bolt was found on 3 December 2023."""


@pytest.fixture
def source():
    row = make_source("A story", language="en", published="2023-12-15")
    store_text(row, ARTICLE, by=None)
    return row


def new_event(editor, source, **cells):
    table = Table(editor, source)
    table.put(table.new_of("event")[0], **cells)
    return table, table.send()


def participants(event):
    return {(part.actor.name, part.role) for part in event.participations.all()}


def test_words_alone_make_a_whole_line(editor, source):
    story = make_incident("A story of stories")
    make_statement(source=source).incidents.add(story)
    table, response = new_event(editor, source, words=WORDS)
    event = Event.objects.get()
    citation, account = event.citations.get(), event.according_to.get()
    assert (event.title, str(event.happened.edtf)) == (WORDS.rstrip("."), "2023-12-13")
    assert (event.happened.phrase, event.standing, event.state) == (
        "Wednesday",
        "reported",
        "draft",
    )
    assert (citation.exact, citation.locator, citation.source) == (WORDS, "paragraph 1", source)
    assert (account.source, PassageMark.objects.get().exact) == (source, WORDS)
    assert list(event.incidents.all()) == [story]
    assert AuditEntry.objects.filter(public_id=event.public_id).exists()
    assert table.value(line_key(event), "incidents") == "A story of stories"
    assert "Paragraph 1" in text_of(response)


def test_typed_cells_are_not_filled_in(editor, source):
    make_actor("Acme"), make_actor("Open (Pump)"), make_incident("Leaks")
    table, _response = new_event(
        editor,
        source,
        title="Acme stops its pump",
        happened="2023-12-12",
        standing="announced",
        words="A bolt was found on 3 December 2023.",
        participants="acme (acted); Open (Pump)；Acme (announced);",
        incidents="leaks",
    )
    event = Event.objects.get()
    assert (event.title, event.happened.edtf, event.standing) == (
        "Acme stops its pump",
        "2023-12-12",
        "announced",
    )
    assert participants(event) == {
        ("Acme", "acted"),
        ("Acme", "announced"),
        ("Open (Pump)", "involved"),
    }
    assert [incident.title for incident in event.incidents.all()] == ["Leaks"]
    assert table.value(line_key(event), "participants") == (
        "Acme (acted); Open (Pump) (involved); Acme (announced)"
    )


def test_title_alone_makes_an_event_that_cites_the_source(editor, source):
    new_event(editor, source, title="The pump stops")
    event = Event.objects.get()
    citation = event.citations.get()
    assert (event.title, citation.exact, citation.source) == ("The pump stops", "", source)
    assert (event.standing, event.happened.edtf) == ("reported", "../2023-12-15")
    assert not PassageMark.objects.exists()


def test_source_without_a_text_takes_the_words_as_they_are(editor):
    source = make_source("A broadcast", published="2023-12-15")
    new_event(editor, source, title="A stop", words="It has stopped.")
    assert Event.objects.get().citations.get().exact == "It has stopped."


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"words": "Not in the text"}, "The text of the source does not have these words."),
        ({"title": "x" * 301}, "at most"),
        ({"title": "A stop", "happened": "some day"}, "date"),
        ({"title": "A stop", "participants": "Nobody Here"}, "Choose what it is"),
        ({"title": "A stop", "participants": "Acme; Two Names"}, "Several actors are called"),
        ({"title": "A stop", "participants": "Acmee (acted)"}, "Choose a similar name"),
        ({"title": "A stop", "incidents": "No story"}, "No incident is called “No story”."),
    ],
)
def test_refused_line_keeps_everything_with_its_reason(editor, source, cells, message):
    make_actor("Acme"), make_actor("Two Names"), make_actor("Two Names")
    table, response = new_event(editor, source, **cells)
    assert response.status_code == 200 and message in text_of(response)
    key = table.new_of("event")[0]
    assert {name: table.value(key, name) for name in cells} == cells
    assert (Event.objects.count(), Actor.objects.count()) == (0, 3)


def test_new_names_are_created_in_place(editor, source):
    table, _response = new_event(
        editor, source, title="A stop", participants="Zed Works (acted); Ann Bell", incidents="Zed"
    )
    key = table.new_of("event")[0]
    table.put(key, participants_choice="create:organisation", incidents_choice="create")
    table.send()
    table.put(key, participants_choice="create:person")
    table.send()
    event = Event.objects.get()
    assert participants(event) == {("Zed Works", "acted"), ("Ann Bell", "involved")}
    kinds = set(Actor.objects.values_list("name", "actor_kind", "state"))
    assert kinds == {("Zed Works", "organisation", "draft"), ("Ann Bell", "person", "draft")}
    assert [row.title for row in event.incidents.all()] == [Incident.objects.get().title]


def test_participants_of_a_stored_event_are_added_changed_and_removed(editor, source):
    acme, bell = make_actor("Acme"), make_actor("Ann Bell")
    make_actor("Zed Works")
    event = make_event(source=source, actors=((acme, "acted"), (bell, "affected")))
    kept = event.participations.get(actor=acme)
    table = Table(editor, source)
    assert table.value(line_key(event), "participants") == "Acme (acted); Ann Bell (affected)"
    table.put(line_key(event), participants="Acme (acted); Zed Works (announced)")
    table.send()
    assert participants(event) == {("Acme", "acted"), ("Zed Works", "announced")}
    assert event.participations.get(actor=acme) == kept


def test_changed_words_get_their_new_passage_and_cleared_words_lose_it(editor, source):
    table, _response = new_event(editor, source, words=WORDS)
    event = Event.objects.get()
    table.put(line_key(event), words="the firm stopped its pump")
    table.send()
    assert (event.citations.get().exact, PassageMark.objects.get().exact) == (
        "the firm stopped its pump",
    ) * 2
    table.put(line_key(event), words="Not in the text")
    assert "Copy them from the text." in text_of(table.send())
    table.put(line_key(event), words="")
    table.send()
    assert event.citations.get().exact == "" and not PassageMark.objects.exists()


def test_lines_of_all_kinds_are_saved_at_once(editor, source):
    statement = make_statement("The pump is old.", source=source)
    table = Table(editor, source)
    table.put(line_key(statement), role="chief")
    table.put(table.new_of("event")[0], words=WORDS)
    table.send()
    statement.refresh_from_db()
    assert (statement.role_as_of, Event.objects.count()) == ("chief", 1)


def test_refused_line_of_one_kind_does_not_keep_another_from_being_saved(editor, source):
    table = Table(editor, source)
    table.put(table.new_of("event")[0], title="A stop", happened="some day")
    table.put(table.new_of("request")[0], words="The pump is old.", asked="Nobody")
    table.send()
    assert table.value(table.new_of("event")[0], "happened") == "some day"
    assert table.value(table.new_of("request")[0], "asked") == "Nobody"


def test_words_of_a_day_are_read_from_the_day_of_the_source(editor, source):
    table, response = new_event(editor, source, title="A stop", happened="Friday")
    assert "These words depend on the day of the source." in text_of(response)
    table.put(table.new_of("event")[0], happened_choice="2023-12-15")
    table.send()
    assert Event.objects.get().happened.edtf == "2023-12-15"


def test_line_that_another_editor_saved_is_compared_and_then_saved(editor, source):
    event = make_event("A stop", source=source)
    table = Table(editor, source)
    table.put(line_key(event), title="A short stop")
    Event.objects.filter(pk=event.pk).update(title="A long stop", version=2)
    response = table.send()
    assert "Stored: A long stop" in " ".join(text_of(response).split())
    table.send()
    event.refresh_from_db()
    assert (event.title, event.version) == ("A short stop", 3)


def test_words_fill_in_a_line_while_it_is_typed(editor, source):
    answer = editor.get(url(source), {"part": "line", "kind": "event", "words": WORDS}).json()
    assert answer["cells"]["title"] == WORDS.rstrip(".")
    assert (answer["cells"]["happened"], answer["cells"]["standing"]) == ("2023-12-13", "reported")
    assert answer["notes"]["words"] == "Paragraph 1"


def test_undo_deletes_the_event_and_whom_its_line_created(editor, source):
    table, _response = new_event(editor, source, title="A stop", participants="Zed Works")
    table.put(table.new_of("event")[0], participants_choice="create:organisation")
    table.send()
    editor.post(url(source), {"undo": "1"})
    assert (Event.objects.count(), Actor.objects.count()) == (0, 0)


def test_number_of_queries_does_not_grow_with_the_lines(editor, source, queries):
    counts = []
    for more in (1, 5):
        for _number in range(more):
            event = make_event(source=source, actors=((make_actor(), "acted"),))
            event.incidents.add(make_incident())
        with queries() as ran:
            editor.get(url(source))
        counts.append(len(ran))
    assert counts[0] == counts[1]
