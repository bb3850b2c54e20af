"""The second sample story, and what ``manage.py demo`` makes of both stories."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest

from kb.desk.management.commands import demo
from kb.desk.models import AuditEntry, Event, Statement
from kb.record.models import Revision
from kb.record.vocabulary import Change
from tests.story import load_demo

ROOT = Path(__file__).resolve().parent.parent
STORIES = ("bytedance-openai", "titanic-1912")
INCIDENT = "/incidents/titanic-1912/"


def rows_of(story):
    return json.loads((ROOT / "fixtures" / f"{story}.json").read_text(encoding="utf-8"))


def words_read(source):
    """The passages of a source that were read, on one line."""
    path = ROOT / "tests" / "samples" / "titanic-1912" / f"{source}.txt"
    return " ".join(path.read_text(encoding="utf-8").split())


# --- The fixture -------------------------------------------------------------------------------


def test_every_cited_passage_is_in_the_words_that_were_read():
    cited = [
        (row["fields"]["source"][0], row["fields"]["exact"])
        for row in rows_of("titanic-1912")
        if row["fields"].get("exact") and row["fields"].get("source")
    ]
    assert len(cited) > 40
    assert [pair for pair in cited if pair[1] not in words_read(pair[0])] == []


def test_every_source_was_read():
    sources = {
        row["fields"]["slug"] for row in rows_of("titanic-1912") if row["model"] == "desk.source"
    }
    passages = ROOT / "tests" / "samples" / "titanic-1912"
    assert {path.stem for path in passages.iterdir()} == sources


def test_stories_share_no_keys():
    first, second = (
        {
            (row["model"], name, value)
            for row in rows_of(story)
            for name, value in [
                ("pk", row.get("pk")),
                ("public_id", row["fields"].get("public_id")),
                ("slug", row["fields"].get("slug")),
            ]
            if value is not None
        }
        for story in STORIES
    )
    assert first & second == set()


# --- What the demo shows -----------------------------------------------------------------------


@pytest.fixture
def stories(db):
    load_demo()


def live(kind):
    return Revision.objects.live().filter(kind=kind)


def entries(reader, query):
    return reader.get(f"/timeline.json?incident=titanic-1912&size=100{query}").json()["entries"]


@pytest.mark.one_database
@pytest.mark.slow
def test_second_story_is_complete(stories, reader):
    assert {row.slug for row in live("incident")} == set(STORIES)
    rows = entries(reader, "")
    assert [row["kind"] for row in rows].count("event") == 6
    assert [row["kind"] for row in rows].count("statement") == 18
    assert [row["kind"] for row in rows].count("request") == 1
    assert all(row["citations"] for row in rows)


@pytest.mark.one_database
@pytest.mark.slow
def test_claims_of_the_second_story_are_contested(stories, reader):
    contested = {row["slug"] for row in entries(reader, "&kind=event&standing=contested")}
    assert contested == {"titanic-strikes-iceberg", "carpathia-picks-up-boats"}
    claims = reader.get(INCIDENT + "claims/").text
    for number in ("675", "703", "706", "711"):
        assert number in claims


@pytest.mark.one_database
@pytest.mark.slow
def test_demo_has_a_correction_and_a_withdrawal_with_reasons(stories, reader):
    corrected = Revision.objects.get(change=Change.CORRECTION)
    assert corrected.document["title"] == demo.CORRECTED_TITLE
    assert corrected.note == demo.CORRECTION_NOTE
    withdrawn = Revision.objects.get(change=Change.WITHDRAWAL)
    assert withdrawn.note == demo.WITHDRAWAL_NOTE
    changes = reader.get("/changes/").text
    assert "One of them died shortly afterwards" in changes
    assert "This was not a statement of its own" in changes
    gone = reader.get(f"/statements/{demo.WITHDRAWN_STATEMENT}/")
    assert gone.status_code == 410
    assert "This was not a statement of its own" in gone.text


@pytest.mark.one_database
@pytest.mark.slow
def test_correction_is_in_the_history_of_the_desk(stories):
    event = Event.objects.get(slug=demo.CORRECTED_EVENT)
    assert event.version == 2
    actions = AuditEntry.objects.of(event.public_id).values_list("done", flat=True)
    assert list(actions) == ["published", "saved", "published", "imported"]
    assert Statement.objects.get(slug=demo.WITHDRAWN_STATEMENT).state == "withdrawn"


@pytest.mark.one_database
@pytest.mark.slow
def test_printed_newspaper_has_an_archived_copy(stories, reader):
    page = reader.get("/sources/times-dispatch-18-april-1912/").text
    assert "http://chroniclingamerica.loc.gov/lccn/sn85038615/1912-04-18/ed-1/seq-1/ocr/" in page


@pytest.mark.one_database
@pytest.mark.slow
def test_every_page_of_the_second_story_loads(stories, reader):
    plurals = {"event": "events", "statement": "statements", "actor": "actors", "source": "sources"}
    paths = [f"/{plurals[row.kind]}/{row.slug}/" for row in Revision.objects.live()
             if row.kind in plurals]  # fmt: skip
    for path in [INCIDENT, INCIDENT + "claims/", *paths]:
        assert reader.get(path).status_code == 200, path


@pytest.mark.one_database
@pytest.mark.slow
def test_second_run_of_the_demo_changes_nothing(stories, monkeypatch):
    monkeypatch.setattr(demo, "call_command", refuse_loading)
    before = list(Revision.objects.order_by("pk").values())
    output = StringIO()
    demo.Command(stdout=output).handle(no_serve=True)
    assert "The sample data was not loaded." in output.getvalue()
    assert list(Revision.objects.order_by("pk").values()) == before


def refuse_loading(name, *labels, **options):
    assert name != "loaddata"
