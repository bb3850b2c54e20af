"""The tables of a backup: which there are, their rows as lines, and lines as rows.

Rows are read and written by plain copies of the models, which have Django's own field of each
column's type. The fields of the program upgrade old documents, check dates and refuse changes of a
log; a backup holds what is stored, whatever its age.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.functions import Collate
from django.utils.duration import duration_string

from kb.desk.backup import EXCLUDED_TABLES

# Rows that are in memory at once. A private text has up to 200,000 characters.
READ_BATCH_SIZE = 200
WRITE_BATCH_SIZE = 200
MAX_ROW_BYTES = 64 * 1024 * 1024

# Tables that a backup leaves out, besides the read index, and why.
OMITTED_TABLES = {
    "django_session": "sessions: everyone signs in again after a restore",
    "desk_upload": "uploaded files that are not loaded yet and are discarded after a day",
}
# They are made again from the revisions.
INDEX_TABLES = frozenset(
    name.replace(".", "_", 1) for name in EXCLUDED_TABLES if name.startswith("record.")
)
# Has no model: counts of failed sign-ins, and codes that were used in the last minutes.
CACHE_TABLE = "desk_cache"

Row = list[Any]


class ModelRegistry(Protocol):
    """``django.apps.apps``, or the models as they were after an earlier migration."""

    def get_models(self, include_auto_created: bool = False) -> Sequence[type[models.Model]]: ...


class InvalidRow(Exception):
    """A line is not a row of its table. The message says why."""


@dataclass(frozen=True)
class Table:
    """A table of a backup, with a model that reads and writes what is stored."""

    name: str
    model: type[models.Model]
    columns: tuple[str, ...]
    # Columns of JSON that are not nullable: None is JSON's null there.
    json_columns: frozenset[str]

    def lines(self) -> Iterator[bytes]:
        """Yield each row as a line, in the order of the keys. Call it in ``desk_snapshot``."""
        rows = self._rows().order_by(self._order()).values_list(*self.columns)
        for row in rows.iterator(chunk_size=READ_BATCH_SIZE):
            yield _line(row)

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert the rows of ``row_of``. Raises a DatabaseError if the database refuses them."""
        self._rows().bulk_create(
            (self.model(**dict(zip(self.columns, row, strict=True))) for row in rows),
            batch_size=WRITE_BATCH_SIZE,
        )

    def row_of(self, line: bytes) -> Row:
        """Return the values of a line. Raises InvalidRow."""
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidRow("it is not JSON in UTF-8.") from error
        if not isinstance(row, list) or len(row) != len(self.columns):
            raise InvalidRow(f"it does not have {len(self.columns)} values.")
        values = zip(self.columns, row, strict=True)
        try:
            return [self._value(column, value) for column, value in values]
        except (ArithmeticError, TypeError, ValueError) as error:
            raise InvalidRow("a value does not have the type of its column.") from error

    def has_rows(self) -> bool:
        """Whether the table has any row."""
        return self._rows().exists()

    def count(self) -> int:
        """Return the number of rows."""
        return self._rows().count()

    def _value(self, column: str, value: Any) -> Any:
        field: Any = self.model._meta.get_field(column)
        if value is None:
            is_null = column in self.json_columns
            return models.Value(None, models.JSONField()) if is_null else None
        if isinstance(field, models.JSONField):
            return value
        if isinstance(field, models.DateTimeField):
            return datetime.fromisoformat(value)
        if isinstance(field, models.DateField):
            return date.fromisoformat(value)
        if isinstance(field, models.TimeField):
            return time.fromisoformat(value)
        if isinstance(field, models.DecimalField):
            return Decimal(value)
        if isinstance(field, models.BinaryField):
            return base64.b64decode(value, validate=True)
        if isinstance(field, models.BooleanField):
            return _checked(value, bool)
        if isinstance(field, models.IntegerField):
            if isinstance(value, bool):
                raise TypeError(column)
            return _checked(value, int)
        if isinstance(field, models.CharField | models.TextField):
            return _checked(value, str)
        return field.to_python(_checked(value, str))

    def _rows(self) -> models.QuerySet[Any]:
        return self.model._base_manager.using(DEFAULT_DB_ALIAS)

    def _order(self) -> Any:
        key = self.model._meta.pk
        # PostgreSQL sorts text by the rules of a language, SQLite by its bytes.
        if isinstance(key, models.CharField) and connection.vendor == "postgresql":
            return Collate(key.name, "C")
        return key.name


def _checked(value: Any, expected: type) -> Any:
    if not isinstance(value, expected):
        raise TypeError(expected.__name__)
    return value


def tables_of(registry: ModelRegistry) -> dict[str, Table]:
    """Return the tables that a backup holds, by name in alphabetical order."""
    plain = Apps()
    stored = {
        model._meta.db_table: model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    left_out = INDEX_TABLES | OMITTED_TABLES.keys()
    return {
        name: _table(model, plain) for name, model in sorted(stored.items()) if name not in left_out
    }


def left_out_tables() -> list[str]:
    """Return the tables of this database whose rows no backup has: the index, sessions, …"""
    left_out = INDEX_TABLES | OMITTED_TABLES.keys() | {CACHE_TABLE}
    return sorted(left_out & set(connection.introspection.table_names()))


def _table(model: type[models.Model], registry: Apps) -> Table:
    # By name, because an earlier migration has its fields in another order.
    fields = {
        str(field.column): field
        for field in sorted(model._meta.concrete_fields, key=lambda field: str(field.column))
        if not _is_generated(field)
    }
    columns = {column: _plain_field(field) for column, field in fields.items()}
    options = {
        "apps": registry,
        "app_label": "backup",
        "db_table": model._meta.db_table,
        "managed": False,
    }
    attributes = {
        "__module__": __name__,
        "Meta": type("Meta", (), options),
        **columns,
    }
    return Table(
        model._meta.db_table,
        type(model.__name__, (models.Model,), attributes),
        tuple(columns),
        frozenset(
            column
            for column, field in fields.items()
            if isinstance(field, models.JSONField) and not field.null
        ),
    )


def _is_generated(field: models.Field[Any, Any]) -> bool:
    return bool(getattr(field, "generated", False))


def _plain_field(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """Return Django's own field for this column, without relations and rules."""
    target: Any = field
    while target.is_relation:
        target = target.target_field
    kind = target.get_internal_type()
    options: dict[str, Any] = {"null": field.null, "db_column": field.column}
    if field.primary_key:
        options["primary_key"] = True
    # The target of a relation: the database gives no keys of such a column.
    if field.is_relation and kind in ("AutoField", "BigAutoField", "SmallAutoField"):
        kind = "BigIntegerField"
    if kind == "DecimalField":
        options |= {"max_digits": target.max_digits, "decimal_places": target.decimal_places}
    if kind in ("CharField", "SlugField"):
        options["max_length"] = target.max_length
    plain: models.Field[Any, Any] = getattr(models, kind)(**options)
    return plain


def _line(row: Sequence[Any]) -> bytes:
    text = json.dumps(
        row,
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
        default=_text_of,
    )
    return text.encode() + b"\n"


def _text_of(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, timedelta):
        return duration_string(value)
    return str(value)
