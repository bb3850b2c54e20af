"""The folder of a mirror: new files wait beside it until all are there, then take their places.

A run that is killed while files are made leaves the mirror as it was. One that is killed while they
take their places leaves a mark; the next run then reads the files themselves instead of trusting
the list.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.mirror.manifest import (
    MANIFEST,
    SIGNATURE,
    ManifestHead,
    ManifestInvalid,
    file_entry,
    is_inside,
    read_files,
    read_head,
)
from kb.mirror.work_list import FileEntry, WorkList
from kb.record.private_files import make_private_folder, open_private

_APPLYING = "applying"
FILE_MODE, FOLDER_MODE = 0o644, 0o755


class FolderRefused(Exception):
    """The folder cannot be used for a mirror; the message says why."""


class MirrorFolder:
    """A mirror, and the work folder beside it: ``DIR.work``, on the same disk."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.work = self.path.with_name(f".{self.path.name}.work")
        self._staged = self.work / "new"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one run at a time use the folder. Raises FolderRefused while another one does."""
        if self.path.is_dir() and any(self.path.iterdir()) and not self.has_manifest:
            raise FolderRefused(
                f"{self.path} has files but no {MANIFEST}. Choose an empty folder or a mirror."
            )
        make_private_folder(self.work)
        with open(self.work / "lock", "a", opener=open_private) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as problem:
                raise FolderRefused(f"Another export to {self.path} is running.") from problem
            self._clear()
            try:
                yield
            finally:
                self._clear()

    @property
    def has_manifest(self) -> bool:
        """Whether an export has ended here."""
        return (self.path / MANIFEST).is_file()

    def old_head(self) -> ManifestHead | None:
        """What the mirror says of itself; None if there is none yet, or it cannot be read."""
        with suppress(OSError, ManifestInvalid):
            return read_head(self.path / MANIFEST)
        return None

    def note_old_files(self, work_list: WorkList) -> None:
        """Add the files of the mirror to the list, with what they hold now.

        The manifest is believed for a file of the size that it names, unless the last run ended
        while files took their places.
        """
        if not self.has_manifest:
            return
        is_trusted = not (self.work / _APPLYING).exists()
        with suppress(ManifestInvalid):
            for file in read_files(self.path / MANIFEST):
                if not is_inside(self.path, file.path):
                    continue
                with suppress(OSError):
                    if not is_trusted:
                        work_list.add_old_file(file_entry(self.path, file.path))
                    elif (self.path / file.path).stat().st_size == file.size:
                        work_list.add_old_file(file)
        for path in self._unlisted(work_list):
            with suppress(OSError):
                work_list.add_old_file(file_entry(self.path, path))

    def stage(self, path: str, chunks: Iterable[bytes], old: FileEntry | None) -> FileEntry:
        """Write a new file beside the mirror, and remove it again if it is ``old``."""
        target = self._staged / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with target.open("wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        entry = FileEntry(path, size, digest.hexdigest())
        if old is not None and old.sha256 == entry.sha256:
            target.unlink()
        return entry

    def staged(self, name: str) -> Path:
        """Where a file of this name waits."""
        self._staged.mkdir(parents=True, exist_ok=True)
        return self._staged / name

    def apply(self, changed: Iterable[str], gone: Iterable[str]) -> None:
        """Move the changed files to their places, then the manifest, then delete those gone."""
        self.path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        mark = self.work / _APPLYING
        mark.touch()
        for path in changed:
            self._move(path)
        for path in gone:
            (self.path / path).unlink(missing_ok=True)
            self._remove_empty_folders((self.path / path).parent)
        if not (self._staged / SIGNATURE).exists():
            (self.path / SIGNATURE).unlink(missing_ok=True)
        else:
            self._move(SIGNATURE)
        self._move(MANIFEST)
        mark.unlink()

    def _move(self, path: str) -> None:
        source, target = self._staged / path, self.path / path
        target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        source.chmod(FILE_MODE)
        source.replace(target)

    def _remove_empty_folders(self, folder: Path) -> None:
        while folder != self.path:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _unlisted(self, work_list: WorkList) -> Iterator[str]:
        """Files in the folder that the manifest does not name: of a run that was killed."""
        for file in self.path.rglob("*"):
            path = file.relative_to(self.path).as_posix()
            if path in (MANIFEST, SIGNATURE) or file.is_dir():
                continue
            if work_list.old_file(path) is None:
                yield path

    def _clear(self) -> None:
        """Remove what an earlier run left, but for the mark that it had begun to move files."""
        shutil.rmtree(self._staged, ignore_errors=True)
        for file in self.work.glob("list*"):
            file.unlink()
