"""Take the test database back to earlier migrations, and forward again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.second_connection import grant_again

OWN_APPS = ("desk", "record")


@contextmanager
def migrated_back(*nodes: tuple[str, str]) -> Iterator[Apps]:
    """Undo all migrations after ``nodes``; yield the models of that time.

    At the end of the block all migrations are applied again, and readers get their rights back:
    a table that was created anew has none.
    """
    MigrationExecutor(connection).migrate(list(nodes))
    try:
        yield MigrationExecutor(connection).loader.project_state(list(nodes)).apps
    finally:
        migrate_forward()
        grant_again()


def migrate_forward() -> None:
    """Apply all migrations of this project."""
    executor = MigrationExecutor(connection)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in OWN_APPS])
