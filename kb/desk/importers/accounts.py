"""Whose account an imported event is: a source of its row, or a statement of the same origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kb.desk.importers.named_rows import NamedRow, named_row, record_of
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import AccountOf, Event, ImportedRow, Source, Statement


def cited_account(row: ImportRow, name: str) -> CitedSourceRow | None:
    """The source of a row that is called so, by its title or its URL; None if there is none."""
    for source in row.sources:
        if name.casefold() in (source.title.casefold(), source.url.casefold()):
            return source
    return None


def statement_names(rows: Iterable[ImportRow]) -> set[str]:
    """The names of accounts of these rows that are no source of the row that has them."""
    return {name for row in rows for name in row.according_to if not cited_account(row, name)}


class NamedStatements:
    """Imported statements by the ids of their rows: of this file and of earlier ones.

    A statement may stand anywhere above an event that names it, or shortly below it.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._named: dict[str, NamedRow] = {}

    def add(self, statements: Mapping[str, Statement]) -> None:
        """Add statements of the file by the ids of their rows."""
        self._named |= {name: named_row(statement) for name, statement in statements.items()}

    def fetch(self, names: Iterable[str]) -> None:
        """Read the statements of earlier imports with these ids; two queries at most."""
        public_ids = earlier_statements(self.origin, set(names) - self._named.keys())
        rows = Statement.objects.filter(public_id__in=public_ids.values())
        stored = {statement.public_id: named_row(statement) for statement in rows}
        for name, public_id in public_ids.items():
            if public_id in stored:
                self._named[name] = stored[public_id]

    def find(self, name: str) -> Statement | None:
        """The statement of this id, with its key and headline only; None if there is none."""
        named = self._named.get(name)
        return record_of(Statement, named) if named else None


def earlier_statements(origin: str, external_ids: Iterable[str]) -> dict[str, str]:
    """The public ids of the statements of earlier imports, by the ids of their rows."""
    return earlier_entries(origin, Statement.kind, external_ids)


def earlier_entries(origin: str, kind: str, external_ids: Iterable[str]) -> dict[str, str]:
    """The public ids of the entries of a kind of earlier imports, by the ids of their rows."""
    printable = [name for name in external_ids if name.isprintable()]
    rows = ImportedRow.objects.filter(origin=origin, kind=kind, external_id__in=printable)
    return dict(rows.values_list("external_id", "public_id"))


def accounts_of_event(
    event: Event,
    row: ImportRow,
    statements: NamedStatements,
    source_of: Callable[[CitedSourceRow], Source],
) -> list[AccountOf]:
    """The accounts that a row names. The dry run has refused names that are neither."""
    accounts = []
    for name in row.according_to:
        if cited := cited_account(row, name):
            accounts.append(AccountOf(event=event, source=source_of(cited)))
        elif statement := statements.find(name):
            accounts.append(AccountOf(event=event, statement=statement))
    return accounts
