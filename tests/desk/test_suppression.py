"""Words that are removed by order are gone from all that readers and editors get."""

from __future__ import annotations

import json

import pytest

from kb.desk.models import AuditEntry, Statement, SuppressionRequest
from kb.desk.suppression.removing import (
    ask_for_suppression,
    clear_imported,
    confirm_suppression,
)
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.record.log_models import Commitments
from kb.record.models import Revision
from kb.record.proof.checkpoint import current_checkpoint
from kb.record.proof.leaves import committed_fields
from kb.record.proof.proofs import NoProof, field_proof
from kb.record.proof.verifier import check
from kb.record.proof.verify import log_errors
from kb.record.removal_marker import is_removal_marker
from tests.make import make_actor, make_event, make_source, make_statement, published
from tests.record.proof.proving import proves

pytestmark = pytest.mark.django_db
WORDS = "Zanzobar keeps the ledger of Quillmore."


def remove(row, part="words", **options):
    request = ask_for_suppression(row, by=None, part=part, reason="court_order", **options)
    return confirm_suppression(request, by=None)


def all_text() -> str:
    """Everything that is stored of revisions and of the log."""
    rows = [*Revision.objects.values("document", "title", "slug", "note")]
    rows += [*AuditEntry.objects.values("note", "state")]
    rows += [*Statement.objects.values("headline", "text", "slug")]
    return json.dumps(rows, ensure_ascii=False)


def test_removed_words_are_in_no_version_and_the_numbers_stay(reader):
    statement = published(make_statement(WORDS, headline="What Acme said"))
    Statement.objects.filter(pk=statement.pk).update(headline="What Acme said then")
    published(Statement.objects.get(pk=statement.pk))
    numbers = list(Revision.objects.filter(public_id=statement.public_id).values_list("number"))
    remove(statement)
    assert (
        list(Revision.objects.filter(public_id=statement.public_id).values_list("number"))
        == numbers
    )
    assert "Zanzobar" not in all_text()
    text = reader.get(f"/statements/{statement.slug}.json").json()["text"]
    assert is_removal_marker(text)
    page = reader.get(f"/statements/{statement.slug}/").content.decode()
    assert "Removed by order on" in page and "What Acme said then" in page
    assert not reader.get("/timeline.json?q=Quillmore").json()["entries"]


def test_whole_record_leaves_a_tombstone_without_title_and_address(reader):
    event = published(make_event(WORDS, slug="zanzobar-ledger"))
    remove(event, "all")
    assert reader.get("/events/zanzobar-ledger/").status_code == 404
    gone = reader.get(f"/events/removed-{event.public_id}/")
    assert gone.status_code == 410
    assert "Removed by order on" in gone.content.decode()
    assert "anzobar" not in all_text()
    event.refresh_from_db()
    with pytest.raises(ActionRefused, match="removed by order"):
        publish(event, by=None, note="Again.")


def test_nobody_confirms_an_own_request(django_user_model):
    asker = django_user_model.objects.create_user("asker")
    event = published(make_event(WORDS))
    request = ask_for_suppression(event, by=asker, part="words", reason="minor")
    with pytest.raises(ActionRefused, match="second person"):
        confirm_suppression(request, by=asker)
    assert SuppressionRequest.objects.get().is_open
    confirm_suppression(request, by=django_user_model.objects.create_user("second"))
    assert not SuppressionRequest.objects.get().is_open


def test_one_version_is_removed_and_the_current_one_stays(reader):
    event = published(make_event("What happened", summary=WORDS))
    event.summary = "Acme keeps a ledger."
    event.save()
    publish(event, by=None)
    with pytest.raises(ActionRefused, match="current version"):
        ask_for_suppression(event, by=None, part="all", reason="erasure", version=2)
    remove(event, "all", version=1)
    assert "Zanzobar" not in all_text()
    assert reader.get(f"/events/{event.slug}.json").json()["summary"] == "Acme keeps a ledger."
    page = reader.get(f"/events/{event.slug}/history/1/").content.decode()
    assert "Zanzobar" not in page


def test_name_gives_way_to_initials_in_other_records_too(reader):
    actor = published(make_actor("Zanzobar Quillmore", slug="zanzobar-quillmore"))
    event = published(make_event("Zanzobar Quillmore checks the calls", actors=((actor, "acted"),)))
    receipt = remove(actor, "names", form="initials", everywhere=True)
    assert receipt["others"] == []
    entry = reader.get(f"/events/{event.slug}.json").json()
    assert entry["title"] == "Z. Q. checks the calls"
    assert entry["actors"][0]["name"] == "Z. Q."
    assert not reader.get("/timeline.json?q=Zanzobar").json()["entries"]
    assert "Zanzobar" not in all_text()


def test_receipt_names_other_records_with_the_same_words():
    first = published(make_statement(WORDS))
    second = published(make_statement(WORDS))
    receipt = remove(first)
    assert receipt["others"] == [second.public_id]
    assert "Zanzobar" not in json.dumps(receipt)


def test_an_import_does_not_bring_removed_words_back():
    statement = published(make_statement(WORDS))
    remove(statement)
    Statement.objects.filter(pk=statement.pk).update(text=WORDS)
    statement.refresh_from_db()
    clear_imported([statement])
    statement.refresh_from_db()
    assert is_removal_marker(statement.text)


@pytest.mark.parametrize("part", ["words", "title", "notes", "all", "noindex"])
def test_log_of_publications_still_proves_all_that_was_not_removed(part):
    event = make_event("Zanzobar keeps books", summary=WORDS, source=make_source("A report"))
    published(event)
    event.title = "Zanzobar keeps all books"
    event.save()
    publish(event, by=None, change="correction", note=WORDS)
    other = published(make_event("It began"))
    proofs = [
        (revision, name, value, field_proof(revision, name))
        for revision in Revision.objects.all()
        for name, value in committed_fields(revision).items()
    ]
    checkpoint = current_checkpoint().short
    remove(event, part)
    assert list(log_errors()) == []
    assert all(check(proof, value, checkpoint) for _revision, _name, value, proof in proofs)
    for revision, name, value, _proof in proofs:
        stored = Revision.objects.get(pk=revision.pk)
        if (name, value) in committed_fields(stored).items():
            assert proves(field_proof(stored, name), value)
        else:
            assert stored.public_id == event.public_id
            with pytest.raises(NoProof):
                field_proof(stored, name)
    if part not in ("notes", "noindex"):  # this event has no notes
        assert any(row.forgotten for row in Commitments.objects.all())
    untouched = Commitments.objects.get(revision__public_id=other.public_id)
    assert untouched.forgotten == ""
