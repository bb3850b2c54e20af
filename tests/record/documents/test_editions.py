"""Documents of edition 1 are upgraded when they are read, and stay as they were published."""

import json

import pytest

from kb.record.documents import EDITION, digest, upgrade
from kb.record.documents.field import stored_document
from kb.record.models import Revision
from tests.make import make_event, make_source, published

STATEMENT = {
    "id": "stmt0001",
    "kind": "statement",
    "slug": "we-did-it",
    "title": "Acme says it did it",
    "citations": [
        {"source": "srce0001", "exact": "", "locator": "", "bearing": "mentions", "note": ""},
        {
            "source": "srce0002",
            "exact": "We did it.",
            "locator": "p. 1",
            "bearing": "supports",
            "note": "",
        },
    ],
    "incidents": [],
    "topics": [],
    "date": {"edtf": "2023-12-15", "phrase": "", "zone": ""},
    "voice": {
        "speaker": "actr0001",
        "label": "",
        "attribution": "named",
        "role": "",
        "on_behalf_of": "actr0002",
        "to": [],
        "channel": "",
    },
    "form": "verbatim",
    "wording": "back_translated",
    "text": "We did it.",
    "language": "en",
    "original": None,
    "outcome": "said",
    "about": [],
    "in_reply_to": "stmt0002",
    "stances": [
        {"proposition": "clam0001", "position": "denies", "date": {"edtf": ""}, "note": ""}
    ],
}


def test_upgrade_changes_no_field_that_stays_and_not_the_document_itself():
    before = json.dumps(STATEMENT)
    upgraded = upgrade(STATEMENT)
    assert json.dumps(STATEMENT) == before
    assert upgraded["edition"] == EDITION
    changed = {"citations", "voice", "stances"}
    assert {name: upgraded[name] for name in STATEMENT if name not in changed} == {
        name: value for name, value in STATEMENT.items() if name not in changed
    }


def test_wording_of_a_statement_becomes_that_of_the_citation_with_its_words():
    unread, quoted = upgrade(STATEMENT)["citations"]
    assert (unread["wording"], unread["quoted"]) == ("", False)
    assert (quoted["wording"], quoted["language"], quoted["quoted"]) == (
        "back_translated",
        "en",
        True,
    )


def test_reply_becomes_a_link_that_answers():
    (link,) = upgrade(STATEMENT)["links"]
    assert (link["kind"], link["to"], link["inferred"]) == ("answers", "stmt0002", True)


def test_speaker_and_party_are_the_first_of_all():
    voice = upgrade(STATEMENT)["voice"]
    assert (voice["speakers"], voice["principals"]) == (["actr0001"], ["actr0002"])


@pytest.mark.parametrize(
    ("aspect", "question"), [("fact", "whether"), ("date", "when"), ("reason", "which")]
)
def test_aspect_of_a_claim_becomes_its_question(aspect, question):
    claim = {"kind": "proposition", "aspect": aspect, "accounts": [], "events": []}
    assert upgrade(claim)["question"] == question


def test_tombstones_are_of_every_edition():
    tombstone = {"kind": "event", "tombstone": {"change": "withdrawal", "note": "No.", "into": ""}}
    assert upgrade(tombstone) == tombstone


@pytest.mark.django_db
def test_revision_of_edition_1_is_read_upgraded_and_stored_as_it_was():
    event = published(
        make_event(source=make_source(derives_from=make_source()), standing="undisputed")
    )
    for revision in Revision.objects.filter(kind__in=["event", "source"]):
        old = {
            name: value
            for name, value in revision.document.items()
            if name not in ("edition", "according_to", "place", "figures", "links", "parents")
        }
        if "citations" in old:
            old["citations"] = [
                {name: citation[name] for name in ("source", "exact", "locator", "bearing", "note")}
                for citation in old["citations"]
            ]
        Revision.objects.bulk_create(
            [
                Revision(
                    public_id=f"old{revision.pk:05d}",
                    kind=revision.kind,
                    slug=f"old-{revision.pk}",
                    title=revision.title,
                    number=1,
                    document=old,
                    change="first",
                    published_at=revision.published_at,
                    sha256=digest(old),
                )
            ]
        )
        stored = Revision.objects.get(slug=f"old-{revision.pk}")
        assert stored.document == revision.document
        assert stored_document(stored.document) == old
        field = Revision._meta.get_field("document")
        assert digest(field.value_from_object(stored)) == stored.sha256
    assert event.state == "published"
