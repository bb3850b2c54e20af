#!/usr/bin/env python3
"""Check a proof of the record offline: python verify.py proof.json "SIZE ROOT" "the words"

The checkpoint, SIZE ROOT, must come from another place than the proof: an export, a feed, or
somebody who kept it. A proof that contains its values, such as that of a whole version, is checked
with these if no words are given. It needs Python 3.9 and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical_bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def hashes_of(text: str) -> Iterator[bytes]:
    data = base64.b85decode(text)
    if len(data) % 32 or base64.b85encode(data).decode() != text:
        raise ValueError("the hashes are damaged")
    return iter([data[start : start + 32] for start in range(0, len(data), 32)])


def climb(node: bytes, index: int, size: int, siblings: Iterator[bytes]) -> bytes:
    """The root of ``size`` nodes, of which this is one; the siblings come from the bottom up."""
    if not 0 <= index < size:
        raise ValueError("there is no such leaf")
    if size == 1:
        return node
    middle = 1 << ((size - 1).bit_length() - 1)
    if index < middle:
        return sha256(b"\1", climb(node, index, middle, siblings), next(siblings))
    right = climb(node, index - middle, size - middle, siblings)
    return sha256(b"\1", next(siblings), right)


def check(proof: dict[str, Any], value: Any, checkpoint: str) -> str:
    """What is proven, in words. Raises an error of some kind if nothing is."""
    change, fields, public_id, kind, number, time = proof["leaf"]
    leaf = {"change": change, "fields": fields, "id": public_id, "kind": kind}
    leaf |= {"number": number, "time": time, "v": 1}
    field, hashes = proof["field"], hashes_of(proof["hashes"])
    node = sha256(b"\0", next(hashes), field.encode(), b"\0", canonical_bytes(value))
    if field == "text":
        texts = {"text": node, "root": next(hashes)}
    else:
        texts = {"root": climb(node, proof["place"], fields, hashes)}
        texts |= {"text": next(hashes)} if proof["has_text"] else {}
    leaf |= {name: base64.b64encode(data).decode() for name, data in texts.items()}
    root = climb(sha256(b"\0", canonical_bytes(leaf)), proof["index"], proof["size"], hashes)
    if checkpoint != f"{proof['size']} {base64.b64encode(root).decode()}" or any(hashes):
        raise ValueError("these are other words, or another version or checkpoint")
    return f"PROVEN: {field} of {kind} {public_id}, version {number}, published {time}\n"


def run(path: str, checkpoint: str, *words: str) -> None:
    with open(0 if path == "-" else path, encoding="utf-8") as file:
        content = json.load(file)
    proofs = content if isinstance(content, list) else [content]
    lines = [check(proof, words[0] if words else proof["value"], checkpoint) for proof in proofs]
    if not lines:
        raise ValueError("there is no proof")
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with it, it proves nothing
        sys.exit(f"NOT PROVEN: {str(problem) or type(problem).__name__}")
