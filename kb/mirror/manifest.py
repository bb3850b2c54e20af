"""The list of the files of a mirror, ``export.json``, and its signature, ``export.json.sig``.

The list is JSON with one file a line, so that a mirror of any size is read in constant memory. The
signature is one of the SHA-256 of the list: the list names the digest of each file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kb.mirror.work_list import FileEntry
from kb.record.signing import Signature, is_signed, sign

MANIFEST = "export.json"
SIGNATURE = "export.json.sig"
EDITION = 1
CONTEXT = b"on-the-record static export 1"
_CHUNK = 1 << 20


class ManifestInvalid(Exception):
    """A manifest or a signature cannot be read; the message says why."""


@dataclass(frozen=True)
class ManifestHead:
    """What a mirror was made from, and how much it has.

    ``published_at`` is the moment of the publication version, ``made_at`` that of the export; both
    are ISO 8601 in UTC.
    """

    edition: int
    site: str
    publication: int
    published_at: str
    made_at: str
    entries: int
    files: int
    bytes: int


def write_manifest(path: Path, head: ManifestHead, files: Iterable[FileEntry]) -> str:
    """Write the list; return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as output:

        def write(text: str) -> None:
            piece = text.encode()
            digest.update(piece)
            output.write(piece)

        head_text = json.dumps(asdict(head), ensure_ascii=False)
        write(f'{{"head": {head_text},\n"files": [')
        separator = "\n"
        for file in files:
            write(separator + json.dumps(file._asdict(), ensure_ascii=False))
            separator = ",\n"
        write("\n]}\n")
    return digest.hexdigest()


def read_head(path: Path) -> ManifestHead:
    """What the list says of the whole mirror. Raises ManifestInvalid, and OSError."""
    with path.open(encoding="utf-8") as lines:
        first = lines.readline()
    try:
        head = ManifestHead(**json.loads(first.rstrip().removesuffix(",") + "}")["head"])
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestInvalid(f"{path.name} is not the list of an export.") from error
    if head.edition != EDITION:
        raise ManifestInvalid(f"{path.name} is of edition {head.edition}, not {EDITION}.")
    return head


def read_files(path: Path) -> Iterator[FileEntry]:
    """The files of the list, one after the other. Raises ManifestInvalid, and OSError."""
    with path.open(encoding="utf-8") as lines:
        lines.readline()
        lines.readline()
        for line in lines:
            text = line.rstrip().removesuffix(",")
            if text == "]}":
                return
            try:
                item = json.loads(text)
                yield FileEntry(str(item["path"]), int(item["size"]), str(item["sha256"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ManifestInvalid(
                    f"{path.name} has a line that does not name a file."
                ) from error
    raise ManifestInvalid(f"{path.name} ends early.")


def write_signature(path: Path, key: Ed25519PrivateKey, manifest_sha256: str) -> None:
    """Write the signature of a list with this digest."""
    signature = sign(key, CONTEXT, manifest_sha256.encode())
    text = json.dumps({"algorithm": "Ed25519", "sha256": manifest_sha256, **asdict(signature)})
    path.write_text(f"{text}\n", encoding="utf-8")


def read_signature(path: Path) -> Signature:
    """The signature of the list beside it. Raises ManifestInvalid, and OSError."""
    try:
        item = json.loads(path.read_text(encoding="utf-8"))
        return Signature(str(item["public_key"]), str(item["signature"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestInvalid(f"{path.name} is not a signature.") from error


def is_signature_of(signature: Signature, manifest_sha256: str) -> bool:
    """Whether the signature is one of a list with this digest."""
    return is_signed(signature, CONTEXT, manifest_sha256.encode())


def file_entry(folder: Path, path: str) -> FileEntry:
    """Read a file of a folder and return its size and digest. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with (folder / path).open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return FileEntry(path, size, digest.hexdigest())


def is_inside(folder: Path, path: str) -> bool:
    """Whether a path of a list is one below the folder: a list may come from anywhere."""
    return (folder / path).resolve().is_relative_to(folder.resolve())
