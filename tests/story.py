"""Load the sample story quickly.

``loaddata`` checks and publishes every row, which takes seconds. So it runs once; later tests get a
copy of the tables.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from kb.record.models import Epoch

# Table, columns and rows after the first load.
_copy: list[tuple[str, list[str], list[tuple[Any, ...]]]] = []


def load_story() -> None:
    """Load the sample story. If the knowledge base is not empty, run ``loaddata``."""
    if any(_rows_of(table)[1] for table in _tables() if table != Epoch._meta.db_table):
        call_command("loaddata", "bytedance-openai", verbosity=0)
    elif not _copy:
        call_command("loaddata", "bytedance-openai", verbosity=0)
        _copy.extend((table, *_rows_of(table)) for table in _tables())
    else:
        _restore()


def _models() -> list[Any]:
    labels = ("desk", "record")
    all_models = apps.get_models(include_auto_created=True)
    return [
        model for model in all_models if model._meta.app_label in labels and model._meta.managed
    ]


def _tables() -> list[str]:
    return [model._meta.db_table for model in _models()]


def _rows_of(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return [column[0] for column in cursor.description], cursor.fetchall()


def _restore() -> None:
    # In one transaction, because foreign keys are checked at its end.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Epoch._meta.db_table}")
        for table, columns, rows in _copy:
            marks = ", ".join(["%s"] * len(columns))
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
        # Caches in memory use the number and the time as key, so the time must change.
        Epoch.objects.update(changed_at=timezone.now())
