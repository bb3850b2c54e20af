"""Typed readers for the environment, and the register of every setting that it may hold.

Each reader takes the name of a variable, its default and one sentence of help, writes the three
down in ``SETTINGS`` and returns the value in its own type. The table of settings in the README
is tested against that register in both directions, so a setting cannot exist in only one place.

An empty variable counts as not set: that is what a blank line in a service file means.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


@dataclass(frozen=True)
class Setting:
    """One variable: what it is called, what it is when nobody sets it, and what it is for."""

    name: str
    default: str
    help: str


SETTINGS: dict[str, Setting] = {}


def _declare(name: str, default: object, help: str) -> str:
    """Write the variable down in the register; return what the environment holds, or ""."""
    SETTINGS[name] = Setting(name, str(default), help)
    return os.environ.get(name, "").strip()


def text(name: str, default: str = "", *, help: str) -> str:
    """A string as it stands, without the white space around it."""
    return _declare(name, default, help) or default


def flag(name: str, default: bool = False, *, help: str) -> bool:
    """``True`` or ``False``, spelled so. Anything else refuses to start.

    "false", "0" and "no" are refused rather than guessed: each is a true string to Python,
    and a debug switch that reads backwards is how sites show their secrets to strangers.
    """
    value = _declare(name, default, help)
    if value in ("True", "False"):
        return value == "True"
    if value:
        raise ImproperlyConfigured(f"{name} is {value!r}: it must be True or False.")
    return default


def number(name: str, default: int, *, help: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number between ``least`` and ``most``, both included."""
    value = _declare(name, default, help)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value[:12]) <= most):
        raise ImproperlyConfigured(
            f"{name} is {value!r}: it must be a whole number from {least} to {most}."
        )
    return int(value)


def names(name: str, default: str = "", *, help: str) -> list[str]:
    """A list of words separated by commas."""
    value = _declare(name, default, help) or default
    return [word.strip() for word in value.split(",") if word.strip()]


def networks(name: str, *, help: str) -> list[IPv4Network | IPv6Network]:
    """A list of IP networks separated by commas."""
    try:
        return [ip_network(one) for one in names(name, help=help)]
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name}: {problem}.") from problem


def secret(name: str, *, help: str) -> str:
    """A secret from the variable itself, or from the file that ``<name>_FILE`` points at.

    The file is the better home: a process list and a crash report show variables, not files.
    """
    value = _declare(name, "", help)
    path = _declare(f"{name}_FILE", "", f"A file that holds {name}.")
    if value and path:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set: keep one of them.")
    return _read_secret(Path(path), f"{name}_FILE") if path else value


def _read_secret(path: Path, origin: str) -> str:
    """The content of a secret's file; an unreadable or empty one refuses to start."""
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"{origin}: cannot read {path}: {problem}") from problem
    if not value:
        raise ImproperlyConfigured(f"{origin}: {path} is empty.")
    return value


def secret_key(data_dir: Path) -> str:
    """The signing key: ``KB_SECRET_KEY``, its file, or the key that ``make demo`` left behind.

    There is no default. A key that everybody can read signs everybody's cookies.
    """
    value = secret("KB_SECRET_KEY", help="Signs sessions and forms; 50 random characters or more.")
    kept = data_dir / SECRET_FILE
    if not value and kept.exists():
        value = _read_secret(kept, str(kept))
    if not value:
        raise ImproperlyConfigured(
            "There is no secret key. Set KB_SECRET_KEY or KB_SECRET_KEY_FILE "
            f"(50 random characters or more), or run `make demo`, which makes {kept}."
        )
    return value


SECRET_FILE = "secret.key"  # noqa: S105 (a file name)


def make_secret_key(data_dir: Path) -> Path:
    """Make the key file when there is none; return its path. Only its owner may read it.

    ``O_EXCL`` decides between two first starts at once: one makes the key, both then read it.
    """
    # Nobody else's business: the folder will hold the database too.
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(get_random_secret_key() + "\n")
    return path


def data_dir(base: Path) -> Path:
    """The folder for everything that the program writes, as an absolute path."""
    folder = text("KB_DATA_DIR", "var", help="The folder for everything that the program writes.")
    return (base / folder).resolve()


def database(*variables: str, default: str = "", help: str) -> dict[str, Any]:
    """A Django database entry from the first of the variables that is set; {} when none is.

    ``postgres://user:password@host:port/name?sslmode=require``, with percent-encoding in each
    part and libpq's own options after the question mark; a socket folder goes in ``host=``.
    ``sqlite:///relative/path`` and ``sqlite:////absolute/path``.
    """
    found = [(name, _declare(name, default, help)) for name in variables]
    for name, value in found:
        if value:
            return parse_database_url(value, origin=name)
    return parse_database_url(default, origin=variables[0]) if default else {}


def parse_database_url(url: str, *, origin: str) -> dict[str, Any]:
    """One database URL as Django's dictionary. ``origin`` names the variable in complaints."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as problem:
        # The URL holds a password, so the complaint does not repeat it.
        raise ImproperlyConfigured(f"{origin} is not a URL: {problem}") from None
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        if not path or parts.netloc:
            raise ImproperlyConfigured(f"{origin}: write sqlite:///folder/file.sqlite3.")
        return {"ENGINE": SQLITE, "NAME": str(Path(path).resolve())}
    if parts.scheme in ("postgres", "postgresql"):
        name = unquote(parts.path[1:])
        if not name:
            raise ImproperlyConfigured(f"{origin} names no database after the last slash.")
        options: dict[str, str] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": POSTGRESQL,
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
            "PORT": options.pop("port", "") or str(port or ""),
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(f"{origin} must begin with postgres:// or sqlite:///.")


SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def settled(databases: Mapping[str, Any]) -> Mapping[str, Any]:
    """What ``kb.settings`` calls last: refuse two aliases on different engines."""
    engines = {entry["ENGINE"] for entry in databases.values()}
    if len(engines) > 1:
        raise ImproperlyConfigured(
            "The desk's database and the readers' database must be of one kind: "
            "KB_DATABASE_URL and KB_PUBLIC_DATABASE_URL name different ones."
        )
    return databases
