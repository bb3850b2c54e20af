"""When a backup was last made, checked and restored, for health checks, metrics and the desk.

It is a small JSON file (``KB_BACKUP_STATUS``) and not a table, so that it can be read while the
database is away, and so that a restored database does not claim the backups of another.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings

from kb.record.private_files import make_private_folder, open_private

logger = logging.getLogger(__name__)

# A backup each day, and a restore each week; with time for a late run.
MAX_BACKUP_AGE = timedelta(hours=26)
MAX_RESTORE_AGE = timedelta(days=8)


class BackupEvent(StrEnum):
    """What is noted: a backup was written, its file was compared with its digests, or restored."""

    BACKUP = "backup"
    CHECK = "check"
    RESTORE = "restore"


@dataclass(frozen=True)
class BackupNote:
    """When something was done to which backup. ``checksum`` names its contents."""

    at: datetime
    checksum: str
    rows: int
    bytes: int
    made_at: datetime

    def age(self, now: datetime | None = None) -> timedelta:
        """Return the time since then."""
        return (now or datetime.now(UTC)) - self.at


@dataclass(frozen=True)
class BackupStatus:
    """The last of each; None if there was none, or if it is not known.

    ``last_restore`` is a restore whose contents were compared with the backup, also into a
    temporary database. ``failed_at`` is the last failure, None after a success of the same kind.
    """

    last_backup: BackupNote | None = None
    last_check: BackupNote | None = None
    last_restore: BackupNote | None = None
    failed_at: datetime | None = None
    failed: BackupEvent | None = None


def backup_status() -> BackupStatus:
    """Read the file. A missing or damaged one gives an empty status."""
    content = _content()
    failure = content.get("failure")
    failed_at = failed = None
    if isinstance(failure, dict):
        failed_at, failed = _moment(failure.get("at")), _event(failure.get("event"))
    return BackupStatus(
        last_backup=_note(content.get(BackupEvent.BACKUP)),
        last_check=_note(content.get(BackupEvent.CHECK)),
        last_restore=_note(content.get(BackupEvent.RESTORE)),
        failed_at=failed_at,
        failed=failed,
    )


def note_backup_event(
    event: BackupEvent, *, checksum: str, rows: int, size: int, made_at: str
) -> None:
    """Note a success, and write a log line. A file that cannot be written is logged only."""
    content = _content()
    content[event] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "checksum": checksum,
        "rows": rows,
        "bytes": size,
        "made_at": made_at,
    }
    failure = content.get("failure")
    if isinstance(failure, dict) and failure.get("event") == event:
        del content["failure"]
    fields = {"kind": str(event), "rows": rows, "bytes": size, "checksum": checksum[:12]}
    logger.info("backup noted", extra={"fields": fields})
    _write(content)


def note_backup_failure(event: BackupEvent, error: BaseException) -> None:
    """Note that it failed, and write a log line with the kind of error."""
    logger.error(
        "backup failed", extra={"fields": {"kind": str(event), "error": type(error).__name__}}
    )
    failure = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": str(event)}
    _write(_content() | {"failure": failure})


def _content() -> dict[str, Any]:
    path = settings.BACKUP_STATUS
    if path is None:
        return {}
    try:
        content = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(content: dict[str, Any]) -> None:
    if settings.BACKUP_STATUS is None:
        return
    path = Path(settings.BACKUP_STATUS)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        make_private_folder(path.parent)
        with open(part, "x", encoding="utf-8", opener=open_private) as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        logger.warning("backup status not written", extra={"fields": {"errno": error.errno}})


def _note(fields: Any) -> BackupNote | None:
    if not isinstance(fields, dict):
        return None
    at, made_at = _moment(fields.get("at")), _moment(fields.get("made_at"))
    numbers = [fields.get("rows"), fields.get("bytes")]
    if at is None or made_at is None or not all(isinstance(number, int) for number in numbers):
        return None
    return BackupNote(at, str(fields.get("checksum", "")), fields["rows"], fields["bytes"], made_at)


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def _event(value: Any) -> BackupEvent | None:
    return BackupEvent(value) if value in set(BackupEvent) else None
