"""What statements of JSON Lines are about and which others they name, and what is left out."""

from __future__ import annotations

import io
import json

import pytest

from kb.desk.importers.dry_run import ADD, CHANGE, SAME
from kb.desk.importers.omissions import MAX_OMISSIONS
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import AuditEntry, Event, ImportBatch, Source, Stance, Statement
from kb.desk.models.log import Action
from kb.desk.row_snapshots import snapshots_by_id
from tests.desk.importers.files import actions, loaded, planned
from tests.make import (
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def lines(*entries):
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def statement(number, **fields):
    source = {"title": f"Story {number}"}
    return {
        "id": f"s{number}", "kind": "statement", "title": f"Statement {number}",
        "text": "No idea.", "form": "paraphrase", "date": {"edtf": "2023-12-15"},
        "voice": {"label": "a person who knows", "attribution": "unnamed"},
        "citations": [{"source": source, "exact": "No idea."}],
    } | fields  # fmt: skip


def event(number):
    return {
        "id": f"e{number}", "kind": "event", "title": f"Event {number}", "date": {"edtf": "2023"},
        "citations": [{"source": {"title": "Story 1"}}],
    }  # fmt: skip


def named():
    return {
        str(row): (
            [str(event) for event in row.about.all()],
            str(row.in_reply_to or ""),
            str(row.same_speaker or ""),
            row.same_speaker_certainty,
        )
        for row in Statement.objects.all()
    }


NOTHING = ([], "", "", "possible")
VOICE = {
    "label": "a person who knows", "attribution": "unnamed", "same_speaker": {"id": "s2"},
    "same_speaker_certainty": "certain",
}  # fmt: skip


def test_statement_names_events_and_statements_of_its_file_until_undone():
    whole = statement(1, about=[{"id": "e1"}], in_reply_to={"id": "s2"}, voice=VOICE)
    content = lines(whole, statement(2), event(1))
    batch = loaded(content, read_jsonl)
    assert named() == {
        "Statement 1": (["Event 1"], "Statement 2", "Statement 2", "certain"),
        "Statement 2": NOTHING,
    }
    row = Statement.objects.get(headline="Statement 1")
    edition = AuditEntry.objects.get(public_id=row.public_id, done=Action.IMPORTED)
    assert edition.state == snapshots_by_id([row])[row.public_id]
    assert actions(content, read_jsonl) == [SAME, SAME, SAME]
    undo_import(batch)
    assert not Statement.objects.exists() and not Event.objects.exists()


def test_changed_statement_names_others_until_undone():
    loaded(lines(statement(1, in_reply_to={"id": "s2"}), statement(2), statement(3)), read_jsonl)
    content = lines(statement(1, in_reply_to={"id": "s3"}), statement(2), statement(3))
    assert actions(content, read_jsonl) == [CHANGE, SAME, SAME]
    loaded(content, read_jsonl)
    assert named()["Statement 1"][1] == "Statement 3"
    undo_import(ImportBatch.objects.latest("pk"))
    assert named()["Statement 1"][1] == "Statement 2"


def test_statements_and_events_that_the_file_lacks_are_left_out():
    whole = statement(1, about=[{"id": "e9"}], in_reply_to={"id": "s9"}, voice=VOICE)
    loaded(lines(whole), read_jsonl)
    assert named() == {"Statement 1": ([], "", "", "certain")}


def test_statement_does_not_reply_to_itself():
    loaded(lines(statement(1, in_reply_to={"id": "s1"})), read_jsonl)
    assert named() == {"Statement 1": NOTHING}


def test_export_has_the_note_of_a_position_and_the_byline_of_a_source(reader):
    incident, source = make_incident("A case"), make_source("A story", byline="Ann Bee")
    claim = make_proposition("Was it so?", incident=incident)
    row = make_statement("It was.", source=source)
    row.incidents.add(incident)
    make_stance(claim, "asserts", statement=row, exact="It was.", note="Said twice.")
    about = make_event("It happened", source=source)
    row.about.add(about)
    for record in (about, claim, row):
        published(record)
    content = b"".join(reader.get("/timeline.jsonl").streaming_content)
    assert actions(content, read_jsonl, "there") == [ADD, ADD]
    Source.objects.update(url="", title="Another story")
    loaded(content, read_jsonl, origin="there")
    assert Source.objects.get(title="A story").byline == "Ann Bee"
    copy = Statement.objects.latest("pk")
    assert [str(event) for event in copy.about.all()] == ["It happened"]
    assert Stance.objects.get(statement=copy).note == "Said twice."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"colour": 1}, "“colour”: No field has this key, so it is not read."),
        ({"voice": {"label": "a person", "tone": "loud"}}, "“voice.tone”: No field has this key"),
        ({"links": [{"kind": "because", "entry": {"id": "s2"}}]},
         "links, 1: “because” is not a kind of link. Choose one of: follows, answers,"),
        ({"citations": [{"source": {"title": "A", "archive_url": "javascript:alert(1)"}}]},
         "citations, 1, archive_url: “javascript:alert(1)” is not an address that readers can"),
        ({"incidents": [{"title": "A case"}], "stances": [
            {"proposition": {"id": "x", "text": "Which way?", "question": "which"},
             "position": "asserts"}]},
         "claim_options: Enter the possible answers, one on each line. It is left out."),
    ],
)  # fmt: skip
def test_what_is_left_out_is_in_the_report_of_its_row(fields, sentence):
    (outcome,) = planned(lines(statement(1, **fields)), read_jsonl)
    assert outcome.action == ADD
    assert f"Not imported: {sentence}" in str(outcome)


def test_many_unread_keys_are_counted():
    keys = {f"key {number}": 1 for number in range(MAX_OMISSIONS + 3)}
    (outcome,) = planned(lines(statement(1, **keys)), read_jsonl)
    assert len(outcome.warnings) == MAX_OMISSIONS + 1
    assert outcome.warnings[-1] == "Not imported: And 3 more."


def test_export_has_no_key_that_is_not_read(reader):
    incident = make_incident("A case")
    row = make_statement("It was.")
    row.incidents.add(incident)
    published(row)
    published(make_event("It happened"))
    content = b"".join(reader.get("/timeline.jsonl").streaming_content)
    assert [outcome.warnings for outcome in planned(content, read_jsonl)] == [[], []]
