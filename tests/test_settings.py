"""The environment is read strictly, and nothing is open by default."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from kb import env

ROOT = Path(__file__).resolve().parent.parent
KEY = "ReallyRandomAndQuiteLong-3kd92mfhw7Lq0Zx1Vb5Nn8Tt4"


@pytest.fixture
def variable(monkeypatch):
    """Sets KB_TRY, and forgets that a test declared it."""
    monkeypatch.setattr(env, "SETTINGS", {})
    return lambda value: monkeypatch.setenv("KB_TRY", value)


def manage(*arguments: str, data_dir: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run manage.py with an environment that holds nothing but what is given."""
    bare = {"PATH": os.environ["PATH"], "KB_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=bare | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


# --- Readers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "read"), [("True", True), ("False", False), ("", False)])
def test_a_flag_is_spelled_as_python_spells_it(variable, value, read):
    variable(value)
    assert env.flag("KB_TRY", help="") is read


@pytest.mark.parametrize("value", ["true", "1", "no", "false", "yes"])
def test_a_flag_is_never_guessed(variable, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured, match="KB_TRY is .* must be True or False"):
        env.flag("KB_TRY", help="")


@pytest.mark.parametrize("value", ["0", "70000", "-1", "8e3", "٨", "9" * 5000])
def test_a_number_stays_in_its_range(variable, value):
    variable(value)
    with pytest.raises(ImproperlyConfigured, match="whole number from 1 to 65535"):
        env.number("KB_TRY", 8000, help="", least=1, most=65535)


def test_an_empty_variable_counts_as_not_set(variable):
    variable("  ")
    assert env.text("KB_TRY", "default", help="") == "default"
    assert env.number("KB_TRY", 7, help="") == 7
    assert env.names("KB_TRY", "a, b", help="") == ["a", "b"]


def test_a_secret_comes_from_a_file(variable, monkeypatch, tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("from the file\n")
    monkeypatch.setenv("KB_TRY_FILE", str(kept))
    assert env.secret("KB_TRY", help="") == "from the file"
    variable("from the variable")
    with pytest.raises(ImproperlyConfigured, match="keep one of them"):
        env.secret("KB_TRY", help="")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secret_file_that_holds_no_secret_refuses_to_start(
    variable, monkeypatch, tmp_path, content
):
    kept = tmp_path / "secret"
    if content is not None:
        kept.write_bytes(content)
    monkeypatch.setenv("KB_TRY_FILE", str(kept))
    with pytest.raises(ImproperlyConfigured, match="KB_TRY_FILE"):
        env.secret("KB_TRY", help="")


def test_a_postgresql_address_is_read_whole():
    url = "postgres://kb%40desk:p%2Fw%3A@db.example.org:5433/the%20record?sslmode=require"
    assert env.parse_database_url(url, origin="X") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "the record",
        "USER": "kb@desk",
        "PASSWORD": "p/w:",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_postgresql_socket_is_named_after_the_question_mark():
    read = env.parse_database_url("postgres://me@/record?host=/run/postgresql", origin="X")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/postgresql", "", {})


def test_an_sqlite_address_is_a_path():
    absolute = env.parse_database_url("sqlite:////srv/kb/a%20b.sqlite3", origin="X")
    assert absolute["NAME"] == "/srv/kb/a b.sqlite3"
    relative = env.parse_database_url("sqlite:///a.sqlite3", origin="X")
    assert relative["NAME"] == str(Path("a.sqlite3").resolve())


@pytest.mark.parametrize(
    "url",
    ["mysql://x/y", "postgres://host", "sqlite://", "postgres://h:port/x", "nonsense", "http://["],
)
def test_any_other_address_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured, match="^KB_X") as refused:
        env.parse_database_url(url.replace("//", "//me:hunter2@", 1), origin="KB_X")
    assert "hunter2" not in str(refused.value)


def test_the_two_databases_are_of_one_kind(tmp_path):
    databases = {"default": {"ENGINE": env.SQLITE}, "public": {"ENGINE": env.POSTGRESQL}}
    with pytest.raises(ImproperlyConfigured, match="of one kind"):
        env.settled(databases)


# --- The secret key ----------------------------------------------------------------------------


def test_nothing_starts_without_a_secret_key(tmp_path):
    refused = manage("check", data_dir=tmp_path)
    assert refused.returncode != 0
    assert "There is no secret key. Set KB_SECRET_KEY" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_key_that_the_demo_made_serves_every_command(tmp_path):
    kept = env.make_secret_key(tmp_path / "new")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    key = kept.read_text()
    assert len(key.strip()) >= 50
    env.make_secret_key(tmp_path / "new")
    assert kept.read_text() == key, "a second start keeps the key"
    started = manage("check", data_dir=tmp_path / "new")
    assert started.returncode == 0, started.stderr


# --- What comes out ----------------------------------------------------------------------------


def test_nothing_is_open_by_default(tmp_path):
    shown = manage(
        "shell",
        "-c",
        "from django.conf import settings as s; print('!', s.DEBUG, *s.ALLOWED_HOSTS)",
        data_dir=tmp_path,
        KB_SECRET_KEY=KEY,
    )
    assert "! False 127.0.0.1 [::1] localhost\n" in shown.stdout, shown.stderr


@pytest.mark.slow
def test_a_production_set_up_passes_djangos_own_inspection(tmp_path):
    checked = manage(
        "check",
        "--deploy",
        data_dir=tmp_path,
        KB_SECRET_KEY=KEY,
        KB_SITE_URL="https://record.example.org",
        KB_HSTS_WHOLE_DOMAIN="True",
    )
    assert checked.returncode == 0, checked.stderr
    said = checked.stdout + checked.stderr
    assert "security." not in said, said
    # kb.W003 speaks of the SQLite library of this machine, which settings cannot change.
    assert said.count("(kb.") == said.count("(kb.W003)"), said


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="pragmas are SQLite's")
def test_sqlite_runs_as_the_settings_say():
    with connection.cursor() as cursor:

        def pragma(name: str):
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 20_000


def test_our_loaddata_comes_before_djangos():
    apps = settings.INSTALLED_APPS
    assert apps.index("kb.desk") == 0
