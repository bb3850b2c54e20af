"""The whole knowledge base as JSON Lines, desk and record, and back: byte for byte the same.

One line says what the file is, then a line for each row, then one with their number and the SHA-256
of all above it, so that a file that was cut short or altered is told from a whole one. Rows stand
in the order in which they can be made. The
read index is left out, because it follows from the revisions; so are passwords, sessions and
rights: of an account only its name is kept, and where that is new it can do nothing.
docs/importing.md describes the format.
"""

from __future__ import annotations

import hashlib
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

from kb.record.models import Epoch, Revision
from kb.record.search_index import rebuild_index

FORMAT, VERSION = "on-the-record", 1
BACKUP_BATCH_SIZE = 500
MAX_BACKUP_LINE_LENGTH = 20_000_000
# Tables of the desk and the record that are not kept, and why.
EXCLUDED_FIELDS = {
    "desk.upload": "a file that somebody has sent and not loaded yet; thrown away after a day",
    "record.entry": "the read index, made anew from the revisions",
    "record.facet": "likewise",
}
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


class BackupError(Exception):
    """Nothing was stored; the message says what is wrong, and in which line."""


def backup_models() -> list[type[models.Model]]:
    """The models whose rows are kept, each after those that it names."""
    ours = [one for app in ("desk", "record") for one in apps.get_app_config(app).get_models()]
    waiting = [one for one in ours if one._meta.label_lower not in EXCLUDED_FIELDS]
    found: list[type[models.Model]] = []
    while waiting:
        free = [one for one in waiting if not (_named_by(one) & set(waiting))]
        found += free
        waiting = [one for one in waiting if one not in free]
    return found


def _named_by(model: type[models.Model]) -> set[Any]:
    fields = (*model._meta.fields, *model._meta.many_to_many)
    return {one.related_model for one in fields if one.is_relation} - {model}


def dump_lines() -> Iterator[bytes]:
    """Every line of the file. One snapshot: call it inside a transaction that repeats its reads."""
    digest, rows = hashlib.sha256(), 0
    for number, row in enumerate(_every_row()):
        line = _line(row)
        digest.update(line)
        rows = number
        yield line
    yield _line({"rows": rows, "sha256": digest.hexdigest()})


def _every_row() -> Iterator[dict[str, Any]]:
    """What the file is, and then every row; the tables are read some hundred rows at a time."""
    yield {"format": FORMAT, "version": VERSION}
    for model in backup_models():
        accounts = [one.name for one in model._meta.fields if _is_account(one)]
        several = [
            models.Prefetch(one.name, one.related_model._base_manager.only("pk"))
            for one in model._meta.many_to_many
        ]
        found = model._base_manager.select_related(*accounts) if accounts else model._base_manager
        for obj in (
            found.prefetch_related(*several).order_by("pk").iterator(chunk_size=BACKUP_BATCH_SIZE)
        ):
            yield _row(obj)


def _is_account(field: Any) -> bool:
    return field.related_model is get_user_model()


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
        if _is_account(field):
            account = getattr(obj, field.name)
            row["fields"][field.name] = account and account.get_username()
    for several in obj._meta.many_to_many:
        if several.name in row["fields"]:
            row["fields"][several.name] = sorted(row["fields"][several.name])
    return {"table": row["model"], "key": row["pk"], "fields": row["fields"]}


def load_lines(lines: Iterable[bytes], *, dry_run: bool = False) -> int:
    """Store every row of a file in an empty knowledge base; return how many there were.

    All or nothing, in one transaction. Raises WholeError for a file that is not one of these, is
    cut short or does not hold together, and where the knowledge base is not empty.
    """
    known = {one._meta.label_lower: one for one in backup_models()}
    for model in known.values():
        if model is not Epoch and model._base_manager.exists():
            raise BackupError(
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
                rebuild_index()
            if dry_run:
                transaction.set_rollback(True)
    except Error as problem:  # of the database
        raise BackupError(f"The rows do not hold together: {problem}".strip()) from problem
    return rows


def _stored(lines: Iterable[bytes], known: dict[str, type[models.Model]]) -> int:
    accounts: dict[str, int] = {}
    digest, rows, is_whole = hashlib.sha256(), 0, False
    for number, line in enumerate(lines, start=1):
        try:
            row = _read(line)
            if number == 1:
                _check_head(row)
            elif is_whole:
                raise BackupError("there is more after the last line.")
            elif "rows" in row:
                _check_end(line, row, rows, digest.hexdigest())
                is_whole = True
            else:
                _store(row, known, accounts)
                rows += 1
        except BackupError as problem:
            raise BackupError(f"Line {number}: {problem}") from problem
        except UNSTORABLE as problem:
            raise BackupError(f"Line {number} cannot be stored: {problem}") from problem
        digest.update(line)
    if not is_whole:
        raise BackupError("The file is cut short: its last line, with the number of rows, is gone.")
    return rows


def _check_end(line: bytes, row: dict[str, Any], rows: int, sha256: str) -> None:
    if row["rows"] != rows:
        raise BackupError(f"the file should have {row['rows']} rows, and has {rows}.")
    if line != _line({"rows": rows, "sha256": sha256}):
        raise BackupError("the file was altered since it was exported: its digest is another.")


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_BACKUP_LINE_LENGTH:
        raise BackupError(f"it has more than {MAX_BACKUP_LINE_LENGTH // 1_000_000} MB.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise BackupError("this is not JSON in UTF-8.") from problem
    if not isinstance(row, dict):
        raise BackupError("this is JSON, but no row.")
    return row


def _check_head(row: dict[str, Any]) -> None:
    if row.get("format") != FORMAT:
        raise BackupError("this is not an export of a knowledge base.")
    if row.get("version") != VERSION:
        raise BackupError(f"this is version {row.get('version')}; only {VERSION} can be read.")


def _store(
    row: dict[str, Any], known: dict[str, type[models.Model]], accounts: dict[str, int]
) -> None:
    model = known.get(str(row.get("table")))
    if model is None:
        raise BackupError(f"there is no table {row.get('table')!r}.")
    fields = dict(row["fields"])
    for field in model._meta.fields:
        name = fields.get(field.name)
        if _is_account(field) and name is not None:
            fields[field.name] = _account(str(name), accounts)
    plain = {"model": model._meta.label_lower, "pk": row["key"], "fields": fields}
    for found in Deserializer([plain]):
        several = found.m2m_data or {}  # saving throws them away
        # Inserted, never written over a row of the same key.
        found.save(save_m2m=False, force_insert=True)
        for name, keys in several.items():
            field: Any = model._meta.get_field(name)
            own, theirs = field.m2m_column_name(), f"{field.m2m_reverse_field_name()}_id"
            through = field.remote_field.through
            through._base_manager.bulk_create(
                through(**{own: found.object.pk, theirs: getattr(key, "pk", key)}) for key in keys
            )


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
