"""Files that are missing, torn, foreign or old: SQL answers, and nothing wrong is served."""

import os
import signal
import subprocess
import sys
import zlib

import pytest

from kb.record.index_changes import note_everything
from kb.record.models import EntryChange
from kb.record.query import TimelineQuery
from kb.record.reading import background, current
from kb.record.reading.current import entry_source
from kb.record.reading.index_source import IndexSource
from kb.record.reading.table import TableFileError, read_table, write_table
from kb.record.sql_source import SqlSource
from tests.record.reading.histories import History

pytestmark = pytest.mark.django_db


@pytest.fixture
def history():
    return History(5, entries=6)


def serves_from_index():
    source = entry_source()
    assert source.count(TimelineQuery()) == SqlSource().count(TimelineQuery())
    return isinstance(source, IndexSource)


def test_without_file_sql_answers(history, index_path):
    assert not serves_from_index()


def test_no_path_means_no_index(history, build, settings):
    build()
    settings.READING_INDEX = None
    assert not serves_from_index()


def test_file_reads_back_what_was_written(history, index_path, build):
    table = build()
    stored = read_table(index_path)
    assert stored.state == table.state
    assert stored.names == table.names
    assert stored.arrays.keys() == table.arrays.keys()
    for name, array in table.arrays.items():
        assert array.tobytes() == stored.arrays[name].tobytes(), name


@pytest.mark.parametrize("place", [0, 10, 40, -1000, -1])
def test_changed_byte_is_noticed(history, index_path, build, place):
    build()
    content = bytearray(index_path.read_bytes())
    content[place] ^= 1
    index_path.write_bytes(content)
    with pytest.raises(TableFileError):
        read_table(index_path)
    assert not serves_from_index()
    build()
    assert serves_from_index()


@pytest.mark.parametrize("size", [0, 5, 100, -1])
def test_cut_file_is_noticed(history, index_path, build, size):
    build()
    index_path.write_bytes(index_path.read_bytes()[:size])
    assert not serves_from_index()


def test_new_file_replaces_the_old_one_while_it_is_read(history, index_path, build):
    build()
    assert serves_from_index()
    source = entry_source()
    history.step()
    build()
    assert serves_from_index()
    assert source.count(TimelineQuery()) >= 0


def test_file_of_another_record_is_not_used(history, index_path, build):
    table = build()
    line = EntryChange.objects.get(pk=table.state.change)
    EntryChange.objects.filter(pk=line.pk).update(noted_at=line.noted_at.replace(year=2001))
    assert not serves_from_index()


def test_file_from_the_future_is_not_used(history, index_path, build):
    """As after a restore of an older backup."""
    table = build()
    EntryChange.objects.filter(pk=table.state.change).delete()
    assert not serves_from_index()


def test_after_a_change_of_everything_the_file_is_old(history, index_path, build):
    build()
    note_everything()
    assert not serves_from_index()
    build()
    assert serves_from_index()


def test_rebuild_that_changes_nothing_keeps_the_file(history, index_path, build):
    build()
    history.rebuild()
    assert serves_from_index()


def test_too_many_changes_are_not_kept_beside_the_file(history, build, monkeypatch):
    build()
    monkeypatch.setattr(current, "MAX_CHANGES", 1)
    history.publish_next()
    assert serves_from_index()
    history.publish_next()
    history.correct()
    assert not serves_from_index()


def test_without_change_log_sql_answers(history, build):
    build()
    EntryChange.objects.all().delete()
    assert not serves_from_index()
    assert build() is None


def test_pruned_log_keeps_what_files_need(history, build, monkeypatch):
    for _ in range(5):
        note_everything()
    newest = EntryChange.objects.order_by("-pk").first()
    monkeypatch.setattr(background, "LINES_TO_KEEP", 2)
    assert background.prune_change_log() > 0
    assert EntryChange.objects.count() == 3
    assert EntryChange.objects.order_by("-pk").first() == newest
    build()
    history.step()
    assert serves_from_index()


def test_rolled_back_change_does_not_stay_in_memory(history, build):
    from django.db import transaction

    build()
    before = entry_source().count(TimelineQuery())
    with pytest.raises(RuntimeError), transaction.atomic():
        history.publish_next()
        assert serves_from_index()
        raise RuntimeError
    assert entry_source().count(TimelineQuery()) == before
    history.publish_next()
    assert serves_from_index()


def test_two_builds_at_once_are_refused(history, index_path, build):
    with background._build_lock(index_path), pytest.raises(background.BuildRunningError):
        build()
    build()
    assert serves_from_index()


def test_killed_writer_leaves_the_old_file(history, index_path, build, tmp_path):
    table = build()
    content = index_path.read_bytes()
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from kb.record.reading import table\n"
        "path = Path(sys.argv[1])\n"
        "stored = table.read_table(path)\n"
        "os.fsync = lambda descriptor: os.kill(os.getpid(), 9)\n"
        "table.write_table(stored, path)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    setup = "import django; django.setup()\n"
    process = subprocess.run(
        [sys.executable, "-c", setup + script, str(index_path)], env=environment, check=False
    )
    assert process.returncode == -signal.SIGKILL
    assert index_path.read_bytes() == content
    assert serves_from_index()
    write_table(table, index_path)
    assert zlib.crc32(index_path.read_bytes()) == zlib.crc32(content)
