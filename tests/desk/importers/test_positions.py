"""Positions of imported statements and reports: checked as in the form of a claim, and undone."""

from __future__ import annotations

import io
import json

import pytest

from kb.dates import FuzzyDate
from kb.desk.importers.dry_run import ADD, CHANGE, REFUSE, SAME
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    Actor,
    AuditEntry,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Proposition,
    Stance,
    Statement,
)
from kb.desk.models.log import Action
from kb.desk.row_snapshots import snapshots_by_id
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, actions, loaded, planned, table
from tests.make import make_incident, make_proposition, make_stance, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CLAIM = {"position_claims": "When was it done?", "claim_questions": "when"}
POSITION = STATEMENT | CLAIM | {
    "positions": "asserts", "position_answers": "14 December 2023", "position_words": "We did it.",
}  # fmt: skip
REPORT = EVENT | CLAIM | {
    "positions": "reports", "position_answers": "2023-12-16", "cited_words": "It was done then.",
}  # fmt: skip


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def lines(*entries):
    return "\n".join(json.dumps(entry) for entry in entries).encode()


def undo():
    undo_import(ImportBatch.objects.filter(undone_at=None).latest("pk"))


def positions():
    return [
        (stance.position, str(stance.statement or stance.source), stance.dated.edtf, stance.exact)
        for stance in Stance.objects.all()
    ]


EXPECTED = [
    ("asserts", "Ann Bee on it", "2023-12-14", "We did it."),
    ("reports", "A story", "2023-12-16", "It was done then."),
]


def test_rows_add_a_claim_as_draft_with_their_positions():
    content = table(POSITION, REPORT)
    assert actions(content) == [ADD, ADD]
    assert not Proposition.objects.exists()
    loaded(content)
    claim = Proposition.objects.get()
    assert (claim.text, claim.question, claim.state) == ("When was it done?", "when", "draft")
    assert (claim.slug, str(claim.incident)) == ("when-was-it-done", "A case")
    assert list(claim.events.all()) == [Event.objects.get()]
    assert positions() == EXPECTED
    assert actions(content) == [SAME, SAME]
    entry = AuditEntry.objects.get(public_id=claim.public_id, done=Action.IMPORTED)
    assert entry.state == snapshots_by_id([claim])[claim.public_id]


def test_undoing_removes_positions_and_the_claims_they_added():
    loaded(table(POSITION, REPORT))
    undo()
    for model in (Proposition, Stance, Statement, Event, Incident, Actor, ImportedRow):
        assert not model.objects.exists(), model


def test_words_of_the_source_carry_a_position_that_names_none():
    loaded(table(POSITION | {"position_words": ""}))
    assert Stance.objects.get().exact == "We did it."


@pytest.mark.parametrize(
    ("claim", "answer", "field", "value"),
    [
        ({"claim_questions": "whether"}, "", "option", ""),
        ({"claim_questions": "which", "claim_options": "by hand | by robot"}, "by robot",
         "option", "by robot"),
        ({"claim_questions": "who"}, "OpenAI", "actor", "OpenAI"),
        ({"claim_questions": "when"}, "December 2023", "dated", "2023-12"),
        ({"claim_questions": "how_many", "claim_units": "accounts"}, "2–3 million accounts",
         "number_high", 3_000_000),
        ({"claim_questions": "how_many"}, "at least 40", "number_bound", "at_least"),
    ],
)  # fmt: skip
def test_answer_has_the_type_that_the_claim_asks_for(claim, answer, field, value):
    loaded(table(POSITION | claim | {"position_answers": answer}))
    stored = getattr(Stance.objects.get(), field)
    assert (stored if isinstance(value, int) else str(getattr(stored, "edtf", stored))) == value


def test_several_positions_stand_in_one_row():
    loaded(table(POSITION | {
        "position_claims": "When was it done?; Was it done?", "positions": "asserts; confirms",
        "position_answers": "2023; ", "claim_questions": "when; whether",
        "position_words": "We did it.; did it",
    }))  # fmt: skip
    assert positions() == [
        ("asserts", "Ann Bee on it", "2023", "We did it."),
        ("confirms", "Ann Bee on it", "", "did it"),
    ]


def test_claim_of_the_desk_is_found_by_title_or_slug_in_its_incident_alone():
    elsewhere = make_proposition("Was it?", incident=make_incident("Another case"))
    claim = make_proposition("Was it?", incident=make_incident("A case"), slug="was-it")
    row = POSITION | {"claim_questions": "", "position_answers": ""}
    loaded(
        table(row | {"position_claims": "WAS IT?"}, row | {"id": "s2", "position_claims": "was-it"})
    )
    assert claim.stances.count() == 2
    assert not elsewhere.stances.exists()
    claim.refresh_from_db()
    assert claim.version == 2
    (outcome,) = planned(table(row | {"position_claims": elsewhere.slug}))
    assert outcome.action == REFUSE


def test_public_claim_gets_a_position_that_readers_see_once_it_is_published_again():
    claim = make_proposition("Was it?", incident=make_incident("A case"))
    other = make_stance(claim, "denies")
    published(other.statement)
    published(claim)
    row = POSITION | {"claim_questions": "", "position_answers": "", "position_claims": "Was it?"}
    loaded(table(row))
    assert [stance.position for stance in claim.stances.all()] == ["denies", "asserts"]
    claim.refresh_from_db()
    assert (claim.state, claim.version) == ("published", 2)
    undo()
    claim.refresh_from_db()
    assert (claim.state, claim.version, list(claim.stances.all())) == ("published", 3, [other])


def test_undoing_is_refused_once_the_claim_was_edited_or_published():
    claim = make_proposition("Was it?", incident=make_incident("A case"))
    row = POSITION | {"claim_questions": "", "position_answers": "", "position_claims": "Was it?"}
    loaded(table(row))
    published(claim)
    with pytest.raises(ActionRefused, match=r"“Was it\?” was edited, sent for review or published"):
        undo()
    assert Stance.objects.exists()


def test_changed_row_replaces_its_own_positions_until_undone():
    loaded(table(POSITION, REPORT))
    claim = Proposition.objects.get()
    denied = POSITION | {"positions": "denies", "position_answers": ""}
    content = table(denied, REPORT)
    assert actions(content) == [CHANGE, SAME]
    loaded(content)
    changed = [EXPECTED[1], ("denies", "Ann Bee on it", "", "We did it.")]
    assert sorted(positions(), key=lambda row: row[0] != "reports") == changed
    assert actions(content) == [SAME, SAME]
    undo()
    assert positions() == EXPECTED
    loaded(table(POSITION | {"title": "Another headline"}, REPORT))
    claim.refresh_from_db()
    assert claim.version == 3
    undo()
    undo()
    assert not Proposition.objects.exists()


def test_row_without_its_position_takes_it_away_and_gives_it_back():
    loaded(table(POSITION, REPORT))
    loaded(table(STATEMENT, EVENT))
    assert positions() == []
    assert not Proposition.objects.get().events.exists()
    loaded(table(POSITION, REPORT))
    assert positions() == EXPECTED


def test_position_that_an_editor_has_since_worked_on_is_not_replaced():
    loaded(table(POSITION))
    Proposition.objects.update(version=2)
    with pytest.raises(ActionRefused, match=r"The claim “When was it done\?” was edited since"):
        loaded(table(POSITION | {"position_answers": "13 December 2023"}))
    assert positions() == EXPECTED[:1]
    loaded(table(POSITION | {"title": "Another headline"}))
    assert Statement.objects.get().headline == "Another headline"


def test_later_file_adds_to_a_claim_that_an_earlier_one_added():
    loaded(table(POSITION))
    loaded(table(REPORT | {"claim_questions": ""}), origin="other")
    assert positions() == EXPECTED
    with pytest.raises(ActionRefused):
        undo_import(ImportBatch.objects.earliest("pk"))
    undo()
    assert positions() == EXPECTED[:1]
    undo()
    assert not Proposition.objects.exists()


def test_report_of_two_events_is_one_position():
    loaded(table(REPORT, REPORT | {"id": "e2", "title": "It happened again"}))
    assert positions() == EXPECTED[1:]
    assert Proposition.objects.get().events.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"claim_questions": ""}, "position_claims: There is no claim “When was it done?” in the "
                                  "incident “A case”. Correct the name, or write in claim_ques"),
        ({"claim_questions": "why"}, "claim_questions: Value 'why' is not a valid choice."),
        ({"claim_questions": "which"}, "claim_options: Enter the possible answers"),
        ({"position_claims": ""}, "position_claims: A position names no claim."),
        ({"position_claims": "x" * 301}, "position_claims: “xxx"),
        ({"incidents": ""}, "position_claims: The claim “When was it done?” needs an incident."),
        ({"positions": ""}, "positions: This field cannot be blank."),
        ({"positions": "no_reply"}, "positions: Value 'no_reply' is not a valid choice."),
        ({"position_answers": ""}, "position_answers: This claim asks when. Enter the date"),
        ({"position_answers": "soonish"}, "position_answers: "),
        ({"positions": "undecided"}, "position_answers: This position does not answer the claim"),
        ({"claim_questions": "whether"}, "position_answers: The claim asks "),
        ({"claim_questions": "which", "claim_options": "a | b", "position_answers": "c"},
         "position_answers: “c” is not an option of this claim. Its options are: a; b."),
        ({"claim_questions": "how_many", "position_answers": "many"}, "position_answers: "),
        ({"claim_questions": "how_many", "claim_units": "cars", "position_answers": "4 ships"},
         "position_answers: The claim counts “cars”, not “ships”."),
        ({"position_words": "We did not do it."},
         "position_words: The words “We did not do it.” are not in this statement."),
        ({"position_words": "[Yes]"}, "position_words: "),
        ({"form": "paraphrase", "cited_words": "", "position_words": ""},
         "position_words: The words that carry the position are missing."),
        ({"position_sources": "Nowhere"}, "position_sources: “Nowhere” is not a source of this"),
        ({"kind": "request", "asked": "OpenAI"}, "positions: Only a statement or an event has"),
        ({"about_events": "It happened"}, "about_events, about_claims: Only a request"),
    ],
)  # fmt: skip
def test_position_that_the_form_refuses_is_refused_with_its_column(fields, words):
    outcomes = planned(table(POSITION | fields, EVENT))
    assert [outcome.action for outcome in outcomes] == [REFUSE, ADD], outcomes
    assert words in " ".join(outcomes[0].reasons)
    with pytest.raises(ActionRefused):
        loaded(table(POSITION | fields, EVENT))
    for model in (Event, Statement, Proposition, Stance, Incident):
        assert not model.objects.exists()


def test_claim_in_review_is_not_changed():
    make_proposition("When was it done?", question="when", incident=make_incident("A case"),
                     state="in_review")  # fmt: skip
    (outcome,) = planned(table(POSITION))
    assert "“When was it done?” is in review" in " ".join(outcome.reasons)


def test_claim_that_asks_something_else_is_not_taken_for_the_named_one():
    make_proposition("When was it done?", incident=make_incident("A case"))
    (outcome,) = planned(table(POSITION))
    assert "claim_questions: The claim “When was it done?” asks “whether”, not “when”." in " ".join(
        outcome.reasons
    )


def test_report_needs_the_words_in_its_own_source():
    report = REPORT | {
        "sources": "A story; B story", "source_urls": "",
        "cited_words": "It was done then.; Later.",
        "position_sources": "B story", "position_words": "It was done then.",
    }  # fmt: skip
    (outcome,) = planned(table(report))
    assert "are not in the exact words of this source" in " ".join(outcome.reasons)
    loaded(table(report | {"position_words": "Later."}))
    assert positions() == [("reports", "B story", "2023-12-16", "Later.")]


ENTRY = {
    "kind": "statement", "id": "1", "title": "Ann Bee on it", "text": "We did it.",
    "form": "verbatim", "language": "en", "date": {"edtf": "2023-12-15"},
    "voice": {"speaker": {"name": "Ann Bee", "kind": "person"}, "attribution": "named"},
    "citations": [{"source": {"title": "A story"}, "exact": "We did it."}],
    "incidents": [{"title": "A case"}],
}  # fmt: skip


def test_json_lines_have_positions_as_objects():
    claim = {"text": "How many?", "question": "how_many", "unit": "cars"}
    loaded(lines(ENTRY | {"stances": [
        {"proposition": claim, "position": "asserts", "exact": "We did it.",
         "number": {"bound": "about", "low": 40, "high": 50}},
        {"proposition": {"text": "When?", "question": "when"}, "position": "asserts",
         "date": {"edtf": "2023-12", "phrase": "did it"}},
        {"proposition": {"text": "Who?", "question": "who"}, "position": "asserts",
         "actor": {"name": "OpenAI", "kind": "organisation"}},
    ]}), read_jsonl)  # fmt: skip
    number, date, actor = Stance.objects.all()
    assert (number.number_bound, number.number_low, number.number_high) == ("about", 40, 50)
    assert date.dated == FuzzyDate("2023-12", "did it")
    assert str(actor.actor) == "OpenAI"


def test_value_of_another_type_is_refused_in_json_lines():
    stance = {"proposition": {"text": "Who?", "question": "who"}, "position": "asserts",
              "date": "2023"}  # fmt: skip
    (outcome,) = planned(lines(ENTRY | {"stances": [stance]}), read_jsonl)
    assert "so its positions have no date" in " ".join(outcome.reasons)


@pytest.mark.parametrize("release", ["this", "earlier"])
def test_positions_of_a_published_list_are_kept_unless_their_claim_is_incomplete(reader, release):
    """In lists of earlier releases, a claim that asks which has no options."""
    loaded(table(POSITION, POSITION | {
        "id": "s2", "title": "Ann Bee on the way", "position_claims": "Which way?",
        "claim_questions": "which", "claim_options": "a | b", "position_answers": "a",
    }))  # fmt: skip
    for thing in (*Statement.objects.all(), *Proposition.objects.all()):
        published(thing)
    before = positions()
    content = b"".join(reader.get("/timeline.jsonl"))
    if release == "earlier":
        entries = [json.loads(line) for line in content.splitlines()]
        for entry in entries:
            for stance in entry["stances"]:
                del stance["proposition"]["options"], stance["proposition"]["about"]
        content = lines(*entries)
    Stance.objects.all().delete()
    Proposition.objects.all().delete()
    assert {outcome.action for outcome in planned(content, read_jsonl, "elsewhere")} == {ADD}
    loaded(content, read_jsonl, origin="elsewhere")
    assert sorted(positions()) == (sorted(before) if release == "this" else EXPECTED[:1])
    assert actions(content, read_jsonl, "elsewhere") == [SAME, SAME]
