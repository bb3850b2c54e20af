"""What works: the database, kept answers, the disk, the reading index, backups.

Only a worker that cannot serve even kept answers is not ready. If each one were taken out because
the database is away, a site that readers can still read would be gone.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from django.conf import settings

from kb.record.backup_status import (
    MAX_BACKUP_AGE,
    MAX_RESTORE_AGE,
    BackupEvent,
    BackupNote,
    BackupStatus,
    backup_status,
)
from kb.record.reading.current import IndexFileStatus, index_file_status
from kb.response_cache.application import ResponseCache
from kb.response_cache.counters import CacheCounters
from kb.response_cache.versions import VersionReader
from kb.site.http.export_files import RESERVE

# Many probes cost no more than one.
SECONDS_KEPT = 1.0
# Publications since the file of the reading index was made; then it is probably not made any more.
MAX_VERSIONS_BEHIND = 5_000


class CheckJson(TypedDict):
    """One check in the answer. ``last_good`` is a moment in ISO 8601, or null for never."""

    ok: bool
    detail: str
    last_good: str | None


class ReportJson(TypedDict):
    """The answer of ``/readyz``."""

    status: str
    checks: dict[str, CheckJson]


@dataclass(frozen=True)
class Check:
    """What one check has found, and when it was last good (seconds since 1970)."""

    is_ok: bool
    detail: str
    last_good: float | None = None

    def as_json(self) -> CheckJson:
        """The check as it is sent."""
        return {"ok": self.is_ok, "detail": self.detail, "last_good": _iso(self.last_good)}


@dataclass(frozen=True)
class Report:
    """All checks, and the figures that were read for them."""

    checks: dict[str, Check]
    is_ready: bool
    version: int | None
    database_read_at: float | None
    free_bytes: int
    index: IndexFileStatus | None
    backup: BackupStatus
    kept: CacheCounters

    @property
    def status(self) -> str:
        """``ready``, ``degraded`` if a check failed, or ``unavailable``."""
        if not self.is_ready:
            return "unavailable"
        return "ready" if all(check.is_ok for check in self.checks.values()) else "degraded"

    def as_json(self) -> ReportJson:
        """The report as it is sent."""
        checks = {name: check.as_json() for name, check in self.checks.items()}
        return {"status": self.status, "checks": checks}


class ReadinessReporter:
    """Makes a report at most once a second; whoever asks at the same time gets the last one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._made_at = float("-inf")
        self._disk_good_at: float | None = None
        self._own_versions = VersionReader()

    def report(self, cache: ResponseCache | None) -> Report:
        """The report of this process. ``cache`` has its kept answers; None if it keeps none."""
        report = self._report
        if report is not None and self._clock() - self._made_at < SECONDS_KEPT:
            return report
        # A check may wait for a database that hangs. Then the others need not wait for it.
        if not self._lock.acquire(blocking=report is None):
            return report or self.report(cache)
        try:
            report = self._report = self._make(cache)
            self._made_at = self._clock()
            return report
        finally:
            self._lock.release()

    def _make(self, cache: ResponseCache | None) -> Report:
        versions = self._own_versions if cache is None else cache.versions
        state = versions.current()
        if cache is None:
            # Nobody else uses its connection.
            versions.close()
        database = _database_check(versions, is_ok=state is not None)
        seconds = 0.0 if cache is None else cache.stale_seconds_left()
        kept = CacheCounters() if cache is None else cache.counters()
        free_bytes, disk = self._disk_check()
        index = index_file_status()
        version = state.number if state is not None else None
        backup = backup_status()
        return Report(
            checks={
                "database": database,
                "kept_answers": Check(
                    database.is_ok or seconds > 0,
                    f"{kept.answers} answers; without the database for {seconds:.0f} s",
                    database.last_good,
                ),
                "disk": disk,
                "index": _index_check(index, version),
                "backup": _backup_check(backup, BackupEvent.BACKUP),
                "restore": _backup_check(backup, BackupEvent.RESTORE),
            },
            is_ready=database.is_ok or seconds > 0,
            version=version,
            database_read_at=versions.read_at,
            free_bytes=free_bytes,
            index=index,
            backup=backup,
            kept=kept,
        )

    def _disk_check(self) -> tuple[int, Check]:
        """Whether the folder of the program can be written and has enough space."""
        folder = Path(settings.DATA_DIR)
        try:
            free_bytes = shutil.disk_usage(folder).free
            is_writable = os.access(folder, os.W_OK) and not (
                os.statvfs(folder).f_flag & os.ST_RDONLY
            )
        except OSError as error:
            return 0, Check(False, type(error).__name__, self._disk_good_at)
        is_ok = is_writable and free_bytes >= RESERVE
        if is_ok:
            self._disk_good_at = time.time()
        state = "" if is_writable else ", read-only"
        return free_bytes, Check(
            is_ok, f"{free_bytes // 1_000_000} MB free{state}", self._disk_good_at
        )


def _database_check(versions: VersionReader, *, is_ok: bool) -> Check:
    detail = "readable" if is_ok else "not readable"
    return Check(is_ok, detail, versions.read_at)


def _index_check(index: IndexFileStatus | None, version: int | None) -> Check:
    """Lists come from the database without the file, so only a file that is of no use is bad."""
    if index is None:
        return Check(True, "no file: lists come from the database")
    if index.version is None:
        return Check(index.is_usable, "not read yet" if index.is_usable else "not usable")
    behind = max(0, (version or 0) - index.version)
    detail = f"version {index.version}, {behind} publications behind"
    return Check(behind <= MAX_VERSIONS_BEHIND, detail, index.built_at)


def _backup_check(status: BackupStatus, event: BackupEvent) -> Check:
    note: BackupNote | None = status.last_restore
    limit = MAX_RESTORE_AGE
    if event == BackupEvent.BACKUP:
        note, limit = status.last_backup, MAX_BACKUP_AGE
    if note is None:
        detail = "failed" if status.failed == event else "never"
        return Check(False, detail)
    detail = f"{note.age().total_seconds() / 3600:.1f} hours ago"
    if status.failed == event:
        return Check(False, f"{detail}; the last one failed", note.at.timestamp())
    return Check(note.age() <= limit, detail, note.at.timestamp())


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
