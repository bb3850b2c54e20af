"""Statements that write many rows at once, prepared before the transaction begins.

Keys and values are computed beforehand; inside the transaction there is one statement for each
table. SQLite has a single writer, so an editor who saves waits for as long as the transaction
takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from kb.dates import DateError, FuzzyDateField
from kb.dates.columns import BoundField, PhraseField, fuzzy_date


class BulkStatement(NamedTuple):
    """One statement, and its parameters for each row."""

    sql: str
    rows: list[tuple[Any, ...]]

    def run(self) -> None:
        """Execute it for all rows."""
        if self.rows:
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, self.rows)


class ReservedKeys:
    """Keys of new rows. No other row gets them, even if these are dropped.

    Each reservation waits for the disk. So it takes as many keys as all before it of its table.
    """

    def __init__(self) -> None:
        self._keys: dict[type[models.Model], list[int]] = {}
        self._reserved: Counter[type[models.Model]] = Counter()

    def take(self, model: type[models.Model], number: int) -> list[int]:
        """So many keys of a table, in ascending order."""
        keys = self._keys.pop(model, [])
        if len(keys) < number:
            more = max(number - len(keys), self._reserved[model])
            self._reserved[model] += more
            keys += _reserved_keys(model, more)
        self._keys[model] = keys[number:]
        return keys[:number]


def assign_keys(rows: Sequence[models.Model], reserved: ReservedKeys) -> None:
    """Give new rows of one table keys."""
    if rows:
        for row, key in zip(rows, reserved.take(type(rows[0]), len(rows)), strict=True):
            row.pk = key


def _reserved_keys(model: type[models.Model], number: int) -> Iterator[int]:
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, _column(model._meta.pk), number],
            )
            return iter([key for (key,) in cursor.fetchall()])
        # SQLite keeps the counter of AUTOINCREMENT in an ordinary table: no row ever had a key
        # above it (https://sqlite.org/autoinc.html).
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq",
            [number, table],
        )
        counter = cursor.fetchone()
        if counter is None:  # no row was ever stored in this table
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)",
                           [table, number])  # fmt: skip
        last = counter[0] if counter else number
        return iter(range(last - number + 1, last + 1))


def insert_statement(rows: Sequence[models.Model]) -> BulkStatement:
    """The statement that inserts rows of one table, which have keys already."""
    if not rows:
        return BulkStatement("", [])
    fields = _columns(type(rows[0]))
    columns = ", ".join(connection.ops.quote_name(_column(field)) for field, *_ in fields)
    placeholders = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(type(rows[0])._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({placeholders})"  # noqa: S608 (names of ours)
    return BulkStatement(sql, [_values(row, fields, True) for row in rows])


def link_statement(
    through: type[models.Model], columns: tuple[str, str], rows: Sequence[tuple[int, int, int]]
) -> BulkStatement:
    """The statement that inserts rows of a many-to-many table: keys, and pairs for two columns."""
    quoted, meta = connection.ops.quote_name, through._meta
    names = ", ".join(map(quoted, (_column(meta.pk), *columns)))
    sql = f"INSERT INTO {quoted(meta.db_table)} ({names}) VALUES (%s, %s, %s)"  # noqa: S608 (names of ours)
    return BulkStatement(sql, list(rows))


def update_statement(rows: Sequence[models.Model]) -> BulkStatement:
    """The statement that updates all columns of rows of one table."""
    if not rows:
        return BulkStatement("", [])
    quoted, meta = connection.ops.quote_name, type(rows[0])._meta
    fields = [column for column in _columns(type(rows[0])) if not column.field.primary_key]
    assignments = ", ".join(f"{quoted(_column(field))} = %s" for field, *_ in fields)
    table, key = quoted(meta.db_table), quoted(_column(meta.pk))
    sql = f"UPDATE {table} SET {assignments} WHERE {key} = %s"  # noqa: S608 (names of ours)
    return BulkStatement(sql, [(*_values(row, fields, False), row.pk) for row in rows])


def _column(field: models.Field[Any, Any] | None) -> str:
    """The column of a field. Raises TypeError for a field without a column."""
    if field is None or field.column is None:
        raise TypeError(f"{field} has no column")
    return field.column


# Fields whose values of this type are what the database is sent. ``get_db_prep_save`` would return
# them too, after half a dozen calls for each of the hundred values of a row.
_PLAIN_TYPES: tuple[tuple[type[models.Field[Any, Any]], type], ...] = (
    (models.CharField, str),
    (models.TextField, str),
    (models.IntegerField, int),
    (models.BooleanField, bool),
    (models.ForeignKey, int),
    (PhraseField, str),
)
_MISSING = object()


class _Column(NamedTuple):
    """A field, and the type of its values that need no conversion, as None then needs none.

    ``object`` if all values need one. ``takes_none`` and ``takes_empty``: whether None and "" need
    none either. The value of a column of a date depends on the EDTF alone, which ``of`` has in the
    state of a row; ``convert`` remembers it.
    """

    field: models.Field[Any, Any]
    name: str
    plain_type: type
    takes_none: bool
    takes_empty: bool
    of: str = ""
    convert: Callable[[str], Any] | None = None


@cache
def _columns(model: type[models.Model]) -> list[_Column]:
    return [_column_of(field) for field in model._meta.local_concrete_fields]


def _column_of(field: models.Field[Any, Any]) -> _Column:
    plain_type, is_set = _plain_type(field), _is_set_by_caller(field)
    takes_none = plain_type is not object or (is_set and _is_kept(field, None))
    takes_empty = isinstance(field, models.CharField) and is_set and _is_kept(field, "")
    column = _Column(field, field.attname, plain_type, takes_none, takes_empty)
    if type(field) is FuzzyDateField:
        return column._replace(of=field.attname, convert=_remembered(field.get_db_prep_save, None))
    if type(field) is BoundField:
        convert = _remembered(field.get_db_prep_save, field.end)
        return column._replace(of=field.of, convert=convert)
    return column


def _is_set_by_caller(field: models.Field[Any, Any]) -> bool:
    """Whether saving a row leaves the value of the field as it is, unlike the time of a change."""
    ways = (models.Field.pre_save, PhraseField.pre_save, models.DateField.pre_save)
    return type(field).pre_save in ways and not (
        isinstance(field, models.DateField) and (field.auto_now or field.auto_now_add)
    )


def _is_kept(field: models.Field[Any, Any], value: str | None) -> bool:
    """Whether the database is sent this value as it is."""
    prepared = field.get_db_prep_save(value, connection=connections[DEFAULT_DB_ALIAS])
    return type(prepared) is type(value) and prepared == value


def _remembered(prepare: Callable[..., Any], end: str | None) -> Callable[[str], Any]:
    """What the database is sent for an EDTF, or for its first or last day; of recent ones."""

    @lru_cache(maxsize=4096)
    def converted(text: str) -> Any:
        value: Any = text
        if end:
            try:
                value = getattr(fuzzy_date(text), end)
            except DateError:
                value = None
        return prepare(value, connection=connections[DEFAULT_DB_ALIAS])

    return converted


def _plain_type(field: models.Field[Any, Any]) -> type:
    field_type = type(field)
    methods = ("pre_save", "get_db_prep_save", "get_db_prep_value", "get_prep_value")
    for plain_field, value_type in _PLAIN_TYPES:
        if issubclass(field_type, plain_field) and all(
            getattr(field_type, name) is getattr(plain_field, name) for name in methods
        ):
            return value_type
    return object


def _values(row: models.Model, columns: Iterable[_Column], is_new: bool) -> tuple[Any, ...]:
    """The values that saving the row would send to the database."""
    state, database = row.__dict__, connections[DEFAULT_DB_ALIAS]
    values: list[Any] = []
    for field, name, plain_type, takes_none, takes_empty, of, convert in columns:
        if convert and type(text := state.get(of)) is str:
            values.append(convert(text))
            continue
        value = state.get(name, _MISSING)
        if not (
            type(value) is plain_type
            or (value is None and takes_none)
            or (takes_empty and type(value) is str and not value)
        ):
            value = field.get_db_prep_save(field.pre_save(row, is_new), connection=database)
        values.append(value)
    return tuple(values)
