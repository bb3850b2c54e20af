"""Proposals of a text are taken, changed or dismissed by an editor; none acts by itself."""

from __future__ import annotations

from typing import get_args

import pytest
from django.urls import reverse

from kb.desk.admin.workbench.sentence_proposals import OUTCOME_REASONS
from kb.desk.admin.workbench.statement_proposals import REASONS
from kb.desk.models import (
    Actor,
    DismissedProposal,
    Event,
    PassageMark,
    Request,
    Statement,
)
from kb.desk.verbs.source_texts import store_text
from kb.text.attribution import Outcome, Why
from tests.desk.admin_forms import fields_of, text_of
from tests.make import make_actor, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ARTICLE = """The firm was asked for comment on Friday.
Acme spokesperson Jodi Seth said, “We have a licence and we use it.”
Bell Labs spokesman Frank Shaw said that the firm had stopped on Monday.
“We will never say who told us about all this,” one person said."""


@pytest.fixture
def source():
    row = make_source("A story", language="en")
    store_text(row, ARTICLE, by=None)
    return row


def url(source):
    return reverse("admin:desk_source_workbench", args=[source.pk])


def open_proposals(client, source):
    return {shown.paragraph: shown for shown in client.get(url(source)).context["proposals"]}


def test_page_shows_proposals_with_reason_and_creates_nothing(editor, source):
    response = editor.get(url(source))
    page = " ".join(text_of(response).split())
    assert "Quotation: Jodi Seth, spokesperson, for Acme" in page
    assert "Creates: Jodi Seth, Acme" in page
    assert "Reported words: Frank Shaw, spokesman, for Bell Labs" in page
    assert "a verb of speech before the words" in page
    assert not Statement.objects.exists() and not Actor.objects.exists()
    assert '<mark class="passage proposed">' in response.content.decode()


def test_taken_proposal_becomes_a_draft_and_the_next_takes_the_focus(editor, source):
    shown = open_proposals(editor, source)
    response = editor.post(url(source), {"take": shown[2].key}, follow=True)
    statement = Statement.objects.get()
    citation = statement.citations.get()
    assert (statement.speaker.name, statement.on_behalf_of.name) == ("Jodi Seth", "Acme")
    assert (statement.text, statement.state) == ("We have a licence and we use it.", "draft")
    assert (citation.exact, citation.quoted) == ("“We have a licence and we use it.”", True)
    assert PassageMark.objects.get().row == statement
    assert 2 not in open_proposals(editor, source)
    assert f'value="{shown[3].key}" autofocus' in response.content.decode()


def test_reported_words_become_a_paraphrase_with_their_sentence_as_exact_words(editor, source):
    editor.post(url(source), {"take": open_proposals(editor, source)[3].key})
    statement = Statement.objects.get()
    assert (statement.form, statement.text) == (
        "paraphrase",
        "The firm had stopped on Monday",
    )
    assert statement.citations.get().exact == ARTICLE.splitlines()[2]


def test_proposal_without_a_certain_person_can_only_be_changed(editor, source):
    shown = open_proposals(editor, source)[4]
    assert not shown.is_ready
    response = editor.post(url(source), {"take": shown.key}, follow=True)
    assert "still open" in text_of(response) and not Statement.objects.exists()
    form = fields_of(editor.get(url(source), {"make": "statement", **place(shown)}))
    assert form["text"] == "We will never say who told us about all this,"
    assert "speaker" not in form and not form["new_speaker"]


def place(shown):
    return {"start": shown.start, "end": shown.end}


def test_ambiguous_name_is_not_taken(editor, source):
    make_actor("Jodi Seth"), make_actor("Jodi Seth")
    assert not open_proposals(editor, source)[2].is_ready


def test_dismissed_proposal_stays_dismissed_in_a_changed_text(editor, source):
    shown = open_proposals(editor, source)[2]
    editor.post(url(source), {"dismiss": shown.key})
    assert 2 not in open_proposals(editor, source)
    assert DismissedProposal.objects.get().exact == "We have a licence and we use it."
    store_text(source, "A new line.\n" + ARTICLE, by=None)
    assert set(open_proposals(editor, source)) == {2, 4, 5}


def test_chosen_proposals_are_taken_and_undone_together(editor, source):
    shown = open_proposals(editor, source)
    chosen = [shown[2].key, shown[3].key, "1-5"]
    page = editor.post(url(source), {"take_chosen": "1", "chosen": chosen}, follow=True)
    assert Statement.objects.count() == 2 and Actor.objects.count() == 4
    assert "6 drafts were made last." in text_of(page)
    editor.post(url(source), {"undo": "1"})
    assert not Statement.objects.exists() and not Actor.objects.exists()
    assert open_proposals(editor, source).keys() == shown.keys()
    assert "were made last" not in text_of(editor.get(url(source)))


def test_undo_leaves_what_was_changed_meanwhile(editor, source):
    editor.post(url(source), {"take": open_proposals(editor, source)[2].key})
    Statement.objects.update(version=2)
    response = editor.post(url(source), {"undo": "1"}, follow=True)
    assert Statement.objects.count() == 1
    assert "Remove these references first" in text_of(response)


def test_proposal_that_is_not_shown_any_more_is_not_taken(editor, source):
    key = open_proposals(editor, source)[2].key
    editor.post(url(source), {"take": key})
    response = editor.post(url(source), {"take": key}, follow=True)
    assert Statement.objects.count() == 1 and "still open" in text_of(response)


def test_number_of_queries_does_not_grow_with_proposals(editor, source, queries):
    names = [f"Ann Bell{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    lines = [f"Acme spokesperson {name} said, “We told you this before.”" for name in names]
    editor.get(url(source))  # the names of all actors stay in memory
    with queries() as few:
        editor.get(url(source))
    store_text(source, "\n".join([ARTICLE, *lines]), by=None)
    with queries() as many:
        response = editor.get(url(source))
    assert len(response.context["proposals"]) > 10
    assert len(many) == len(few), many


REQUESTS = """The valve failed on Friday and again at 18:05 the next day.
Kestrel declined to comment.
Harbour Pilots did not respond to a request for comment.
On Monday the inspector said, “We know what happened last week.”"""


@pytest.fixture
def dated_source():
    row = make_source("A story", language="en", published="2023-12-18")
    store_text(row, REQUESTS, by=None)
    return row


def test_dated_sentence_is_proposed_as_an_event_and_made_in_its_form(editor, dated_source):
    shown = open_proposals(editor, dated_source)[1]
    assert shown.summary == "Event: 15 December 2023"
    assert (shown.kind, shown.reason, shown.is_ready) == ("event", "a date: “Friday”", False)
    form = fields_of(editor.get(url(dated_source), {"make": "event", **place(shown)}))
    assert form["happened"] == "2023-12-15" and form["happened_phrase"] == "Friday"
    assert form["title"] == REQUESTS.splitlines()[0].rstrip(".")


def test_request_for_comment_of_a_known_party_is_taken_with_its_outcome(editor, dated_source):
    kestrel = make_actor("Kestrel")
    shown = open_proposals(editor, dated_source)
    assert shown[2].summary == "Request for comment: Kestrel, declined to comment"
    assert shown[2].is_ready and not shown[3].is_ready
    editor.post(url(dated_source), {"take": shown[2].key})
    row = Request.objects.get()
    assert (row.outcome, list(row.asked.all()), row.state) == ("declined", [kestrel], "draft")
    assert row.citations.get().exact == "Kestrel declined to comment."
    assert 2 not in open_proposals(editor, dated_source)


def test_no_reply_is_filled_in_with_the_day_of_the_source(editor, dated_source):
    pilots = make_actor("Harbour Pilots")
    shown = open_proposals(editor, dated_source)[3]
    form = fields_of(editor.get(url(dated_source), {"make": "request", **place(shown)}))
    assert (form["outcome"], form["no_reply_by"]) == (["no_reply"], "2023-12-18")
    assert form["asked"] == [str(pilots.pk)]


def test_sentence_in_which_somebody_speaks_is_no_event(editor, dated_source):
    shown = editor.get(url(dated_source)).context["proposals"]
    assert [row.kind for row in shown if row.paragraph == 4] == ["statement"]


def test_dismissed_event_leaves_the_other_proposals(editor, dated_source):
    shown = open_proposals(editor, dated_source)
    editor.post(url(dated_source), {"dismiss": shown[1].key})
    assert open_proposals(editor, dated_source).keys() == shown.keys() - {1}


def test_each_reason_of_the_engine_has_words():
    assert set(get_args(Why)) == set(REASONS)
    assert set(get_args(Outcome)) == set(OUTCOME_REASONS)


@pytest.mark.parametrize(
    ("kind", "words", "account"),
    [
        ("event", "The valve failed on Friday", "source"),
        ("event", "“We know what happened last week.”", ""),
    ],
)
def test_event_is_the_account_of_the_source_unless_somebody_is_quoted(
    editor, dated_source, kind, words, account
):
    start = REQUESTS.index(words)
    query = {"make": kind, "start": start, "end": start + len(words)}
    form = fields_of(editor.get(url(dated_source), query))
    editor.post(url(dated_source), {**form, "title": "It happened", "_save": "1"})
    event = Event.objects.get()
    assert event.standing == "reported"
    sources = [row.source for row in event.according_to.all()]
    assert sources == ([dated_source] if account else [])


def test_event_from_the_words_of_a_statement_is_its_account(editor, dated_source):
    words = "“We know what happened last week.”"
    start = REQUESTS.index(words)
    place_of_words = {"start": start, "end": start + len(words)}
    form = fields_of(editor.get(url(dated_source), {"make": "statement", **place_of_words}))
    speaker = {"speaker": make_actor("Ann Bell").pk}
    editor.post(url(dated_source), {**form, **speaker, "_save": "1"})
    page = editor.get(url(dated_source), {"make": "event", **place_of_words})
    assert "According to the statement" in text_of(page)
    editor.post(url(dated_source), {**fields_of(page), "title": "It happened", "_save": "1"})
    assert Event.objects.get().according_to.get().statement == Statement.objects.get()
