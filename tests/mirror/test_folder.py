"""The folder of a mirror: what is written, when, and what a killed run leaves."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kb.mirror import folder as folder_module
from kb.mirror.export import ExportFailed, _check_size
from kb.mirror.folder import FolderRefused, MirrorFolder
from kb.mirror.manifest import MANIFEST, ManifestHead, write_manifest
from kb.mirror.work_list import WorkList


def head(files: int, entries: int = 1) -> ManifestHead:
    return ManifestHead(1, "https://record.example", 7, "", "2026-01-01", entries, files, 0)


def export(folder: MirrorFolder, files: dict[str, str], *, apply: bool = True) -> tuple[int, ...]:
    """Write these files as a run does; return how many there are, were, change and go."""
    with folder.locked(), closing(WorkList(folder.work / "list.sqlite3")) as work_list:
        folder.note_old_files(work_list)
        for path, text in files.items():
            work_list.add_file(folder.stage(path, [text.encode()], work_list.old_file(path)))
        counts = work_list.counts()
        write_manifest(folder.staged(MANIFEST), head(counts[0]), work_list.files())
        if apply:
            folder.apply(work_list.changed_paths(), work_list.gone_paths())
        return counts


@pytest.fixture
def mirror(tmp_path) -> MirrorFolder:
    return MirrorFolder(tmp_path / "mirror")


def content(mirror: MirrorFolder) -> dict[str, str]:
    files = (path for path in mirror.path.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(mirror.path).as_posix(): path.read_text() for path in files}


def test_only_changed_files_are_written_and_those_gone_deleted(mirror):
    assert export(mirror, {"a": "1", "b/c": "2", "d": "3"}) == (3, 0, 3, 0)
    before = (mirror.path / "a").stat().st_ino
    assert export(mirror, {"a": "1", "d": "4", "e/f": "5"}) == (3, 3, 2, 1)
    assert content(mirror) == {"a": "1", "d": "4", "e/f": "5"}
    assert (mirror.path / "a").stat().st_ino == before
    assert not (mirror.path / "b").exists()


def test_run_that_ends_early_changes_nothing(mirror):
    export(mirror, {"a": "1", "b": "2"})
    export(mirror, {"a": "3"}, apply=False)
    assert content(mirror) == {"a": "1", "b": "2"}
    assert not any(mirror.work.glob("new*"))


def test_run_after_one_that_was_killed_while_writing_repairs_it(mirror, monkeypatch):
    export(mirror, {"a": "1", "b": "1"})

    class Killed(BaseException):
        """The end of the process."""

    move = MirrorFolder._move

    def move_one(self: MirrorFolder, path: str) -> None:
        move(self, path)
        raise Killed

    monkeypatch.setattr(MirrorFolder, "_move", move_one)
    with pytest.raises(Killed):
        export(mirror, {"a": "2", "b": "2", "c": "2"})
    assert content(mirror) == {"a": "2", "b": "1"}
    monkeypatch.undo()
    # The record has changed back: the list says "a" is right, the file does not.
    assert export(mirror, {"a": "1", "b": "1"})[2:] == (1, 0)
    assert content(mirror) == {"a": "1", "b": "1"}


def test_files_that_others_removed_or_added_are_repaired(mirror):
    export(mirror, {"a": "1", "b": "2"})
    (mirror.path / "a").unlink()
    (mirror.path / "x").write_text("left by nobody")
    assert export(mirror, {"a": "1", "b": "2"}) == (2, 2, 1, 1)
    assert content(mirror) == {"a": "1", "b": "2"}


def test_list_that_names_files_outside_deletes_nothing(mirror, tmp_path):
    export(mirror, {"a": "1"})
    (tmp_path / "thesis.txt").write_text("do not delete")
    text = (mirror.path / MANIFEST).read_text().replace('"a"', '"../thesis.txt"')
    (mirror.path / MANIFEST).write_text(text)
    export(mirror, {"a": "1"})
    assert (tmp_path / "thesis.txt").exists()


def test_second_run_at_the_same_time_is_refused(mirror):
    with mirror.locked(), pytest.raises(FolderRefused, match="running"), mirror.locked():
        pass


def test_folder_with_other_files_is_refused(mirror):
    mirror.path.mkdir()
    (mirror.path / "thesis.txt").write_text("do not delete")
    with pytest.raises(FolderRefused, match="thesis|has files"), mirror.locked():
        pass
    assert (mirror.path / "thesis.txt").exists()


@pytest.mark.parametrize(("files", "entries"), [(94, 100), (100, 94)])
def test_mirror_that_shrinks_by_more_than_a_twentieth_is_refused(files, entries):
    with pytest.raises(ExportFailed, match="shrink"):
        _check_size(head(100, 100), head(files, entries))


def test_small_losses_and_a_first_mirror_are_not(tmp_path: Path):
    _check_size(head(100, 100), head(95, 95))
    _check_size(None, head(1, 0))
    assert folder_module.FILE_MODE == 0o644
