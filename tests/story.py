"""Load the sample stories quickly.

``loaddata`` checks and publishes every row, which takes seconds. So it runs once; later tests get a
copy of the tables.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from kb.desk.management.commands.demo import Command
from kb.desk.models import RightsChange
from kb.record.models import EntryChange, Epoch

# Migrations add the first row of these.
_BEGUN_BY_MIGRATIONS = (Epoch, EntryChange)
# Table, columns and rows after the first load, by what was loaded.
_Copy = list[tuple[str, list[str], list[tuple[Any, ...]]]]
_copies: dict[str, _Copy] = {}


def load_story() -> None:
    """Load the sample story. If the knowledge base is not empty, run ``loaddata``."""
    load_copy("story", lambda: call_command("loaddata", "bytedance-openai", verbosity=0))


def load_demo() -> None:
    """Load what ``manage.py demo`` shows: both stories, a correction and a withdrawal."""
    load_copy("demo", lambda: Command(stdout=StringIO()).load_stories())


def load_copy(name: str, load: Callable[[], Any]) -> None:
    """Fill the empty tables with what ``load`` writes: the first time in a run by calling it.

    If the knowledge base is not empty, ``load`` is called each time. ``name`` is that of the copy.
    """
    if not is_empty():
        load()
    elif name not in _copies:
        load()
        _copies[name] = [
            (model._meta.db_table, _columns_of(model), _rows_of(model)) for model in _models()
        ]
    else:
        _restore(_copies[name])


def is_empty() -> bool:
    """Whether the knowledge base has no rows but those of migrations."""
    return not any(_rows_of(model) for model in _models() if model not in _BEGUN_BY_MIGRATIONS)


def _models() -> list[Any]:
    """The models of the knowledge base, without the log of rights, which begins with the groups."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ("desk", "record")
        and model._meta.managed
        and model is not RightsChange
    ]


def _columns_of(model: Any) -> list[str]:
    """The columns that can be written."""
    return [field.column for field in model._meta.concrete_fields if not field.generated]


def _rows_of(model: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        names = ", ".join(f'"{column}"' for column in _columns_of(model))
        cursor.execute(f"SELECT {names} FROM {model._meta.db_table}")
        return cursor.fetchall()


def _restore(copy: _Copy) -> None:
    # In one transaction, because foreign keys are checked at its end.
    with transaction.atomic(), connection.cursor() as cursor:
        for model in _BEGUN_BY_MIGRATIONS:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        for table, columns, rows in copy:
            marks = ", ".join(["%s"] * len(columns))
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
        # Caches and the reading index use the number and the time as key, so the time must change.
        Epoch.objects.update(changed_at=timezone.now())
        EntryChange.objects.update(noted_at=timezone.now())
