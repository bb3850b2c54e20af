"""Each system check reports its problem with a hint, and nothing otherwise."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import run_checks
from django.db import connection, connections

from kb import checks, env
from kb.bundle import StaticStorage
from kb.record.models import Epoch
from kb.record.private_files import SECRET_FILE, create_private_file, make_private_folder
from kb.text.normalise import FOLD_EDITION

NO_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only on SQLite")
NO_POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only on PostgreSQL")


def ids(messages) -> list[str]:
    assert all(message.hint for message in messages), "a message without a hint"
    return [message.id for message in messages]


@pytest.mark.django_db
def test_tests_run_without_messages_of_our_checks():
    ours = [message for message in run_checks() if (message.id or "").startswith("kb.")]
    assert ours == []


@pytest.mark.django_db
def test_words_of_an_earlier_edition_warn():
    assert ids(checks.check_search_words(databases=["default"])) == []
    Epoch.objects.create(pk=1, fold_edition=FOLD_EDITION)
    assert ids(checks.check_search_words(databases=["default"])) == []
    Epoch.objects.update(fold_edition=FOLD_EDITION - 1)
    assert ids(checks.check_search_words(databases=["default"])) == ["kb.W008"]
    assert ids(checks.check_search_words(databases=[])) == []


def test_missing_words_for_readers_warn(settings):
    settings.OPERATOR, settings.DATA_LICENCE = "Gotham Record Trust", "CC BY 4.0"
    settings.SECURITY_CONTACT = "desk@record.example"
    assert ids(checks.check_operator()) == []
    settings.SECURITY_CONTACT = settings.OPERATOR = " "
    messages = checks.check_operator()
    assert ids(messages) == ["kb.W009", "kb.W009"]
    assert "KB_OPERATOR" in messages[0].hint and "KB_SECURITY_CONTACT" in messages[1].hint


def test_files_that_others_can_open_warn(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    settings.READING_INDEX = tmp_path / "reading.index"
    name = str(tmp_path / "record of a story.sqlite3")
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": env.SQLITE, "NAME": name})
    assert ids(checks.check_private_files()) == []
    files = [tmp_path / SECRET_FILE, settings.READING_INDEX, Path(f"{name}-wal"), Path(name)]
    for path in files:
        create_private_file(path)
    make_private_folder(tmp_path / "exports")
    assert ids(checks.check_private_files()) == []
    for path, mode in [*((path, 0o640) for path in files), (tmp_path / "exports", 0o755)]:
        previous = path.stat().st_mode
        path.chmod(mode)
        messages = checks.check_private_files()
        assert ids(messages) == ["kb.W011"]
        assert f"Run: chmod {0o700 if path.is_dir() else 0o600:o} " in messages[0].hint
        assert shlex.quote(str(path)) in messages[0].hint
        assert path.stat().st_mode & 0o777 == mode, "the check changes nothing"
        path.chmod(previous & 0o777)


def test_file_that_is_no_font_warns(settings, tmp_path):
    settings.CARD_FONT = ""
    assert ids(checks.check_card_font()) == []
    for content in (None, b"not a font"):
        path = tmp_path / "font.ttf"
        if content:
            path.write_bytes(content)
        settings.CARD_FONT = str(path)
        assert ids(checks.check_card_font()) == ["kb.W010"]


def test_every_check_id_is_unique_and_tested():
    source = Path(checks.__file__).read_text()
    declared = re.findall(r'id="(kb\.[EW]\d{3})"', source)
    assert len(declared) == len(set(declared))
    here = Path(__file__).read_text()
    assert [check for check in declared if f'"{check}"' not in here] == []


def test_list_editable_fails_check(monkeypatch):
    class Careless(admin.ModelAdmin):
        list_editable = ("email",)

    monkeypatch.setitem(admin.site._registry, get_user_model(), Careless(User, admin.site))
    assert ids(checks.check_list_editable()) == ["kb.E001"]


@pytest.mark.parametrize("key", ["short", "a" * 60])
def test_weak_secret_key_fails_check(settings, key):
    settings.SECRET_KEY = key
    assert ids(checks.check_secret_key()) == ["kb.E002"]


def test_allowing_every_host_warns(settings):
    settings.ALLOWED_HOSTS = ["record.example.org"]
    assert ids(checks.check_hosts()) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.check_hosts()) == ["kb.W001"]


def test_uncollected_static_files_are_reported(monkeypatch, settings, tmp_path):
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    monkeypatch.setattr(checks, "staticfiles_storage", storage)
    assert ids(checks.check_static_files()) == ["kb.W007"]
    assert ids(checks.check_static_files_for_deploy()) == ["kb.E007"]
    settings.DEBUG = True
    assert ids(checks.check_static_files()) == [], "development does not need them"
    assert ids(checks.check_static_files_for_deploy()) == ["kb.E007"]


def test_static_files_of_an_older_version_fail_the_deployment_check(monkeypatch, tmp_path):
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    names = {path for finder in get_finders() for path, _ in finder.list(None)}
    storage.hashed_files = {name: name for name in names}
    storage.save_manifest()
    monkeypatch.setattr(checks, "staticfiles_storage", storage)
    assert ids(checks.check_static_files()) == []
    assert ids(checks.check_static_files_for_deploy()) == []
    del storage.hashed_files["css/site.css"]
    assert ids(checks.check_static_files_for_deploy()) == ["kb.E007"]
    assert "css/site.css" in checks.check_static_files_for_deploy()[0].msg


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://record.example.org", []),
        ("http://localhost:8000", []),
        ("http://record.example.org", ["kb.W006"]),
        ("https://192.0.2.1", ["kb.W006"]),
        ("https://[2001:db8::1]", ["kb.W006"]),
    ],
)
def test_address_without_passkeys_warns(settings, url, expected):
    settings.SITE_URL = url
    assert ids(checks.check_passkeys()) == expected


def test_readers_with_the_role_of_the_desk_warn_and_fail_the_deployment_check(monkeypatch):
    def use_databases(databases):
        monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES=databases))

    entry = {"ENGINE": "django.db.backends.postgresql", "USER": "desk", "NAME": "kb"}
    use_databases({"default": entry, "public": {**entry, "USER": "kb_reader"}})
    assert ids(checks.check_role_named()) == ids(checks.check_role_named_for_deploy()) == []
    use_databases({"default": entry, "public": dict(entry)})
    assert ids(checks.check_role_named()) == ["kb.W002"]
    assert ids(checks.check_role_named_for_deploy()) == ["kb.E003"]


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_sqlite_versions_with_the_fix_are_safe(version, safe):
    assert checks.is_wal_safe(version) is safe


@NO_SQLITE
def test_sqlite_without_the_fix_warns(monkeypatch):
    monkeypatch.setattr(checks.sqlite3, "sqlite_version_info", (3, 40, 1))
    assert ids(checks.check_sqlite_version()) == ["kb.W003"]
    monkeypatch.setattr(checks.sqlite3, "sqlite_version_info", (3, 51, 3))
    assert ids(checks.check_sqlite_version()) == []


@NO_SQLITE
@pytest.mark.django_db(transaction=True)
def test_wrong_pragma_fails_check():
    assert checks.check_pragmas(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA busy_timeout = 5000")
    try:
        messages = checks.check_pragmas(databases=["default"])
        assert ids(messages) == ["kb.E004"]
        assert "synchronous is 1, not 2; busy_timeout is 5000, below 20000" in messages[0].msg
    finally:
        connection.close()


def test_database_is_checked_only_if_named():
    # Not marked django_db, so a query would fail.
    assert checks.check_pragmas() == checks.check_public_role() == []


@NO_POSTGRESQL
@pytest.mark.wall
class TestPublicRole:
    def test_role_with_the_right_privileges_passes(self):
        assert checks.check_public_role(databases=["public"]) == []
        assert checks.check_databases_for_deploy() == []

    def test_extra_privilege_fails_check(self):
        role = connections["public"].settings_dict["USER"]
        with connection.cursor() as cursor:
            cursor.execute(f'GRANT SELECT ON auth_user TO "{role}"')
            try:
                messages = checks.check_public_role(databases=["public"])
                assert ids(messages) == ["kb.E005"]
                assert "SELECT on auth_user" in messages[0].msg
            finally:
                cursor.execute(f'REVOKE SELECT ON auth_user FROM "{role}"')

    def test_table_without_a_grant_warns(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE record_new (x integer)")
            try:
                messages = checks.check_public_role(databases=["public"])
                assert ids(messages) == ["kb.W004"]
                assert "record_new" in messages[0].msg
            finally:
                cursor.execute("DROP TABLE record_new")

    def test_missing_time_limit_warns(self):
        with connections["public"].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        try:
            assert ids(checks.check_public_role(databases=["public"])) == ["kb.W005"]
        finally:
            connections["public"].close()

    def test_role_that_cannot_connect_fails_check(self):
        public = connections["public"]
        public.close()
        own = public.settings_dict["USER"]
        public.settings_dict["USER"] = "nobody_made_this_one"
        try:
            assert ids(checks.check_public_role(databases=["public"])) == ["kb.E006"]
        finally:
            public.close()
            public.settings_dict["USER"] = own
