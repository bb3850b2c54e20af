"""The file of a backup: a zip with a file of JSON Lines for each table, and the manifest.

The comment at the end of the zip is the SHA-256 of everything before it, so every changed or
missing byte shows before anything is read. Nothing of an archive is ever unpacked to a disk.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kb.desk.full_backup.manifest import (
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    InvalidBackup,
    Manifest,
    TableEntry,
    member_name,
    parse_manifest,
)
from kb.desk.full_backup.tables import MAX_ROW_BYTES
from kb.record.private_files import open_private

SEAL = b"sha256:"
SEAL_BYTES = len(SEAL) + 64
CHUNK_BYTES = 1024 * 1024
# JSON Lines of ordinary rows become 3 to 20 times smaller. More than this is no backup.
MAX_RATIO = 500
MIN_RATIO_BYTES = 64 * 1024 * 1024
_LONGER = f"A row has more than {MAX_ROW_BYTES // CHUNK_BYTES} MB. Use another backup."
# What zipfile and zlib raise for archives that are broken or of an unsupported kind.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)

# Called with what is done to which table, such as “Checking auth_user”, and the rows done so far.
Progress = Callable[[str, int], None]


def ignore_progress(step: str, rows: int) -> None:
    """Report nothing."""


class ArchiveWriter:
    """Writes the members of an archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add_table(
        self,
        name: str,
        columns: Iterable[str],
        lines: Iterable[bytes],
        last_key: int | None,
        progress: Progress,
    ) -> TableEntry:
        """Write the lines of a table and return what the manifest says about it."""
        digest, rows, size, step = hashlib.sha256(), 0, 0, f"Writing {name}"
        member = _member(member_name(name))
        with self._archive.open(member, "w", force_zip64=True) as file:
            for line in lines:
                if len(line) > MAX_ROW_BYTES:
                    raise InvalidBackup(f"Table {name}: {_LONGER}")
                file.write(line)
                digest.update(line)
                rows += 1
                size += len(line)
                progress(step, rows)
        return TableEntry(name, list(columns), rows, size, digest.hexdigest(), last_key)

    def add_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, as the last member."""
        self._archive.writestr(_member(MANIFEST_NAME), manifest.encoded())


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    return member


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive at this path inside the block. The file appears whole, or not at all.

    It is written beside the path, can be opened by its owner only, and is on the disk when it gets
    its name. Raises FileExistsError if there is such a file, and OSError if it cannot be written.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "x+b", opener=open_private) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.comment = bytes(SEAL_BYTES)
                yield ArchiveWriter(archive)
            _seal(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            raise FileExistsError(f"{path} exists")
        part.rename(path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _seal(file: BinaryIO) -> None:
    end = file.seek(0, os.SEEK_END) - SEAL_BYTES
    digest = _digest(file, end)
    file.seek(end)
    file.write(SEAL + digest.encode())


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk as well. Some file systems cannot, and need not."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _digest(file: BinaryIO, size: int) -> str:
    digest, remaining = hashlib.sha256(), size
    file.seek(0)
    while remaining:
        chunk = file.read(min(CHUNK_BYTES, remaining))
        if not chunk:
            break
        digest.update(chunk)
        remaining -= len(chunk)
    return digest.hexdigest()


class Backup:
    """An open archive whose seal and manifest are valid."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, size: int) -> None:
        self._archive = archive
        self.manifest = manifest
        self.size = size

    def check(self, progress: Progress = ignore_progress) -> None:
        """Read everything and compare it with the digests. Raises InvalidBackup."""
        for entry in self.manifest.tables:
            for rows, _ in enumerate(self.lines(entry), start=1):
                progress(f"Checking {entry.name}", rows)

    def lines(self, entry: TableEntry) -> Iterator[bytes]:
        """Yield the rows of a table as lines. Raises InvalidBackup at the first difference."""
        digest, rows, size = hashlib.sha256(), 0, 0
        damaged = f"Table {entry.name} does not match the manifest. Use another backup."
        try:
            with self._archive.open(member_name(entry.name)) as member:
                reader = io.BufferedReader(member, CHUNK_BYTES)  # type: ignore[type-var]
                while line := reader.readline(MAX_ROW_BYTES + 1):
                    if len(line) > MAX_ROW_BYTES:
                        raise InvalidBackup(f"Table {entry.name}: {_LONGER}")
                    digest.update(line)
                    rows += 1
                    size += len(line)
                    if size > entry.bytes:
                        raise InvalidBackup(damaged)
                    yield line
        except BROKEN_ARCHIVE as error:
            raise InvalidBackup(damaged) from error
        if (rows, size, digest.hexdigest()) != (entry.rows, entry.bytes, entry.sha256):
            raise InvalidBackup(damaged)


@contextmanager
def opened_backup(path: Path) -> Iterator[Backup]:
    """Open a backup and check its seal, its members and its manifest.

    Raises InvalidBackup, and OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        _check_seal(file, size)
        try:
            archive = zipfile.ZipFile(file)
        except BROKEN_ARCHIVE as error:
            raise InvalidBackup("The file is not a readable zip. Use another backup.") from error
        with archive:
            yield Backup(archive, _checked_manifest(archive, size), size)


def _check_seal(file: BinaryIO, size: int) -> None:
    end = size - SEAL_BYTES
    if end <= 0:
        raise InvalidBackup("The file is not a backup, or only its beginning.")
    file.seek(end)
    seal = file.read(SEAL_BYTES)
    if not seal.startswith(SEAL):
        raise InvalidBackup("The file is not a backup, or its end is missing. Copy it again.")
    if seal != SEAL + _digest(file, end).encode():
        raise InvalidBackup(
            "The file was damaged or changed: its checksum does not match. Copy it again, or use "
            "another backup."
        )


def _checked_manifest(archive: zipfile.ZipFile, size: int) -> Manifest:
    members = archive.infolist()
    by_name = {member.filename: member for member in members}
    if MANIFEST_NAME not in by_name:
        raise InvalidBackup("The file has no manifest, so it is not a backup of this program.")
    if by_name[MANIFEST_NAME].file_size > MAX_MANIFEST_BYTES:
        raise InvalidBackup("The manifest is too large. Use another backup.")
    try:
        manifest = parse_manifest(archive.read(MANIFEST_NAME))
    except BROKEN_ARCHIVE as error:
        raise InvalidBackup("The manifest cannot be read. Use another backup.") from error
    _check_members(members, manifest)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MIN_RATIO_BYTES and unpacked > MAX_RATIO * size:
        raise InvalidBackup(
            f"The file would become more than {MAX_RATIO} times larger, which no backup does."
        )
    return manifest


def _check_members(members: list[zipfile.ZipInfo], manifest: Manifest) -> None:
    expected = {member_name(entry.name): entry.bytes for entry in manifest.tables}
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise InvalidBackup("The file has two members with one name. Use another backup.")
    foreign = sorted(set(names) - expected.keys() - {MANIFEST_NAME})
    if foreign:
        raise InvalidBackup(f"The file contains {foreign[0]!r}, which is not part of a backup.")
    missing = sorted(expected.keys() - set(names))
    if missing:
        raise InvalidBackup(f"The file lacks {missing[0]}. Use another backup.")
    for member in members:
        is_packed = member.compress_type == zipfile.ZIP_DEFLATED
        size = expected.get(member.filename, member.file_size)
        if not is_packed or member.flag_bits & 1 or member.file_size != size:
            raise InvalidBackup(
                f"The member {member.filename} does not match the manifest. Use another backup."
            )
