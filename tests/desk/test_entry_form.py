"""The words typed as a date become the wording of the source only if a citation contains them."""

import pytest
from django.urls import reverse

from kb.desk.models import Citation, Event, Proposition, Source, Statement
from tests.desk.admin_forms import add_url, change_url, fields_of
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def typed_event(editor, date, exact, **more):
    fields = fields_of(editor.get(add_url("event"))) | {
        "title": "It happened", "standing": "reported", "happened": date,
        "citations-0-source": make_source().pk, "citations-0-bearing": "supports",
        "citations-0-exact": exact, "_save": "1", **more,
    }  # fmt: skip
    assert editor.post(add_url("event"), fields).status_code == 302
    return Event.objects.get()


def test_typed_words_of_a_citation_become_the_wording(editor):
    event = typed_event(editor, "mid-2023", "They tested it in Mid‐2023, he said.")
    assert (event.happened.edtf, event.happened.phrase) == ("2023-05~/2023-08~", "mid-2023")


def test_shorthand_of_the_editor_is_not_the_wording(editor):
    event = typed_event(editor, "mid-2023", "They tested it in the summer of 2023.")
    assert (event.happened.edtf, event.happened.phrase) == ("2023-05~/2023-08~", "")


def test_words_of_a_deleted_citation_are_not_taken(editor):
    more = {"citations-0-DELETE": "on"}
    assert typed_event(editor, "mid-2023", "In mid-2023.", **more).happened.phrase == ""


def test_wording_typed_into_its_own_field_is_stored(editor):
    event = typed_event(editor, "mid-2023", "In mid-2023.", happened_phrase="the summer")
    assert event.happened.phrase == "the summer"


def test_new_date_in_a_stored_entry_takes_words_of_its_citations_only(editor):
    event = make_event(happened="2023-04")
    event.citations.update(exact="It was in May 2023 or early June 2023.")
    for typed, phrase in (("May 2023", "May 2023"), ("July 2023", "")):
        fields = fields_of(editor.get(change_url(event)))
        fields |= {"happened": typed, "happened_phrase": "", "_save": "1"}
        assert editor.post(change_url(event), fields).status_code == 302
        event.refresh_from_db()
        assert event.happened.phrase == phrase


def test_preview_shows_no_wording_that_is_not_cited(editor):
    fields = fields_of(editor.get(add_url("event"))) | {
        "title": "It happened", "standing": "reported", "happened": "mid-2023",
        "citations-0-source": make_source().pk, "citations-0-exact": "In the summer.",
    }  # fmt: skip
    url = reverse("admin:desk_event_card")
    assert "As written" not in editor.post(url, fields).json()["card"]
    fields["citations-0-exact"] = "In mid-2023."
    assert "As written" in editor.post(url, fields).json()["card"]


def test_typed_date_of_a_source_is_not_its_wording(editor):
    fields = fields_of(editor.get(add_url("source")))
    fields |= {"title": "Report", "source_kind": "article", "published": "15 Dec 2023"}
    editor.post(add_url("source"), fields | {"_save": "1"})
    assert (Source.objects.get().published.edtf, Source.objects.get().published.phrase) == (
        "2023-12-15",
        "",
    )


def test_typed_date_of_a_position_is_not_its_wording(editor):
    fields = fields_of(editor.get(add_url("proposition"))) | {
        "text": "When?", "question": "when", "incident": make_incident().pk,
        "stances-TOTAL_FORMS": "1", "stances-0-statement": make_statement("In May 2023.").pk,
        "stances-0-position": "asserts", "stances-0-dated": "May 2023",
        "stances-0-exact": "In May 2023.", "_save": "1",
    }  # fmt: skip
    editor.post(add_url("proposition"), fields)
    stance = Proposition.objects.get().stances.get()
    assert (stance.dated.edtf, stance.dated.phrase) == ("2023-05", "")


@pytest.mark.parametrize("kind", ["statement", "event"])
def test_wording_of_the_date_of_a_source_is_not_filled_in(editor, kind):
    source = make_source(published="2023-12-15", published_phrase="Dec 15, 2023")
    form = fields_of(editor.get(add_url(kind), {"source": source.pk}))
    name = {"statement": "said", "event": "happened"}[kind]
    assert (form[name], form[f"{name}_phrase"]) == ("2023-12-15", "")


def test_wording_is_not_handed_on_to_the_next_entry(editor):
    source = make_source()
    form = fields_of(editor.get(add_url("statement"), {"source": source.pk})) | {
        "speaker": make_actor(actor_kind="person").pk, "attribution": "named",
        "form": "verbatim", "wording": "original", "outcome": "said", "headline": "First",
        "text": "We did it.", "said": "2023-12-15", "said_phrase": "on Friday",
        "citations-0-bearing": "supports", "citations-0-exact": "We did it on Friday.",
        "_again": "1",
    }  # fmt: skip
    second = fields_of(editor.post(add_url("statement"), form, follow=True))
    assert Statement.objects.get().said.phrase == "on Friday"
    assert (second["said"], second["said_phrase"]) == ("2023-12-15", "")
    assert Citation.objects.count() == 1
