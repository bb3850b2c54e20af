"""The form of a statement: it stores what was typed, publishes, and refuses invalid input."""

from __future__ import annotations

import pytest

from kb.desk.models import Actor, Statement
from kb.record.models import Revision
from kb.record.vocabulary import Change
from tests.desk.admin_forms import WRONG_KEYS, add_url, change_url, fields_of, text_of
from tests.make import make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_statement_form_says_what_its_rare_parts_are(editor):
    page = text_of(editor.get(add_url("statement")))
    assert "Several speakers, uncertain speaker, reported speech" in page
    assert "For example: 15 December 2023" in page


def test_an_editor_adds_a_statement_by_a_new_speaker(editor, editor_user, statement_fields):
    popup = fields_of(editor.get(add_url("actor") + "?_popup=1")) | {
        "name": "A new speaker",
        "actor_kind": "person",
        "_popup": "1",
        "_save": "Save",
    }
    response = editor.post(add_url("actor"), popup)
    speaker = Actor.objects.get(name="A new speaker")
    assert speaker.slug == "a-new-speaker"
    assert f"&quot;{speaker.pk}&quot;" in response.content.decode()
    response = editor.post(
        add_url("statement"), statement_fields | {"speaker": speaker.pk, "_save": "1"}, follow=True
    )
    statement = Statement.objects.get()
    assert statement.speaker == speaker
    assert statement.created_by == statement.updated_by == editor_user
    assert statement.citations.get().locator == "paragraph 4"
    assert (statement.state, statement.version) == ("draft", 1)
    assert statement.slug == "bytedance-says-it-has-a-licence"
    assert "read as Mid-2023 (1 May – 31 August), using rule M6" in text_of(response)
    assert not Revision.objects.exists()
    page = text_of(editor.get(change_url(statement)))
    assert "Mid-2023 (1 May – 31 August)" in page


def test_publish_button_saves_publishes_and_lists_dependencies(editor, statement_fields):
    response = editor.post(add_url("statement"), statement_fields | {"_publish": "1"}, follow=True)
    statement = Statement.objects.get()
    assert statement.state == "published"
    page = text_of(response)
    assert "published as revision 1" in page
    assert "Also published:" in page
    assert "actor “Jodi Seth”" in page
    assert f'href="/statements/{statement.slug}/"' in response.content.decode()
    assert (
        f'href="/statements/{statement.slug}/"'
        in editor.get(change_url(statement)).content.decode()
    )


def test_refused_publication_keeps_draft_and_shows_reasons(editor, statement_fields):
    fields = statement_fields | {
        "citations-0-source": "",
        "citations-0-exact": "",
        "citations-0-locator": "",
    }
    response = editor.post(add_url("statement"), fields | {"_publish": "1"}, follow=True)
    statement = Statement.objects.get()
    assert statement.state == "draft"
    assert response.redirect_chain[-1][0] == change_url(statement)
    assert "supporting citation is missing" in text_of(response)
    assert not Revision.objects.exists()


def test_review_button_sends_statement_for_review(editor, statement_fields):
    editor.post(add_url("statement"), statement_fields | {"_review": "1"})
    statement = Statement.objects.get()
    assert statement.state == "in_review"
    assert 'name="_review"' not in editor.get(change_url(statement)).content.decode()


def test_publishing_again_uses_note_and_keeps_unused_note(editor):
    statement = published(make_statement("We did it."))
    fields = fields_of(editor.get(change_url(statement))) | {
        "text": "We did not.",
        "citations-0-exact": "We did not.",
        "publication_note": "Somebody misheard.",
        "publication_change": "correction",
    }
    editor.post(change_url(statement), fields | {"_continue": "1"})
    form = editor.get(change_url(statement))
    assert form.context["adminform"].form["publication_note"].value() == "Somebody misheard."
    response = editor.post(change_url(statement), fields_of(form) | {"_publish": "1"}, follow=True)
    revision = Revision.objects.current().get(public_id=statement.public_id)
    assert (revision.change, revision.note) == (Change.CORRECTION, "Somebody misheard.")
    assert "as revision 2" in text_of(response)
    form = editor.get(change_url(statement)).context["adminform"].form
    assert not form["publication_note"].value()


def test_correction_without_note_is_refused(editor):
    statement = published(make_statement("We did it."))
    fields = fields_of(editor.get(change_url(statement))) | {
        "text": "We did not.",
        "publication_change": "correction",
        "_publish": "1",
    }
    response = editor.post(change_url(statement), fields, follow=True)
    assert "A correction needs a note" in text_of(response)
    statement.refresh_from_db()
    assert statement.text == "We did not."
    assert Revision.objects.filter(public_id=statement.public_id).count() == 1


def test_line_ends_of_browser_do_not_change_text(editor):
    statement = make_statement("One.\nTwo.")
    fields = fields_of(editor.get(change_url(statement))) | {"text": "One.\r\nTwo.", "_save": "1"}
    editor.post(change_url(statement), fields)
    statement.refresh_from_db()
    assert statement.text == "One.\nTwo."


@pytest.mark.parametrize("character", ["\x00", "\x01", "\u202e", "\x7f"])
@pytest.mark.parametrize("field", ["headline", "text", "said", "slug", "citations-0-exact"])
def test_control_characters_are_refused_with_message(editor, statement_fields, field, character):
    fields = statement_fields | {field: f"a{character}b", "_publish": "1"}
    response = editor.post(add_url("statement"), fields)
    # NUL does not get past the middleware.
    assert response.status_code == (400 if character == "\x00" else 200)
    assert not Statement.objects.exists()


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_invalid_key_is_form_error(editor, statement_fields, key):
    for field in ("speaker", "about", "in_reply_to", "citations-0-source", "citations-0-id"):
        response = editor.post(add_url("statement"), statement_fields | {field: key, "_save": "1"})
        assert response.status_code == 200, field
    assert not Statement.objects.exists()


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["TOTAL_FORMS", "INITIAL_FORMS"])
@pytest.mark.parametrize("value", ["", "x", "-1", "10" * 15, "1500"])
def test_broken_row_count_keeps_typed_rows(editor, name, value):
    statement = make_statement()
    fields = fields_of(editor.get(change_url(statement))) | {f"citations-{name}": value}
    response = editor.post(change_url(statement), fields | {"_save": "1"})
    assert response.status_code in (200, 302)
    assert statement.citations.exists()
