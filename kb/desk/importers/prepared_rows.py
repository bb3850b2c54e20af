"""Rows that an import stores together, prepared before the transaction begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from kb.desk.importers.bulk_write import (
    BulkStatement,
    ReservedKeys,
    assign_keys,
    insert_statement,
    link_statement,
)
from kb.desk.models import Publishable
from kb.desk.row_snapshots import set_prefetched
from kb.text.slugs import slugify, unique_slug


class PreparedRows:
    """New rows with their keys and slugs, in the order in which they are stored."""

    def __init__(self, by: Any) -> None:
        self.by = by
        self.keys = ReservedKeys()
        self.slugs: dict[type, set[str]] = {}
        # The records that rows of this chunk name.
        self.records: dict[tuple[type[Model], int], Any] = {}
        self.inserted: list[BulkStatement] = []
        # The records that get a line in the log of the desk.
        self.logged: list[Publishable] = []

    def begin(self) -> None:
        """Begin a chunk: forget the rows of the last one, but not its keys and slugs."""
        self.records, self.inserted, self.logged = {}, [], []

    def insert(self, rows: Sequence[Model]) -> None:
        """Give rows of one table keys, and add the statement that stores them."""
        assign_keys(rows, self.keys)
        self.inserted.append(insert_statement(rows))

    def insert_links(
        self, through: type[Model], columns: tuple[str, str], pairs: Sequence[tuple[int, int]]
    ) -> None:
        """Add the statement that stores rows of a many-to-many table, given as pairs of keys."""
        keys = self.keys.take(through, len(pairs))
        rows = [(key, *pair) for key, pair in zip(keys, pairs, strict=True)]
        self.inserted.append(link_statement(through, columns, rows))

    def add(self, records: Sequence[Publishable], names: list[str]) -> None:
        """Give new records of one kind keys, and slugs that no other record of the kind has."""
        if not records:
            return
        model = type(records[0])
        slugs = {slugify(name) for name in names}
        taken = self.slugs.setdefault(model, set())
        stored = model._default_manager.filter(slug__in=slugs)
        taken |= set(stored.values_list("slug", flat=True))
        for record, name in zip(records, names, strict=True):
            record.slug = unique_slug(name, record.public_id, taken.__contains__)
            taken.add(record.slug)
            record.created_by = record.updated_by = self.by
            set_prefetched(record, {})
        self.insert(records)
        self.records |= {(model, record.pk): record for record in records}
        self.logged += records
