"""Rewrite the members of a backup, with a valid seal, as somebody would who knows the format."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

SEAL = b"sha256:"


def members(path: Path) -> dict[str, bytes]:
    """The members of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sealed(path: Path, contents: list[tuple[str, bytes]], **options: Any) -> Path:
    """Write an archive of these members, and a seal that fits."""
    options = {"compression": zipfile.ZIP_DEFLATED} | options
    with zipfile.ZipFile(path, "w", **options) as archive:
        archive.comment = bytes(len(SEAL) + 64)
        for name, content in contents:
            archive.writestr(name, content)
    return resealed(path)


def resealed(path: Path) -> Path:
    """Write the seal anew."""
    content = path.read_bytes()[: -len(SEAL) - 64]
    path.write_bytes(content + SEAL + hashlib.sha256(content).hexdigest().encode())
    return path


def with_manifest(path: Path, contents: dict[str, bytes], **changes: Any) -> Path:
    """Write the members with changed fields of the manifest, whose checksum fits."""
    manifest = json.loads(contents["manifest.json"]) | changes
    lines = sorted(f"{table['name']} {table['sha256']}\n" for table in manifest["tables"])
    manifest["checksum"] = hashlib.sha256("".join(lines).encode()).hexdigest()
    changed = contents | {"manifest.json": json.dumps(manifest).encode()}
    return sealed(path, list(changed.items()))
