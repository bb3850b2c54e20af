"""Making the file of a past record: the revisions up to a moment, and the read index from them.

An SQLite file, whatever the database of the site. Revisions keep their keys and their stored text.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import TextField
from django.db.models.functions import Cast

from kb.record.models import Epoch, Revision, RevisionQuerySet
from kb.record.past.serving import sqlite_connection
from kb.record.private_files import create_private_file
from kb.record.rebuild import rebuild_index
from kb.text.normalise import FOLD_EDITION

BATCH_SIZE = 500
# The file is complete when it takes its name, and made anew after a crash.
_OPTIONS = {
    "init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
}
# A migration whose name begins with a digit, so that no statement can import it.
_SEARCH_INDEX = "kb.record.migrations.0002_create_search_index"


class RevisionRow(NamedTuple):
    """A revision as it is stored; ``document`` is the text of its JSON."""

    id: int
    public_id: str
    kind: str
    slug: str
    title: str
    number: int
    document: str
    change: str
    note: str
    published_at: datetime
    superseded_at: datetime | None
    sha256: str


def revisions_until(moment: datetime) -> RevisionQuerySet:
    """All that was published up to a moment, at it included."""
    return Revision.objects.filter(published_at__lte=moment)


def revision_rows(moment: datetime) -> Iterator[RevisionRow]:
    """The revisions of a moment as they were stored then, from the present connection."""
    names = ["document_text" if name == "document" else name for name in RevisionRow._fields]
    rows = revisions_until(moment).annotate(document_text=Cast("document", TextField()))
    last = 0
    # By ranges of keys: PostgreSQL would run one query for all of them as one statement.
    while batch := [
        RevisionRow(*values)
        for values in rows.filter(pk__gt=last).order_by("pk").values_list(*names)[:BATCH_SIZE]
    ]:
        for row in batch:
            is_later = row.superseded_at is not None and row.superseded_at > moment
            yield row._replace(superseded_at=None) if is_later else row
        last = batch[-1].id


def make_file(path: Path, rows: Iterable[RevisionRow]) -> None:
    """Make the file at a path where there is none, in the thread of the caller.

    It must be a thread of its own: until it ends, its connection of the desk is that of the file.
    """
    if threading.current_thread() is threading.main_thread():
        raise RuntimeError("A past record is made in a thread of its own.")
    create_private_file(path)
    connection = sqlite_connection(DEFAULT_DB_ALIAS, str(path), _OPTIONS)
    connections[DEFAULT_DB_ALIAS] = connection
    try:
        _create_tables(connection)
        _store(connection, rows)
        rebuild_index()
    finally:
        connection.close()


def _create_tables(connection: BaseDatabaseWrapper) -> None:
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("record").get_models():
            editor.create_model(model)
        for statement in import_module(_SEARCH_INDEX).SQLITE:
            editor.execute(statement, params=None)


def _store(connection: BaseDatabaseWrapper, rows: Iterable[RevisionRow]) -> None:
    """Store the revisions, and the publication version of the last of them."""
    columns = ", ".join(f'"{name}"' for name in RevisionRow._fields)
    marks = ", ".join(["%s"] * len(RevisionRow._fields))
    table = connection.ops.quote_name(Revision._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 (constants)
    adapted = connection.ops.adapt_datetimefield_value
    last: RevisionRow | None = None
    remaining = iter(rows)
    with connection.cursor() as cursor:
        while batch := list(islice(remaining, BATCH_SIZE)):
            values = [
                [adapted(part) if isinstance(part, datetime) else part for part in row]
                for row in batch
            ]
            cursor.executemany(statement, values)
            last = max(chain([last] if last else [], batch), key=_when)
    if last is not None:
        Epoch.objects.create(
            pk=1, number=last.id, changed_at=last.published_at, fold_edition=FOLD_EDITION
        )


def _when(row: RevisionRow) -> tuple[datetime, int]:
    return row.published_at, row.id
