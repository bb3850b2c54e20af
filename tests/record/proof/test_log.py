"""Each publication adds leaves, from which every field of every version can be proven."""

from __future__ import annotations

import base64
import hashlib
import json
from time import perf_counter

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError

from kb.desk.verbs.publishing import publish, withdraw
from kb.record.log_models import Commitments, LogHead, LogLeaf, LogNode
from kb.record.models import Revision
from kb.record.proof.appending import append_missing
from kb.record.proof.checkpoint import checkpoint_note, current_checkpoint, verifier_key
from kb.record.proof.forgetting import forget_commitments
from kb.record.proof.hashing import leaf_hash, root_from_path, tree_root
from kb.record.proof.leaves import commitment, committed_fields
from kb.record.proof.proofs import NoProof, field_proof, salted_fields, version_proof
from kb.record.proof.tree import current_tree, path_to_root, tile_hashes, tree_of_size
from kb.record.proof.verifier import check
from tests.make import make_event, make_statement, published
from tests.record.proof.proving import proves, proves_itself, run_verifier
from tests.story import load_demo

pytestmark = pytest.mark.django_db
MILLION = 1_000_000


@pytest.fixture
def key(settings):
    settings.SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()


def revision_of(thing) -> Revision:
    return Revision.objects.filter(public_id=thing.public_id).order_by("-number")[0]


def all_hashes() -> list[bytes]:
    return [leaf_hash(bytes(leaf.entry)) for leaf in LogLeaf.objects.order_by("position")]


def fill_log(size: int, known: dict[int, bytes] | None = None) -> list[bytes]:
    """A log with the tiles that paths and the root need, without entries.

    ``known`` are hashes of leaves by their position.
    """
    hashes = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(size)]
    for position, leaf in (known or {}).items():
        hashes[position] = leaf
    level, nodes = hashes, []
    for number in (1, 2):
        level = [tree_root(level[start : start + 256]) for start in range(0, len(level) - 255, 256)]
        nodes += [
            LogNode(level=number, position=place, hash=node) for place, node in enumerate(level)
        ]
    LogNode.objects.bulk_create(nodes)
    edge, start = [], 0
    for height in range(size.bit_length())[::-1]:
        if size >> height & 1:
            edge.append(tree_root(hashes[start : start + (1 << height)]))
            start += 1 << height
    LogHead.objects.update_or_create(pk=1, defaults={"size": size, "edge": b"".join(edge)})
    return hashes


def test_every_version_has_a_leaf_in_the_order_of_publication():
    event = published(make_event())
    event.title = "Corrected"
    event.save()
    publish(event, by=None, change="correction", note="It was wrong.")
    withdraw(event, by=None, note="It did not happen.")
    logged = list(LogLeaf.objects.order_by("position").values_list("revision_id", flat=True))
    assert logged == list(Revision.objects.order_by("pk").values_list("pk", flat=True))
    assert list(LogLeaf.objects.values_list("position", flat=True)) == list(range(len(logged)))
    leaf = json.loads(bytes(LogLeaf.objects.last().entry))
    assert leaf["id"] == event.public_id
    assert leaf["change"] == "withdrawal"
    assert leaf["number"] == 3
    assert current_checkpoint().root == tree_root(all_hashes())


def test_leaf_says_nothing_of_the_words():
    statement = published(make_statement("We never did it."))
    entry = bytes(LogLeaf.objects.get(revision=revision_of(statement)).entry).decode()
    assert set(json.loads(entry)) == {
        "change", "fields", "id", "kind", "number", "root", "text", "time", "v",
    }  # fmt: skip
    assert "never" not in entry
    assert statement.slug not in entry


def test_equal_values_have_different_commitments():
    for _ in range(2):
        published(make_statement("The same words."))
    texts = [json.loads(bytes(leaf.entry)).get("text") for leaf in LogLeaf.objects.all()]
    commitments = [text for text in texts if text]
    assert len(commitments) == len(set(commitments)) == 2


def test_publication_that_fails_leaves_no_leaf(monkeypatch):
    published(make_event())
    before = current_checkpoint()

    def fail(*args, **options):
        raise RuntimeError

    monkeypatch.setattr("kb.desk.verbs.publishing.set_states", fail)
    with pytest.raises(RuntimeError):
        publish(make_event(), by=None)
    assert current_checkpoint() == before


def test_every_field_of_every_version_is_proven_by_its_value_alone():
    load_demo()
    tree = current_tree()
    assert tree.size == Revision.objects.count() > 100
    for revision in Revision.objects.order_by("pk")[::12]:
        for name, value in committed_fields(revision).items():
            proof = field_proof(revision, name)
            assert proves(proof, value)
            assert not proves(proof, [value])
        assert proves_itself(version_proof(revision))


def test_downloaded_verifier_proves_a_quotation_offline():
    statement = published(make_statement("他们没有这样做。 “We” did not."))
    published(make_event())
    proof = field_proof(revision_of(statement), "text")
    checkpoint = current_checkpoint().short
    started = perf_counter()
    result = run_verifier(proof, checkpoint, "他们没有这样做。 “We” did not.")
    assert perf_counter() - started < 1
    assert result.returncode == 0, result.stderr
    assert f"PROVEN: text of statement {statement.public_id}, version 1" in result.stdout
    for words in (
        (checkpoint, "他们这样做。 “We” did not."),
        ("1 " + checkpoint, "他们没有这样做。 “We” did not."),
        (checkpoint,),
    ):
        result = run_verifier(proof, *words)
        assert result.returncode == 1
        assert "NOT PROVEN" in result.stderr
        assert result.stdout == ""


def test_downloaded_verifier_proves_a_whole_version():
    event = published(make_event("A title"))
    proofs = version_proof(revision_of(event))
    checkpoint = current_checkpoint().short
    result = run_verifier(proofs, checkpoint)
    assert result.stdout.count("PROVEN: ") == len(proofs) == proofs[0]["leaf"][1]
    assert run_verifier(proofs, checkpoint, "A title").returncode == 1
    title = next(proof for proof in proofs if proof["field"] == "title")
    title["value"] = "Another title"
    result = run_verifier(proofs, checkpoint)
    assert (result.returncode, result.stdout) == (1, "")
    assert run_verifier([], checkpoint).returncode == 1


def test_words_in_a_proof_do_not_replace_those_of_the_reader():
    statement = published(make_statement("We did it."))
    proof = {**field_proof(revision_of(statement), "text"), "value": "We did it."}
    checkpoint = current_checkpoint().short
    assert run_verifier(proof, checkpoint).returncode == 0
    assert run_verifier(proof, checkpoint, "We never did it.").returncode == 1


def test_proof_of_one_field_proves_no_other():
    statement = published(make_statement("We did it."))
    revision = revision_of(statement)
    values = committed_fields(revision)
    for name in values:
        proof = field_proof(revision, name)
        for forged in (
            {**proof, "has_text": not proof.get("has_text")},
            {**proof, "place": proof.get("place", 0) + 1},
            {**proof, "index": proof["index"] + 1},
            {**proof, "field": "text" if name != "text" else "title"},
            {**proof, "hashes": proof["hashes"] + "0"},
            {**proof, "hashes": proof["hashes"] + proof["hashes"][:40]},
            {**proof, "hashes": proof["hashes"][:-40]},
            {**proof, "leaf": [*proof["leaf"], 1]},
        ):
            if name == "text" and forged["field"] == "text" and len(forged) > len(proof):
                continue  # keys that say nothing of the words
            with pytest.raises((ValueError, KeyError, StopIteration)):
                check(forged, values[name], current_checkpoint().short)


def test_signed_checkpoint_is_a_note_of_its_origin(key, settings):
    settings.FIRST_SITE_URL = "https://example.org/kb"
    published(make_event())
    body, _, line = checkpoint_note(current_checkpoint()).partition("\n\n")
    origin, size, root = body.split("\n")
    assert (origin, int(size)) == ("example.org/kb/record", LogLeaf.objects.count())
    assert base64.b64decode(root) == tree_root(all_hashes())
    dash, name, signature = line.split()
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    data = base64.b64decode(signature)
    named = f"{name}\n".encode() + b"\1" + public.public_bytes_raw()
    assert (dash, name, data[:4]) == ("—", origin, hashlib.sha256(named).digest()[:4])
    public.verify(data[4:], f"{body}\n".encode())
    with pytest.raises(InvalidSignature):
        public.verify(data[4:], f"{body}1\n".encode())


def test_checkpoint_without_a_key_is_unsigned():
    published(make_event())
    note = checkpoint_note(current_checkpoint())
    assert note.count("\n") == 3
    assert "—" not in note
    assert verifier_key() == ""


@pytest.mark.parametrize("text", ["abc", "AAAA", "not base64!"])
def test_wrong_key_is_refused(settings, text):
    settings.SIGNING_KEY = text
    with pytest.raises(ImproperlyConfigured, match="KB_SIGNING_KEY"):
        verifier_key()


def test_revision_can_have_one_leaf_only():
    published(make_event())
    leaf = LogLeaf.objects.first()
    leaf.position = 99
    with pytest.raises(IntegrityError):
        leaf.save(force_insert=True)


def test_forgotten_field_cannot_be_proven_and_all_others_can():
    statement = published(make_statement("The name is Ada."))
    other = published(make_event())
    revision = revision_of(statement)
    values = committed_fields(revision)
    salts = salted_fields(revision.commitments)
    before = field_proof(revision, "title")
    checkpoint = current_checkpoint()
    forget_commitments(revision, ["text", "citations", "slug"])
    assert current_checkpoint() == checkpoint
    for name in ("text", "citations/0", "slug"):
        with pytest.raises(NoProof):
            field_proof(revision, name)
    for name in values.keys() - {"text", "citations/0", "slug"}:
        assert proves(field_proof(revision, name), values[name])
    assert proves(before, values["title"])
    for name, value in committed_fields(revision_of(other)).items():
        assert proves(field_proof(revision_of(other), name), value)
    whole = version_proof(revision)
    assert proves_itself(whole)
    assert "Ada" not in json.dumps(whole)
    # Neither the salt nor anything that a guess could be compared with is stored any more.
    row = Commitments.objects.get(revision=revision)
    stored = bytes(row.slots)
    for name, salt in zip(salts.names, salts.slots, strict=True):
        assert (salt in stored) == (name not in {"text", "citations/0", "slug"})
    guess = commitment(bytes(32), "text", "The name is Ada.")
    assert guess not in stored


def test_one_item_of_a_list_is_forgotten_alone():
    statement = make_statement("We did it.")
    statement.citations.create(source=make_event().citations.get().source, exact="Another one.")
    published(statement)
    revision = revision_of(statement)
    values = committed_fields(revision)
    forget_commitments(revision, ["citations/0"])
    forget_commitments(revision, ["citations/0"])
    assert proves(field_proof(revision, "citations/1"), values["citations/1"])
    with pytest.raises(NoProof):
        field_proof(revision, "citations/0")


def test_forgetting_after_the_value_is_gone_is_refused():
    revision = revision_of(published(make_statement("We did it.")))
    revision.document["text"] = ""
    with pytest.raises(ValueError, match="Forget before you remove"):
        forget_commitments(revision, ["text"])
    with pytest.raises(KeyError):
        forget_commitments(revision_of_id(revision.public_id), ["txt"])
    assert Commitments.objects.get(revision=revision).forgotten == ""


def revision_of_id(public_id: str) -> Revision:
    return Revision.objects.get(public_id=public_id)


def test_older_checkpoint_is_proven_from_the_log_of_today():
    load_demo()
    hashes, today = all_hashes(), current_tree()
    for size in (1, 2, 3, 100, 128, len(hashes) - 1, len(hashes)):
        tree = tree_of_size(size, today)
        assert tree.root() == tree_root(hashes[:size])
        for position in {0, size // 2, size - 1}:
            path = path_to_root(position, tree)
            assert root_from_path(hashes[position], position, size, path) == tree.root()
    with pytest.raises(ValueError, match="leaves"):
        tree_of_size(len(hashes) + 1, today)
    with pytest.raises(ValueError, match="no leaf"):
        path_to_root(len(hashes), today)


@pytest.mark.slow
@pytest.mark.parametrize("size", [255, 256, 257, 65_536 + 300])
def test_tiles_lead_to_the_root_of_a_larger_log(monkeypatch, size):
    hashes = fill_log(size)
    monkeypatch.setattr(
        "kb.record.proof.tree.tile_hashes",
        lambda level, number: (
            tile_hashes(level, number) if level else hashes[number << 8 : (number + 1) << 8]
        ),
    )
    tree = current_tree()
    root = tree_root(hashes)
    assert tree.root() == root
    for position in {0, 1, 254, size // 2, size - 2, size - 1}:
        path = path_to_root(position, tree)
        assert root_from_path(hashes[position], position, size, path) == root
    for older in (1, 255, size - 1):
        assert tree_of_size(older, tree).root() == tree_root(hashes[:older])


@pytest.mark.slow
def test_proof_of_a_quotation_among_a_million_versions_has_a_kilobyte(monkeypatch):
    statement = published(make_statement("We never did it."))
    leaf = revision_of(statement).leaf
    hashes = fill_log(MILLION, {123_456: leaf_hash(bytes(leaf.entry))})
    monkeypatch.setattr(
        "kb.record.proof.tree.tile_hashes",
        lambda level, number: (
            tile_hashes(level, number) if level else hashes[number << 8 : (number + 1) << 8]
        ),
    )
    tree = current_tree()
    for position in (0, 123_456, MILLION - 1):
        path = path_to_root(position, tree)
        assert len(b"".join(path)) <= 640
        assert root_from_path(hashes[position], position, MILLION, path) == tree.root()
    (LogLeaf.objects.filter(pk=leaf.pk)).update(position=123_456)
    proof = field_proof(revision_of(statement), "text")
    text = json.dumps(proof, separators=(",", ":"))
    assert len(text) <= 1024
    started = perf_counter()
    result = run_verifier(text, current_checkpoint().short, "We never did it.")
    assert (result.returncode, result.stderr) == (0, "")
    assert perf_counter() - started < 1


def test_versions_without_a_leaf_get_one_in_their_order():
    for _ in range(3):
        published(make_event())
    LogLeaf.objects.all().delete()
    Commitments.objects.all().delete()
    LogHead.objects.all().delete()
    assert list(append_missing()) == [Revision.objects.count()]
    logged = list(LogLeaf.objects.order_by("position").values_list("revision_id", flat=True))
    assert logged == list(Revision.objects.order_by("pk").values_list("pk", flat=True))
    revision = Revision.objects.last()
    assert proves_itself(version_proof(revision))
    call_command("extend_log", verbosity=0)
    assert LogLeaf.objects.count() == len(logged)
