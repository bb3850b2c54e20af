"""What has to be in order before the first start and before an upgrade."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, Error, connection

from kb.desk.full_backup.manifest import InvalidBackup
from kb.desk.full_backup.schema import database_state, node_name
from kb.desk.full_backup.writing import engine_version
from kb.record.backup_status import (
    MAX_BACKUP_AGE,
    MAX_RESTORE_AGE,
    BackupNote,
    BackupStatus,
    backup_status,
)
from kb.record.wall import PUBLIC

MIN_FREE_BYTES = 512 * 1024 * 1024


class PreflightLevel(StrEnum):
    """The result of a check, as it is printed."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was checked, the result, and what to do about it."""

    level: PreflightLevel
    subject: str
    message: str
    advice: str = ""

    def line(self) -> str:
        """Return the finding as one line of text."""
        words = f"{self.message} {self.advice}".split()
        return f"{self.level:<8} {self.subject}: {' '.join(words)}"


def preflight_findings() -> Iterator[Finding]:
    """Yield a finding for each check, in the order in which they should be settled."""
    database = _database()
    yield database
    is_reachable = database.level is not PreflightLevel.FAILED
    has_tables = False
    if is_reachable:
        migrations, has_tables = _migrations()
        yield migrations
    yield from _system_checks(with_database=is_reachable)
    yield _data_folder()
    for folder, needed in _needed_space().items():
        yield _disk_space(folder, needed)
    if is_reachable and not has_tables:
        yield Finding(PreflightLevel.OK, "backup", "The database is new, there is nothing to lose.")
        return
    yield from _backups(backup_status())


def _database() -> Finding:
    try:
        connection.ensure_connection()
        version = engine_version()
    except Error as error:
        advice = "Start the database, or correct KB_DATABASE_URL."
        return Finding(PreflightLevel.FAILED, "database", f"It cannot be opened: {error}.", advice)
    return Finding(PreflightLevel.OK, "database", f"{version} answers.")


def _migrations() -> tuple[Finding, bool]:
    """The finding, and whether the database has tables."""
    try:
        state = database_state()
    except InvalidBackup as error:
        return Finding(PreflightLevel.FAILED, "migrations", str(error)), True
    later = state.later_nodes
    if not later:
        return Finding(PreflightLevel.OK, "migrations", "All are applied."), True
    backup = "Make a backup, then run" if state.nodes else "Run"
    finding = Finding(
        PreflightLevel.FAILED,
        "migrations",
        f"{len(later)} are not applied, such as {node_name(later[-1])}.",
        f"{backup} manage.py migrate.",
    )
    return finding, bool(state.nodes)


def _system_checks(*, with_database: bool) -> Iterator[Finding]:
    """Yield what the system checks report: settings, secret key, roles, static files, rights."""
    databases = [DEFAULT_DB_ALIAS, PUBLIC] if with_database else None
    try:
        reported = checks.run_checks(
            include_deployment_checks=with_database and not settings.DEBUG, databases=databases
        )
    except Error as error:
        yield Finding(PreflightLevel.FAILED, "settings", f"A check failed: {error}.")
        return
    messages = [message for message in reported if not message.is_silenced()]
    for message in messages:
        is_error = message.level >= checks.ERROR
        level = PreflightLevel.FAILED if is_error else PreflightLevel.WARNING
        yield Finding(level, message.id or "settings", message.msg, message.hint or "")
    if not messages:
        yield Finding(
            PreflightLevel.OK,
            "settings",
            "Secret key, hosts, roles of the database, static files and rights of files are in "
            "order.",
        )


def _data_folder() -> Finding:
    folder = Path(settings.DATA_DIR)
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Finding(PreflightLevel.OK, "data folder", f"{folder} can be written.")
    return Finding(
        PreflightLevel.WARNING,
        "data folder",
        f"{folder} cannot be written, so no downloads and no reading index are stored.",
        "Let the user of the web server own it, unless this is intended.",
    )


def _needed_space() -> dict[Path, int]:
    """The bytes that should be free, by folder: for a migration and a backup of the database."""
    needed = {Path(settings.DATA_DIR): MIN_FREE_BYTES}
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        size = file.stat().st_size if file.is_file() else 0
        needed[file.parent] = max(MIN_FREE_BYTES, 2 * size)
    return {folder: size for folder, size in needed.items() if folder.is_dir()}


def _disk_space(folder: Path, needed: int) -> Finding:
    free = shutil.disk_usage(folder).free
    message = f"{folder} has {free / 1e6:,.0f} MB free"
    if free >= needed:
        return Finding(PreflightLevel.OK, "disk space", f"{message}.")
    return Finding(
        PreflightLevel.FAILED,
        "disk space",
        f"{message}, and {needed / 1e6:,.0f} MB are needed.",
        "Make room before you go on.",
    )


def _backups(status: BackupStatus) -> Iterator[Finding]:
    if status.failed is not None:
        yield Finding(
            PreflightLevel.FAILED,
            "backup",
            f"The last {status.failed} failed.",
            "Read the log, and run it again.",
        )
    run = "Run manage.py backup FILE."
    yield _age("backup", "backup", status.last_backup, MAX_BACKUP_AGE, run)
    trial = "Run manage.py restore --trial FILE with the newest backup."
    yield _age("restore", "verified restore", status.last_restore, MAX_RESTORE_AGE, trial)


def _age(
    subject: str, name: str, note: BackupNote | None, limit: timedelta, advice: str
) -> Finding:
    if note is None:
        return Finding(PreflightLevel.WARNING, subject, f"No {name} is known.", advice)
    hours = note.age() / timedelta(hours=1)
    message = f"The last {name} was {hours:,.0f} hours ago"
    if note.age() <= limit:
        return Finding(PreflightLevel.OK, subject, f"{message}.")
    longest = limit / timedelta(hours=1)
    return Finding(PreflightLevel.WARNING, subject, f"{message}, more than {longest:.0f}.", advice)
