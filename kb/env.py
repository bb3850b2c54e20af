"""Typed readers for the environment, and the register of every setting that it may hold.

Each reader takes the name of a variable, its default and one sentence of help, writes the three
down in ``SETTINGS`` and returns the value in its own type. The table of settings in the README
is tested against that register in both directions, so a setting cannot exist in only one place.

An empty variable counts as not set: that is what a blank line in a service file means.

A value that cannot be read raises ``SettingError``, whose message is one line that names the
variable, the value and what is accepted. ``report_in_one_line`` makes Python print that line, and
not a traceback, when the error ends the program.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
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


class SettingError(ImproperlyConfigured):
    """A setting cannot be read. The message says which, and what to write instead."""


def report_in_one_line() -> None:
    """Print a ``SettingError`` that ends the program as one line on stderr, without a traceback.

    As Python's hook for uncaught errors, because Django reads the settings at many places, and
    ``python -m django`` has no code of ours around it. Calling this again changes nothing.
    """
    if sys.excepthook is not _excepthook:
        global _next_excepthook
        _next_excepthook = sys.excepthook
        sys.excepthook = _excepthook


_next_excepthook = sys.__excepthook__


def _excepthook(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if isinstance(error, SettingError):
        print_error(error)
    else:
        _next_excepthook(kind, error, traceback)


def print_error(error: SettingError) -> None:
    """Write the error to stderr as one line."""
    # A message may quote a file name or the system's own words, which may hold line breaks.
    sys.stderr.write(f"Settings error: {' '.join(str(error).split())}\n")


def _declare(name: str, default: object, help: str) -> str:
    """Write the variable down in the register; return what the environment holds, or ""."""
    SETTINGS[name] = Setting(name, str(default), help)
    value = os.environ.get(name, "").strip()
    try:
        value.encode()
    except UnicodeEncodeError:
        # Not repeated: it may be a secret.
        raise SettingError(f"{name}: the value is not UTF-8 text.") from None
    return value


def _refuse(name: str, value: str, advice: str) -> NoReturn:
    """Raise the error for a value that cannot be read."""
    shown = value if len(value) <= MAX_SHOWN_LENGTH else value[:MAX_SHOWN_LENGTH] + "…"
    # repr, because it escapes what a terminal would not print.
    raise SettingError(f"{name}: {shown!r} is not a valid value. {advice}")


MAX_SHOWN_LENGTH = 100


def text(name: str, default: str = "", *, help: str) -> str:
    """A string as it stands, without the white space around it."""
    return _declare(name, default, help) or default


FLAGS = {
    "true": True,
    "false": False,
    "1": True,
    "0": False,
    "yes": True,
    "no": False,
    "on": True,
    "off": False,
}


def flag(name: str, default: bool = False, *, help: str) -> bool:
    """A switch, in one of the usual spellings (``FLAGS``), in capitals or not.

    Anything else refuses to start. A guess would be dangerous: every string except "" is true to
    Python, and a debug switch that is read backwards shows a site's secrets to strangers.
    """
    value = _declare(name, default, help)
    if not value:
        return default
    if value.lower() not in FLAGS:
        _refuse(name, value, f"Choose one of: {', '.join(FLAGS)} (in capitals or not).")
    return FLAGS[value.lower()]


def choice(name: str, default: str, *, options: Iterable[str], help: str) -> str:
    """One of the options, which are in capitals; the variable need not be."""
    value = _declare(name, default, help).upper() or default
    if value not in options:
        _refuse(name, value, f"Choose one of: {', '.join(options)}.")
    return value


def number(name: str, default: int, *, help: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number between ``least`` and ``most``, both included."""
    value = _declare(name, default, help)
    if not value:
        return default
    # Python refuses to read thousands of digits.
    is_number = value.isascii() and value.isdigit() and len(value) <= 12
    if not (is_number and least <= int(value) <= most):
        _refuse(name, value, f"Use a whole number from {least} to {most}.")
    return int(value)


def names(name: str, default: str = "", *, help: str) -> list[str]:
    """A list of words separated by commas."""
    value = _declare(name, default, help) or default
    return [word.strip() for word in value.split(",") if word.strip()]


def networks(name: str, *, help: str) -> list[IPv4Network | IPv6Network]:
    """A list of IP networks separated by commas."""
    networks = []
    for word in names(name, help=help):
        try:
            networks.append(ip_network(word))
        except ValueError:
            advice = "Use networks such as 10.1.0.0/16 or 2001:db8::/32, separated by commas."
            _refuse(name, word, advice)
    return networks


def url(name: str, default: str, *, help: str) -> str:
    """The address of a website, without a slash at the end."""
    value = (_declare(name, default, help) or default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_address = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    # Compared as written: HTTPS:// would pass for an address without HTTPS elsewhere.
    if not is_address or not re.fullmatch(r"https?://[^\s?#]+", value):
        _refuse(name, value, "Use an address such as https://record.example.org.")
    return value


def url_path(name: str, default: str, *, help: str) -> str:
    """A path below the root, with one slash at the end and none at the beginning."""
    value = _declare(name, default, help) or default
    path = value.strip("/")
    # Other characters would have a meaning in Django's patterns, or be encoded in an address.
    if not re.fullmatch(r"[\w.~-]+(/[\w.~-]+)*", path) or {".", ".."} & set(path.split("/")):
        _refuse(name, value, "Use letters, digits, - and _, with / between them.")
    return path + "/"


def secret(name: str, *, help: str) -> str:
    """A secret from the variable itself, or from the file that ``<name>_FILE`` points at.

    The file is the better home: a process list and a crash report show variables, not files.
    """
    value = _declare(name, "", help)
    path = _declare(f"{name}_FILE", "", f"A file that holds {name}.")
    if value and path:
        raise SettingError(f"Both {name} and {name}_FILE are set: keep one of them.")
    return _read_secret(Path(path), f"{name}_FILE") if path else value


def _read_secret(path: Path, origin: str) -> str:
    """The content of a secret's file. Raises SettingError for an unreadable or empty one."""
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as problem:
        raise SettingError(f"{origin}: cannot read {path}: {_reason(problem)}.") from problem
    if not value:
        raise SettingError(f"{origin}: {path} is empty.")
    return value


def _reason(problem: Exception) -> str:
    """What the system says, without the number and the file name that it may repeat."""
    return getattr(problem, "strerror", None) or str(problem)


SECRET_FILE = "secret.key"  # noqa: S105 (a file name)
# Everybody can read this one, so it signs nothing on a public machine. The prefix is the one that
# Django's own `check --deploy` looks for.
DEVELOPMENT_KEY = "django-insecure-for-development-only-Vq7mZ2xKc9Lr4TfWb8Hn3Jp6"


def secret_key(data_dir: Path, *, debug: bool) -> str:
    """The signing key: ``KB_SECRET_KEY``, its file, or the one in the data folder.

    With ``debug`` and none of these it is ``DEVELOPMENT_KEY``, so that a fresh clone works.
    Without ``debug`` there is no default, and ``DEVELOPMENT_KEY`` is refused wherever it comes
    from: a key that everybody can read signs everybody's cookies.
    """
    value = secret("KB_SECRET_KEY", help="Signs sessions and forms; 50 random characters or more.")
    path = data_dir / SECRET_FILE
    if not value and _exists(path):
        value = _read_secret(path, SECRET_FILE)
    if not value and debug:
        return DEVELOPMENT_KEY
    if not value:
        raise SettingError(
            "There is no secret key. Set KB_SECRET_KEY or KB_SECRET_KEY_FILE "
            f"(50 random characters or more), or run `make demo`, which makes {path}. "
            "To develop, set KB_DEBUG=True or run `make dev`."
        )
    if value == DEVELOPMENT_KEY and not debug:
        raise SettingError(
            "KB_SECRET_KEY is the development key, which everybody can read. Set it to 50 random "
            "characters or more."
        )
    return value


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as problem:
        raise SettingError(f"Cannot read {path}: {_reason(problem)}.") from problem


def make_secret_key(data_dir: Path) -> Path:
    """Make the key file when there is none; return its path. Only its owner may read it.

    ``O_EXCL`` decides between two first starts at once: one makes the key, both then read it.
    """
    make_data_dir(data_dir)
    path = data_dir / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path
    except OSError as problem:
        raise SettingError(f"KB_DATA_DIR: cannot make {path}: {_reason(problem)}.") from problem
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(get_random_secret_key() + "\n")
    return path


def data_dir(base: Path) -> Path:
    """The folder for everything that the program writes, as an absolute path."""
    folder = text("KB_DATA_DIR", "var", help="The folder for everything that the program writes.")
    try:
        path = (base / folder).resolve()
        is_usable = path.is_dir() or not path.exists()
    # RuntimeError: links that lead in a circle.
    except (OSError, RuntimeError) as problem:
        _refuse("KB_DATA_DIR", folder, f"It cannot be used as a folder: {_reason(problem)}.")
    if not is_usable:
        _refuse("KB_DATA_DIR", folder, "It is not a folder.")
    return path


def make_data_dir(data_dir: Path) -> None:
    """Make the data folder when there is none. Only its owner may look into it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingError(f"KB_DATA_DIR: cannot make {data_dir}: {_reason(problem)}.") from problem


def database(*variables: str, default: str = "", help: str) -> dict[str, Any]:
    """A Django database entry from the first of the variables that is set; {} when none is.

    ``postgres://user:password@host:port/name?sslmode=require``, with percent-encoding in each
    part and libpq's own options after the question mark; a socket folder goes in ``host=``.
    ``sqlite:///relative/path`` and ``sqlite:////absolute/path``.
    """
    values = [(name, _declare(name, default, help)) for name in variables]
    for name, value in values:
        if value:
            return parse_database_url(value, origin=name)
    return parse_database_url(default, origin=variables[0]) if default else {}


def parse_database_url(url: str, *, origin: str) -> dict[str, Any]:
    """One database URL as Django's dictionary. ``origin`` names the variable in complaints."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The URL holds a password, which Python's own message may repeat.
        raise SettingError(
            f"{origin} is not a URL. Write postgres://user:password@host:port/name, with "
            "percent-encoding in each part."
        ) from None
    if "%00" in url:
        raise SettingError(f"{origin} contains a NUL character (%00).")
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        if not path or parts.netloc:
            raise SettingError(f"{origin}: write sqlite:///folder/file.sqlite3.")
        return {"ENGINE": SQLITE, "NAME": str(Path(path).resolve())}
    if parts.scheme in ("postgres", "postgresql"):
        name = unquote(parts.path[1:])
        if not name:
            raise SettingError(f"{origin} names no database after the last slash.")
        options: dict[str, str] = dict(parse_qsl(parts.query))
        if not re.fullmatch(r"\d{0,5}", options.get("port", ""), re.ASCII):
            raise SettingError(f"{origin}: port= must be a number.")
        return {
            "ENGINE": POSTGRESQL,
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
            "PORT": options.pop("port", "") or str(port or ""),
            "OPTIONS": options,
        }
    raise SettingError(f"{origin} must begin with postgres:// or sqlite:///.")


SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def check_databases(databases: Mapping[str, Any]) -> Mapping[str, Any]:
    """What ``kb.settings`` calls last: refuse two aliases on different engines."""
    engines = {entry["ENGINE"] for entry in databases.values()}
    if len(engines) > 1:
        raise SettingError(
            "The desk's database and the readers' database must be of one kind: "
            "KB_DATABASE_URL and KB_PUBLIC_DATABASE_URL name different ones."
        )
    return databases


def start_sentry(dsn: str) -> None:
    """Report unhandled errors to Sentry, without any text that a person wrote.

    Raises SettingError when the package is not installed or refuses the DSN.
    """
    try:
        import sentry_sdk
    except ImportError as problem:
        raise SettingError(
            "SENTRY_DSN is set, but sentry-sdk is not installed. Install the extra `sentry`."
        ) from problem
    try:
        sentry_sdk.init(
            dsn=dsn,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
        )
    except ValueError as problem:
        raise SettingError(f"SENTRY_DSN: {problem}.") from problem
