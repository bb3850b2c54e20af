"""The readers' connection stays open between requests, and is opened again where it must be."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connections, transaction

from kb.record import reader_connection
from kb.record.models import Entry
from kb.record.wall import PUBLIC
from tests.make import make_event, published

pytestmark = pytest.mark.wall
on_sqlite = pytest.mark.skipif("connections['default'].vendor != 'sqlite'")


@pytest.fixture(autouse=True)
def _own_connection():
    connections[PUBLIC].close()
    yield
    connections[PUBLIC].close()


def test_two_requests_use_one_connection(reader):
    reader.get("/timeline/")
    raw = connections[PUBLIC].connection
    assert raw is not None
    reader.get("/timeline/")
    assert connections[PUBLIC].connection is raw


def test_what_is_published_meanwhile_is_read(reader):
    reader.get("/timeline/")
    event = published(make_event("Published after the connection was opened"))
    assert str(event.title).encode() in reader.get("/timeline/").content


def test_no_transaction_is_left_open_between_requests(reader, caplog):
    block = transaction.atomic(using=PUBLIC)
    block.__enter__()
    Entry.objects.using(PUBLIC).count()
    assert reader.get("/timeline/").status_code == 200
    assert "transaction left open" in caplog.messages
    assert not connections[PUBLIC].in_atomic_block


def test_connection_is_closed_before_the_process_is_copied(reader):
    reader.get("/timeline/")
    reader_connection.close_before_fork(PUBLIC)
    assert connections[PUBLIC].connection is None


def test_a_fork_closes_it(reader):
    reader.get("/timeline/")
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    assert connections[PUBLIC].connection is None


@on_sqlite
def test_replaced_file_is_noticed(reader, tmp_path, monkeypatch, caplog):
    """A restore puts another file at the path."""
    copy, other = tmp_path / "record.sqlite3", tmp_path / "other.sqlite3"
    _backup(copy)
    published(make_event("Only in the second file"))
    _backup(other)
    monkeypatch.setitem(
        connections[PUBLIC].settings_dict, "NAME", copy.resolve().as_uri() + "?mode=ro"
    )
    assert b"Only in the second file" not in reader.get("/timeline/").content
    shutil.move(other, copy)
    assert b"Only in the second file" in reader.get("/timeline/").content
    assert "database file replaced" in caplog.messages
    raw = connections[PUBLIC].connection
    reader.get("/timeline/")
    assert connections[PUBLIC].connection is raw


@on_sqlite
def test_file_that_is_gone_has_no_identity(tmp_path):
    assert reader_connection.file_identity(tmp_path / "nothing") is None


@on_sqlite
def test_path_with_spaces_is_decoded(tmp_path, monkeypatch):
    path = tmp_path / "a b%20c.sqlite3"
    _backup(path)
    monkeypatch.setitem(
        connections[PUBLIC].settings_dict, "NAME", path.resolve().as_uri() + "?mode=ro"
    )
    connections[PUBLIC].ensure_connection()
    opened = reader_connection._opened_files[connections[PUBLIC]]
    assert opened == reader_connection.file_identity(path) is not None


@pytest.mark.skipif("connections['default'].vendor != 'postgresql'")
def test_role_of_the_desk_gets_the_limits_of_readers(monkeypatch):
    """Without a role for readers, the connection itself is limited."""
    desk = connections["default"].settings_dict
    for part in ("USER", "PASSWORD"):
        monkeypatch.setitem(connections[PUBLIC].settings_dict, part, desk[part])
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute("SELECT current_setting('default_transaction_read_only'), "
                       "current_setting('statement_timeout')")  # fmt: skip
        assert cursor.fetchone() == ("on", "2s")


def _backup(path: Path) -> None:
    """Copy the test database, with what is still in its log."""
    source = sqlite3.connect(connections["default"].settings_dict["NAME"])
    target = sqlite3.connect(path)
    source.backup(target)
    target.close()
    source.close()
