"""Checks a mirror against its list and its signature, without a database and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.mirror.manifest import (
    MANIFEST,
    SIGNATURE,
    ManifestHead,
    file_entry,
    is_inside,
    is_signature_of,
    read_files,
    read_head,
    read_signature,
)


@dataclass(frozen=True)
class VerifiedMirror:
    """What a mirror says of itself, and the public key of its signature; "" if it has none."""

    head: ManifestHead
    public_key: str


def signed_head(folder: Path, public_key: str = "") -> tuple[VerifiedMirror, list[str]]:
    """Read the list and check its signature; return both, and the faults.

    ``public_key`` is the key that must have signed it, in Base64; without one, any. Raises
    ManifestInvalid, and OSError if there is no list.
    """
    head = read_head(folder / MANIFEST)
    digest = file_entry(folder, MANIFEST).sha256
    if not (folder / SIGNATURE).exists():
        return VerifiedMirror(head, ""), ["There is no signature."] if public_key else []
    signature = read_signature(folder / SIGNATURE)
    faults = []
    if not is_signature_of(signature, digest):
        faults.append(f"The signature is not one of {MANIFEST}.")
    if public_key and signature.public_key != public_key:
        faults.append(f"The signature is one of another key: {signature.public_key}.")
    return VerifiedMirror(head, signature.public_key), faults


def file_faults(folder: Path) -> Iterator[str]:
    """What is wrong with the files: missing, changed, or not in the list.

    Raises ManifestInvalid, and OSError for a file that cannot be read.
    """
    number = 0
    for file in read_files(folder / MANIFEST):
        number += 1
        if not is_inside(folder, file.path):
            yield f"{file.path}: outside the mirror"
        elif not (folder / file.path).is_file():
            yield f"{file.path}: missing"
        elif file_entry(folder, file.path) != file:
            yield f"{file.path}: changed"
    if number != (listed := read_head(folder / MANIFEST).files):
        yield f"{MANIFEST}: {number} files instead of {listed}"
    yield from _unlisted(folder)


def _unlisted(folder: Path) -> Iterator[str]:
    """Files that the list does not name. It is sorted as the names of the folder are here."""
    listed = (file.path for file in read_files(folder / MANIFEST))
    expected = next(listed, None)
    for path in _sorted_paths(folder):
        while expected is not None and expected.encode() < path.encode():
            expected = next(listed, None)
        if expected == path:
            expected = next(listed, None)
        elif path not in (MANIFEST, SIGNATURE):
            yield f"{path}: not in {MANIFEST}"


def _sorted_paths(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if not path.is_dir())
    return sorted((path.relative_to(folder).as_posix() for path in paths), key=str.encode)
