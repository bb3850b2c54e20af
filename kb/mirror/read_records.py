"""Which records the answer to a request was made from: their ids, from the rows that were read.

An answer depends on the record by what its queries return, and on nothing else that changes. So
the ids in the rows, and those in their documents, are all records that it shows something of. A
query of a table that is not in ``FOLLOWED`` leaves the answer without such a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kb.record.models import Entry, Epoch, Facet, Revision, SourceParent, Suppression

# Tables whose changes ``kb.mirror.changed_records`` knows.
FOLLOWED = frozenset(
    model._meta.db_table for model in (Entry, Epoch, Facet, Revision, SourceParent, Suppression)
)
_VERSION_TABLE = Epoch._meta.db_table
_TABLE = re.compile(r"\brecord_\w+")
# Values of a relation that come from another query, so that they are not among its parameters.
_HIDDEN_VALUES = re.compile(r'"(?:value|parent|source)" (?:IN|=) (?:\(SELECT|\(?"|\(?[A-Z]\w*\.)')
_REVISIONS = Revision._meta.db_table
_CONDITION_ON_DOCUMENT = re.compile(r'WHERE .*"document"', re.DOTALL)
# As ``PublicId`` of ``kb.record.documents``. Words like it do no harm.
_ID = re.compile(r"[a-z0-9]{6,12}")
_ID_IN_DOCUMENT = re.compile(r'"([a-z0-9]{6,12})"')


class ReadIds(NamedTuple):
    """The ids in what was ``read``, and those by which other records were ``asked`` for."""

    read: frozenset[str]
    asked: frozenset[str]


class ReadRecords:
    """What one request after the other has read; ``begin`` before each."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._asked: set[str] = set()
        self._is_followed = True
        self._version_queries = 0

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note in this block what the requests of this thread read, on all connections."""
        opened = list(connections.all())
        for connection in opened:
            _note_cursors(connection, self)
        try:
            yield
        finally:
            for connection in opened:
                del connection.create_cursor

    def begin(self) -> None:
        """Forget what was read so far."""
        self._ids.clear()
        self._asked.clear()
        self._is_followed = True
        self._version_queries = 0

    def ids(self, *, may_state_version: bool = False) -> ReadIds | None:
        """The ids that were read; None if the answer may depend on something else.

        Each answer asks for the publication version once, for its ETag. One that does not ask was
        not seen. One that asks again may state it, and then depends on it unless it may be stale.
        """
        most = 2 if may_state_version else 1
        if not self._is_followed or not 1 <= self._version_queries <= most:
            return None
        return ReadIds(frozenset(self._ids), frozenset(self._asked))

    def add_query(self, sql: object, parameters: Sequence[object] = ()) -> None:
        """Note the tables of a query, and the ids that it asks for.

        Revisions that are asked for by id only are those of a known record; any other query may
        find one that was not there before.
        """
        text = str(sql)
        tables = set(_TABLE.findall(text))
        self._is_followed &= tables <= FOLLOWED and not _HIDDEN_VALUES.search(text)
        self._version_queries += _VERSION_TABLE in tables
        ids = _ids_in(parameters)
        self._ids |= ids
        if tables != {_REVISIONS} or _CONDITION_ON_DOCUMENT.search(text):
            self._asked |= ids

    def add_row(self, row: Iterable[object]) -> None:
        """Note the ids of a row."""
        self._ids |= _ids_in(row)


def _ids_in(values: Iterable[object]) -> set[str]:
    """The ids in these values. A document comes as text from both databases."""
    ids: set[str] = set()
    for value in values:
        # No other type of a column can have an id.
        if isinstance(value, str):
            if '"' in value:
                ids.update(_ID_IN_DOCUMENT.findall(value))
            elif _ID.fullmatch(value):
                ids.add(value)
    return ids


class _NotedCursor:
    """A cursor of the database that notes what is asked and read."""

    def __init__(self, cursor: Any, records: ReadRecords) -> None:
        self._cursor, self._records = cursor, records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, sql: object, *parameters: Any) -> Any:
        self._records.add_query(sql, *parameters)
        return self._cursor.execute(sql, *parameters)

    def __iter__(self) -> Iterator[Any]:
        for row in self._cursor:
            self._records.add_row(row)
            yield row

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        if row is not None:
            self._records.add_row(row)
        return row

    def fetchmany(self, *size: int) -> Any:
        return self._noted(self._cursor.fetchmany(*size))

    def fetchall(self) -> Any:
        return self._noted(self._cursor.fetchall())

    def _noted(self, rows: Iterable[Any]) -> Any:
        for row in rows:
            self._records.add_row(row)
        return rows


def _note_cursors(connection: BaseDatabaseWrapper, records: ReadRecords) -> None:
    create_cursor = connection.create_cursor

    def create_noted_cursor(name: str | None = None) -> Any:
        return _NotedCursor(create_cursor(name), records)

    connection.create_cursor = create_noted_cursor  # type: ignore[method-assign]
