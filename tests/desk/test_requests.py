"""Requests for comment on the desk: the form, an import, merging, and what stays unsaid."""

import json

import pytest
from django.urls import reverse

from kb.desk.models import Request, Statement
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.desk.verbs.transfers.merge import merge
from kb.desk.warnings import row_warnings
from kb.record.models import Revision
from kb.record.vocabulary import NEW_POSITIONS
from tests.desk.admin_forms import fields_of, text_of
from tests.desk.importers.files import actions, loaded, planned, read_csv, table
from tests.make import make_actor, make_proposition, make_request, make_source, make_statement
from tests.make import published as publish_row

pytestmark = pytest.mark.django_db
HEADLINE = "Gotham Gazette asked Baz Parts for comment: no reply by 18 December 2023"
REQUEST = {
    "id": "r1", "kind": "request", "date": "17 December 2023", "asked_by": "Gotham Gazette",
    "asked": "Baz Parts", "outcome": "no_reply", "no_reply_by": "18 December 2023",
    "sources": "A story", "source_urls": "https://example.org/a", "incidents": "A case",
}  # fmt: skip
DENIAL = {
    "id": "s1", "kind": "statement", "title": "Baz Parts denies it", "date": "16 December 2023",
    "text": "We did not know.", "form": "verbatim", "speaker": "Baz Parts", "sources": "A story",
    "source_urls": "https://example.org/a", "cited_words": "We did not know.",
    "incidents": "A case",
}  # fmt: skip


def form_of(editor, source, asker, party, **changes):
    page = editor.get(reverse("admin:desk_request_add"), {"source": source.pk})
    return fields_of(page) | {
        "asked_by": asker.pk, "asked": [party.pk], "asked_on": "2023-12-17",
        "outcome": "no_reply", "no_reply_by": "2023-12-18", "citations-0-bearing": "supports",
        "citations-0-exact": "Baz Parts had not replied by Monday.", "_save": "1", **changes,
    }  # fmt: skip


@pytest.fixture
def parties(db):
    outlet = make_actor("Gotham Gazette", slug="gazette", actor_kind="publication")
    return make_source(published="2023-12-18"), outlet, make_actor("Baz Parts", slug="baz")


def test_form_saves_and_publishes_silence(editor, reader, parties):
    claim = make_proposition()
    form = form_of(editor, *parties, claims=[claim.pk], _publish="1")
    editor.post(reverse("admin:desk_request_add"), form)
    request = Request.objects.get()
    assert str(request) == HEADLINE
    assert request.slug == "gotham-gazette-asked-baz-parts-for-comment"
    assert request.state == "published"
    entry = reader.get(f"/requests/{request.slug}.json").json()
    assert (entry["title"], entry["outcome"]) == (HEADLINE, "no_reply")
    assert reader.get("/timeline.json?by=baz").json()["entries"] == []


def test_form_shows_preview_card(editor, parties):
    form = form_of(editor, *parties)
    answer = editor.post(reverse("admin:desk_request_card"), form).json()
    assert HEADLINE in answer["card"]
    assert "entry-request" in answer["card"]


@pytest.mark.slow
def test_form_refuses_date_of_silence_for_answer(editor, parties):
    form = form_of(editor, *parties, outcome="answered")
    page = editor.post(reverse("admin:desk_request_add"), form)
    assert "Only a request without a reply has this date." in text_of(page)
    assert not Request.objects.exists()


def test_next_request_begins_with_source_and_outlet(editor, parties):
    source, outlet, _party = parties
    form = form_of(editor, *parties, _again="1")
    del form["_save"]
    again = editor.post(reverse("admin:desk_request_add"), form, follow=True)
    fields = fields_of(again)
    assert fields["citations-0-source"] == [str(source.pk)]
    assert fields["asked_by"] == [str(outlet.pk)]


def test_list_needs_no_query_for_each_row(editor, queries):
    def cost():
        with queries() as ran:
            editor.get(reverse("admin:desk_request_changelist"))
        return len(ran)

    for _ in range(3):
        make_request(asked_by=make_actor())
    few = cost()
    for _ in range(12):
        make_request(asked_by=make_actor())
    assert cost() == few


@pytest.mark.parametrize("needs", ["source", "phrase", "answer", "asker"])
def test_unfinished_requests_are_listed(editor, needs):
    make_request(outcome="answered", asked_on="2023-12")
    make_request(outcome="declined", asked_by=make_actor())
    page = editor.get(reverse("admin:desk_request_changelist"), {"needs": needs})
    assert len(page.context["cl"].result_list) == (2 if needs == "source" else 1)


def test_request_needs_supporting_citation():
    request = make_request()
    request.citations.all().delete()
    with pytest.raises(ActionRefused, match="A supporting citation is missing"):
        publish(request, by=None)


def test_same_request_twice_is_warned_of():
    outlet, party = make_actor(), make_actor()
    first = make_request(asked_by=outlet, asked=(party,))
    second = make_request(asked_by=outlet, asked=(party,))
    assert any(first.public_id in warning for warning in row_warnings(second))


def test_title_says_nothing_of_draft_answer():
    answer = make_statement("We did.", said="2023-12-19")
    request = make_request(outcome="answered", answer=answer)
    publish(request, by=None)
    document = Revision.objects.get(public_id=request.public_id).document
    assert document["answer"] is None
    assert "2023" not in document["title"]
    assert answer.public_id not in json.dumps(document)


def test_merged_requests_keep_both_parties():
    first, second = publish_row(make_request()), publish_row(make_request())
    merge(second, into=first, by=None, note="The same.")
    assert first.asked.count() == 2


def test_silence_is_no_choice_of_position():
    assert {"declined", "no_reply"}.isdisjoint(value for value, _label in NEW_POSITIONS)


def test_import_makes_request(reader):
    loaded(table(REQUEST, DENIAL))
    request = Request.objects.get()
    assert str(request) == HEADLINE
    assert request.asked_by.actor_kind == "publication"
    assert request.citations.get().source.title == "A story"
    assert actions(table(REQUEST, DENIAL)) == ["unchanged", "unchanged"]
    for row in (Statement.objects.get(), request):
        publish(row, by=None)
    entries = reader.get("/timeline.json").json()["entries"]
    assert [entry["title"] for entry in entries] == ["Baz Parts denies it", HEADLINE]
    assert [entry["kind"] for entry in reader.get("/timeline.json?by=baz-parts").json()["entries"]
            ] == ["statement"]  # fmt: skip


def test_imported_request_names_its_answer():
    answered = REQUEST | {
        "outcome": "answered", "no_reply_by": "", "answer": "Baz Parts denies it",
    }  # fmt: skip
    loaded(table(answered, DENIAL))
    assert Request.objects.get().answer == Statement.objects.get()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outcome": "said"}, "not a valid outcome of a request"),
        ({"asked": ""}, "needs the names"),
        ({"outcome": "declined"}, "Only a request with the outcome no_reply"),
        ({"no_reply_by": "soonish"}, "no_reply_by: "),
        ({"outcome": "answered", "no_reply_by": "", "answer": "Nothing"}, "No statement has"),
    ],
)
def test_wrong_request_is_refused_with_reason(changes, reason):
    (outcome,) = planned(table(REQUEST | changes))
    assert outcome.action == "refused"
    assert any(reason in line for line in outcome.reasons), outcome.reasons


def test_silent_statement_of_old_file_becomes_request():
    old = DENIAL | {"outcome": "no_reply", "text": "", "to": "Gotham Gazette; The Paper"}
    loaded(table(old))
    request = Request.objects.get()
    assert str(request) == "Gotham Gazette asked Baz Parts for comment: no reply"
    assert not Statement.objects.exists()
    assert actions(table(old)) == ["unchanged"]


def test_rows_of_earlier_imports_keep_their_digest():
    (row,) = read_csv(table(DENIAL))
    (silent,) = read_csv(table(DENIAL | {"asked_by": "", "answer": ""}))
    assert row.digest == silent.digest
