"""When the last backup was made, and when one was last restored and compared, from a file.

The commands that make and verify backups write ``backup-status.json`` in ``KB_DATA_DIR``. It is a
file and not a table, so that it can be read while the database is away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

FILE_NAME = "backup-status.json"
LAST_BACKUP, LAST_VERIFIED_RESTORE = "last_backup", "last_verified_restore"
# One a night, with some hours for a slow one.
MAX_BACKUP_AGE = timedelta(hours=36)
MAX_RESTORE_AGE = timedelta(days=8)


@dataclass(frozen=True)
class BackupStatus:
    """The moments in UTC; None for never. ``problem`` says why the file cannot be read, or ""."""

    last_backup: datetime | None = None
    last_verified_restore: datetime | None = None
    problem: str = ""

    def has_recent_backup(self, now: datetime) -> bool:
        """Whether the last backup is as new as a nightly one."""
        return self.last_backup is not None and now - self.last_backup <= MAX_BACKUP_AGE

    def has_recent_restore(self, now: datetime) -> bool:
        """Whether a backup was verified within about a week."""
        return (
            self.last_verified_restore is not None
            and now - self.last_verified_restore <= MAX_RESTORE_AGE
        )


def backup_status() -> BackupStatus:
    """Read the file. Never raises: a file that is missing means that there was no backup."""
    try:
        content = json.loads((Path(settings.DATA_DIR) / FILE_NAME).read_text(encoding="utf-8"))
        return BackupStatus(
            _moment(content.get(LAST_BACKUP)), _moment(content.get(LAST_VERIFIED_RESTORE))
        )
    except FileNotFoundError:
        return BackupStatus()
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return BackupStatus(problem=f"{FILE_NAME} cannot be read.")


def _moment(text: str | None) -> datetime | None:
    """The moment of an ISO 8601 text. Raises ValueError or TypeError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
