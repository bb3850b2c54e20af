"""The lines of requests for comment on the workbench, entered and changed without a script."""

from __future__ import annotations

import pytest

from kb.desk.admin.workbench.lines.line import line_key
from kb.desk.models import Actor, PassageMark, Request
from kb.desk.verbs.source_texts import store_text
from tests.desk.admin_forms import text_of
from tests.desk.line_table import Table, url
from tests.make import make_actor, make_event, make_request, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = "OpenPump did not respond to a request for comment."
ARTICLE = f"""The pump is old. {WORDS}
Acme declined to comment on Wednesday."""


@pytest.fixture
def source():
    publisher = make_actor("The Paper", actor_kind="publication")
    row = make_source("A story", language="en", published="2023-12-15", publisher=publisher)
    store_text(row, ARTICLE, by=None)
    return row


def new_request(editor, source, **cells):
    table = Table(editor, source)
    table.put(table.new_of("request")[0], **cells)
    return table, table.send()


def names(rows):
    return [row.name for row in rows.all()]


def test_words_alone_make_a_whole_line(editor, source):
    make_actor("OpenPump")
    table, response = new_request(editor, source, words=WORDS)
    request = Request.objects.get()
    citation = request.citations.get()
    assert (request.asked_by.name, names(request.asked)) == ("The Paper", ["OpenPump"])
    assert (request.outcome, request.no_reply_by.edtf) == ("no_reply", "2023-12-15")
    assert (request.text, citation.exact, citation.locator) == (WORDS, WORDS, "paragraph 1")
    assert (request.state, PassageMark.objects.get().exact) == ("draft", WORDS)
    assert table.value(line_key(request), "asked") == "OpenPump"
    assert "Paragraph 1" in text_of(response)


def test_typed_cells_are_not_filled_in(editor, source):
    make_actor("Acme"), make_actor("Zed Works"), make_actor("The Star")
    event = make_event("A stop of the pump")
    new_request(
        editor,
        source,
        asked_by="the star",
        asked="Acme; Zed Works",
        asked_on="2023-12-14",
        outcome="declined",
        words="Acme declined to comment on Wednesday.",
        about="stop of",
    )
    request = Request.objects.get()
    assert (request.asked_by.name, names(request.asked)) == ("The Star", ["Acme", "Zed Works"])
    assert (request.asked_on.edtf, request.outcome) == ("2023-12-14", "declined")
    assert list(request.about.all()) == [event]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"words": WORDS}, "This field is required."),
        ({"words": "Not in the text", "asked": "Acme"}, "does not have these words"),
        ({"asked": "Acme; Nobody Here"}, "No actor is called “Nobody Here”."),
        ({"asked": "Acme", "asked_by": "A Person Here"}, "No actor is called “A Person Here”."),
        ({"asked": "Acme", "asked_on": "some day"}, "date"),
        ({"asked": "Acme", "about": "Nothing"}, "No event has “Nothing” in its title."),
    ],
)
def test_refused_line_keeps_everything_with_its_reason(editor, source, cells, message):
    make_actor("Acme")
    table, response = new_request(editor, source, **cells)
    assert response.status_code == 200 and message in text_of(response)
    key = table.new_of("request")[0]
    assert {name: table.value(key, name) for name in cells} == cells
    assert Request.objects.count() == 0


def test_new_party_is_created_in_place(editor, source):
    table, _response = new_request(editor, source, words=WORDS, asked="OpenPump")
    table.put(table.new_of("request")[0], asked_choice="create:organisation")
    table.send()
    assert names(Request.objects.get().asked) == ["OpenPump"]
    assert Actor.objects.get(name="OpenPump").state == "draft"


def test_day_without_a_reply_follows_the_outcome(editor, source):
    acme = make_actor("Acme")
    request = make_request(source=source, asked=(acme,), no_reply_by="2023-12-10")
    table = Table(editor, source)
    assert "By 10 December 2023" in text_of(table.response)
    for outcome, day in (("declined", ""), ("no_reply", "2023-12-15")):
        table.put(line_key(request), outcome=outcome)
        table.send()
        request.refresh_from_db()
        assert (request.outcome, request.no_reply_by.edtf) == (outcome, day)


def test_changed_words_are_the_text_and_the_passage_unless_the_text_is_an_own_one(editor, source):
    make_actor("OpenPump")
    table, _response = new_request(editor, source, words=WORDS)
    request = Request.objects.get()
    table.put(line_key(request), words="a request for comment")
    table.send()
    request.refresh_from_db()
    assert (request.text, request.citations.get().exact) == ("a request for comment",) * 2
    Request.objects.update(text="Whether it leaks.")
    table = Table(editor, source)
    table.put(line_key(request), words=WORDS)
    table.send()
    request.refresh_from_db()
    assert (request.text, request.citations.get().exact) == ("Whether it leaks.", WORDS)


def test_request_about_several_events_keeps_them(editor, source):
    request = make_request(source=source)
    request.about.set([make_event("One stop"), make_event("Two stops")])
    table = Table(editor, source)
    assert table.value(line_key(request), "about") == ""
    assert "About: One stop; Two stops" in text_of(table.response)
    table.put(line_key(request), asked_on="2023-12-11")
    table.send()
    request.refresh_from_db()
    assert (request.asked_on.edtf, request.about.count()) == ("2023-12-11", 2)


def test_number_of_queries_does_not_grow_with_the_lines(editor, source, queries):
    counts = []
    for more in (1, 5):
        for _number in range(more):
            make_request(source=source, asked_by=make_actor()).about.add(make_event())
        with queries() as ran:
            editor.get(url(source))
        counts.append(len(ran))
    assert counts[0] == counts[1]
