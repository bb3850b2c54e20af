"""Fields of a statement that follow from others are filled in, and publishing shows them first."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kb.desk.admin.statement_defaults import statement_defaults
from kb.desk.models import Statement
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.make import make_actor, make_source, make_statement

pytestmark = pytest.mark.django_db
EXACT = "“The pump was off,” said Ann Bell, a manager of Foo Works."


def typed(editor, source=None, **fields):
    """The fields of a new statement, of which only the speaker and the passage are typed."""
    source = source or make_source(published="2023-12-15")
    form = fields_of(editor.get(add_url("statement"), {"source": source.pk}))
    return form | {
        "speaker": make_actor("Ann Bell", actor_kind="person").pk, "citations-0-exact": EXACT,
    } | fields  # fmt: skip


def defaults(data):
    return {default.name: default.value for default in statement_defaults(data)}


def test_draft_is_saved_from_speaker_and_passage_alone(editor):
    answer = editor.post(add_url("statement"), typed(editor) | {"_save": "1"})
    assert answer.status_code == 302
    statement = Statement.objects.get()
    assert (statement.attribution, statement.form) == ("named", "verbatim")
    assert statement.text == "The pump was off"
    assert statement.headline == "Ann Bell: The pump was off"
    assert statement.citations.get().quoted


def test_publishing_shows_what_was_filled_in_first(editor):
    form = typed(editor) | {"_publish": "1"}
    answer = editor.post(add_url("statement"), form)
    assert "Filled in but not saved: Attribution, Text, Form, Headline." in text_of(answer)
    assert not Statement.objects.exists()
    filled = fields_of(answer)
    assert filled["headline"] == "Ann Bell: The pump was off"
    editor.post(add_url("statement"), filled | {"_publish": "1"})
    assert Statement.objects.get().state == "published"


def test_typed_values_are_left_alone(editor):
    form = typed(
        editor, text="It was off.", form="paraphrase", headline="Off", attribution="account"
    )
    editor.post(add_url("statement"), form | {"_save": "1"})
    statement = Statement.objects.get()
    assert (statement.text, statement.form) == ("It was off.", "paraphrase")
    assert (statement.headline, statement.attribution) == ("Off", "account")


def test_date_that_is_left_empty_stays_empty(editor):
    editor.post(add_url("statement"), typed(editor, said="") | {"_save": "1"})
    assert Statement.objects.get().said.edtf == ""


def test_fields_that_nothing_is_known_about_are_asked_for(editor):
    form = typed(editor, speaker="", text="It was off.", **{"citations-0-exact": "The pump."})
    answer = editor.post(add_url("statement"), form | {"_save": "1"})
    assert "error-links" in answer.text
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        (EXACT, "The pump was off"),
        ("她说：「泵关了。」", "泵关了。"),
        ("“The pump,” she said, “was off.”", None),
        ("She said the pump was off.", None),
        ("", None),
    ],
)
def test_text_is_the_only_run_between_quotation_marks(exact, text):
    assert defaults({"citations-0-exact": exact}).get("text") == text


@pytest.mark.parametrize(
    ("text", "form"),
    [("The pump was off", "verbatim"), ("the  PUMP … off", "verbatim"), ("It was off", None)],
)
def test_words_of_the_passage_make_a_quotation(text, form):
    assert defaults({"text": text, "citations-0-exact": EXACT}).get("form") == form


def test_label_makes_an_unnamed_speaker_and_a_headline():
    assert defaults({"speaker_label": "a manager", "text": "It was off. " * 20}) == {
        "attribution": "unnamed",
        "headline": f"a manager: {'It was off. ' * 20}"[:89] + "…",
    }


def test_headline_names_the_side_before_the_speaker():
    firm, speaker = make_actor("Foo Works"), make_actor("Ann Bell")
    data = {"speaker": str(speaker.pk), "on_behalf_of": str(firm.pk), "text": "It was off."}
    assert defaults(data)["headline"] == "Foo Works: It was off"


def test_day_is_that_of_the_only_source():
    first, second = make_source(published="2023-12-15"), make_source(published="2023-12-16")
    data = {"citations-0-source": str(first.pk), "citations-0-exact": ""}
    assert defaults(data)["said"] == "2023-12-15"
    data |= {"citations-1-source": str(second.pk), "citations-1-exact": ""}
    assert "said" not in defaults(data)
    assert "said" not in defaults({"citations-0-source": "x", "citations-0-exact": ""})


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "1"])
def test_keys_that_name_no_row_propose_no_headline(key):
    assert "headline" not in defaults({"speaker": key, "text": "It was off."})


def test_preview_sends_the_defaults_of_a_new_statement_only(editor):
    address = reverse("admin:desk_statement_card")
    answer = editor.post(address, typed(editor)).json()
    assert {default["name"]: default["why"] for default in answer["defaults"]} == {
        "attribution": "A speaker is chosen.",
        "text": "The words between quotation marks in the cited passage.",
        "form": "The words are in the cited passage.",
        "said": "The day of the source.",
        "headline": "From the speaker and the words.",
    }
    statement = make_statement()
    form = fields_of(editor.get(change_url(statement)))
    assert editor.post(f"{address}?of={statement.pk}", form).json()["defaults"] == []
    event = editor.post(reverse("admin:desk_event_card"), fields_of(editor.get(add_url("event"))))
    assert event.json()["defaults"] == []
