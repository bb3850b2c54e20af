"""Which migrations a database and a backup have, and the models of that state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kb.desk.full_backup.manifest import InvalidBackup
from kb.desk.full_backup.tables import ModelRegistry

Node = tuple[str, str]


def node_name(node: Node) -> str:
    """Return a migration as it is named in a manifest: ``desk.0001_initial``."""
    return f"{node[0]}.{node[1]}"


@dataclass(frozen=True)
class SchemaState:
    """A set of migrations of this release, closed under their dependencies."""

    loader: MigrationLoader
    nodes: frozenset[Node]

    @property
    def later_nodes(self) -> list[Node]:
        """The migrations of this release that the state lacks."""
        return sorted(set(self.loader.graph.nodes) - self.nodes)

    def models(self) -> ModelRegistry:
        """Return the models of this state; those of the program if it is the newest."""
        if not self.later_nodes:
            return apps
        return self.loader.project_state(self.targets()).apps

    def targets(self) -> list[Node]:
        """Return the last migrations of each app."""
        children = self.loader.graph.node_map
        return [
            node
            for node in sorted(self.nodes)
            if not any(
                child.key[0] == node[0] and child.key in self.nodes
                for child in children[node].children
            )
        ]

    def names(self) -> list[str]:
        """Return the migrations as a manifest names them."""
        return sorted(node_name(node) for node in self.nodes)


def database_state() -> SchemaState:
    """Return the migrations of the desk's database.

    Raises InvalidBackup if it is of a newer release.
    """
    loader = MigrationLoader(connection)
    applied = MigrationRecorder(connection).applied_migrations()
    return _state(
        loader,
        {node for node in applied if node[0] in loader.migrated_apps},
        "The database has the migration {name}, which this release does not know. Run the release "
        "that the database belongs to.",
    )


def state_of(migrations: Iterable[str]) -> SchemaState:
    """Return the state of a backup. Raises InvalidBackup if it is of a newer release."""
    nodes = set()
    for name in migrations:
        app, _, migration = name.partition(".")
        nodes.add((app, migration))
    loader = MigrationLoader(connection)
    newer = (
        "The backup has the migration {name}, which this release does not know. It is from a newer "
        "release: upgrade the program first."
    )
    state = _state(loader, nodes, newer)
    for node in state.nodes:
        parents = {parent.key for parent in loader.graph.node_map[node].parents}
        if not parents <= state.nodes:
            raise InvalidBackup(f"The backup lacks a migration before {node_name(node)}.")
    return state


def _state(loader: MigrationLoader, nodes: set[Node], newer: str) -> SchemaState:
    # Squashed migrations stand beside those that they replace, under both names.
    replaced = {
        node for migration in loader.replacements.values() for node in migration.replaces
    } | loader.replacements.keys()
    unknown = nodes - loader.graph.nodes.keys() - replaced
    if unknown:
        raise InvalidBackup(newer.format(name=node_name(min(unknown))))
    return SchemaState(loader, frozenset(nodes & loader.graph.nodes.keys()))


def migrate_to(state: SchemaState) -> None:
    """Create the tables of a state in a database without tables."""
    MigrationExecutor(connection).migrate(state.targets())
