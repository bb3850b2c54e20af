"""Readers' program accepts the proof of any leaf of a log of any size, and nothing near it."""

from __future__ import annotations

from base64 import b64encode, b85decode, b85encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.proof.hashing import audit_path, leaf_hash, tree_root
from kb.record.proof.leaves import canonical_json, commitment
from kb.record.proof.verifier import check

SALT = bytes(range(32))
HEAD = ["first", 3, "k3v9x2mq", "statement", 1, "2026-01-02T03:04:05.000006Z"]
KEYS = ("change", "fields", "id", "kind", "number", "time")


def proof_and_checkpoint(words: str, index: int, size: int) -> tuple[dict[str, Any], str]:
    """The proof of a quotation in a log of other leaves."""
    others = tree_root([leaf_hash(str(number).encode()) for number in range(3)])
    made = {"root": others, "text": commitment(SALT, "text", words)}
    leaf = {**dict(zip(KEYS, HEAD, strict=True)), "v": 1}
    leaf |= {name: b64encode(data).decode() for name, data in made.items()}
    leaves = [leaf_hash(b"leaf %d" % number) for number in range(size)]
    leaves[index] = leaf_hash(canonical_json(leaf))
    hashes = b85encode(b"".join([SALT, others, *audit_path(leaves, index)])).decode()
    proof = {"leaf": HEAD, "index": index, "size": size, "field": "text", "hashes": hashes}
    return proof, f"{size} {b64encode(tree_root(leaves)).decode()}"


PLACES = st.integers(1, 200).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)


@given(st.text(st.characters(codec="utf-8"), max_size=40), PLACES)
def test_words_of_any_leaf_are_proven(words, place):
    proof, checkpoint = proof_and_checkpoint(words, *place)
    assert check(proof, words, checkpoint).startswith("PROVEN: text of statement k3v9x2mq")


@given(PLACES, st.data())
def test_any_other_byte_is_refused(place, data):
    proof, checkpoint = proof_and_checkpoint("We did it.", *place)
    hashes = bytearray(b85decode(proof["hashes"]))
    hashes[data.draw(st.integers(0, len(hashes) - 1))] ^= data.draw(st.integers(1, 255))
    words = bytearray(b"We did it.")
    words[data.draw(st.integers(0, len(words) - 1))] ^= data.draw(st.integers(1, 127))
    number = data.draw(st.integers(0, len(HEAD) - 1))
    head = [*HEAD[:number], f"{HEAD[number]}x", *HEAD[number + 1 :]]
    for changed, value in (
        (proof, words.decode()),
        ({**proof, "hashes": b85encode(bytes(hashes)).decode()}, "We did it."),
        ({**proof, "leaf": head}, "We did it."),
    ):
        with pytest.raises(ValueError, match="other words"):
            check(changed, value, checkpoint)


@given(PLACES, PLACES)
def test_another_place_is_refused(place, other):
    proof, checkpoint = proof_and_checkpoint("We did it.", *place)
    if other != place:
        index, size = other
        with pytest.raises((ValueError, StopIteration)):
            check({**proof, "index": index, "size": size}, "We did it.", checkpoint)
