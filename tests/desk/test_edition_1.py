"""An export of the last release of edition 1 is imported, read upgraded, and exported again."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from kb.desk.backup import dump_lines, load_lines
from kb.desk.models import Citation, Proposition, SourceRelation, Statement
from kb.record.documents import EDITION, digest
from kb.record.documents.field import stored_document
from kb.record.models import Entry, Revision

pytestmark = pytest.mark.django_db
EXPORT = Path(__file__).parent.parent / "samples" / "edition-1.jsonl"
PAGES = (
    "/", "/timeline/", "/incidents/the-pump/", "/incidents/the-pump/claims/", "/changes/",
    "/actors/acme-pumps/", "/sources/the-pump-again/", "/events/pump-off/",
    "/events/pump-running/history/", "/events/pump-running/history/1/",
    "/statements/bell-on-the-pump/", "/statements/works-on-the-pump/", "/search/?q=pump",
)  # fmt: skip
FILES = ("json", "jsonl", "csv", "atom", "ics", "jsonld", "timelinejs.json", "md")


@pytest.fixture
def lines():
    return EXPORT.read_bytes().splitlines(keepends=True)


@pytest.fixture
def imported(lines):
    load_lines(lines)


def exported_documents(lines):
    """The document of each revision of an export, by public id and number."""
    rows = (json.loads(line) for line in lines)
    return {
        (row["fields"]["public_id"], row["fields"]["number"]): row["fields"]["document"]
        for row in rows
        if row.get("table") == "record.revision"
    }


def test_every_revision_stays_as_it_was_published(lines, imported):
    documents = exported_documents(lines)
    assert len(documents) == Revision.objects.count() > 10
    for revision in Revision.objects.all():
        stored = stored_document(revision.document)
        assert stored == documents[revision.public_id, revision.number]
        assert digest(stored) == revision.sha256
        assert "tombstone" in stored or revision.document["edition"] == EDITION


def test_rows_of_the_desk_have_the_fields_of_the_second_edition(imported):
    citation = Citation.objects.get(statement__slug="bell-on-the-pump")
    assert (citation.wording, citation.language, citation.quoted) == ("translated", "en", True)
    assert Citation.objects.get(statement__slug="works-on-the-pump").wording == "paraphrase"
    assert Proposition.objects.get().question == "when"
    relation = SourceRelation.objects.get()
    assert (relation.source.slug, relation.parent.slug, relation.derivation) == (
        "the-pump-again",
        "pump-stands-still",
        "rewrite",
    )
    assert Statement.objects.get(slug="works-on-the-pump").in_reply_to.slug == "bell-on-the-pump"


@pytest.mark.parametrize("language", ["", "/zh-hans"])
@pytest.mark.slow
def test_pages_of_edition_1_open_in_both_languages(reader, imported, language):
    for path in PAGES:
        assert reader.get(language + path).status_code == 200, path
    assert reader.get("/events/pump-sold/").status_code == 410
    translation.activate("en")


def test_readers_are_told_whose_account_and_whose_words(reader, imported):
    text = " ".join(reader.get("/events/pump-off/").text.split())
    assert "Acme Pumps says it switched the pump off" in text
    assert "as reported by The Daily" in text
    assert "did this" not in text
    assert "Translated by the carrier" in reader.get("/statements/bell-on-the-pump/").text


def test_every_file_has_all_entries(reader, imported):
    count = Entry.objects.count()
    assert len(reader.get("/timeline.json").json()["entries"]) == count == 4
    for suffix in FILES:
        response = reader.get(f"/timeline.{suffix}")
        assert response.status_code == 200
        assert b"".join(response), suffix


def test_new_export_repeats_the_old_documents_and_is_imported_equal(lines, imported):
    exported = list(dump_lines())
    assert exported_documents(exported) == exported_documents(lines)
    connection.check_constraints()  # or PostgreSQL has checks to make on the tables it empties
    call_command("flush", interactive=False, verbosity=0)
    load_lines(exported)
    assert list(dump_lines()) == exported
