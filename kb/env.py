"""Typed readers for environment variables, and the register of all settings.

Each reader takes the name of a variable, its default and one sentence of help, registers the three
in ``SETTINGS`` and returns the value with its type. A test compares the table of settings in the
README with that register.

An empty variable counts as not set, as a blank line in a service file means.

A value that cannot be read raises ``SettingError``. Its message is one line with the variable, the
value and the accepted values. ``report_in_one_line`` makes Python print that line instead of a
traceback when the error ends the program.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from kb.record.private_files import SECRET_FILE, make_private_folder, open_private
from kb.text.ip_addresses import AllowedNetwork, allowed_network


@dataclass(frozen=True)
class Setting:
    """One variable: its name, its default and its purpose."""

    name: str
    default: str
    help: str


SETTINGS: dict[str, Setting] = {}


class SettingError(ImproperlyConfigured):
    """A setting cannot be read. The message names it and says what to write instead."""


def report_in_one_line() -> None:
    """Print a ``SettingError`` that ends the program as one line on stderr, without a traceback.

    It replaces Python's hook for uncaught errors, because Django reads the settings in many places,
    and ``python -m django`` does not run code of this project around it. A second call has no
    effect.
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
    # A message may contain a file name or a system message with line breaks.
    sys.stderr.write(f"Settings error: {' '.join(str(error).split())}\n")


def _declare(name: str, default: object, help: str) -> str:
    """Register the variable. Return its value in the environment, or ""."""
    SETTINGS[name] = Setting(name, str(default), help)
    value = os.environ.get(name, "").strip()
    try:
        value.encode()
    except UnicodeEncodeError:
        # The message does not contain the value, because it may be a secret.
        raise SettingError(f"{name}: the value is not UTF-8 text.") from None
    return value


def _refuse(name: str, value: str, advice: str) -> NoReturn:
    """Raise SettingError for a value that cannot be read."""
    shown = value if len(value) <= MAX_SHOWN_LENGTH else value[:MAX_SHOWN_LENGTH] + "…"
    # repr() escapes characters that a terminal does not print.
    raise SettingError(f"{name}: {shown!r} is not a valid value. {advice}")


MAX_SHOWN_LENGTH = 100


def text(name: str, default: str = "", *, help: str) -> str:
    """Return a string, without white space around it."""
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
    """Return a boolean from one of the usual spellings (``FLAGS``), in capitals or not.

    Any other value raises SettingError. A guess would be dangerous: every string except "" is true
    in Python, and a debug switch that is read the wrong way publishes the secrets of a site.
    """
    value = _declare(name, default, help)
    if not value:
        return default
    if value.lower() not in FLAGS:
        _refuse(name, value, f"Choose one of: {', '.join(FLAGS)} (not case-sensitive).")
    return FLAGS[value.lower()]


def choice(name: str, default: str, *, options: Iterable[str], help: str) -> str:
    """Return one of the options. They are in capitals; the variable does not have to be."""
    value = _declare(name, default, help).upper() or default
    if value not in options:
        _refuse(name, value, f"Choose one of: {', '.join(options)}.")
    return value


def number(name: str, default: int, *, help: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """Return a whole number from ``least`` to ``most``, both included."""
    value = _declare(name, default, help)
    if not value:
        return default
    # int() raises an error for thousands of digits.
    is_number = value.isascii() and value.isdigit() and len(value) <= 12
    if not (is_number and least <= int(value) <= most):
        _refuse(name, value, f"Use a whole number from {least} to {most}.")
    return int(value)


def file_or_off(name: str, default: Path, *, help: str) -> Path | None:
    """Return the absolute path of a file, or None for `off`."""
    value = _declare(name, f"{default.name} in KB_DATA_DIR", help)
    if value.lower() == "off":
        return None
    path = Path(value or default).absolute()
    if path.is_dir():
        _refuse(name, value, "It is a directory. Name a file, or choose `off`.")
    return path


def names(name: str, default: str = "", *, help: str) -> list[str]:
    """Return a list of words that are separated by commas."""
    value = _declare(name, default, help) or default
    return [word.strip() for word in value.split(",") if word.strip()]


def networks(name: str, *, help: str) -> list[AllowedNetwork]:
    """Return a list of IP networks, each with a port or without, that are separated by commas."""
    networks = []
    for word in names(name, help=help):
        try:
            networks.append(allowed_network(word))
        except ValueError:
            advice = (
                "Use networks or hosts with a port, such as 10.1.0.0/16, 10.1.2.3:8080 or "
                "[fd00::1]:8080, separated by commas."
            )
            _refuse(name, word, advice)
    return networks


def url(name: str, default: str, *, help: str) -> str:
    """Return the address of a website, without a slash at the end."""
    value = (_declare(name, default, help) or default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_address = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    # Case-sensitive, because other code would read HTTPS:// as an address without HTTPS.
    if not is_address or not re.fullmatch(r"https?://[^\s?#]+", value):
        _refuse(name, value, "Use a URL such as https://record.example.org.")
    return value


def webhook(name: str, *, help: str) -> str:
    """Return an address that messages are sent to, as it is written; "" if there is none.

    The error does not repeat the value, because such addresses often contain a secret.
    """
    value = _declare(name, "", help)
    try:
        is_address = bool(urlsplit(value).hostname)
    except ValueError:
        is_address = False
    if value and not (is_address and re.fullmatch(r"https?://[^\s#]+", value)):
        raise SettingError(f"{name}: the value is not a URL such as https://example.org/hook.")
    return value


def origin_of(url: str) -> str:
    """Return the origin of a URL as browsers send it: no path, no capitals, no default port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = f"{parts.scheme}://" + (f"[{host}]" if ":" in host else host)
    default = {"http": 80, "https": 443}[parts.scheme]
    return address if parts.port in (None, default) else f"{address}:{parts.port}"


def url_path(name: str, default: str, *, help: str) -> str:
    """Return a path below the root, with a slash at the end and none at the beginning."""
    value = _declare(name, default, help) or default
    path = value.strip("/")
    # Other characters have a meaning in URL patterns or are encoded in an address.
    if not re.fullmatch(r"[\w.~-]+(/[\w.~-]+)*", path) or {".", ".."} & set(path.split("/")):
        _refuse(name, value, "Use letters, digits, - and _, with / between them.")
    return path + "/"


def secret(name: str, *, help: str) -> str:
    """Return a secret from the variable, or from the file that ``<name>_FILE`` names.

    Prefer the file: process lists and crash reports show variables, but not files.
    """
    value = _declare(name, "", help)
    path = _declare(f"{name}_FILE", "", f"A file that contains {name}.")
    if value and path:
        raise SettingError(f"Both {name} and {name}_FILE are set. Remove one of them.")
    return _read_secret(Path(path), f"{name}_FILE") if path else value


def _read_secret(path: Path, origin: str) -> str:
    """Return the content of a secret's file. Raises SettingError if unreadable or empty."""
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as problem:
        raise SettingError(f"{origin}: cannot read {path}: {_reason(problem)}.") from problem
    if not value:
        raise SettingError(f"{origin}: {path} is empty.")
    return value


def _reason(problem: Exception) -> str:
    """Return the message of the system, without the error number and the file name."""
    return getattr(problem, "strerror", None) or str(problem)


# This key is public, so a public server must not use it. Django's `check --deploy` looks for the
# prefix.
DEVELOPMENT_KEY = "django-insecure-for-development-only-Vq7mZ2xKc9Lr4TfWb8Hn3Jp6"


def secret_key(data_dir: Path, *, debug: bool) -> str:
    """Return the signing key: ``KB_SECRET_KEY``, its file, or the one in the data folder.

    With ``debug`` and none of these it is ``DEVELOPMENT_KEY``, so that a fresh clone works.
    Without ``debug`` there is no default, and ``DEVELOPMENT_KEY`` raises SettingError, because
    everyone could sign cookies with it.
    """
    value = secret("KB_SECRET_KEY", help="Signs sessions and forms; 50 random characters or more.")
    path = data_dir / SECRET_FILE
    if not value and _exists(path):
        value = _read_secret(path, SECRET_FILE)
    if not value and debug:
        return DEVELOPMENT_KEY
    if not value:
        raise SettingError(
            "No secret key is set. Set KB_SECRET_KEY or KB_SECRET_KEY_FILE (50 random characters "
            f"or more), or run `make demo`, which creates {path}. For development, set "
            "KB_DEBUG=True or run `make dev`."
        )
    if value == DEVELOPMENT_KEY and not debug:
        raise SettingError(
            "KB_SECRET_KEY is the development key, which is public. Set it to 50 random characters "
            "or more."
        )
    return value


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as problem:
        raise SettingError(f"Cannot read {path}: {_reason(problem)}.") from problem


def make_secret_key(data_dir: Path) -> Path:
    """Create the key file if there is none, and return its path. Only its owner can read it.

    If two processes start at the same time, ``O_EXCL`` lets one of them create the file.
    """
    make_data_dir(data_dir)
    path = data_dir / SECRET_FILE
    try:
        handle = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return path
    except OSError as problem:
        raise SettingError(f"KB_DATA_DIR: cannot create {path}: {_reason(problem)}.") from problem
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(get_random_secret_key() + "\n")
    return path


def data_dir(base: Path) -> Path:
    """Return the folder for everything that the program writes, as an absolute path."""
    folder = text("KB_DATA_DIR", "var", help="Directory for all files that the program writes.")
    try:
        path = (base / folder).resolve()
        is_usable = path.is_dir() or not path.exists()
    # RuntimeError: a loop of symbolic links.
    except (OSError, RuntimeError) as problem:
        _refuse("KB_DATA_DIR", folder, f"The directory cannot be used: {_reason(problem)}.")
    if not is_usable:
        _refuse("KB_DATA_DIR", folder, "It is not a directory.")
    return path


def make_data_dir(data_dir: Path) -> None:
    """Create the data folder if there is none. Only its owner can open it."""
    try:
        make_private_folder(data_dir)
    except OSError as problem:
        raise SettingError(
            f"KB_DATA_DIR: cannot create {data_dir}: {_reason(problem)}."
        ) from problem


def database(*variables: str, default: str = "", help: str) -> dict[str, Any]:
    """Return a Django database entry from the first variable that is set, or {}.

    ``postgres://user:password@host:port/name?sslmode=require``, with percent-encoding in each part
    and options of libpq after the question mark. Give a socket folder as ``host=``. Several servers
    are separated by commas, as in libpq: ``host:port,host:port``.
    ``sqlite:///relative/path`` and ``sqlite:////absolute/path``.
    """
    values = [(name, _declare(name, default, help)) for name in variables]
    for name, value in values:
        if value:
            return parse_database_url(value, origin=name)
    return parse_database_url(default, origin=variables[0]) if default else {}


def parse_database_url(url: str, *, origin: str) -> dict[str, Any]:
    """Return a database URL as Django's dictionary. ``origin`` is the variable, for errors."""
    try:
        parts = urlsplit(url)
        hosts, ports = _servers(parts.netloc)
    except ValueError:
        # The URL contains a password, which Python's message may repeat.
        raise SettingError(
            f"{origin} is not a valid URL. Write postgres://user:password@host:port/name, with "
            "each part percent-encoded."
        ) from None
    if "%00" in url:
        raise SettingError(f"{origin} contains a NUL character (%00).")
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:])
        if not path or parts.netloc:
            raise SettingError(f"{origin} must have the form sqlite:///folder/file.sqlite3.")
        return {"ENGINE": SQLITE, "NAME": str(Path(path).resolve())}
    if parts.scheme in ("postgres", "postgresql"):
        name = unquote(parts.path[1:])
        if not name:
            raise SettingError(f"{origin} has no database name after the last slash.")
        options: dict[str, str] = dict(parse_qsl(parts.query))
        if not re.fullmatch(r"[\d,]{0,200}", options.get("port", ""), re.ASCII):
            raise SettingError(f"{origin}: port= must be a number.")
        hosts = unquote(options.pop("host", "")) or hosts
        ports = options.pop("port", "") or ports
        if ports.count(",") not in (0, hosts.count(",")):
            raise SettingError(f"{origin} must have one port for all hosts, or one for each.")
        return {
            "ENGINE": POSTGRESQL,
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": hosts,
            "PORT": ports,
            "OPTIONS": options,
        }
    raise SettingError(f"{origin} must start with postgres:// or sqlite:///.")


def _servers(netloc: str) -> tuple[str, str]:
    """The hosts and the ports, each separated by commas. Raises ValueError for a wrong port."""
    servers = [urlsplit(f"//{server}") for server in netloc.rpartition("@")[2].split(",")]
    hosts = ",".join(unquote(server.hostname or "") for server in servers)
    ports = ",".join(str(server.port or "") for server in servers)
    return hosts, ports if ports.strip(",") else ""


SQLITE = "kb.record.private_sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def check_databases(databases: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the databases. Raises SettingError if they have different engines."""
    engines = {entry["ENGINE"] for entry in databases.values()}
    if len(engines) > 1:
        raise SettingError(
            "KB_DATABASE_URL and KB_PUBLIC_DATABASE_URL must use the same database engine."
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
