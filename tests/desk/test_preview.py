"""The public card under a form: what readers would see of what is typed, and nothing stored."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from kb.desk.models import Affiliation, Citation, Event, Statement
from kb.record.models import Entry
from kb.record.rendering import row_with_html
from kb.record.rows import rows_for_entries
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]


def ask(editor, kind, fields, of=None):
    url = reverse(f"admin:desk_{kind}_card") + (f"?of={of.pk}" if of else "")
    return editor.post(url, fields)


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def public_card(thing):
    entry = Entry.objects.select_related("revision").get(public_id=thing.public_id)
    row = row_with_html(rows_for_entries([entry])[0])
    return render_to_string("timeline/_row.html", {"row": row, "level": 3})


@pytest.fixture
def typed(editor):
    """A statement by a new speaker with two citations, typed and not yet saved."""
    paper = make_actor("The Paper", actor_kind="publication")
    sources = [
        make_source("A story", publisher=paper),
        make_source("Another", url="https://b.org/"),
    ]
    return fields_of(editor.get(add_url("statement"))) | {
        "speaker": make_actor("Ann Bee", actor_kind="person").pk,
        "attribution": "named",
        "headline": "She did it",
        "form": "verbatim",
        "text": "We did it.",
        "said": "mid-2023",
        "said_phrase": "in the summer",
        "addressees": [make_actor("The House").pk],
        "citations-TOTAL_FORMS": "2",
        "citations-0-source": sources[0].pk,
        "citations-0-exact": "“We did it,” she said.",
        "citations-0-bearing": "supports",
        "citations-1-source": sources[1].pk,
        "citations-1-bearing": "mentions",
    }


def test_preview_shows_typed_text_and_stores_nothing(editor, typed):
    answer = ask(editor, "statement", typed).json()
    card = words(answer["card"])
    for words_shown in ("Mid-2023", "We did it.", "Ann Bee", "to The House", "[1] The Paper",
                 "[2] Another", "As written: “in the summer”",
                 "1 supporting source, 1 origin"):  # fmt: skip
        assert words_shown in card
    assert "actor “Ann Bee”" in unescape(answer["notes"])
    assert not Statement.objects.exists() and not Citation.objects.exists()


@pytest.mark.parametrize("kind", ["statement", "event"])
def test_preview_equals_public_card(editor, kind):
    story, source = published(make_incident()), published(make_source(url="https://a.org/"))
    event = make_event("It happened", source=source, actors=((make_actor(), "acted"),))
    event.incidents.add(story)
    published(event)
    statement = make_statement(source=source, about=(event,), on_behalf_of=make_actor())
    published(statement)
    question = make_proposition(incident=story, events=(event,))
    for position in ("asserts", "denies"):
        make_stance(question, position, statement=published(make_statement(source=source)))
    published(question)
    thing = {"statement": statement, "event": event}[kind]
    fields = fields_of(editor.get(change_url(thing)))
    card = ask(editor, kind, fields, of=thing).json()["card"]
    assert card == public_card(thing)


def test_preview_follows_form_instead_of_stored_row(editor):
    statement = make_statement("We did it.", source=make_source("A story"))
    fields = fields_of(editor.get(change_url(statement)))
    fields |= {"text": "We did not.", "citations-0-DELETE": "on"}
    card = words(ask(editor, "statement", fields, of=statement).json()["card"])
    assert "We did not." in card and "No source is recorded" in card
    statement.refresh_from_db()
    assert statement.text == "We did it." and statement.citations.count() == 1


def test_preview_shows_warnings_and_roles(editor, typed):
    firm = make_actor("The Firm")
    Affiliation.objects.create(
        person_id=typed["speaker"], organisation=firm, title="chair", since="2020", until="2021"
    )
    typed |= {"text": "We did it 5 times.", "on_behalf_of": firm.pk}
    notes = words(ask(editor, "statement", typed).json()["notes"])
    assert "it departs at “5”" in notes
    assert "No recorded role of Ann Bee at The Firm covers" in notes
    typed |= {"said": "2020-05", "text": "We did it,"}
    notes = words(ask(editor, "statement", typed).json()["notes"])
    assert "Ann Bee, May 2020: chair, The Firm (2020 to 2021)." in notes
    assert "To look at" not in notes


def test_preview_names_possible_duplicate(editor):
    first = make_event("OpenAI suspends the account", happened="2023-12-15")
    fields = fields_of(editor.get(add_url("event")))
    fields |= {"title": "OpenAI suspended the account", "happened": "2023-12-15"}
    assert first.public_id in ask(editor, "event", fields).json()["notes"]
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"said": "12/05/2023"},
        {"speaker": "9" * 30, "form": "sung", "text": "a\u202eb"},
        {"citations-TOTAL_FORMS": "many"},
        {"citations-0-source": "", "citations-1-source": "x"},
        {"headline": "", "text": "", "form": "", "attribution": ""},
        {"text": "[" * 12000},
    ],
)
def test_invalid_form_has_preview(editor, typed, wrong):
    answer = ask(editor, "statement", typed | wrong)
    assert answer.status_code == 200
    assert "entry-statement" in answer.json()["card"]


def test_invalid_summary_is_a_warning(editor):
    fields = fields_of(editor.get(add_url("event"))) | {"summary": "[" * 12000}
    assert "Cannot display the summary" in ask(editor, "event", fields).json()["notes"]


def test_saved_form_shows_preview_without_script(editor, typed):
    page = text_of(editor.post(add_url("statement"), typed | {"said": "12/05/2023"}))
    assert "Preview for readers" in page and "We did it." in page
    assert "Read it as 12 May" in page or "12 May" in page
    saved = editor.post(add_url("statement"), typed | {"_continue": "1"}, follow=True)
    assert "hang" in saved.content.decode() and "shadowrootmode" in saved.content.decode()


def test_preview_requires_permission(client, editor, django_user_model):
    url = reverse("admin:desk_statement_card")
    assert editor.get(url).status_code == 405
    assert client.post(url).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    assert client.post(url).status_code == 403


def test_preview_query_count_does_not_grow_with_citations(editor, queries):
    counts = []
    for number in (2, 12):
        statement = make_statement(source=published(make_source()))
        for _ in range(number):
            Citation.objects.create(statement=statement, source=published(make_source()))
        fields = fields_of(editor.get(change_url(statement)))
        with queries() as ran:
            ask(editor, "statement", fields, of=statement)
        # Each row is checked as on saving: its source twice, and its four constraints.
        counts.append(len(ran) - 6 * number)
    assert counts[1] <= counts[0]
