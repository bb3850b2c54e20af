"""Settings are read strictly, and the defaults are restrictive."""

from __future__ import annotations

import os
import runpy
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
    """Sets KB_TRY, and resets the register of settings."""
    monkeypatch.setattr(env, "SETTINGS", {})
    return lambda value: monkeypatch.setenv("KB_TRY", value)


def manage(*arguments: str, data_dir: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run manage.py with an environment of only these variables."""
    return run("manage.py", *arguments, data_dir=data_dir, **variables)


def run(*arguments: str, data_dir: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run Python with an environment of only these variables."""
    bare = {"PATH": os.environ["PATH"], "KB_DATA_DIR": str(data_dir)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=bare | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


# --- Readers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["True", "true", "TRUE", "1", "yes", "Yes", "on", "ON", " true "])
def test_flag_is_on_in_every_usual_spelling(variable, value):
    variable(value)
    assert env.flag("KB_TRY", help="") is True


@pytest.mark.parametrize("value", ["False", "false", "0", "no", "NO", "off"])
def test_flag_is_off_in_every_usual_spelling(variable, value):
    variable(value)
    assert env.flag("KB_TRY", True, help="") is False


def test_flag_that_is_not_set_has_its_default(variable):
    variable("")
    assert env.flag("KB_TRY", help="") is False
    assert env.flag("KB_TRY", True, help="") is True


@pytest.mark.parametrize("value", ["perhaps", "2", "y", "None", "Truee", "01"])
def test_flag_in_another_spelling_is_refused(variable, value):
    variable(value)
    expected = f"KB_TRY: '{value}' is not a valid value. Choose one of: true, false, 1, 0, yes, no"
    with pytest.raises(env.SettingError, match=expected):
        env.flag("KB_TRY", help="")


@pytest.mark.parametrize("value", ["0", "70000", "-1", "8e3", "٨", "9" * 5000, "0" * 5000 + "1"])
def test_number_outside_its_range_is_refused(variable, value):
    variable(value)
    with pytest.raises(env.SettingError, match="whole number from 1 to 65535") as refusal:
        env.number("KB_TRY", 8000, help="", least=1, most=65535)
    assert len(str(refusal.value)) < 300, "a long value is shortened"


def test_choice_may_be_in_small_letters(variable):
    variable("warning")
    assert env.choice("KB_TRY", "INFO", options=("INFO", "WARNING"), help="") == "WARNING"


@pytest.mark.parametrize(
    ("value", "path"), [("desk", "desk/"), ("/a/b-c/", "a/b-c/"), ("编辑", "编辑/")]
)
def test_path_has_one_slash_at_its_end(variable, value, path):
    variable(value)
    assert env.url_path("KB_TRY", "admin/", help="") == path


@pytest.mark.parametrize(
    "value", ["https://a.example/", "http://127.0.0.1:8000", "http://[::1]:8000", "https://a/b"]
)
def test_website_address_has_no_slash_at_its_end(variable, value):
    variable(value)
    assert env.url("KB_TRY", "http://x", help="") == value.rstrip("/")


def test_empty_variable_counts_as_not_set(variable):
    variable("  ")
    assert env.text("KB_TRY", "default", help="") == "default"
    assert env.number("KB_TRY", 7, help="") == 7
    assert env.names("KB_TRY", "a, b", help="") == ["a", "b"]


def test_secret_is_read_from_a_file(variable, monkeypatch, tmp_path):
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    monkeypatch.setenv("KB_TRY_FILE", str(path))
    assert env.secret("KB_TRY", help="") == "from the file"
    variable("from the variable")
    with pytest.raises(ImproperlyConfigured, match="Remove one of them"):
        env.secret("KB_TRY", help="")


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_unreadable_or_empty_secret_file_is_refused(variable, monkeypatch, tmp_path, content):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("KB_TRY_FILE", str(path))
    with pytest.raises(ImproperlyConfigured, match="KB_TRY_FILE"):
        env.secret("KB_TRY", help="")


def test_postgresql_url_is_parsed():
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


def test_postgresql_socket_is_given_as_host():
    read = env.parse_database_url("postgres://me@/record?host=/run/postgresql", origin="X")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/postgresql", "", {})


def test_several_postgresql_servers_are_lists_as_in_libpq():
    read = env.parse_database_url("postgres://me:p@a.example,b.example:5433/record", origin="X")
    assert (read["HOST"], read["PORT"]) == ("a.example,b.example", ",5433")
    read = env.parse_database_url("postgres://me@/record?host=/a,/b&port=5433", origin="X")
    assert (read["HOST"], read["PORT"]) == ("/a,/b", "5433")


@pytest.mark.parametrize("servers", ["a:x,b", "a:1,b:70000", "a,b?port=1,2,3"])
def test_wrong_list_of_servers_is_refused(servers):
    hosts, _, query = servers.partition("?")
    with pytest.raises(ImproperlyConfigured, match="^KB_X"):
        env.parse_database_url(f"postgres://me@{hosts}/record?{query}", origin="KB_X")


def test_sqlite_url_is_a_path():
    absolute = env.parse_database_url("sqlite:////srv/kb/a%20b.sqlite3", origin="X")
    assert absolute["NAME"] == "/srv/kb/a b.sqlite3"
    relative = env.parse_database_url("sqlite:///a.sqlite3", origin="X")
    assert relative["NAME"] == str(Path("a.sqlite3").resolve())


@pytest.mark.parametrize(
    "url",
    ["mysql://x/y", "postgres://host", "sqlite://", "postgres://h:port/x", "nonsense", "http://["],
)
def test_other_database_url_is_refused_without_its_password(url):
    with pytest.raises(ImproperlyConfigured, match="^KB_X") as refused:
        env.parse_database_url(url.replace("//", "//me:hunter2@", 1), origin="KB_X")
    assert "hunter2" not in str(refused.value)


def test_databases_must_have_the_same_engine(tmp_path):
    databases = {"default": {"ENGINE": env.SQLITE}, "public": {"ENGINE": env.POSTGRESQL}}
    with pytest.raises(ImproperlyConfigured, match="the same database engine"):
        env.check_databases(databases)


# --- Values that cannot be read ----------------------------------------------------------------

UNREADABLE = [
    ("PORT", "http"),
    ("KB_ADMIN_PATH", "/"),
    ("KB_ADMIN_PATH", "<int:desk>"),
    ("KB_ADMIN_PATH", "a/../b"),
    ("KB_BEHIND_PROXY", "perhaps"),
    ("KB_METRICS", "perhaps"),
    ("KB_DATABASE_URL", "mysql://localhost/kb"),
    ("KB_DATABASE_URL", "sqlite:///a%00b"),
    ("KB_DATABASE_URL", "postgres://localhost/kb?port=five"),
    ("DATABASE_URL", "postgres://me:s3cr/t@localhost/kb"),
    ("KB_DATA_DIR", __file__),
    ("KB_DATA_DIR", f"{__file__}/var"),
    ("KB_DATA_DIR", "a" * 5000),
    ("KB_DEBUG", "perhaps"),
    ("KB_FETCH_ALLOWED", "10.1.0.0/16, 10.1.2.3/8"),
    ("KB_FETCH_ALLOWED", "10.1.2.3:0"),
    ("KB_FETCH_ALLOWED", "10.1.2.3:65536"),
    ("KB_FETCH_ALLOWED", "[10.1.2.3]:80"),
    ("KB_FETCH_ALLOWED", "wiki.internal"),
    ("KB_FETCH_PAGES", "perhaps"),
    ("KB_HSTS_WHOLE_DOMAIN", "perhaps"),
    ("KB_KEPT_ANSWERS_MB", "-1"),
    ("KB_KEPT_ANSWERS_MB", "64 MB"),
    ("KB_LOG_FORMAT", "xml"),
    ("KB_LOG_LEVEL", "LOUD"),
    ("KB_NOTIFY_WEBHOOK", "example.org/hook"),
    ("KB_NOTIFY_WEBHOOK", "ftp://example.org/hook"),
    ("KB_NOTIFY_WEBHOOK", "https://["),
    ("KB_READER_TIMEOUT_MS", "0"),
    ("KB_READERS_ON_PRIMARY", "perhaps"),
    ("KB_PUBLIC_DATABASE_URL", "postgres://one,two,three/kb?port=5432,5433"),
    ("KB_SLOW_REQUEST_MS", "fast"),
    ("KB_EXPORT_FILES_MB", "much"),
    ("KB_PAST_RECORDS_MB", "0"),
    ("KB_EXPORT_LINES_MB", "much"),
    ("SENTRY_DSN", "not-a-dsn"),
    ("KB_PUBLIC_DB_PASSWORD_FILE", "/nowhere/password"),
    ("KB_BACKUP_STATUS", "/"),
    ("KB_READING_INDEX", "/"),
    ("KB_READING_INDEX_BUILDS", "perhaps"),
    ("KB_SECOND_FACTOR", "perhaps"),
    ("KB_SECRET_KEY_FILE", "/nowhere/key"),
    ("KB_SIGNING_KEY_FILE", "/nowhere/key"),
    ("KB_SESSION_HOURS", "0"),
    ("KB_SESSION_IDLE_MINUTES", "an hour"),
    ("KB_FIRST_SITE_URL", "record.example.org"),
    ("KB_SITE_URL", "record.example.org"),
    ("KB_SITE_URL", "HTTPS://record.example.org"),
    ("KB_SITE_URL", "https://["),
    ("KB_SITE_URL", "https://a.example?b"),
    ("KB_TWO_PERSONS", "perhaps"),
]
# For these, every text is valid.
FREE_TEXT = {
    "KB_ALLOWED_HOSTS",
    "KB_CARD_FONT",
    "KB_DATA_LICENCE",
    "KB_OPERATOR",
    "KB_OPERATOR_ADDRESS",
    "KB_PUBLIC_DB_PASSWORD",
    "KB_PUBLIC_DB_USER",
    "KB_SECRET_KEY",
    "KB_SECURITY_CONTACT",
    "KB_SIGNING_KEY",
    "KB_SITE_NAME",
}


@pytest.fixture
def read_settings(monkeypatch, tmp_path):
    """Reads kb/settings.py with an environment of a key and the given variables."""
    monkeypatch.setattr(env, "SETTINGS", {})
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def read(**variables: str) -> dict:
        defaults = {"KB_DATA_DIR": str(tmp_path / "var"), "KB_SECRET_KEY": KEY}
        if "KB_SECRET_KEY_FILE" in variables:
            del defaults["KB_SECRET_KEY"]
        for name, value in (defaults | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "kb" / "settings.py"))

    return read


def test_development_mode_keeps_no_responses(read_settings):
    assert read_settings()["KEPT_ANSWERS_MB"] == 64
    assert read_settings(KB_KEPT_ANSWERS_MB="8")["KEPT_ANSWERS_MB"] == 8
    assert read_settings(KB_KEPT_ANSWERS_MB="8", KB_DEBUG="True")["KEPT_ANSWERS_MB"] == 0


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://record.example", "http://record.example"),
        ("https://record.example/", "https://record.example"),
        ("https://record.example/story/of/it", "https://record.example"),
        ("https://Record.Example:443", "https://record.example"),
        ("http://record.example:80/story", "http://record.example"),
        ("https://record.example:8443/story", "https://record.example:8443"),
        ("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080"),
    ],
)
def test_origin_of_the_site_is_trusted(read_settings, url, origin):
    assert read_settings(KB_SITE_URL=url)["CSRF_TRUSTED_ORIGINS"] == [origin]


def test_site_with_a_path_has_it_in_links_and_cookies(read_settings):
    plain = read_settings(KB_SITE_URL="https://record.example")
    below = read_settings(KB_SITE_URL="https://record.example/a/story/")
    names = ("FORCE_SCRIPT_NAME", "STATIC_URL", "STATIC_PATH", "SESSION_COOKIE_PATH",
             "CSRF_COOKIE_PATH", "PUBLICATION_COOKIE_PATH", "SESSION_COOKIE_NAME")  # fmt: skip
    assert [plain[name] for name in names] == [
        None, "/static/", "/static/", "/", "/", "/", "__Host-sessionid",
    ]  # fmt: skip
    assert [below[name] for name in names] == [
        "/a/story", "/a/story/static/", "/static/", "/a/story/", "/a/story/", "/a/story/",
        "__Secure-sessionid",
    ]  # fmt: skip


def test_each_replica_has_an_alias_and_the_primary_another(read_settings):
    databases = read_settings(
        KB_DATABASE_URL="postgres://desk:d@one,two/kb?sslmode=require",
        KB_PUBLIC_DATABASE_URL="postgres://reader:r@two,three:6432/kb",
    )["DATABASES"]
    parts = {
        alias: (entry["USER"], entry["HOST"], entry["PORT"]) for alias, entry in databases.items()
    }
    assert parts == {
        "default": ("desk", "one,two", ""),
        "public": ("reader", "two", ""),
        "public_2": ("reader", "three", "6432"),
        "public_primary": ("reader", "one,two", ""),
    }
    attributes = {
        alias: entry["OPTIONS"].get("target_session_attrs") for alias, entry in databases.items()
    }
    # The role of readers is read-only everywhere.
    assert attributes == {
        "default": "read-write",
        "public": None,
        "public_2": None,
        "public_primary": "primary",
    }
    assert databases["public_primary"]["OPTIONS"]["sslmode"] == "require"


def test_readers_of_one_server_sign_in_with_a_role_of_their_own(read_settings):
    server = {"KB_DATABASE_URL": "postgres://me:d@one/kb"}
    role = {"KB_PUBLIC_DB_USER": "reader", "KB_PUBLIC_DB_PASSWORD": "r"}
    for variables, expected in ((server, ("me", "d")), (server | role, ("reader", "r"))):
        public = read_settings(**variables)["DATABASES"]["public"]
        assert (public["USER"], public["PASSWORD"], public["HOST"]) == (*expected, "one")


def test_one_server_without_replicas_has_the_two_aliases(read_settings):
    for url in ("postgres://me@one/kb", "sqlite:///kb.sqlite3"):
        assert set(read_settings(KB_DATABASE_URL=url)["DATABASES"]) == {"default", "public"}


@pytest.mark.parametrize(("name", "value"), UNREADABLE)
def test_unreadable_value_is_refused_by_name(read_settings, name, value):
    with pytest.raises(env.SettingError) as refusal:
        read_settings(**{name: value})
    message = str(refusal.value)
    assert message.startswith(name), message
    assert message.endswith("."), message
    assert "s3cr" not in message, "a password is not repeated"


def test_every_setting_has_an_unreadable_value_above():
    assert {name for name, _ in UNREADABLE} | FREE_TEXT == set(env.SETTINGS)


@pytest.mark.parametrize("name", sorted(env.SETTINGS))
def test_value_that_is_not_utf8_is_refused(read_settings, name):
    with pytest.raises(env.SettingError, match=f"^{name}: the value is not UTF-8 text"):
        read_settings(**{name: "s3cr\udcff"})


def test_error_is_printed_as_one_line(capsys):
    env.print_error(env.SettingError("KB_TRY: cannot read a\nb\tc."))
    assert capsys.readouterr().err == "Settings error: KB_TRY: cannot read a b c.\n"


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["manage.py", "runserver", "127.0.0.1:0"],
        ["manage.py", "demo", "--no-serve"],
        ["manage.py", "dev", "--no-serve"],
        ["-m", "django", "check", "--settings=kb.settings"],
    ],
    ids=" ".join,
)
def test_unreadable_setting_ends_a_command_with_one_line(tmp_path, command):
    refused = run(*command, data_dir=tmp_path, KB_SECRET_KEY=KEY, KB_SECOND_FACTOR="perhaps")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        "Settings error: KB_SECOND_FACTOR: 'perhaps' is not a valid value. Choose one of: true, "
        "false, 1, 0, yes, no, on, off (not case-sensitive).\n"
    )


@pytest.mark.parametrize("command", ["demo", "dev"])
def test_unusable_data_folder_ends_a_starter_with_one_line(tmp_path, command):
    (tmp_path / "file").touch()
    refused = manage(command, "--no-serve", data_dir=tmp_path / "file" / "var")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Settings error: KB_DATA_DIR: cannot create "), refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.slow
def test_unreadable_setting_stops_gunicorn_without_a_traceback(tmp_path):
    refused = run(
        *["-m", "gunicorn", "kb.wsgi", "--bind=127.0.0.1:0", "--no-control-socket"],
        data_dir=tmp_path,
        KB_SECRET_KEY=KEY,
        KB_LOG_LEVEL="LOUD",
    )
    assert refused.returncode == 3
    assert refused.stderr.count("Settings error: KB_LOG_LEVEL: 'LOUD' is not a valid value.") == 1
    assert "Traceback" not in refused.stderr


def test_other_errors_keep_their_traceback():
    source = "from kb import env; env.report_in_one_line(); env.report_in_one_line(); 1 / 0"
    failed = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True
    )
    assert failed.stderr.startswith("Traceback")
    assert failed.stderr.count("ZeroDivisionError") == 1


# --- The secret key ----------------------------------------------------------------------------


def test_missing_secret_key_is_refused(tmp_path):
    refused = manage("check", data_dir=tmp_path)
    assert refused.returncode != 0
    assert "No secret key is set. Set KB_SECRET_KEY" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_key_file_is_used_by_every_command(tmp_path):
    path = env.make_secret_key(tmp_path / "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text()
    assert len(key.strip()) >= 50
    env.make_secret_key(tmp_path / "new")
    assert path.read_text() == key, "a second start keeps the key"
    started = manage("check", data_dir=tmp_path / "new")
    assert started.returncode == 0, started.stderr


def test_development_key_is_used_only_with_debug(monkeypatch, tmp_path):
    monkeypatch.delenv("KB_SECRET_KEY")
    assert env.secret_key(tmp_path, debug=True) == env.DEVELOPMENT_KEY
    path = env.make_secret_key(tmp_path)
    assert env.secret_key(tmp_path, debug=True) == path.read_text().strip()


@pytest.mark.parametrize("place", ["variable", "file", "data folder"])
def test_development_key_is_refused_without_debug(monkeypatch, tmp_path, place):
    path = tmp_path / ("secret.key" if place == "data folder" else "key")
    path.write_text(env.DEVELOPMENT_KEY)
    monkeypatch.delenv("KB_SECRET_KEY", raising=False)
    if place == "variable":
        monkeypatch.setenv("KB_SECRET_KEY", env.DEVELOPMENT_KEY)
    elif place == "file":
        monkeypatch.setenv("KB_SECRET_KEY_FILE", str(path))
    with pytest.raises(env.SettingError, match="is the development key"):
        env.secret_key(tmp_path, debug=False)
    assert env.secret_key(tmp_path, debug=True) == env.DEVELOPMENT_KEY


# --- What comes out ----------------------------------------------------------------------------


@pytest.mark.slow
def test_defaults_are_restrictive(tmp_path):
    shown = manage(
        "shell",
        "-c",
        "from django.conf import settings as s; print('!', s.DEBUG, *s.ALLOWED_HOSTS)",
        data_dir=tmp_path,
        KB_SECRET_KEY=KEY,
    )
    assert "! False 127.0.0.1 [::1] localhost\n" in shown.stdout, shown.stderr


@pytest.mark.slow
def test_production_settings_pass_the_deployment_check(tmp_path, record_property):
    variables = {
        "KB_SECRET_KEY": KEY,
        "KB_SITE_URL": "https://record.example.org",
        "KB_HSTS_WHOLE_DOMAIN": "True",
        "KB_OPERATOR": "Gotham Record Trust",
        "KB_SECURITY_CONTACT": "desk@record.example.org",
        "KB_DATA_LICENCE": "CC BY 4.0",
    }
    collected = manage("collectstatic", "--no-input", data_dir=tmp_path, **variables)
    assert collected.returncode == 0, collected.stderr
    checked = manage("check", "--deploy", data_dir=tmp_path, **variables)
    assert checked.returncode == 0, checked.stderr
    output = checked.stdout + checked.stderr
    # kb.W003 is about the SQLite library of this machine, which settings cannot change.
    warnings = output.count("security.") + output.count("(kb.") - output.count("(kb.W003)")
    record_property("warnings", warnings)
    assert warnings == 0, output


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="pragmas are SQLite's")
def test_sqlite_has_the_pragmas_of_the_settings():
    with connection.cursor() as cursor:

        def pragma(name: str):
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == 20_000


def test_own_loaddata_replaces_djangos():
    apps = settings.INSTALLED_APPS
    assert apps.index("kb.desk") == 0
