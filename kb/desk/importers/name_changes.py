"""Whether the names on the desk have changed since the rows of an import were built."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Max, Model

from kb.desk.models import Actor, ActorName, Incident, Source, Topic, Transfer

# The models that a row of a file names by a text, and the fields with such texts.
NAMED_MODELS: dict[type[Model], tuple[str, ...]] = {
    Actor: ("name",),
    ActorName: ("name",),
    Incident: ("title",),
    Topic: ("name",),
    Source: ("title", "url"),
}
# More new names than these are not compared one by one.
MAX_COMPARED = 1_000


class _Table(NamedTuple):
    """The newest key of a table, and how many rows it has."""

    last: int
    rows: int


class NamesOnDesk:
    """The names as they are when this is made. Costs a query for each table."""

    def __init__(self) -> None:
        self.tables = {model: _table(model) for model in NAMED_MODELS}
        self.transfers = _transfers()

    def collide(self, added: Collection[str]) -> bool:
        """Whether a record was added since under one of these names, casefolded, or merged.

        Addresses of sources are names too. True also where that cannot be told.
        """
        if self.transfers != _transfers():
            return True
        return any(self._collide_in(model, added) for model in NAMED_MODELS)

    def add(self, stored: Mapping[type[Model], Sequence[int]]) -> None:
        """Count keys that the import itself has stored, right after ``collide`` returned False."""
        for model, keys in stored.items():
            known = self.tables[model]
            self.tables[model] = _Table(max(known.last, *keys), known.rows + len(keys))

    def _collide_in(self, model: type[Model], added: Collection[str]) -> bool:
        before, now = self.tables[model], _table(model)
        if now == before:
            return False
        fields = NAMED_MODELS[model]
        rows = model._default_manager.filter(pk__gt=before.last).values_list(*fields)
        names = list(rows[: MAX_COMPARED + 1])
        # A key below the last one was reserved earlier, by another import.
        if len(names) > MAX_COMPARED or len(names) != now.rows - before.rows:
            return True
        if any(text in added or text.casefold() in added for row in names for text in row):
            return True
        self.tables[model] = now
        return False


def _table(model: type[Model]) -> _Table:
    row = model._default_manager.aggregate(last=Max("pk"), rows=Count("pk"))
    return _Table(row["last"] or 0, row["rows"])


def _transfers() -> dict[str, int]:
    return Transfer.objects.aggregate(done=Count("done_at"), undone=Count("undone_at"))
