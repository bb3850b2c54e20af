"""The manifest of a backup: what it holds, from what, and the digests of its tables."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

BACKUP_FORMAT, BACKUP_VERSION = "on-the-record-backup", 1
MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 4 * 1024 * 1024
CONTENTS = (
    "Everything in the database: drafts, published versions and their history, reviews, imports, "
    "private texts of sources, accounts with password hashes and second factors, groups, "
    "permissions, and all logs. Not included: settings, secret.key, sessions, files that wait to "
    "be imported, and the read index, which is rebuilt."
)
_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class InvalidBackup(Exception):
    """The file is no backup, damaged, or cannot be restored here. The message says what to do."""


@dataclass(frozen=True)
class TableEntry:
    """What the manifest says about a table. ``last_key`` is the highest key ever given."""

    name: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str
    last_key: int | None


@dataclass(frozen=True)
class Manifest:
    """The manifest. ``migrations`` are those applied, as ``app.name``, in alphabetical order."""

    made_at: str
    release: str
    engine: str
    publication_version: int
    migrations: list[str]
    tables: list[TableEntry]

    @property
    def rows(self) -> int:
        """The number of rows in all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def checksum(self) -> str:
        """The SHA-256 of all contents, whatever the engine: equal if all tables are equal."""
        lines = [f"{table.name} {table.sha256}\n" for table in self.tables]
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()

    def encoded(self) -> bytes:
        """Return the manifest as JSON."""
        head = {
            "format": BACKUP_FORMAT,
            "version": BACKUP_VERSION,
            "contents": CONTENTS,
            "checksum": self.checksum,
        }
        text = json.dumps(head | asdict(self), indent=1, ensure_ascii=False)
        return text.encode() + b"\n"


def member_name(table: str) -> str:
    """Return the name of a table's file in the archive."""
    return f"tables/{table}.jsonl"


def parse_manifest(content: bytes) -> Manifest:
    """Return the manifest of an archive. Raises InvalidBackup."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidBackup("The manifest is not JSON. Use another backup.") from error
    if not isinstance(fields, dict) or fields.get("format") != BACKUP_FORMAT:
        raise InvalidBackup("The file is not a backup of this program.")
    version = fields.get("version")
    if not isinstance(version, int) or version < 1:
        raise InvalidBackup("The manifest has no valid format version. Use another backup.")
    if version > BACKUP_VERSION:
        raise InvalidBackup(
            f"The backup has format version {version}; this release reads versions up to "
            f"{BACKUP_VERSION}. Upgrade the program first."
        )
    try:
        manifest = _manifest(fields)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidBackup("The manifest is incomplete. Use another backup.") from error
    if fields.get("checksum") != manifest.checksum:
        raise InvalidBackup("The manifest does not match its checksum. Use another backup.")
    return manifest


def _manifest(fields: dict[str, Any]) -> Manifest:
    tables = [_entry(table) for table in _list(fields["tables"], dict)]
    names = [table.name for table in tables]
    if len(set(names)) != len(names):
        raise ValueError("a table is named twice")
    made_at = _typed(fields["made_at"], str)
    datetime.fromisoformat(made_at)
    return Manifest(
        made_at=made_at,
        release=_typed(fields["release"], str),
        engine=_typed(fields["engine"], str),
        publication_version=_count(fields["publication_version"]),
        migrations=_list(fields["migrations"], str),
        tables=tables,
    )


def _entry(fields: dict[str, Any]) -> TableEntry:
    last_key = fields["last_key"]
    return TableEntry(
        name=_matching(fields["name"], _TABLE_NAME),
        columns=_list(fields["columns"], str),
        rows=_count(fields["rows"]),
        bytes=_count(fields["bytes"]),
        sha256=_matching(fields["sha256"], _SHA256),
        last_key=None if last_key is None else _count(last_key),
    )


def _typed(value: Any, expected: type) -> Any:
    if not isinstance(value, expected):
        raise TypeError(f"{expected.__name__} expected")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("a number from 0 expected")
    return value


def _list(values: Any, expected: type) -> list[Any]:
    items: Iterable[Any] = _typed(values, list)
    return [_typed(item, expected) for item in items]


def _matching(value: Any, pattern: re.Pattern[str]) -> str:
    text: str = _typed(value, str)
    if not pattern.fullmatch(text):
        raise ValueError("a name or digest expected")
    return text
