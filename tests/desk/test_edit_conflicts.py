"""Whatever comes between, what an editor has typed is still there."""

from __future__ import annotations

import re

import pytest

from kb.desk.models import Citation, Event, Source, Statement
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.make import make_event, make_incident, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOT_WEB = ["javascript:alert(1)", "ftp://example.org/a", "//example.org/a", "example"]
INSIDE = ["http://127.0.0.1/a", "http://10.0.0.8/", "http://localhost/x", "http://[::1]/"]


def test_form_of_deleted_row_becomes_form_of_new_row(editor):
    statement = make_statement("We did it.", source=make_source("A story"))
    statement.incidents.add(make_incident("A tale"))
    typed = fields_of(editor.get(change_url(statement)))
    typed |= {"text": "My long text.", "citations-0-exact": "My exact words.", "_save": "1"}
    url = change_url(statement)
    statement.delete()
    answer = editor.post(url, typed)
    page = text_of(answer)
    assert answer.status_code == 200
    for text in (
        "Someone deleted this record",
        "My long text.",
        "My exact words.",
        "A tale",
        "A story",
    ):
        assert text in page
    assert not Statement.objects.exists()
    assert f'action="{add_url("statement")}"' in answer.content.decode()
    assert editor.post(add_url("statement"), fields_of(answer) | {"_save": "1"}).status_code == 302
    statement = Statement.objects.get()
    assert (statement.text, statement.citations.get().exact) == ("My long text.", "My exact words.")
    assert statement.incidents.count() == 1


def test_stale_form_compares_stored_and_typed_text(editor):
    statement = make_statement("We did it on Friday.")
    mine = fields_of(editor.get(change_url(statement)))
    mine |= {"text": "We did it on Monday.", "said": "2023-12-17", "_save": "1"}
    theirs = fields_of(editor.get(change_url(statement)))
    editor.post(change_url(statement), theirs | {"text": "We did that on Friday.", "_save": "1"})
    page = editor.post(change_url(statement), mine).content.decode()
    beside = page[page.index('class="beside"') :].partition("</table>")[0]
    assert '<td data-label="Saved version">We did that on Friday.</td>' in beside
    # Without the words that only screen readers say.
    comparison = re.sub(r'<span class="visually-hidden">.*?</span>', "", beside)
    assert "<del>that</del> <ins>it</ins> on <del>Friday.</del><ins>Monday.</ins>" in comparison
    assert "15 December 2023</td>" in comparison
    assert "is now <ins>17 December 2023</ins>" in comparison
    # What is the same in both is not listed.
    assert "Headline" not in beside


def test_refused_form_keeps_every_character(editor):
    source, story = make_source("A story"), make_incident("A tale")
    typed = fields_of(editor.get(add_url("statement"))) | {
        "speaker_label": "a person <b>close</b> to it",
        "headline": 'Head & "line" ’',
        "text": "  One line.\n\n<script>alert(1)</script>\n中文 ",
        "said": "the day before",
        "said_phrase": "“the day before”",
        "incidents": [story.pk],
        "citations-TOTAL_FORMS": "2",
        "citations-0-source": source.pk,
        "citations-0-exact": "Exact\nwords.",
        "citations-1-note": "A note without a source.",
        "_save": "1",
    }
    answer = editor.post(add_url("statement"), typed)
    fields = fields_of(answer)
    assert answer.status_code == 200 and not Statement.objects.exists()
    changed = {"_save", "_whose", "incidents", "citations-0-source", "attribution"}
    for name in typed.keys() - changed:
        assert fields[name] == typed[name], name
    assert fields["attribution"] == ["unnamed"]  # was empty, and there is a label
    assert fields["incidents"] == [str(story.pk)]
    assert fields["citations-0-source"] == [str(source.pk)]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("12/05/2023", ["12 May 2023", "5 December 2023"]),
        ("29 February 2023", ["29 February 2023"]),
        ("soon", ["April 2023"]),
        ("2023-13-45", ["2023-13-45"]),
        ("x" * 5000, []),
    ],
)
def test_invalid_date_stays_in_form(editor, text, errors):
    typed = fields_of(editor.get(add_url("event")))
    typed |= {"title": "It happened", "standing": "reported", "happened": text, "_save": "1"}
    answer = editor.post(add_url("event"), typed)
    page = answer.content.decode()
    error = text_of(answer)
    assert "errorlist" in page and not Event.objects.exists()
    assert fields_of(answer)["happened"] == text and fields_of(answer)["title"] == "It happened"
    for words in errors:
        assert words in error


@pytest.mark.one_database
@pytest.mark.parametrize("url", [*NOT_WEB, *INSIDE, "https://example.org/" + "x" * 2100])
def test_invalid_addresses_stay_in_form(editor, url):
    addresses = {"url": url, "archive_url": url}
    typed = fields_of(editor.get(add_url("source"))) | addresses
    typed |= {"title": "A story", "source_kind": "article", "_save": "1"}
    answer = editor.post(add_url("source"), typed)
    fields = fields_of(answer)
    assert answer.status_code == 200 and not Source.objects.exists()
    for name in addresses:
        assert answer.context["adminform"].form.errors[name]
        assert fields[name] == url


@pytest.mark.one_database
@pytest.mark.parametrize("character", ["\x07", "\u202e", "\u200b", "\ufeff", "\x85"])
def test_invalid_characters_are_refused_in_each_field(editor, character):
    names = ["title", "summary", "citations-0-exact", "citations-0-locator"]
    typed = fields_of(editor.get(add_url("event"))) | {
        "standing": "reported",
        "citations-0-source": make_source().pk,
        "citations-0-bearing": "supports",
        "_save": "1",
    }
    typed |= dict.fromkeys(names, f"before{character}after")
    answer = editor.post(add_url("event"), typed)
    assert not Event.objects.exists() and not Citation.objects.exists()
    # Some are refused with the whole request, before any form: no browser's text box gives them.
    if answer.status_code != 200:
        assert answer.status_code == 400
        return
    forms = [answer.context["adminform"].form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += inline.formset.forms
    errors = {
        form.add_prefix(name): str(form.errors[name]) for form in forms for name in form.errors
    }
    fields = fields_of(answer)
    for name in names:
        assert f"U+{ord(character):04X}" in errors[name]
        assert fields[name] == typed[name]


@pytest.mark.parametrize("body", ["title=a%00b", "title=%ED%A0%80", "title=%FF"])
def test_invalid_body_stores_nothing(editor, body):
    answer = editor.post(
        add_url("event"), body + "&standing=reported", "application/x-www-form-urlencoded"
    )
    assert answer.status_code in (200, 400) and not Event.objects.exists()


def test_html_is_stored_as_typed_and_escaped(editor):
    event = make_event("It <b>happened</b>", summary="<script>alert(1)</script> <i>so</i>")
    page = editor.get(change_url(event)).content.decode()
    assert "<script>alert" not in page and "<b>happened" not in page
    assert "&lt;script&gt;alert(1)" in page
