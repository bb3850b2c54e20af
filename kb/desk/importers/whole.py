"""The whole knowledge base as JSON Lines, desk and record, and back: byte for byte the same.

One line says what the file is, then a line for each row, then one with their number, so that a file
that was cut short is told from a whole one. Rows stand in the order in which they can be made. The
read index is left out, because it follows from the revisions; so are passwords, sessions and
rights: of an account only its name is kept, and where that is new it can do nothing.
docs/importing.md describes the format.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer, Serializer
from django.db import Error, connection, models, transaction

from kb.record.index import rebuild
from kb.record.models import Epoch, Revision

FORMAT, VERSION = "on-the-record", 1
ROWS_AT_ONCE = 500
LONGEST_LINE = 20_000_000
# What a row of the wrong shape raises on its way into a table.
UNSTORABLE = (
    AttributeError,
    DeserializationError,
    FieldDoesNotExist,
    KeyError,
    TypeError,
    ValidationError,
    ValueError,
)


class WholeError(Exception):
    """Nothing was stored; the message says what is wrong, and in which line."""


def tables() -> list[type[models.Model]]:
    """The models whose rows are kept, each after those that it names."""
    waiting = [*apps.get_app_config("desk").get_models(), Revision, Epoch]
    found: list[type[models.Model]] = []
    while waiting:
        free = [one for one in waiting if not (_named_by(one) & set(waiting))]
        found += free
        waiting = [one for one in waiting if one not in free]
    return found


def _named_by(model: type[models.Model]) -> set[Any]:
    fields = (*model._meta.fields, *model._meta.many_to_many)
    return {one.related_model for one in fields if one.is_relation} - {model}


def dump() -> Iterator[bytes]:
    """Every line of the file. One snapshot: call it inside a transaction that repeats its reads."""
    yield _line({"format": FORMAT, "version": VERSION})
    rows = 0
    for model in tables():
        found = model._base_manager.order_by("pk")
        for obj in found.iterator(chunk_size=ROWS_AT_ONCE):
            yield _line(_row(obj))
            rows += 1
    yield _line({"rows": rows})


def _line(row: dict[str, Any]) -> bytes:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=_plain, allow_nan=False)
    return text.encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _row(obj: models.Model) -> dict[str, Any]:
    row: dict[str, Any] = Serializer().serialize([obj])[0]
    for field in obj._meta.fields:
        if field.related_model is get_user_model():
            account = getattr(obj, field.name)
            row["fields"][field.name] = account and account.get_username()
    for several in obj._meta.many_to_many:
        if several.name in row["fields"]:
            row["fields"][several.name] = sorted(row["fields"][several.name])
    return {"table": row["model"], "key": row["pk"], "fields": row["fields"]}


def load(lines: Iterable[bytes], *, dry_run: bool = False) -> int:
    """Store every row of a file in an empty knowledge base; return how many there were.

    All or nothing, in one transaction. Raises WholeError for a file that is not one of these, is
    cut short or does not hold together, and where the knowledge base is not empty.
    """
    known = {one._meta.label_lower: one for one in tables()}
    for model in known.values():
        if model is not Epoch and model._base_manager.exists():
            raise WholeError(
                f"This knowledge base is not empty: there are rows of {model._meta.label_lower}. "
                "Import into a new database."
            )
    try:
        with transaction.atomic():
            rows = _stored(lines, known)
            connection.check_constraints()
            for statement in connection.ops.sequence_reset_sql(no_style(), list(known.values())):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            if Revision.objects.exists():
                rebuild()
            if dry_run:
                transaction.set_rollback(True)
    except Error as problem:
        raise WholeError(f"The rows do not hold together: {problem}".strip()) from problem
    return rows


def _stored(lines: Iterable[bytes], known: dict[str, type[models.Model]]) -> int:
    accounts: dict[str, int] = {}
    rows, is_whole = 0, False
    for number, line in enumerate(lines, start=1):
        try:
            row = _read(line)
            if number == 1:
                _check_head(row)
            elif is_whole:
                raise WholeError("there is more after the last line.")
            elif "rows" in row:
                is_whole = row["rows"] == rows
                if not is_whole:
                    raise WholeError(f"the file should have {row['rows']} rows, and has {rows}.")
            else:
                _store(row, known, accounts)
                rows += 1
        except WholeError as problem:
            raise WholeError(f"Line {number}: {problem}") from problem
        except UNSTORABLE as problem:
            raise WholeError(f"Line {number} cannot be stored: {problem}") from problem
    if not is_whole:
        raise WholeError("The file is cut short: its last line, with the number of rows, is gone.")
    return rows


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise WholeError(f"it has more than {LONGEST_LINE // 1_000_000} MB.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise WholeError("this is not JSON in UTF-8.") from problem
    if not isinstance(row, dict):
        raise WholeError("this is JSON, but no row.")
    return row


def _check_head(row: dict[str, Any]) -> None:
    if row.get("format") != FORMAT:
        raise WholeError("this is not an export of a knowledge base.")
    if row.get("version") != VERSION:
        raise WholeError(f"this is version {row.get('version')}; only {VERSION} can be read.")


def _store(
    row: dict[str, Any], known: dict[str, type[models.Model]], accounts: dict[str, int]
) -> None:
    model = known.get(str(row.get("table")))
    if model is None:
        raise WholeError(f"there is no table {row.get('table')!r}.")
    fields = dict(row["fields"])
    for field in model._meta.fields:
        name = fields.get(field.name)
        if field.related_model is get_user_model() and name is not None:
            fields[field.name] = _account(str(name), accounts)
    plain = {"model": model._meta.label_lower, "pk": row["key"], "fields": fields}
    for found in Deserializer([plain]):
        found.save()


def _account(name: str, accounts: dict[str, int]) -> int:
    """The key of the account of this name; a new one cannot sign in until somebody lets it."""
    if name not in accounts:
        users = get_user_model()._default_manager
        account = users.filter(username=name).first()
        if account is None:
            account = users.create_user(name)
            account.is_active = False
            account.save()
        accounts[name] = account.pk
    return accounts[name]
