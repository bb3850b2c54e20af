"""What readers send reaches the tables listed for it, and no other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, connections, transaction

from kb.record import reader_writes
from kb.record.models import Epoch, PendingDependants
from kb.record.reader_writes import WriteUnavailable, reader_write
from kb.record.wall import WallError, is_reading_publicly, reading_publicly

pytestmark = pytest.mark.wall


@pytest.fixture(autouse=True)
def _a_listed_table(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = frozenset({PendingDependants._meta.db_table})
    monkeypatch.setattr(reader_writes, "WRITABLE_TABLES", tables)
    monkeypatch.setattr(reader_writes, "WAIT_MS", 200)


def values() -> dict[str, str]:
    return {"name": "actor", "value": "aaaaaaaa"}


def test_a_listed_table_can_be_written_and_read_again():
    with reading_publicly(), reader_write():
        row = PendingDependants.objects.create(**values())
        assert PendingDependants.objects.filter(pk=row.pk).update(worker="w") == 1
    assert PendingDependants.objects.count() == 1


def test_the_wall_stands_again_after_the_block():
    with reading_publicly():
        with reader_write():
            assert not is_reading_publicly()
        with pytest.raises(WallError):
            PendingDependants.objects.create(**values())


def test_no_other_table_can_be_written_read_or_joined():
    user = get_user_model()
    with reading_publicly():
        with pytest.raises(WallError, match="only"), reader_write():
            user.objects.create(username="intruder")
        with pytest.raises(WallError), reader_write():
            user.objects.first()
        with pytest.raises(WallError), reader_write(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM record_pendingdependants AS rows"
                " JOIN auth_user AS users ON users.id = rows.id"
            )
    assert not user.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM record_pendingdependants",
        "DROP TABLE record_pendingdependants",
        "ALTER TABLE record_pendingdependants ADD COLUMN word text",
        "INSERT INTO auth_group (name) SELECT name FROM record_pendingdependants",
    ],
)
def test_rows_are_not_removed_and_tables_not_changed(sql: str):
    with (
        reading_publicly(),
        pytest.raises(WallError),
        reader_write(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_refused_query_takes_back_the_whole_write():
    with reading_publicly(), pytest.raises(WallError), reader_write():
        PendingDependants.objects.create(**values())
        Epoch.objects.first()
    assert not PendingDependants.objects.exists()


def test_another_error_of_the_database_is_not_called_busy():
    wrong = "SELECT no_such_column FROM record_pendingdependants"
    with (
        reading_publicly(),
        pytest.raises(DatabaseError, match="no_such_column"),
        reader_write(),
        connection.cursor() as cursor,
    ):
        cursor.execute(wrong)


def test_a_write_does_not_wait_long_for_another_writer():
    locked, finished = threading.Event(), threading.Event()

    def hold_lock() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("LOCK TABLE record_pendingdependants IN EXCLUSIVE MODE")
                locked.set()
                finished.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold_lock)
    thread.start()
    try:
        assert locked.wait(20)
        with reading_publicly(), pytest.raises(WriteUnavailable), reader_write():
            PendingDependants.objects.create(**values())
    finally:
        finished.set()
        thread.join()
    with reading_publicly(), reader_write():
        PendingDependants.objects.create(**values())


@pytest.mark.skipif("connections['default'].vendor != 'sqlite'")
def test_editors_wait_as_long_as_before_after_the_write_of_a_reader():
    def timeout() -> int:
        connection.ensure_connection()
        return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]

    before = timeout()
    with reading_publicly(), reader_write():
        assert timeout() == 200
    assert timeout() == before > 200


def test_there_is_no_other_way_through_the_wall():
    root = Path(reader_writes.__file__).parents[1]
    users = {path.name for path in root.rglob("*.py") if "leaving_wall" in path.read_text()}
    assert users == {"wall.py", "reader_writes.py"}


def test_nothing_is_listed_that_does_not_exist(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    assert set(connection.introspection.table_names()) >= reader_writes.WRITABLE_TABLES


def test_readers_cannot_use_the_connection_of_the_desk_by_themselves():
    with reading_publicly(), pytest.raises(DatabaseError):
        get_user_model().objects.first()
