"""What imported requests for comment are about, and the day by which there was no reply."""

from __future__ import annotations

import io
import json

import pytest

from kb.dates import FuzzyDate
from kb.desk.importers.dry_run import ADD, CHANGE, REFUSE, SAME
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import AuditEntry, Event, ImportBatch, Incident, Proposition, Request
from kb.desk.models.log import Action
from kb.desk.row_snapshots import snapshots_by_id
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, actions, loaded, planned, table
from tests.make import make_event, make_proposition, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUEST = {
    "id": "r1", "kind": "request", "date": "17 December 2023", "asked_by": "Gotham Gazette",
    "asked": "Baz Parts", "outcome": "no_reply", "no_reply_by": "18 December 2023",
    "sources": "A story", "source_urls": "https://example.org/a", "incidents": "A case",
    "about_events": "e1", "about_claims": "Did they know?", "claim_questions": "whether",
}  # fmt: skip


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def subjects():
    request = Request.objects.get()
    return [str(event) for event in request.about.all()], [
        str(claim) for claim in request.claims.all()
    ]


def test_request_is_about_events_and_claims_of_its_file():
    content = table(REQUEST, EVENT)
    assert actions(content) == [ADD, ADD]
    loaded(content)
    assert subjects() == (["It happened"], ["Did they know?"])
    request = Request.objects.get()
    entry = AuditEntry.objects.get(public_id=request.public_id, done=Action.IMPORTED)
    assert entry.state == snapshots_by_id([request])[request.public_id]
    assert actions(content) == [SAME, SAME]
    undo_import(ImportBatch.objects.get())
    for model in (Request, Event, Proposition):
        assert not model.objects.exists()


def test_request_is_about_events_of_earlier_files_and_of_the_desk():
    loaded(table(EVENT))
    make_event("It was closed")
    make_proposition("Did they know?", incident=Incident.objects.get())
    loaded(table(REQUEST | {"about_events": "e1; It was closed", "claim_questions": ""}))
    assert subjects() == (["It was closed", "It happened"], ["Did they know?"])


def test_changed_request_is_about_other_things_until_undone():
    loaded(table(EVENT, REQUEST))
    content = table(
        EVENT, REQUEST | {"about_events": "", "about_claims": "", "claim_questions": ""}
    )
    assert actions(content) == [SAME, CHANGE]
    loaded(content)
    assert subjects() == ([], [])
    undo_import(ImportBatch.objects.latest("pk"))
    assert subjects() == (["It happened"], ["Did they know?"])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"about_events": "e7"}, "about_events: “e7” is neither the id of an event of this file"),
        ({"about_events": "r1"}, "about_events: “r1” is neither"),
        ({"claim_questions": ""}, "about_claims: There is no claim “Did they know?”"),
        ({"claim_questions": "which"}, "claim_options: Enter the possible answers"),
        ({"incidents": ""}, "about_claims: The claim “Did they know?” needs an incident."),
    ],
)
def test_unknown_subject_is_refused_with_its_column(fields, words):
    outcomes = planned(table(EVENT, REQUEST | fields))
    assert [outcome.action for outcome in outcomes] == [ADD, REFUSE]
    assert words in " ".join(outcomes[1].reasons)
    with pytest.raises(ActionRefused):
        loaded(table(EVENT, REQUEST | fields))
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("fields", "phrase"),
    [
        ({}, ""),
        ({"cited_words": "They had not replied by 18 December 2023."}, "18 December 2023"),
        ({"no_reply_as_written": "by Monday"}, "by Monday"),
    ],
)
def test_words_of_the_day_without_reply_are_those_of_the_source(fields, phrase):
    loaded(table(EVENT, REQUEST | fields))
    assert Request.objects.get().no_reply_by == FuzzyDate("2023-12-18", phrase)


def test_json_lines_name_subjects_as_in_the_list(reader):
    loaded(table(EVENT, REQUEST | {"no_reply_as_written": "by Monday"}))
    for thing in (Event.objects.get(), Proposition.objects.get(), Request.objects.get()):
        published(thing)
    content = b"".join(reader.get("/timeline.jsonl"))
    loaded(content, read_jsonl, origin="elsewhere")
    assert actions(content, read_jsonl, "elsewhere") == [SAME, SAME]
    first, second = Request.objects.all()
    assert [event.title for event in second.about.all()] == ["It happened"]
    assert list(second.about.all()) != list(first.about.all())
    assert list(second.claims.all()) == list(first.claims.all())
    assert second.no_reply_by == FuzzyDate("2023-12-18", "by Monday")


def test_list_may_lack_the_events_and_claims_of_its_requests():
    entry = {
        "kind": "request", "id": "9", "asked": [{"name": "Baz Parts"}], "outcome": "declined",
        "about": [{"id": "gone"}], "incidents": [{"title": "A case"}],
        "claims": [{"id": "x", "text": "Which way?", "question": "which"}, "Was it?"],
    }  # fmt: skip
    (outcome,) = planned(json.dumps(entry).encode(), read_jsonl)
    assert outcome.reasons == [
        "about_claims: There is no claim “Was it?” in the incident “A case”. Correct the name, or "
        "write in claim_questions what the claim asks, so that it is added as a draft."
    ]
    entry["claims"].pop()
    loaded(json.dumps(entry).encode(), read_jsonl)
    assert subjects() == ([], [])
