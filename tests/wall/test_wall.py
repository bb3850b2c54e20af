"""Threats 1 and 2: the readers' own connection reads the record, and nothing else, and no more."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction

from kb.record import role
from kb.record.wall import (
    PUBLIC,
    WallError,
    is_readable,
    leaving_wall,
    reading_alias,
    reading_publicly,
)

pytestmark = pytest.mark.wall

ALL = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
CLOSED = [model for model in ALL if not is_readable(model._meta.db_table)]
OPEN = [model for model in ALL if is_readable(model._meta.db_table)]


def public_sql(sql: str) -> list[tuple]:
    """Run SQL as readers do, and not through the ORM, which could be the one that refuses."""
    with connections[PUBLIC].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_it_is_a_connection_of_its_own():
    assert connections[PUBLIC] is not connection
    assert public_sql("SELECT 1") == [(1,)]


def test_a_reader_keeps_the_connection_that_was_chosen():
    assert reading_alias() == PUBLIC
    with reading_publicly("public_2"):
        assert reading_alias() == "public_2"
        with leaving_wall():
            assert reading_alias() == PUBLIC


# One test for all tables, because the database is emptied after each.
def test_a_closed_table_cannot_be_read_while_a_reader_is_served(subtests, record_property):
    record_property("closed tables", len(CLOSED))
    for model in CLOSED:
        with subtests.test(model._meta.label_lower):
            model._base_manager.first()  # the desk may
            with reading_publicly(), pytest.raises(DatabaseError):
                model._base_manager.first()


@pytest.mark.slow
def test_a_closed_table_cannot_be_counted_or_probed(subtests):
    for model in CLOSED:
        with subtests.test(model._meta.label_lower), reading_publicly():
            with pytest.raises(DatabaseError):
                model._base_manager.count()
            with pytest.raises(DatabaseError):
                model._base_manager.exists()


def test_the_whole_record_can_be_read(subtests, record_property):
    record_property("tables that readers read", len(OPEN))
    for model in OPEN:
        with subtests.test(model._meta.label_lower), reading_publicly():
            # A migration may have written rows.
            count = model._base_manager.count()
            assert len(list(model._base_manager.all())) == count


def test_there_is_something_on_both_sides():
    closed = {model._meta.db_table for model in CLOSED}
    assert {"auth_user", "django_session", "mfa_authenticator", "account_emailaddress"} <= closed


def test_what_is_counted_of_sign_ins_has_no_model_and_is_closed_too():
    with pytest.raises(DatabaseError):
        public_sql("SELECT value FROM desk_cache")
    with reading_publicly(), pytest.raises((DatabaseError, WallError)):
        cache.get("anything")
    with reading_publicly(), pytest.raises((DatabaseError, WallError)):
        cache.set("anything", 1)


def test_the_orm_refuses_to_write_while_a_reader_is_served():
    with reading_publicly(), pytest.raises(WallError, match="User cannot be written in a request"):
        get_user_model()._default_manager.create(username="intruder")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO django_session VALUES ('k', 'd', '2030-01-01')",
        "UPDATE django_session SET session_data = 'x'",
        "DELETE FROM django_session",
        "CREATE TABLE record_mine (x integer)",
        "CREATE TEMPORARY TABLE record_mine (x integer)",
        "DROP TABLE django_session",
    ],
)
def test_the_database_refuses_to_write(sql):
    with pytest.raises(DatabaseError):
        public_sql(sql)


@pytest.fixture
def new_table():
    """A table made after the wall was built, as the next migration would; its name is given."""
    made = []

    def make(name: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {name} (x integer)")
        made.append(name)
        return name

    yield make
    connections[PUBLIC].close()
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f"DROP TABLE {name}")


def test_a_new_table_is_closed_unless_it_is_named_as_the_records_own(new_table):
    name = new_table("notes_on_people")
    with pytest.raises(DatabaseError):
        public_sql(f"SELECT x FROM {name}")


def test_a_renamed_or_joined_table_is_no_way_around(new_table):
    name = new_table("record_bait")
    if connection.vendor == "postgresql":
        role.grant_read_only(connection, connections[PUBLIC].settings_dict["USER"], "")
    assert public_sql(f"SELECT x FROM {name}") == []
    for sql in (
        f"SELECT 1 FROM {name} WHERE EXISTS (SELECT 1 FROM auth_user)",
        f"SELECT x FROM {name} UNION SELECT id FROM auth_user",
        "WITH record_alias AS (SELECT password FROM auth_user) SELECT * FROM record_alias",
        "SELECT count(*) FROM auth_user AS record_user",
    ):
        with pytest.raises(DatabaseError):
            public_sql(sql)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
class TestSQLite:
    def test_the_file_is_opened_read_only(self):
        # Below the authorizer: even an authorizer that allowed everything could not write.
        connections[PUBLIC].ensure_connection()
        raw = connections[PUBLIC].connection
        raw.set_authorizer(None)
        with pytest.raises(Exception, match="readonly"):
            raw.execute("DELETE FROM django_session")
        connections[PUBLIC].close()

    @pytest.mark.parametrize(
        "sql",
        [
            "ATTACH DATABASE ':memory:' AS other",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA query_only = 0",
            "PRAGMA table_info(auth_user)",
            "SELECT * FROM pragma_table_info('auth_user')",
            "SELECT sql FROM sqlite_master",
            "SELECT load_extension('x')",
            "PRAGMA writable_schema = 1",
            "UPDATE sqlite_master SET sql = ''",
            "VACUUM INTO '/tmp/stolen.sqlite3'",
        ],
    )
    def test_back_doors_are_closed(self, sql):
        with pytest.raises(DatabaseError):
            public_sql(sql)

    def test_full_text_search_passes(self, new_table):
        with connection.cursor() as cursor:
            cursor.execute("CREATE VIRTUAL TABLE record_search_try USING fts5(body)")
            cursor.execute("INSERT INTO record_search_try VALUES ('a suspended account')")
        try:
            snippets = public_sql(
                "SELECT snippet(record_search_try, 0, '[', ']', '…', 5), "
                "bm25(record_search_try) < 0 FROM record_search_try "
                "WHERE record_search_try MATCH 'suspended'"
            )
            assert snippets == [("a [suspended] account", 1)]
        finally:
            connections[PUBLIC].close()
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE record_search_try")


@pytest.mark.skipif("connection.vendor != 'postgresql'")
class TestPostgreSQL:
    def test_the_server_confirms_that_nothing_else_is_granted(self):
        with connections[PUBLIC].cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0].startswith("kb_reader_")
        assert role.excess_rights(connections[PUBLIC]) == []
        assert role.missing_tables(connections[PUBLIC]) == []

    def test_statements_are_cut_off_after_two_seconds(self):
        assert public_sql("SHOW statement_timeout") == [("2s",)]
        with pytest.raises(DatabaseError, match="statement timeout"):
            public_sql("SELECT pg_sleep(5)")

    def test_transactions_are_read_only(self):
        assert public_sql("SHOW default_transaction_read_only") == [("on",)]

    def test_a_right_given_by_hand_is_noticed_and_taken_back(self):
        name = connections[PUBLIC].settings_dict["USER"]
        with connection.cursor() as cursor:
            cursor.execute(f'GRANT SELECT (username) ON auth_user TO "{name}"')
            cursor.execute(f'GRANT INSERT ON django_session TO "{name}"')
        assert role.excess_rights(connections[PUBLIC]) == [
            "SELECT on auth_user",
            "INSERT on django_session",
        ]
        with transaction.atomic():
            role.grant_read_only(connection, name, "")
        assert role.excess_rights(connections[PUBLIC]) == []
