"""Exports stored as files: copied when nothing has changed, and never copied when something has."""

from __future__ import annotations

import errno
import gzip
import os
import time

import pytest

from kb.site.http import export_files
from kb.site.http.export_files import ExportKey, compress, copied_or_stored, remove_excess
from tests.formats.reading import body
from tests.make import make_event, published

KEY = ExportKey(7, "timeline.csv")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    """An empty folder, in which even small exports are stored."""
    settings.DATA_DIR = tmp_path
    settings.EXPORT_FILES_MB = 1
    monkeypatch.setattr(export_files, "SMALLEST", 1)
    monkeypatch.setattr(export_files, "RESERVE", 0)
    return tmp_path / "exports"


def pieces_of(*pieces):
    yield from pieces


def download(key=KEY, *pieces):
    """The bytes that are sent, and whether they come from a file."""
    chunks, is_stored = copied_or_stored(key, pieces_of(*pieces))
    return b"".join(chunks), is_stored


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_second_download_is_copied_from_the_file():
    assert download(KEY, b"a", b"b") == (b"ab", False)
    assert download(KEY, b"other") == (b"ab", True)


def test_another_version_or_export_is_not_copied():
    download(KEY, b"a")
    assert download(ExportKey(8, KEY.text), b"b") == (b"b", False)
    assert download(ExportKey(8, "timeline.jsonl"), b"c") == (b"c", False)


def test_a_download_that_stops_leaves_no_file(folder):
    chunks, _is_stored = copied_or_stored(KEY, pieces_of(b"a", b"b"))
    assert next(chunks) == b"a"
    assert names(folder) == [f"{KEY.name}.partial"]
    chunks.close()
    assert names(folder) == []


def test_an_error_while_making_the_export_leaves_no_file(folder):
    def broken():
        yield b"a"
        raise RuntimeError("no connection")

    chunks, _is_stored = copied_or_stored(KEY, broken())
    with pytest.raises(RuntimeError):
        list(chunks)
    assert names(folder) == []


def test_two_downloads_at_once_store_one_file(folder):
    first, _ = copied_or_stored(KEY, pieces_of(b"a", b"b"))
    second, _ = copied_or_stored(KEY, pieces_of(b"a", b"b"))
    assert next(first) == next(second) == b"a"
    assert b"".join(second) == b"b"
    assert b"".join(first) == b"b"
    assert names(folder) == [f"{KEY.name}.export"]
    assert download(KEY) == (b"ab", True)


def test_full_disk_ends_the_storing_and_not_the_download(folder, monkeypatch):
    class FullDisk:
        def write(self, _data):
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(export_files._Writer, "_create", lambda writer: FullDisk())
    assert download(KEY, b"a", b"b") == (b"ab", False)
    assert names(folder) == []


def test_nothing_is_stored_without_room_for_the_database(folder, monkeypatch):
    monkeypatch.setattr(export_files, "RESERVE", 1 << 62)
    assert download(KEY, b"a") == (b"a", False)
    assert names(folder) == []


def test_folder_that_cannot_be_made_does_not_stop_the_download(folder):
    folder.write_text("a file in its place")
    assert download(KEY, b"a") == (b"a", False)


def test_export_beyond_the_limit_is_not_stored(folder):
    large = b"a" * 600_000
    assert download(KEY, large, large) == (large + large, False)
    assert names(folder) == []


def test_small_export_is_not_stored(folder, monkeypatch):
    monkeypatch.setattr(export_files, "SMALLEST", 10)
    assert download(KEY, b"a" * 9) == (b"a" * 9, False)
    assert names(folder) == []


def test_limit_of_zero_stores_nothing(folder, settings):
    settings.EXPORT_FILES_MB = 0
    assert download(KEY, b"a") == (b"a", False)
    assert not folder.exists()


def test_files_of_earlier_versions_and_the_least_used_ones_are_removed(folder):
    sizes = {ExportKey(6, "old"): 10, ExportKey(7, "a"): 400_000, ExportKey(7, "b"): 400_000}
    for place, (key, size) in enumerate(sizes.items()):
        download(key, b"x" * size)
        os.utime(folder / f"{key.name}.export", (place, place))
    download(ExportKey(7, "a"))  # used again, so "b" is the least used one
    download(ExportKey(7, "c"), b"x" * 400_000)
    expected = {f"{ExportKey(7, text).name}.export" for text in ("a", "c")}
    assert set(names(folder)) == expected


def test_unfinished_file_of_a_process_that_ended_is_replaced(folder):
    folder.mkdir()
    partial = folder / f"{KEY.name}.partial"
    partial.write_bytes(b"half")
    assert download(KEY, b"a") == (b"a", False)  # somebody may still write it
    assert names(folder) == [partial.name]
    hours_ago = time.time() - 2 * export_files.ABANDONED
    os.utime(partial, (hours_ago, hours_ago))
    assert download(KEY, b"a") == (b"a", False)
    assert download(KEY) == (b"a", True)


def test_file_removed_while_it_is_read_is_still_sent_whole():
    download(KEY, b"a" * 500_000)
    chunks, is_stored = copied_or_stored(KEY, pieces_of())
    assert is_stored
    first = next(chunks)
    remove_excess(8)
    assert len(first) + len(b"".join(chunks)) == 500_000


def test_compressed_stream_begins_at_once_and_is_whole():
    def pieces():
        yield b"head"
        yield b"rest" * 1000

    compressed = compress(pieces())
    first = next(compressed)
    assert first.startswith(b"\x1f\x8b")
    assert gzip.decompress(first + b"".join(compressed)) == b"head" + b"rest" * 1000


@pytest.mark.slow
@pytest.mark.django_db
def test_repeated_export_needs_one_query_until_something_is_published(reader, folder, queries):
    published(make_event("The first event"))
    first = body(reader.get("/timeline.csv"))
    assert len(names(folder)) == 1
    with queries(2):  # the version for the ETag, and for the file
        assert body(reader.get("/timeline.csv")) == first
    published(make_event("The second event"))
    second = body(reader.get("/timeline.csv"))
    assert b"The second event" in second
    assert len(names(folder)) == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_stored_exports_differ_by_address_and_encoding(reader, folder):
    published(make_event("An event"))
    plain = body(reader.get("/timeline.csv"))
    packed = reader.get("/timeline.csv", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(body(packed)) == plain
    again = reader.get("/timeline.csv", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(body(again)) == plain
    assert body(reader.get("/timeline.csv?raw=1")) != plain
    assert body(reader.get("/timeline.jsonl")) != plain
    assert len(names(folder)) == 4


@pytest.mark.slow
@pytest.mark.django_db
def test_index_exports_are_stored_too(reader, folder):
    published(make_event("An event"))
    first = body(reader.get("/actors.csv"))
    assert len(names(folder)) == 1
    assert body(reader.get("/actors.csv")) == first
