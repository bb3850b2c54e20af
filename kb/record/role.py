"""The readers' role on PostgreSQL: what it is granted, and what it turns out to hold.

``close_to`` makes the role and is safe to repeat; ``excess`` and ``missing`` read back what the
server says, which is what the system checks and the tests go by.
"""

from __future__ import annotations

from typing import Any

from psycopg import sql

from kb.record.wall import READABLE_PREFIX, STATEMENT_TIMEOUT_MS

# Tables, views and partitions of the schema the desk lives in. Rights are asked by oid: asked by
# name, the planner may ask before it has narrowed the rows down to this schema, and fail.
_RELATIONS = """
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
"""


def schema_relations(connection: Any) -> list[str]:
    """Every table and view of the current schema."""
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        return [name for _, name in cursor.fetchall()]


def readable_tables(connection: Any) -> list[str]:
    """The tables of this database that readers may read."""
    return [name for name in schema_relations(connection) if name.startswith(READABLE_PREFIX)]


# Each is run with the names filled in. Everything off first. What every role holds through PUBLIC
# must go for all of them: TEMP and, up to PostgreSQL 14, CREATE. CONNECT and USAGE may stay, since
# backup and monitoring roles live on them and they show no row to anybody.
_REVOKE = (
    "REVOKE TEMPORARY, CREATE ON DATABASE {database} FROM PUBLIC",
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",
    "REVOKE ALL ON DATABASE {database} FROM {role}",
    "REVOKE ALL ON SCHEMA {schema} FROM {role}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {role}",
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {role}",
)
_GRANT = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
)
# In this database only: the role may serve another one with other needs.
_LIMIT = tuple(
    "ALTER ROLE {role} IN DATABASE {database} SET " + setting
    for setting in (
        "default_transaction_read_only = on",
        f"statement_timeout = '{STATEMENT_TIMEOUT_MS}ms'",
        # Longer than a request waits for the slow lane, which happens between two queries.
        "idle_in_transaction_session_timeout = '30s'",
    )
)


def grant_read_only(connection: Any, role: str, password: str) -> list[str]:
    """Create ``role``, or correct its rights, so that it may read the record and nothing else.

    Runs on the owner's connection, inside the caller's transaction, as often as wanted. Grants
    are given table by table and never as DEFAULT PRIVILEGES: a new table stays closed until this
    runs again. An empty password leaves the role's own as it is. Returns the tables granted.
    """
    tables = readable_tables(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = cursor.fetchone()
        names = {
            "role": sql.Identifier(role),
            "database": sql.Identifier(database),
            "schema": sql.Identifier(schema),
        }
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        make = verb + " ROLE {role} WITH LOGIN NOINHERIT NOCREATEDB NOCREATEROLE"
        for statement in (make, *_REVOKE, *_GRANT, *_LIMIT):
            cursor.execute(sql.SQL(statement).format(**names))
        if password:
            cursor.execute(
                sql.SQL("ALTER ROLE {role} PASSWORD {password}").format(
                    password=sql.Literal(password), **names
                )
            )
        for table in tables:
            cursor.execute(
                sql.SQL("GRANT SELECT ON TABLE {schema}.{table} TO {role}").format(
                    table=sql.Identifier(table), **names
                )
            )
    return tables


def excess_rights(connection: Any) -> list[str]:
    """The rights that the role of this connection holds beyond reading the record, in words."""
    excess = []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.relname, p.privilege
            FROM ({_RELATIONS}) r
            CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'))
                 AS p (privilege)
            WHERE has_table_privilege(r.oid, p.privilege)
               OR (p.privilege <> 'DELETE' AND p.privilege <> 'TRUNCATE'
                   AND has_any_column_privilege(r.oid, p.privilege))
            """
        )
        for table, privilege in cursor.fetchall():
            if privilege != "SELECT" or not table.startswith(READABLE_PREFIX):
                excess.append(f"{privilege} on {table}")
        cursor.execute(
            """
            SELECT rolsuper, has_schema_privilege(current_schema(), 'CREATE'),
                   has_database_privilege(current_database(), 'TEMP'),
                   has_database_privilege(current_database(), 'CREATE')
            FROM pg_roles WHERE rolname = current_user
            """
        )
        rights = (
            "SUPERUSER",
            "CREATE on the schema",
            "TEMP on the database",
            "CREATE on the database",
        )
        excess += [
            right for right, is_held in zip(rights, cursor.fetchone(), strict=True) if is_held
        ]
    return excess


def missing_tables(connection: Any) -> list[str]:
    """The record's tables that the role of this connection cannot read."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT relname FROM ({_RELATIONS}) r WHERE NOT has_table_privilege(r.oid, 'SELECT')"
        )
        return [name for (name,) in cursor.fetchall() if name.startswith(READABLE_PREFIX)]


def has_statement_timeout(connection: Any) -> bool:
    """Whether statements on this connection are cut off at all."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return bool(cursor.fetchone()[0] != "0")
