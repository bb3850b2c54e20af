"""``verify_record`` finds every changed byte, and says nothing of a record that is whole."""

from __future__ import annotations

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from kb.desk.verbs.publishing import publish
from kb.record.frozen.freezing import freeze
from kb.record.frozen_view import FrozenView
from kb.record.log_models import Commitments, LogHead, LogLeaf, LogNode
from kb.record.models import Revision
from kb.record.proof.checkpoint import current_checkpoint
from kb.record.proof.forgetting import forget_commitments
from kb.record.proof.leaves import committed_fields
from kb.record.proof.proofs import field_proof, version_proof
from kb.record.proof.verifier import check
from kb.record.proof.verify import log_errors
from kb.record.query import TimelineQuery
from kb.record.wall import reading_publicly
from tests.make import make_event, make_statement, published
from tests.story import load_demo

pytestmark = pytest.mark.django_db
PRINTABLE = [chr(number) for number in range(33, 127)]
MUTATIONS = 1000


@pytest.fixture
def record():
    """A small record with a correction and a frozen list."""
    published(make_statement("We never did it."))
    event = published(make_event("It began"))
    event.title = "It went on"
    event.save()
    publish(event, by=None, change="correction", note="It was wrong.")
    with reading_publicly():
        freeze(TimelineQuery.parse(""), "somebody")


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


def changed_text(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    letters = [letter for letter in PRINTABLE if letter != text[place]]
    return text[:place] + chance.choice(letters) + text[place + 1 :]


def changed_document(document: dict, chance: random.Random) -> dict:
    """The document with one character of one of its texts or names of fields changed."""
    while True:
        text = changed_text(json.dumps(document), chance)
        try:
            other = json.loads(text)
        except ValueError:
            continue
        if isinstance(other, dict) and other != document:
            return other


# Table, column, and how a value of it is changed.
COLUMNS = [
    (Revision, "document", changed_document),
    (Revision, "note", changed_text),
    (Revision, "title", changed_text),
    (Revision, "sha256", changed_text),
    (LogLeaf, "entry", changed_bytes),
    (LogLeaf, "hash", changed_bytes),
    (Commitments, "slots", changed_bytes),
    (Commitments, "names", changed_text),
    (LogHead, "edge", changed_bytes),
    (FrozenView, "members", changed_bytes),
]


def change_one(chance: random.Random) -> None:
    while True:
        model, column, change = chance.choice(COLUMNS)
        row = chance.choice(list(model._base_manager.values_list("pk", column)))
        value = bytes(row[1]) if isinstance(row[1], memoryview) else row[1]
        if value:
            break
    changed = change(value, chance)
    if isinstance(changed, str):
        changed = changed[:64]
    if changed != value:
        model._base_manager.filter(pk=row[0]).update(**{column: changed})


def test_untouched_record_has_no_errors(record):
    assert list(log_errors()) == []


@pytest.mark.slow
def test_demo_has_no_errors_and_keeps_its_checkpoint():
    load_demo()
    out = StringIO()
    call_command("verify_record", stdout=out, checkpoint=[current_checkpoint().short])
    assert current_checkpoint().short in out.getvalue()


@pytest.mark.slow
def test_every_changed_byte_of_the_tables_is_found(record):
    chance = random.Random(7)  # repeatable
    missed = []
    for number in range(MUTATIONS // 2):
        with transaction.atomic():
            change_one(chance)
            if not any(log_errors()):
                missed.append(number)
            transaction.set_rollback(True)
    assert missed == []
    assert list(log_errors()) == []


@pytest.mark.slow
def test_every_changed_byte_of_a_proof_is_found(record):
    chance = random.Random(8)  # repeatable
    checkpoint = current_checkpoint().short
    proofs = []
    for revision in Revision.objects.all():
        values = committed_fields(revision)
        proofs += [(field_proof(revision, name), values[name]) for name in values]
        # The value of each proof of a whole version is in the file, and may be changed there.
        proofs += [(proof, None) for proof in version_proof(revision)]
    missed = []
    for _ in range(MUTATIONS):
        proof, value = chance.choice(proofs)
        text = json.dumps(proof, ensure_ascii=False, separators=(",", ":"))
        assert check(proof, proof.get("value", value), checkpoint)
        changed = changed_text(text, chance)
        try:
            other = json.loads(changed)
            check(other, other["value"] if "value" in proof else value, checkpoint)
        except Exception:  # noqa: BLE001, S112 - whatever it is, it was found
            continue
        missed.append(changed)
    assert missed == []


def test_missing_rows_are_found(record):
    for rows in (
        LogLeaf.objects.filter(position=1),
        LogLeaf.objects.order_by("-position")[:1],
        Commitments.objects.order_by("pk")[:1],
        LogHead.objects.all(),
    ):
        with transaction.atomic():
            type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).delete()
            assert list(log_errors())
            transaction.set_rollback(True)


def test_hashes_that_belong_to_nothing_are_found(record):
    LogNode.objects.create(level=1, position=0, hash=bytes(32))
    assert list(log_errors()) == ["the log has hashes that belong to no leaves"]


def test_log_that_was_written_anew_differs_from_an_older_checkpoint(record):
    checkpoint = current_checkpoint()
    published(make_event("Later"))
    call_command("verify_record", checkpoint=[checkpoint.short], stdout=StringIO())
    for model in (LogLeaf, Commitments, LogHead):
        model.objects.all().delete()
    call_command("extend_log", verbosity=0, stdout=StringIO())
    assert list(log_errors()) == []
    errors = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("verify_record", checkpoint=[checkpoint.short], stderr=errors)
    assert f"first {checkpoint.size} leaves" in errors.getvalue()


def test_checkpoint_of_a_longer_log_is_an_error(record):
    size = current_checkpoint().size + 1
    assert list(log_errors({size: ""})) == [f"the log has fewer than {size} leaves"]
    with pytest.raises(CommandError, match="not a checkpoint"):
        call_command("verify_record", checkpoint=["12"])


def test_suppressed_version_is_whole_if_its_salts_are_forgotten(record):
    revision = Revision.objects.get(kind="statement")
    proofs = [
        (field_proof(other, name), value)
        for other in Revision.objects.all()
        for name, value in committed_fields(other).items()
        if (other.pk, name) != (revision.pk, "text")
    ]
    checkpoint = current_checkpoint().short
    forget_commitments(revision, ["text"])
    document = {**revision.document, "text": ""}
    Revision._base_manager.filter(pk=revision.pk).update(document=document)
    errors = list(log_errors())
    assert errors == [
        f"leaf {revision.leaf.position}: the SHA-256 of the document of {revision.public_id} is "
        "another one"
    ]
    for proof, value in proofs:
        assert check(proof, value, checkpoint)


def test_version_that_does_not_end_when_the_next_begins_is_found(record):
    earlier = Revision.objects.filter(superseded_at__isnull=False).get()
    Revision._base_manager.filter(pk=earlier.pk).update(superseded_at=earlier.published_at)
    (error,) = log_errors()
    assert "does not end when the next one begins" in error
