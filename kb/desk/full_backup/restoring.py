"""Restoring a backup: into an empty database of either engine, or in the place of another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import Error, connection, transaction

from kb.desk.full_backup.archive import Backup, Progress, ignore_progress
from kb.desk.full_backup.keys import set_last_key
from kb.desk.full_backup.manifest import InvalidBackup, TableEntry
from kb.desk.full_backup.schema import (
    SchemaState,
    database_state,
    migrate_to,
    node_name,
    state_of,
)
from kb.desk.full_backup.tables import (
    READ_BATCH_SIZE,
    InvalidRow,
    Table,
    left_out_tables,
    tables_of,
)
from kb.desk.full_backup.writing import EPOCH_TABLE, publication_version
from kb.desk.suppression.removing import remove_again
from kb.desk.suppression.storage import clean_database, overwriting_deleted_words
from kb.record.models import Suppression
from kb.record.rebuild import rebuild_index
from kb.record.statistics import analyze_tables

# Tables that `migrate` fills. A database with rows in these alone is empty.
FILLED_BY_MIGRATE = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "desk_rightschange",
        "django_content_type",
        EPOCH_TABLE,
    }
)
# What a person would miss, as it is named before a database is replaced.
NAMED_TABLES = {
    "auth_user": "accounts",
    "desk_event": "events",
    "desk_statement": "statements",
    "desk_source": "sources",
    "desk_edition": "saved versions",
    "record_revision": "published versions",
}


class RestoreRefused(Exception):
    """Nothing was changed. The message says why, and what to do."""


@dataclass(frozen=True)
class RestorePlan:
    """How a backup gets into this database. Nothing has been changed yet."""

    backup: Backup
    state: SchemaState
    tables: dict[str, Table]
    is_new_database: bool
    # "accounts: 12" for each kind of row that would be deleted; empty for an empty database.
    lost: tuple[str, ...]

    @property
    def is_older(self) -> bool:
        """Whether the backup was made before migrations of this release."""
        return bool(self.state.later_nodes)


def plan_restore(backup: Backup) -> RestorePlan:
    """Compare a backup with this release and its database.

    Raises InvalidBackup if this release cannot read it, and RestoreRefused if this database has the
    wrong tables for it.
    """
    state = state_of(backup.manifest.migrations)
    tables = tables_of(state.models())
    _compare_tables(backup.manifest.tables, tables)
    present = database_state()
    if present.nodes and present.nodes != state.nodes:
        raise RestoreRefused(_other_state(state, present))
    is_new = not present.nodes
    return RestorePlan(backup, state, tables, is_new, () if is_new else _losses(tables))


def restore_backup(
    plan: RestorePlan,
    *,
    replace: bool = False,
    progress: Progress = ignore_progress,
    removals: Sequence[Suppression] = (),
) -> int:
    """Put the rows of the backup into the database; return their number.

    Everything is checked before anything is written, and all rows are stored in one transaction,
    after which the database has exactly the contents of the backup. An older backup gets its own
    tables, and is migrated afterwards. With ``replace``, what is in the database is deleted.
    Words that were removed by order since, by the database that is replaced or by ``removals``
    (``kb.desk.suppression.removal_file``), are removed again.

    Raises InvalidBackup if the file is damaged or its rows are not consistent, RestoreRefused if
    the database is not empty, and DatabaseError.
    """
    if plan.lost and not replace:
        raise RestoreRefused(
            f"The database is not empty ({', '.join(plan.lost)}). Restore into a new "
            "database, or delete all of this with --replace."
        )
    plan.backup.check(progress)
    if plan.is_new_database:
        migrate_to(plan.state)
    try:
        with overwriting_deleted_words(), transaction.atomic():
            orders = [*_stored_removals(), *removals]
            _load(plan, progress)
            _finish(plan, orders)
    except Error as error:
        reason = " ".join(str(error).split())
        raise InvalidBackup(f"The rows of the backup are inconsistent: {reason}") from error
    ContentType.objects.clear_cache()
    if plan.is_older:
        call_command("migrate", interactive=False, verbosity=0)
        with transaction.atomic():
            remove_again(orders)
            rebuild_index()
    if orders:
        clean_database([*plan.tables])
    analyze_tables()
    return plan.backup.manifest.rows


def _load(plan: RestorePlan, progress: Progress) -> None:
    names = [*plan.tables, *left_out_tables()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), names):
            cursor.execute(statement)
    for entry in plan.backup.manifest.tables:
        _load_table(plan, entry, progress)
    connection.check_constraints()


def _load_table(plan: RestorePlan, entry: TableEntry, progress: Progress) -> None:
    table, lines, number = plan.tables[entry.name], plan.backup.lines(entry), 0
    try:
        while batch := list(islice(lines, READ_BATCH_SIZE)):
            table.insert([table.row_of(line) for line in batch])
            number += len(batch)
            progress(f"Loading {entry.name}", number)
    except InvalidRow as error:
        last = number + READ_BATCH_SIZE
        raise InvalidBackup(f"Table {entry.name}, rows {number + 1} to {last}: {error}") from error
    if entry.last_key is not None:
        set_last_key(table, entry.last_key)


def _finish(plan: RestorePlan, orders: Sequence[Suppression]) -> None:
    """Check what was stored, and make what follows from it, in the transaction of the rows.

    The order matters. What must not come back with an old backup is removed after the comparison,
    because that changes the rows, and before the index is built from them. A backup from before a
    migration is migrated first.
    """
    _compare_contents(plan)
    if not plan.is_older:
        remove_again(orders)
        rebuild_index()


def _stored_removals() -> list[Suppression]:
    """The removals of the database that is about to be replaced."""
    if Suppression._meta.db_table not in connection.introspection.table_names():
        return []
    return list(Suppression.objects.order_by("pk"))


def _compare_contents(plan: RestorePlan) -> None:
    """Read all rows again. Raises InvalidBackup if they are not those of the backup."""
    for entry in plan.backup.manifest.tables:
        digest = hashlib.sha256()
        for line in plan.tables[entry.name].lines():
            digest.update(line)
        if digest.hexdigest() != entry.sha256:
            raise InvalidBackup(
                f"This database stores the rows of {entry.name} otherwise than the backup has "
                "them. Nothing was saved."
            )


def _compare_tables(entries: list[TableEntry], tables: dict[str, Table]) -> None:
    unknown = sorted({entry.name for entry in entries} - tables.keys())
    if unknown:
        raise InvalidBackup(
            f"The backup has the table {unknown[0]}, which this release does not know. Use the "
            "release that made it."
        )
    missing = sorted(tables.keys() - {entry.name for entry in entries})
    if missing:
        raise InvalidBackup(f"The backup lacks the table {missing[0]}. Use another backup.")
    for entry in entries:
        if tuple(entry.columns) != tables[entry.name].columns:
            raise InvalidBackup(
                f"The table {entry.name} has other columns in this release than in the backup. "
                "Use the release that made it."
            )


def _other_state(state: SchemaState, present: SchemaState) -> str:
    later = sorted(present.nodes - state.nodes)
    if later and not state.nodes - present.nodes:
        return (
            f"The backup was made before the migration {node_name(later[0])}, which this database "
            "has. Restore it into a new database without tables: its tables are made as they were, "
            "filled, and then migrated."
        )
    return (
        "The database has other migrations than the backup. Run manage.py migrate, or restore into "
        "a new database without tables."
    )


def _losses(tables: dict[str, Table]) -> tuple[str, ...]:
    filled = [
        table for name, table in tables.items() if name not in FILLED_BY_MIGRATE
        if table.has_rows()
    ]  # fmt: skip
    if not filled:
        return ()
    named = {table.name: table.count() for table in filled if table.name in NAMED_TABLES}
    losses = [f"{NAMED_TABLES[name]}: {count:,}" for name, count in named.items()]
    others = [table.name for table in filled if table.name not in NAMED_TABLES]
    if others:
        losses.append(f"other tables with rows: {len(others)}")
    number = publication_version(tables[EPOCH_TABLE])
    return (*losses, f"publication version: {number}")
