"""Migrations are named for what they do, match the models, and can be reversed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

APPS = ("desk", "record")


def migrations():
    """Return the migrations of this project as Django loads them."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [migration for (app, _), migration in sorted(disk.items()) if app in APPS]


@pytest.mark.django_db
def test_migrations_match_the_models():
    # Raises SystemExit if a model has changed without a migration.
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


@pytest.mark.parametrize("app", APPS)
def test_migration_numbers_are_unique(app):
    numbers = Counter(item.name[:4] for item in migrations() if item.app_label == app)
    assert [number for number, times in numbers.items() if times > 1] == []


def test_migrations_are_named_for_what_they_do():
    for migration in migrations():
        assert re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*", migration.name), migration.name
        assert "auto" not in migration.name, f"{migration}: makemigrations --name says what it does"


def test_migrations_can_be_reversed():
    for migration in migrations():
        for operation in migration.operations:
            assert operation.reversible, f"{migration}: {operation} has no way back"


def test_migrations_import_no_live_code():
    # If imported code changes, the migration changes too. Date fields and validators are allowed,
    # because Django writes their import and they depend on values only. Migrations may share code.
    live = re.compile(r"^(?:import|from) kb\.(?!dates|text|record\.migrations\._)", re.MULTILINE)
    for app in APPS:
        for path in Path("kb", app, "migrations").glob("*.py"):
            assert not live.search(path.read_text()), path


@pytest.mark.django_db
def test_the_tests_run_on_migrated_tables():
    with connection.cursor() as cursor:
        assert "django_migrations" in connection.introspection.table_names(cursor)
