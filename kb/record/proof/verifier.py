#!/usr/bin/env python3
"""Check a proof of the record without the site: python verify.py proof.json "the words"

It needs Python 3.9 and nothing else; with --key also the package cryptography. The checkpoint that
it prints must be the one that an export, a feed or somebody else has: --checkpoint compares them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from typing import Any


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def pack(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unpack(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if pack(data) != text:
        raise ValueError("unusual base64")
    return data


def field_commitment(field: dict[str, Any], value: Any) -> bytes:
    salt, name = unpack(field["salt"]), field["name"].encode()
    if len(salt) != 32:
        raise ValueError("a salt of another size")
    return sha256(b"\0", salt, name, b"\0", canonical_bytes(value))


def canonical_bytes(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def climb(node: bytes, index: int, size: int, path: bytes) -> bytes:
    """The root of ``size`` nodes; ``path`` has 32 bytes for each level, the lowest first."""
    if not 0 <= index < size or (size == 1) != (not path):
        raise ValueError("a path of another length")
    if size == 1:
        return node
    middle, rest, sibling = 1 << ((size - 1).bit_length() - 1), path[:-32], path[-32:]
    if index < middle:
        return sha256(b"\1", climb(node, index, middle, rest), sibling)
    return sha256(b"\1", sibling, climb(node, index - middle, size - middle, rest))


def tree(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\1", tree(hashes[:middle]), tree(hashes[middle:]))


def root_of(proof: dict[str, Any], value: Any, size: int) -> bytes:
    leaf = dict(proof["leaf"])
    if "fields" in proof:  # a whole version
        others: list[bytes] = []
        names = [field["name"] for field in proof["fields"] if "name" in field]
        if len(set(names)) != len(names):
            raise ValueError("a field twice")
        for field in proof["fields"]:
            if set(field) == {"commitment"}:  # of a field that was suppressed
                others.append(unpack(field["commitment"]))
            elif field["name"] == "text":
                leaf["text"] = pack(field_commitment(field, field["value"]))
            else:
                others.append(field_commitment(field, field["value"]))
        leaf |= {"fields": len(others), "root": pack(tree(others))}
    else:
        field = proof["field"]
        node = field_commitment(field, value)
        if field["name"] == "text":
            leaf["text"] = pack(node)
        else:
            path = unpack(field["path"])
            leaf["root"] = pack(climb(node, field["index"], leaf["fields"], path))
    return climb(sha256(b"\0", canonical_bytes(leaf)), proof["index"], size, unpack(proof["path"]))


def check_signature(note: str, key: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    name, key_id, public = key.split("+", 2)
    body, _, line = note.partition("\n\n")
    dash, signer, signature = line.removesuffix("\n").split(" ")
    data = unpack(signature)
    if (dash, signer, data[:4].hex()) != ("—", name, key_id):
        raise ValueError("a signature by another key")
    Ed25519PublicKey.from_public_bytes(unpack(public)[1:]).verify(data[4:], f"{body}\n".encode())


def check(proof: dict[str, Any], value: Any, checkpoint: str = "", key: str = "") -> str:
    """What a proof proves, in words. Raises an error of some kind if it proves nothing."""
    origin, size, root = proof["checkpoint"].split("\n")[:3]
    if pack(root_of(proof, value, int(size))) != root:
        raise ValueError("another value, version or log")
    if checkpoint and checkpoint != f"{size} {root}":
        raise ValueError("another checkpoint")
    if key:
        check_signature(proof["checkpoint"], key)
    leaf, field = proof["leaf"], proof.get("field", {"name": "all fields"})["name"]
    unsigned = "" if key else ", signature not checked"
    version = f"{leaf['kind']} {leaf['id']}, version {leaf['number']}"
    return (
        f"PROVEN: {field} of {version}, {leaf['time']}\n"
        f"Checkpoint of {origin}{unsigned}: {size} {root}\n"
    )


def run() -> None:
    parser = argparse.ArgumentParser(description="Check a proof of the record without the site.")
    parser.add_argument("proof", help="the file of the proof; - reads it from standard input")
    parser.add_argument("value", nargs="?", help="the words; not for the proof of a whole version")
    parser.add_argument("--json", action="store_true", help="the value is JSON")
    parser.add_argument("--checkpoint", default="", help="the one to compare: 'SIZE ROOT'")
    parser.add_argument("--key", default="", help="the public key of the log")
    options = parser.parse_args()
    try:
        with open(0 if options.proof == "-" else options.proof, encoding="utf-8") as file:
            proof = json.load(file)
        value = json.loads(options.value) if options.json else options.value
        sys.stdout.write(check(proof, value, options.checkpoint, options.key))
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with it, it proves nothing
        sys.exit(f"NOT PROVEN: {str(problem) or type(problem).__name__}")


if __name__ == "__main__":
    run()
