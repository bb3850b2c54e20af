"""The version is read on a connection that stays open, and found again after it was lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection, connections

from kb.record import version_connection
from kb.record.publication_version import bump_version
from kb.record.wall import read_only_address
from kb.response_cache import versions
from kb.response_cache.versions import VersionReader

pytestmark = [pytest.mark.wall, pytest.mark.slow]


@pytest.fixture
def reader():
    reader = VersionReader()
    yield reader
    reader.close()


@pytest.fixture
def retry_at_once(monkeypatch):
    monkeypatch.setattr(versions, "RETRY_SECONDS", 0)


def test_each_publication_is_a_new_state(reader):
    states = [reader.current()]
    for _ in range(3):
        bump_version()
        states.append(reader.current())
    assert [state.number for state in states] == [0, 1, 2, 3]
    assert len({state.changed_at for state in states}) == 4
    assert states[0].day == int(time.time() // 86_400)
    assert reader.current() == states[-1]


def test_connection_stays_open_and_is_that_of_readers(reader):
    reader.current()
    wrapper = reader._idle[-1]._wrapper
    raw = wrapper.connection
    reader.current()
    assert wrapper.connection is raw
    for sql in ("SELECT * FROM auth_user", "UPDATE record_epoch SET number = 9"):
        with pytest.raises(wrapper.Database.Error):
            raw.execute(sql)


def test_database_out_of_reach_is_no_state(reader, lose_database, retry_at_once):
    bump_version()
    assert reader.current().number == 1
    with lose_database():
        assert reader.current() is None
        assert VersionReader().current() is None
    bump_version()
    assert reader.current().number == 2


def test_after_a_failure_the_database_is_left_alone(reader, lose_database, monkeypatch):
    with lose_database():
        assert reader.current() is None
    assert reader.current() is None
    later = time.monotonic() + versions.RETRY_SECONDS
    monkeypatch.setattr(versions.time, "monotonic", lambda: later)
    assert reader.current() is not None


def test_table_that_is_missing_is_no_state(reader, monkeypatch, retry_at_once):
    monkeypatch.setitem(versions._SQL, connection.vendor, "SELECT number, '' FROM record_missing")
    assert reader.current() is None


def test_threads_share_the_connections_that_are_not_in_use(reader):
    bump_version()
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: reader.current(), range(200)))
    assert {state.number for state in states} == {1}
    assert 1 <= len(reader._idle) <= 4
    in_turn = ThreadPoolExecutor(1)
    for _ in range(5):
        reader.current()
        in_turn.submit(reader.current).result()
    in_turn.shutdown()
    assert 1 <= len(reader._idle) <= 4


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_connection_that_the_server_closed_is_opened_again(reader):
    bump_version()
    reader.current()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
            [connections["public"].settings_dict["USER"]],
        )
    assert reader.current().number == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_server_that_hangs_is_not_waited_for(reader, monkeypatch):
    monkeypatch.setattr(version_connection, "TIMEOUT_SECONDS", 0.2)
    bump_version()
    reader.current()
    pid = reader._idle[-1]._wrapper.connection.info.backend_pid
    try:
        os.kill(pid, signal.SIGSTOP)
    except (PermissionError, ProcessLookupError):
        pytest.skip("The server is not a process of this machine.")
    try:
        started = time.monotonic()
        # On a new connection, because the other processes of the server go on.
        assert reader.current().number == 1
        assert 0.2 <= time.monotonic() - started < 2
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_file_that_was_replaced_is_opened_again(reader, tmp_path, monkeypatch):
    path = record_file(tmp_path / "record.sqlite3", number=1)
    monkeypatch.setitem(connections["public"].settings_dict, "NAME", read_only_address(str(path)))
    assert reader.current().number == 1
    record_file(tmp_path / "backup.sqlite3", number=7).rename(path)
    assert reader.current().number == 7
    path.unlink()
    assert reader.current() is None


def record_file(path, *, number):
    """A database with a publication version and nothing else."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE record_epoch (id, number, changed_at)")
        database.execute("INSERT INTO record_epoch VALUES (1, ?, '2024-06-01')", [number])
    return path
