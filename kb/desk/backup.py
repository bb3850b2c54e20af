"""Export the whole knowledge base, desk and record, as JSON Lines, and import it again.

The first line names the format, each of the next has one row, and the last has the number of rows
and the SHA-256 of all lines before it, so that a truncated or changed file is detected. Rows come
after the rows that they name. Exporting an imported file gives the same bytes.

Left out are the read index, which is built from the revisions, and passwords, sessions and
permissions: of an account only the username is exported, and an account that is created by the
import is inactive. docs/importing.md describes the format. ``kb.desk.full_backup`` is for restoring
a site as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypedDict, cast

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.python import Deserializer, Serializer
from django.db import Error, connection, models, transaction

from kb.desk.earlier_exports import EarlierRows
from kb.desk.earlier_silence import EarlierRow, EarlierSilenceError, SilentStatements
from kb.desk.models import Source, SourceRelation
from kb.desk.suppression.removing import remove_again
from kb.record.models import Epoch, Revision, Suppression
from kb.record.origins import SourceLink, find_relation_cycle
from kb.record.proof.appending import append_missing
from kb.record.rebuild import rebuild_index

FORMAT, VERSION = "on-the-record", 1
BACKUP_BATCH_SIZE = 500
MAX_BACKUP_LINE_LENGTH = 20_000_000
# Tables of the desk and the record that are not exported, and why.
EXCLUDED_TABLES = {
    "desk.sourcetext": "the text of an article belongs to its publisher and never leaves the desk",
    "desk.passagemark": "positions in such a text",
    "desk.dismissedproposal": "words of such a text",
    "desk.rightschange": "keys, groups and permissions of accounts, which are not exported either",
    "desk.report": "words and addresses of readers never leave the desk",
    "desk.reportmessage": "likewise",
    "desk.reportstep": "what was done to them",
    "desk.upload": "an uploaded file that is not loaded yet; discarded after a day",
    "record.entry": "the search index, rebuilt from the revisions",
    "record.facet": "likewise",
    "record.addressindex": "likewise",
    "record.claiminput": "likewise",
    "record.listedrecord": "likewise",
    "record.listtotal": "likewise",
    "record.listedclaim": "likewise",
    "record.sourceparent": "likewise",
    "record.entrychange": "what copies of the search index have to read again",
    "record.pendingdependants": "what of the search index is still to be done",
}
# Exceptions that a row of the wrong shape raises when it is stored.
UNSTORABLE = (
    AttributeError,
    DeserializationError,
    FieldDoesNotExist,
    KeyError,
    TypeError,
    ValidationError,
    ValueError,
)
Models = dict[str, type[models.Model]]


class BackupError(Exception):
    """Nothing was stored; the message says what is wrong, and in which line."""


class BackupRow(TypedDict):
    """A line of the file that holds a row."""

    table: str
    key: Any
    fields: dict[str, Any]


def backup_models() -> list[type[models.Model]]:
    """Return the models whose rows are exported, each after the models that it refers to."""
    remaining = [
        model
        for app in ("desk", "record")
        for model in apps.get_app_config(app).get_models()
        if table_name(model) not in EXCLUDED_TABLES
    ]
    ordered: list[type[models.Model]] = []
    while remaining:
        free = [model for model in remaining if not _related_models(model) & set(remaining)]
        ordered += free
        remaining = [model for model in remaining if model not in free]
    return ordered


def table_name(model: type[models.Model]) -> str:
    """Return the name of a table in the file: app and table, which a renamed model keeps."""
    return model._meta.db_table.replace("_", ".", 1)


def _related_models(model: type[models.Model]) -> set[type[models.Model]]:
    fields = (*model._meta.fields, *model._meta.many_to_many)
    related = {field.related_model for field in fields if field.is_relation}
    return cast("set[type[models.Model]]", related) - {model}


def dump_lines() -> Iterator[bytes]:
    """Yield every line of the file. Call it in ``desk_snapshot``."""
    digest, rows = hashlib.sha256(), 0
    for number, row in enumerate(_head_and_rows()):
        line = _line(row)
        digest.update(line)
        rows = number
        yield line
    yield _line({"rows": rows, "sha256": digest.hexdigest()})


def _head_and_rows() -> Iterator[BackupRow | dict[str, Any]]:
    """Yield the first line, and then every row; tables are read in batches."""
    yield {"format": FORMAT, "version": VERSION}
    for model in backup_models():
        accounts = [field.name for field in model._meta.fields if _is_account(field)]
        relations = [
            models.Prefetch(
                field.name,
                field.related_model._base_manager.only("pk"),
            )
            for field in model._meta.many_to_many
        ]
        rows = model._base_manager.all()
        if accounts:
            rows = rows.select_related(*accounts)
        rows = rows.prefetch_related(*relations).order_by("pk")
        for row in rows.iterator(chunk_size=BACKUP_BATCH_SIZE):
            yield _backup_row(row)


def _is_account(field: models.Field[Any, Any]) -> bool:
    return field.related_model is get_user_model()


def _line(row: BackupRow | dict[str, Any]) -> bytes:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=_json_text, allow_nan=False)
    return text.encode() + b"\n"


def _json_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _backup_row(row: models.Model) -> BackupRow:
    serialized: dict[str, Any] = Serializer().serialize([row])[0]
    fields: dict[str, Any] = serialized["fields"]
    for field in row._meta.fields:
        if _is_account(field):
            account = getattr(row, field.name)
            fields[field.name] = account and account.get_username()
    for relation in row._meta.many_to_many:
        if relation.name in fields:
            fields[relation.name] = sorted(fields[relation.name])
    return {"table": table_name(type(row)), "key": serialized["pk"], "fields": fields}


def load_lines(
    lines: Iterable[bytes], *, dry_run: bool = False, removals: Sequence[Suppression] = ()
) -> int:
    """Store every row of a file in an empty knowledge base; return how many there were.

    All or nothing, in one transaction. Raises BackupError if the file has another format, is
    truncated or inconsistent, or if the knowledge base is not empty. What was removed by order
    after the export (``removals``) is removed again.
    """
    known = {table_name(model): model for model in backup_models()}
    for table, model in known.items():
        if model is not Epoch and model._base_manager.exists():
            raise BackupError(
                f"The database is not empty (it has rows in {table}). Import into a new database."
            )
    try:
        with transaction.atomic():
            silence = SilentStatements()
            rows = _store_lines(lines, known, silence)
            for statement in connection.ops.sequence_reset_sql(no_style(), list(known.values())):
                with connection.cursor() as cursor:
                    cursor.execute(statement)
            silence.finish()
            connection.check_constraints()
            remove_again(removals)
            if Revision.objects.exists():
                rebuild_index()
                # Files of earlier versions have no log.
                deque(append_missing(), maxlen=0)
            if dry_run:
                transaction.set_rollback(True)
    except Error as error:  # of the database
        raise BackupError(f"The rows are inconsistent: {error}".strip()) from error
    return rows


def _store_lines(lines: Iterable[bytes], known: Models, silence: SilentStatements) -> int:
    accounts: dict[str, int] = {}
    earlier = EarlierRows()
    digest, rows, is_complete = hashlib.sha256(), 0, False
    for number, line in enumerate(lines, start=1):
        try:
            row = _read(line)
            if number == 1:
                _check_head(row)
            elif is_complete:
                raise BackupError("there is text after the last line.")
            elif "rows" in row:
                _check_end(line, row, rows, digest.hexdigest())
                is_complete = True
            else:
                _store(row, known, accounts, earlier, silence)
                rows += 1
        except (BackupError, EarlierSilenceError) as error:
            raise BackupError(f"Line {number}: {error}") from error
        except UNSTORABLE as error:
            raise BackupError(f"Cannot save line {number}: {error}") from error
        digest.update(line)
    if not is_complete:
        raise BackupError(
            "The file is incomplete: the last line with the number of rows is missing. Export it "
            "again."
        )
    SourceRelation.objects.bulk_create(
        SourceRelation(source_id=source, parent_id=parent, derivation=derivation)
        for source, parent, derivation in earlier.relations
    )
    _refuse_circles()
    return rows


def _refuse_circles() -> None:
    """Raise BackupError if sources derive from each other in a circle."""
    keys = SourceRelation.objects.values_list("source_id", "parent_id")
    links = [SourceLink(str(source), str(parent), "") for source, parent in keys]
    cycle = find_relation_cycle(links)
    if cycle:
        titles = dict(Source.objects.filter(pk__in=cycle).values_list("pk", "title"))
        names = " → ".join(f"“{titles[int(key)]}”" for key in [*cycle, cycle[0]])
        raise BackupError(f"Sources derive from each other in a circle: {names}.")


def _check_end(line: bytes, row: dict[str, Any], rows: int, sha256: str) -> None:
    if row["rows"] != rows:
        raise BackupError(f"the file should have {row['rows']} rows but has {rows}.")
    if line != _line({"rows": rows, "sha256": sha256}):
        raise BackupError("the file was changed after the export: the checksum does not match.")


def _read(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_BACKUP_LINE_LENGTH:
        raise BackupError(f"the line has more than {MAX_BACKUP_LINE_LENGTH // 1_000_000} MB.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BackupError("this is not JSON in UTF-8.") from error
    if not isinstance(row, dict):
        raise BackupError("this is JSON, but not a row.")
    return row


def _check_head(row: dict[str, Any]) -> None:
    if row.get("format") != FORMAT:
        raise BackupError("this is not an export of a knowledge base.")
    if row.get("version") != VERSION:
        raise BackupError(
            f"unsupported version {row.get('version')}; only version {VERSION} can be imported."
        )


def _store(
    row: dict[str, Any],
    known: Models,
    accounts: dict[str, int],
    earlier: EarlierRows,
    silence: SilentStatements,
) -> None:
    table = str(row.get("table"))
    if table not in known:
        raise BackupError(f"the table {row.get('table')!r} does not exist.")
    stored = silence.converted(EarlierRow(table, row["key"], dict(row["fields"])))
    if stored is None:
        return
    model = known[stored.table]
    fields = earlier.upgraded(*stored)
    for field in model._meta.fields:
        username = fields.get(field.name)
        if _is_account(field) and username is not None:
            fields[field.name] = _account_key(str(username), accounts)
    serialized = {"model": model._meta.label_lower, "pk": stored.key, "fields": fields}
    for deserialized in Deserializer([serialized]):
        relations = deserialized.m2m_data or {}  # save() discards them
        # Inserted, so that a row with the same key is an error and not overwritten.
        deserialized.save(save_m2m=False, force_insert=True)
        for name, related in relations.items():
            _store_relation(deserialized.object, name, related)


def _store_relation(row: models.Model, name: str, related: Iterable[Any]) -> None:
    """Insert the rows of a many-to-many field. ``related`` has model instances or keys."""
    relation = cast("models.ManyToManyField[Any, Any]", row._meta.get_field(name))
    own_column = relation.m2m_column_name()
    related_column = f"{relation.m2m_reverse_field_name()}_id"
    through = cast("type[models.Model]", relation.remote_field.through)
    through._base_manager.bulk_create(
        through(**{own_column: row.pk, related_column: getattr(item, "pk", item)})
        for item in related
    )


def _account_key(username: str, accounts: dict[str, int]) -> int:
    """Return the key of the account with this username; a missing one is created inactive."""
    if username not in accounts:
        users = get_user_model()._default_manager
        account = users.filter(username=username).first()
        if account is None:
            account = users.create_user(username)
            account.is_active = False
            account.save()
        accounts[username] = account.pk
    return accounts[username]
