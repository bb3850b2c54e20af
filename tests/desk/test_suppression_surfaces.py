"""The registry of surfaces is complete, and a removed word is on none of them a second later."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import connection, models

from kb.desk.models import AuditEntry, Comment, SourceText, Upload
from kb.desk.suppression import removing, storage, surfaces
from kb.desk.suppression.columns import COLUMNS
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.suppression.storage import clean_database
from kb.desk.suppression.surfaces import TABLES, route_group
from kb.desk.verbs.publishing import publish
from kb.formats import FORMATS
from kb.formats.references import REFERENCE_FILES
from kb.record.addresses import PLURALS
from kb.record.frozen.freezing import freeze
from kb.record.models import FrozenView
from kb.record.query import TimelineQuery
from kb.record.suppression.parts import PATHS
from kb.record.suppression_vocabulary import PARTS
from kb.record.wall import reading_publicly
from tests import addresses
from tests.make import make_actor, make_event, make_incident, make_source, make_statement, published

NEEDLE = "zanzobar"
SENTENCE = "Zanzobar keeps the ledger of Quillmore."
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def text_columns(model):
    for field in model._meta.concrete_fields:
        column = field.column
        is_date = any(
            column == name or column.startswith(f"{name}_") for name in surfaces.DATE_COLUMNS
        )
        if isinstance(field, TEXT_FIELDS) and not is_date:
            yield column


def test_each_table_with_text_is_in_the_registry():
    missing = []
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        columns = set(text_columns(model))
        if not columns or table in surfaces.TABLES_WITHOUT_WORDS:
            continue
        known = set(TABLES[table].columns) if table in TABLES else set()
        missing += [f"{table}.{name}" for name in columns - known - surfaces.COLUMNS_WITHOUT_WORDS]
    assert missing == []


def test_each_route_format_and_command_is_in_the_registry():
    missing = []
    for address in addresses.public():
        try:
            route_group(address.name)
        except KeyError:
            missing.append(address.name)
    assert missing == []
    assert {*FORMATS, *REFERENCE_FILES} - surfaces.FORMATS == set()
    commands = {name for name, app in get_commands().items() if app == "kb.desk"}
    assert commands - surfaces.COMMANDS.keys() == set()


def test_each_part_has_paths_and_columns():
    for kind, parts in PARTS.items():
        assert set(PATHS[kind]) == set(COLUMNS[kind]) == set(parts)


def make_needle():
    """A statement whose text has the word, and everything else that may show it."""
    incident = published(make_incident("A story"))
    actor = published(make_actor("Acme"))
    source = make_source("A report")
    event = make_event("The checks begin", actors=((actor, "acted"),), source=source)
    event.incidents.add(incident)
    published(event)
    statement = make_statement(SENTENCE, speaker=actor, source=source, about=(event,))
    statement.incidents.add(incident)
    published(statement)
    statement.headline = f"Acme: {SENTENCE}"
    statement.save()
    publish(statement, by=None, change="correction", note=f"It did not say “{SENTENCE}”.")
    SourceText.objects.create(source=source, number=1, body=f"It said: {SENTENCE}")
    user = get_user_model().objects.create_user("writer")
    Comment.objects.create(
        public_id=statement.public_id, text=f"Is “{SENTENCE}” right?", written_by=user
    )
    Upload.objects.create(
        name="a.csv", file_kind="csv", origin="desk", content=SENTENCE.encode(), sha256="0" * 64,
        sent_by=user,
    )  # fmt: skip
    AuditEntry.objects.create(
        public_id="other234", kind="event", version=1, done="saved", note=SENTENCE,
        state={"summary": SENTENCE},
    )  # fmt: skip
    with reading_publicly():
        views = [freeze(TimelineQuery.parse(text), "somebody") for text in ("", "q=Quillmore")]
    return statement, event, actor, incident, views


def reader_paths(statement, event, actor, incident, views):
    slugs = {"statement": statement.slug, "event": event.slug, "actor": actor.slug}
    paths = ["/", "/timeline/", "/timeline/?q=Quillmore", "/search/?q=Quillmore", "/quotes/",
             "/quotes/?q=Quillmore", "/changes/", "/changes.atom", "/actors/", "/sources/",
             "/sitemap-statements-1.xml", "/removed.json", "/reports/",
             f"/incidents/{incident.slug}/", f"/incidents/{incident.slug}/changes/",
             f"/incidents/{incident.slug}/fragment/", "/timeline/fragment/",
             f"/compare/?a={actor.slug}&b={actor.slug}",
             f"/zh-hans/statements/{statement.slug}/",
             f"/oembed?url={settings.SITE_URL}/statements/{statement.slug}/"]  # fmt: skip
    paths += [f"/timeline.{suffix}" for suffix in FORMATS]
    paths += [f"/incidents/{incident.slug}.{suffix}" for suffix in FORMATS]
    for kind, slug in slugs.items():
        path = f"/{PLURALS[kind]}/{slug}"
        paths += [f"{path}/", f"{path}.png", f"/embed{path}/", f"{path}/history/"]
        paths += [f"{path}/history/{number}/" for number in (1, 2)]
        paths += [f"/embed{path}/history/1/", f"{path}/history/?old=1&new=2"]
        paths += [f"{path}.{suffix}" for suffix in FORMATS]
    paths += [f"/record/proofs/{statement.public_id}/{number}.json" for number in (1, 2)]
    for view in views:
        path = f"/views/{view.public_id}"
        paths += [f"{path}/", f"{path}/print/", f"{path}.html", f"/embed{path}/"]
        paths += [f"{path}.{suffix}" for suffix in (*FORMATS, *REFERENCE_FILES)]
    return paths


def shown(reader, path) -> bool:
    response = reader.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    # The address of a search is repeated by its page.
    text = content.decode(errors="replace").lower()
    return NEEDLE in text


def tables_with_needle() -> set[str]:
    """The tables that have the word in any column, read as text."""
    tables = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                values = (
                    bytes(v).decode(errors="replace")
                    if isinstance(v, memoryview | bytes)
                    else str(v)
                    for v in row
                )
                if any(NEEDLE in value.lower() for value in values):
                    tables.add(table)
                    break
    return tables


def database_files() -> list[Path]:
    """The files of the tables, and on SQLite the write-ahead log too."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return [path, *path.parent.glob(f"{path.name}-wal")]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return [*(folder / "base" / str(cursor.fetchone()[0])).iterdir()]


@pytest.fixture
def patient(monkeypatch):
    """Wait for transactions of other databases of the server: tests beside this one have them."""
    monkeypatch.setattr(storage, "SNAPSHOT_SECONDS", 60)


@pytest.mark.django_db
def test_a_removed_word_is_on_no_surface_a_second_later(reader):
    needle = make_needle()
    statement = needle[0]
    paths = reader_paths(*needle)
    assert len(paths) >= 40
    before = [path for path in paths if shown(reader, path)]
    assert len(before) >= 40
    assert len(tables_with_needle()) >= 9
    start = time.monotonic()
    request = ask_for_suppression(statement, by=None, part="words", reason="court_order")
    receipt = confirm_suppression(request, by=None)
    assert time.monotonic() - start < 1 or receipt["seconds"] < 1
    assert [path for path in paths if shown(reader, path)] == []
    # Rows of its index are written when the transaction ends: see the next test.
    assert tables_with_needle() - {"record_search_data"} == set()
    assert "Removed by order on" in reader.get(f"/views/{needle[4][0].public_id}/").text
    assert FrozenView.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_removed_word_is_in_no_byte_of_the_database_files(reader, patient):
    statement = make_needle()[0]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # PostgreSQL keeps examples of the values of each column
    request = ask_for_suppression(statement, by=None, part="all", reason="erasure")
    receipt = confirm_suppression(request, by=None)
    assert receipt["left"] == []
    files = database_files()
    assert files
    assert [file.name for file in files if NEEDLE.encode() in file.read_bytes().lower()] == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no old rows")
@pytest.mark.django_db(transaction=True)
def test_table_that_the_account_may_not_write_anew_is_named():
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE stranger")
        try:
            cursor.execute("SET ROLE stranger")
            left = clean_database([])
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE stranger")
    assert [line.split(",")[0] for line in left] == ["Old rows of pg_statistic"]


@contextmanager
def open_transaction(database, statement, seconds):
    """A transaction that another session has begun with this statement; None: until the end."""
    parameters = {**connection.get_connection_params(), "dbname": database}
    with psycopg.connect(**parameters) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute(statement)
        timer = threading.Timer(seconds or 60, other.rollback)
        timer.start()
        yield
        timer.cancel()


# A transaction of another database counts when it has written: then it has a number.
OTHERS = {
    "reads here": (None, "SELECT count(*) FROM django_migrations"),
    "writes in another database": ("postgres", "SELECT pg_current_xact_id()"),
}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no old rows")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", OTHERS)
def test_rows_that_a_transaction_can_read_for_long_are_named(other):
    database, query = OTHERS[other]
    request = ask_for_suppression(make_needle()[0], by=None, part="all", reason="erasure")
    with open_transaction(database or connection.settings_dict["NAME"], query, None):
        receipt = confirm_suppression(request, by=None)
    assert any(line.startswith("Old rows of desk_statement,") for line in receipt["left"])


@pytest.mark.django_db(transaction=True)
def test_what_a_reader_held_is_removed_by_a_later_run_of_the_command(capsys, patient, monkeypatch):
    request = ask_for_suppression(make_needle()[0], by=None, part="all", reason="erasure")
    with monkeypatch.context() as patch:
        patch.setattr(removing, "clean_database", lambda tables: ["Old rows"])
        confirm_suppression(request, by=None)
    files = database_files()
    assert any(NEEDLE.encode() in file.read_bytes().lower() for file in files)
    call_command("suppress", "--clean")
    assert capsys.readouterr().out == "Nothing is left of earlier removals.\n"
    request.refresh_from_db()
    assert request.receipt["left"] == []
    files = database_files()
    assert not any(NEEDLE.encode() in file.read_bytes().lower() for file in files)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no old rows")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", OTHERS)
def test_rows_that_a_transaction_can_read_for_a_moment_are_waited_for(other, patient):
    database, query = OTHERS[other]
    request = ask_for_suppression(make_needle()[0], by=None, part="all", reason="erasure")
    with open_transaction(database or connection.settings_dict["NAME"], query, 0.2):
        receipt = confirm_suppression(request, by=None)
    assert receipt["left"] == []
    bytes_of_files = (file.read_bytes().lower() for file in database_files())
    assert not any(NEEDLE.encode() in content for content in bytes_of_files)
