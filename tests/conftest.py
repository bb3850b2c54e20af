"""Fixtures for all tests: roles, the readers' connection, query counts, a browser.

The wall in tests: a test marked ``django_db`` runs inside a transaction, which a second connection
cannot see. So ``connections["public"]`` is the desk's connection there, with a guard that fails
the test if a reader's query names a table outside the record. Tests marked ``wall`` or
``transaction=True``, and those with ``live_server``, commit, and read through the real second
connection with its real rights.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import chromium, database_template, second_connection

pytest_plugins = ["tests.browser_fixtures"]

# No deadline, because a shared machine may pause. CI uses the same examples each time, so that a
# failed run can be repeated; other machines try new ones.
hypothesis_settings.register_profile(
    "kb", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.register_profile(
    "ci", hypothesis_settings.get_profile("kb"), derandomize=True, database=None
)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "kb")

BOTH = ["default", "public"]
# The slow tests in these folders compare whole pages and files. The queries behind them are asked
# of each database by the quick tests there, and by the tests of kb/record.
WHOLE_PAGES = ("tests/bench/", "tests/browser/", "tests/formats/", "tests/site/pages/",
               "tests/site/views/")  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs only tests of the database."""
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that read or write the test database",
    )
    parser.addoption(
        "--reading-index",
        action="store_true",
        help="let the reading index answer in all tests, and not only in its own",
    )
    parser.addoption(
        "--replay",
        type=int,
        metavar="NUMBER",
        help="replay a random history of so many publications; 300 take minutes",
    )
    parser.addoption(
        "--attributions",
        type=Path,
        metavar="FILE",
        help="marked news of python -m bench.attribution, for tests of its figures",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give both aliases to tests that commit. Tests of the wall always commit."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = (
            item.get_closest_marker("wall") is not None
            or (marker is not None and marker.kwargs.get("transaction"))
            or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        )
        if commits:
            options = dict(marker.kwargs) if marker else {}
            options |= {"transaction": True, "databases": BOTH}
            item.add_marker(pytest.mark.django_db(**options), append=False)
    if config.getoption("--database-only"):
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = [item for item in items if asks_database(item)]


def asks_database(item: pytest.Item) -> bool:
    """Whether a test may use the test database, and may differ with the database.

    pytest-django fails every other test that uses it. A test with a condition counts too, because
    it may be for this database only.
    """
    if item.get_closest_marker("skipif"):
        return True
    if item.get_closest_marker("one_database"):
        return False
    if item.get_closest_marker("slow") and item.nodeid.startswith(WHOLE_PAGES):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = item.get_closest_marker("django_db") is not None
    return marked or bool({"db", "transactional_db", "live_server"} & fixtures)


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """On SQLite, bring the test database that the setup finds and migrates."""
    from django.db import connections

    default = connections["default"]
    if default.vendor != "sqlite":
        return bool(request.config.getoption("reuse_db"))
    folder = request.config.rootpath / ".pytest_cache" / "migrated"
    database_template.copy_migrated(folder, default.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Connect the readers' alias to the test database, with the rights of readers."""
    with django_db_blocker.unblock():
        role = second_connection.open_to_test_database()
    yield
    with django_db_blocker.unblock():
        second_connection.close(role)


@pytest.fixture(autouse=True)
def _readers_share_the_transaction(request: pytest.FixtureRequest) -> Iterator[None]:
    """In tests inside a transaction, let readers share it, with a guard."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None and "db" not in request.fixturenames:
        yield
        return
    if marker is not None and marker.kwargs.get("transaction"):
        yield
        return
    # Set after pytest-django has opened the transaction and locked the other aliases, and reset
    # before it unlocks them, because it patches the connection objects.
    request.getfixturevalue("db")
    from django.db import connections

    shared, own = connections["default"], connections["public"]
    connections["public"] = shared
    try:
        with shared.execute_wrapper(_guard):
            yield
    finally:
        connections["public"] = own


@pytest.fixture(autouse=True)
def _index_answers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``--reading-index``, bring an index up to date, or make it, whenever lists ask."""
    if request.config.getoption("--reading-index"):
        from kb.record.reading import current
        from tests.record.reading.always import AlwaysCurrent

        monkeypatch.setattr(current, "_reader_for", lambda path: AlwaysCurrent())
        monkeypatch.setattr("django.conf.settings.READING_INDEX", Path("unused"))


@cache
def _closed_tables() -> re.Pattern[str]:
    """Return a pattern with the name of every table that readers may not read."""
    from django.apps import apps

    from kb.record.wall import is_readable

    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    closed = sorted(name for name in tables | {"django_migrations"} if not is_readable(name))
    return re.compile(r"\b(" + "|".join(map(re.escape, closed)) + r")\b")


def _guard(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
    """Fail if a reader's query names a table that the wall would refuse."""
    from kb.record.wall import is_reading_publicly

    if is_reading_publicly():
        named = _closed_tables().search(str(sql))
        assert named is None, f"A reader's query names {named[1]}, behind the wall: {sql}"
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _streams_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test places for its streams. Many tests do not read the streams they ask for."""
    from kb.record.places import Places
    from kb.site.http import reader_limits

    monkeypatch.setattr(reader_limits, "STREAM_PLACES", Places(10_000))


# --- Roles -----------------------------------------------------------------------------------


@pytest.fixture
def reader() -> Client:
    """A client that has not signed in."""
    return Client()


@pytest.fixture
def editor_user(db: None) -> Any:
    """The account of an editor with all rights; the password is ``editor-password``."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_superuser("editor", password="editor-password")


@pytest.fixture
def editor(editor_user: Any) -> Client:
    """A client that is signed in as ``editor_user``."""
    client = Client()
    client.force_login(editor_user)
    return client


# --- Queries ---------------------------------------------------------------------------------


class Queries(list[str]):
    """The SQL that ran inside a ``with queries() as ran:`` block, in order for each alias."""

    def __str__(self) -> str:
        return "\n".join(self)


@pytest.fixture
def queries() -> Callable[..., AbstractContextManager[Queries]]:
    """``with queries() as ran:`` collects the SQL of both aliases; ``queries(3)`` asserts three.

    BEGIN, COMMIT and savepoints are not counted, because they differ between databases.
    """

    @contextmanager
    def counting(expected: int | None = None) -> Iterator[Queries]:
        from django.db import connections
        from django.test.utils import CaptureQueriesContext

        ran = Queries()
        # In most tests both aliases are the same connection, which must not be counted twice.
        wrappers = {id(connections[alias]): connections[alias] for alias in BOTH}
        with ExitStack() as stack:
            captured = [
                stack.enter_context(CaptureQueriesContext(wrapper)) for wrapper in wrappers.values()
            ]
            yield ran
        ran += [
            query["sql"]
            for capture in captured
            for query in capture.captured_queries
            if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
        ]
        if expected is not None:
            assert len(ran) == expected, f"{len(ran)} queries instead of {expected}:\n{ran}"

    return counting


def pytest_report_header() -> str:
    """Print the database and the browser in the first lines."""
    from django.conf import settings

    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"database: {engine}; chromium: {chromium.find() or 'none'}"
