"""System checks of this project. ``kb.E…`` are errors, ``kb.W…`` are warnings.

The checks of the database run if a database is named (``check --database default``, ``migrate``) or
with ``--deploy``. The others run with every command.
"""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteConnection
from PIL import ImageFont

from kb.record import role
from kb.record.models import Epoch
from kb.record.past import PAST_FOLDER
from kb.record.private_files import FILE_MODE, FOLDER_MODE, SECRET_FILE
from kb.record.publication_version import has_older_words
from kb.record.wall import PUBLIC

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

MIN_KEY_LENGTH = 50
# https://sqlite.org/wal.html: in earlier versions a checkpoint during a reset of the log can,
# rarely, corrupt a database that several connections write.
WAL_SAFE_FROM = (3, 51, 3)
WAL_SAFE_PATCHES: dict[tuple[int, ...], int] = {(3, 50): 7, (3, 44): 6}


# --- Without the database ----------------------------------------------------------------------


@register("kb")
def check_list_editable(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.E001: an admin list that can be edited in place."""
    return [
        Error(
            f"{type(model_admin).__name__} sets list_editable.",
            hint="Rows edited in a list bypass the version check, so one editor can undo "
            "another's work unseen. Remove list_editable.",
            obj=model_admin.model,
            id="kb.E001",
        )
        for model_admin in admin.site._registry.values()
        if model_admin.list_editable
    ]


@register("kb")
def check_secret_key(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.E002: a signing key that can be guessed."""
    key = settings.SECRET_KEY
    if len(key) >= MIN_KEY_LENGTH and len(set(key)) >= 10:
        return []
    return [
        Error(
            "The secret key is too short or not random enough.",
            hint=f"Set KB_SECRET_KEY to {MIN_KEY_LENGTH} random characters or more, for example "
            'from: python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="kb.E002",
        )
    ]


@register("kb")
def check_hosts(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W001: every host name is allowed."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Warning(
            "KB_ALLOWED_HOSTS allows every host name.",
            hint="List the host names. With *, a forged Host header is accepted as the name of "
            "the site.",
            id="kb.W001",
        )
    ]


_COLLECT = "Run manage.py collectstatic, then restart the web server."


@register("kb")
def check_static_files(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W007: static files were never collected. Not needed with KB_DEBUG."""
    storage = staticfiles_storage
    if settings.DEBUG or not isinstance(storage, ManifestFilesMixin):
        return []
    if storage.read_manifest() is not None:
        return []
    hint = f"{_COLLECT} Until then they are sent uncompressed, and browsers keep them for a minute."
    return [Warning("The static files were not collected.", hint=hint, id="kb.W007")]


@register("kb", deploy=True)
def check_static_files_for_deploy(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.E007: in deployment, static files were not collected, or not those of this version."""
    storage = staticfiles_storage
    if not isinstance(storage, ManifestFilesMixin):
        return []
    names = {path for finder in get_finders() for path, _ in finder.list(None)}
    missing = sorted(names - storage.hashed_files.keys())
    if not missing:
        return []
    return [
        Error(
            f"Static files were not collected: {missing[0]}"
            + (f" and {len(missing) - 1} others." if missing[1:] else "."),
            hint=_COLLECT,
            id="kb.E007",
        )
    ]


@register("kb", deploy=True)
def check_passkeys(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W006: an address for which browsers create no passkeys."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    is_number = ":" in host or host.replace(".", "").isdigit()
    if host == "localhost" or (parts.scheme == "https" and not is_number):
        return []
    return [
        Warning(
            "Passkeys do not work at the URL in KB_SITE_URL.",
            hint="Passkeys require HTTPS and a domain name. Set KB_SITE_URL to an https:// URL "
            "with a domain name.",
            id="kb.W006",
        )
    ]


# Each setting that tells readers whom they can trust and reach, and what to set.
_FOR_READERS = {
    "OPERATOR": ("who operates the site", "the name of a person or an organisation"),
    "SECURITY_CONTACT": ("how to report an error", "an email address or a URL"),
    "DATA_LICENCE": (
        "how the data may be used",
        "a licence, such as: CC BY 4.0 https://creativecommons.org/licenses/by/4.0/",
    ),
}


@register("kb", deploy=True)
def check_operator(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W009: /about/ and the foot of each page do not say who is responsible."""
    return [
        Warning(
            f"Readers are not told {subject}.",
            hint=f"Set KB_{name} to {value}. It is shown on /about/ and at the end of each page.",
            id="kb.W009",
        )
        for name, (subject, value) in _FOR_READERS.items()
        if not getattr(settings, name).strip()
    ]


@register("kb")
def check_card_font(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W010: the font for the pictures of shared links cannot be read."""
    try:
        if settings.CARD_FONT:
            ImageFont.truetype(settings.CARD_FONT, 24)
    except OSError:
        return [
            Warning(
                "The file in KB_CARD_FONT cannot be read as a font.",
                hint="Set KB_CARD_FONT to a TTF, OTF or TTC file that the web server may read. "
                "Until then, texts in other scripts are left out of the pictures of links.",
                id="kb.W010",
            )
        ]
    return []


@register("kb")
def check_private_files(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W011: other users can open files that may hold unpublished text or a secret."""
    # Nothing is changed here, because an operator may have given these rights on purpose.
    commands = [
        f"chmod {mode:o} {shlex.quote(str(path))}"
        for path, mode in _private_paths()
        if path.exists() and path.stat().st_mode & 0o777 & ~mode
    ]
    if not commands:
        return []
    return [
        Warning(
            "Other users of this machine can open files with unpublished text or secrets, if they "
            "can open the folders above them.",
            hint=f"Run: {' && '.join(commands)}",
            id="kb.W011",
        )
    ]


def _private_paths() -> list[tuple[Path, int]]:
    """The files and folders that only their owner should open, with the rights of each."""
    files = [Path(settings.DATA_DIR) / SECRET_FILE]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        files += [Path(f"{database['NAME']}{end}") for end in ("", "-wal", "-shm", "-journal")]
    if settings.READING_INDEX:
        files += [Path(settings.READING_INDEX), Path(f"{settings.READING_INDEX}.lock")]
    names = (settings.EXPORT_FILES, settings.EXPORT_LINES, PAST_FOLDER)
    folders = [Path(settings.DATA_DIR, name) for name in names]
    return [
        *((path, FILE_MODE) for path in files),
        *((path, FOLDER_MODE) for path in folders),
    ]


def _shares_desk_role() -> bool:
    """Whether the readers' connection to PostgreSQL uses the role of the desk."""
    desk, public = settings.DATABASES["default"], settings.DATABASES[PUBLIC]
    same = all(desk.get(part) == public.get(part) for part in ("USER", "HOST", "PORT", "NAME"))
    return desk["ENGINE"].endswith("postgresql") and same


_NO_ROLE = (
    "Queries for readers run with the database permissions of the desk.",
    "Set KB_PUBLIC_DB_USER and KB_PUBLIC_DB_PASSWORD, then run manage.py create_public_role.",
)


@register("kb")
def check_role_named(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W002: on PostgreSQL, there is no role for readers."""
    message, hint = _NO_ROLE
    return [Warning(message, hint=hint, id="kb.W002")] if _shares_desk_role() else []


@register("kb", deploy=True)
def check_role_named_for_deploy(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.E003: the same, in deployment."""
    message, hint = _NO_ROLE
    return [Error(message, hint=hint, id="kb.E003")] if _shares_desk_role() else []


@register("kb", deploy=True)
def check_sqlite_version(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """kb.W003: an SQLite library with a known, rare fault in the write-ahead log."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    if is_wal_safe(sqlite3.sqlite_version_info):
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} can, very rarely, corrupt a database with a "
            "write-ahead log when two connections write at once.",
            hint="Upgrade to SQLite 3.51.3, 3.50.7 or 3.44.6. On a single machine the risk is "
            "small; keep backups. If several processes write, use PostgreSQL.",
            id="kb.W003",
        )
    ]


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version has the fix for the reset of the write-ahead log."""
    patch = WAL_SAFE_PATCHES.get(version[:2])
    return version[:3] >= WAL_SAFE_FROM or (patch is not None and version[2] >= patch)


# --- With the database -------------------------------------------------------------------------

# Values of a live connection. They are not taken from the settings, because an option in the wrong
# place has no effect and raises no error.
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
MIN_BUSY_TIMEOUT_MS = 20_000


@register(Tags.database)
def check_pragmas(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """kb.E004: SQLite does not have the options that this project needs."""
    connection = connections["default"]
    if "default" not in (databases or ()) or connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        values = {name: _pragma(cursor, name) for name in (*PRAGMAS, "busy_timeout")}
        # A database in memory has no write-ahead log.
        in_memory = isinstance(connection, SQLiteConnection) and connection.is_in_memory_db()
    wrong = [
        f"{name} is {values[name]}, not {value}"
        for name, value in PRAGMAS.items()
        if values[name] != value and not (in_memory and name == "journal_mode")
    ]
    if values["busy_timeout"] < MIN_BUSY_TIMEOUT_MS:
        wrong.append(f"busy_timeout is {values['busy_timeout']}, below {MIN_BUSY_TIMEOUT_MS}")
    if not wrong:
        return []
    return [
        Error(
            "SQLite is not set up for safe saves: " + "; ".join(wrong) + ".",
            hint="Set the options in DATABASES['default']['OPTIONS'] in kb/settings.py. If "
            "journal_mode is not wal, KB_DATA_DIR may be on a network file system, which "
            "is not safe for SQLite. Move KB_DATA_DIR to a local disk.",
            id="kb.E004",
        )
    ]


def _pragma(cursor: CursorWrapper, name: str) -> Any:
    cursor.execute(f"PRAGMA {name}")
    row = cursor.fetchone()
    return row[0] if row else None


@register(Tags.database)
def check_public_role(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """kb.E005, kb.E006, kb.W004, kb.W005: rights and time limit of the readers' role."""
    # Read from PostgreSQL itself, which also knows grants made by hand. `migrate` checks `default`
    # only and runs before the role can exist, so there is no message then.
    if PUBLIC not in (databases or ()):
        return []
    connection = connections[PUBLIC]
    if connection.vendor != "postgresql" or _shares_desk_role():
        return []
    try:
        excess, missing = role.excess_rights(connection), role.missing_tables(connection)
        has_timeout = role.has_statement_timeout(connection)
    except DatabaseError as problem:
        return [
            Error(
                f"The public database role cannot connect: {problem}",
                hint="Run manage.py create_public_role with KB_PUBLIC_DB_USER and "
                "KB_PUBLIC_DB_PASSWORD set.",
                id="kb.E006",
            )
        ]
    problems: list[CheckMessage] = []
    if excess:
        problems.append(
            Error(
                "The public database role has too many privileges: " + ", ".join(excess) + ".",
                hint="Run manage.py create_public_role to revoke them.",
                id="kb.E005",
            )
        )
    if missing:
        problems.append(
            Warning(
                "The public database role cannot read: " + ", ".join(missing) + ".",
                hint="Run manage.py create_public_role to grant access to new tables.",
                id="kb.W004",
            )
        )
    if not has_timeout:
        problems.append(
            Warning(
                "Queries of the public database role have no time limit.",
                hint="Run manage.py create_public_role, or set statement_timeout in the "
                "connection pool.",
                id="kb.W005",
            )
        )
    return problems


@register(Tags.database)
def check_search_words(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """kb.W008: words of the search index are normalised by the rules of an earlier version."""
    if "default" not in (databases or ()):
        return []
    connection = connections["default"]
    with connection.cursor() as cursor:
        table = Epoch._meta.db_table
        if table not in connection.introspection.table_names(cursor):
            return []
        columns = connection.introspection.get_table_description(cursor, table)
    # `migrate` runs the checks before it adds the column, and renews the words itself.
    if all(column.name != "fold_edition" for column in columns) or not has_older_words():
        return []
    return [
        Warning(
            "The search index was made by an earlier version of the program.",
            hint="Run manage.py rebuild_index. Until then, some searches in other spellings have "
            "no results. Readers and editors can go on.",
            id="kb.W008",
        )
    ]


@register("kb", deploy=True)
def check_databases_for_deploy(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Run the checks of the database for ``check --deploy``, which names no database."""
    if databases:
        return []  # they run by themselves
    return [
        *check_pragmas(databases=["default"]),
        *check_search_words(databases=["default"]),
        *check_public_role(databases=[PUBLIC]),
    ]
