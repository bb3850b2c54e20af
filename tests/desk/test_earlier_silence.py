"""Exports of edition 1 with declined and missing replies are imported as requests for comment."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from kb.desk.backup import BackupError, dump_lines, load_lines
from kb.desk.models import Citation, Proposition, Request, Snapshot, Stance, Statement
from kb.record.documents import digest
from kb.record.documents.field import stored_document
from kb.record.models import Entry, Epoch, Revision

pytestmark = pytest.mark.django_db
EXPORT = Path(__file__).parent.parent / "samples" / "edition-1-silence.jsonl"
SILENT, ANSWERING = "phd8m2bc", "rcbdbgk3"


@pytest.fixture
def lines():
    return EXPORT.read_bytes().splitlines(keepends=True)


@pytest.fixture
def imported(lines):
    load_lines(lines)


def changed(lines, old, new):
    """The lines of a file in which a text is replaced, with the checksum that belongs to them."""
    content = b"".join(lines[:-1]).replace(old, new)
    assert content != b"".join(lines[:-1])
    end = {"rows": len(lines) - 2, "sha256": hashlib.sha256(content).hexdigest()}
    return [*content.splitlines(keepends=True), json.dumps(end).encode() + b"\n"]


def test_statement_that_nobody_made_becomes_request(imported):
    request = Request.objects.get(public_id=SILENT)
    assert str(request) == "The Daily asked Foo Works for comment: no reply"
    assert (request.slug, request.state, request.asked_on.edtf) == (
        "foo-works-silent",
        "published",
        "2023-04-03",
    )
    assert request.citations.get().exact == "Foo Works did not reply to questions."
    assert [event.slug for event in request.about.all()] == ["pump-off"]
    assert [incident.slug for incident in request.incidents.all()] == ["the-pump"]
    assert list(request.claims.all()) == [Proposition.objects.get()]
    assert Proposition.objects.get().version == 2
    assert not Statement.objects.filter(public_id=SILENT).exists()
    assert set(Stance.objects.values_list("position", flat=True)) == {"asserts", "denies"}
    assert Snapshot.objects.get(public_id=SILENT).kind == "request"
    assert not Citation.objects.filter(request__isnull=False, quoted=True).exists()


def test_draft_without_a_named_party_keeps_what_the_source_calls_it(imported):
    request = Request.objects.get(slug="spokesperson-declined")
    assert (request.outcome, request.state) == ("declined", "draft")
    assert request.text == "a spokesperson of the works"
    assert not Revision.objects.filter(public_id=request.public_id).exists()


def test_nobody_replies_to_silence(imported):
    assert Statement.objects.get(public_id=ANSWERING).in_reply_to is None


def test_revisions_of_edition_1_stay_and_the_request_follows_them(lines, imported):
    rows = [json.loads(line) for line in lines]
    stored = {
        (row["fields"]["public_id"], row["fields"]["number"]): row["fields"]["document"]
        for row in rows
        if row.get("table") == "record.revision"
    }
    for (public_id, number), document in stored.items():
        revision = Revision.objects.get(public_id=public_id, number=number)
        assert stored_document(revision.document) == document
    revision = Revision.objects.current().get(public_id=SILENT)
    assert (revision.kind, revision.change) == ("request", "update")
    assert revision.sha256 == digest(revision.document)
    assert Revision.objects.count() == len(stored) + 1
    assert Entry.objects.get(public_id=SILENT).kind == "request"
    epoch = next(row["fields"] for row in rows if row.get("table") == "record.epoch")
    assert Epoch.objects.get().number == epoch["number"] + 1


@pytest.mark.parametrize("language", ["", "/zh-hans"])
@pytest.mark.slow
def test_pages_open_and_the_old_address_leads_to_the_request(reader, imported, language):
    response = reader.get(f"{language}/statements/foo-works-silent/")
    assert response.status_code == 301
    assert response["Location"] == f"{language}/requests/foo-works-silent/"
    for path in (
        "/requests/foo-works-silent/", "/requests/foo-works-silent/history/",
        "/requests/foo-works-silent/history/1/", "/incidents/the-pump/claims/",
        "/incidents/the-pump/", "/actors/foo-works/", "/statements/foo-works-later/",
        "/timeline/?kind=request", "/changes/",
    ):  # fmt: skip
        assert reader.get(language + path).status_code == 200, path
    translation.activate("en")


def test_request_is_in_the_files(reader, imported):
    entries = reader.get("/timeline.json?kind=request").json()["entries"]
    assert [entry["id"] for entry in entries] == [SILENT]
    spoken = reader.get("/timeline.json?by=foo-works").json()["entries"]
    assert SILENT not in [entry["id"] for entry in spoken]


def test_new_export_is_imported_equal(imported):
    exported = list(dump_lines())
    connection.check_constraints()  # or PostgreSQL has checks to make on the tables it empties
    call_command("flush", interactive=False, verbosity=0)
    load_lines(exported)
    assert list(dump_lines()) == exported


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b': "a spokesperson of the works"', b': ""', "who was asked"),
        (b'"outcome": "declined"', b'"outcome": "maybe"', "Choose one of said, declined, no_reply"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_refused_with_what_to_do(lines, old, new, message):
    with pytest.raises(BackupError, match=message) as refusal:
        load_lines(changed(lines, old, new))
    assert "A spokesperson declined to comment" in str(refusal.value)
    assert "export it again" in str(refusal.value)
    assert not Request.objects.exists()
