"""What an import stores last, because it joins entries: links, positions, subjects of requests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.dry_run import ImportOutcome
from kb.desk.importers.link_rows import PendingLink, pending_links, store_links
from kb.desk.importers.moments import store_moments
from kb.desk.importers.named_records import NamedRecords
from kb.desk.importers.position_rows import PendingPositions, pending_positions, store_positions
from kb.desk.importers.rows import ImportRow
from kb.desk.importers.subjects import has_subjects, store_subjects
from kb.desk.models import ImportBatch, SourceRelation
from kb.desk.models.log import Action
from kb.desk.models.sources import relation_cycle
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused


@dataclass
class PendingParts:
    """The parts of the rows built so far that wait until all entries are stored."""

    # As keys, so that a row that repeats a link gives it once.
    links: dict[PendingLink, None] = field(default_factory=dict)
    positions: list[PendingPositions] = field(default_factory=list)
    subjects: list[ImportRow] = field(default_factory=list)
    derivations: list[SourceRelation] = field(default_factory=list)
    moments: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def add(self, outcomes: Sequence[ImportOutcome], named: NamedRecords) -> None:
        """Take the parts of rows that were built with the records that they name."""
        self.links.update(dict.fromkeys(pending_links(outcomes, named.source_key)))
        self.positions += pending_positions(outcomes, named)
        self.subjects += [outcome.row for outcome in outcomes if has_subjects(outcome.row)]
        self.derivations = named.derivations
        self.moments = named.moments

    def store(self, changed: Collection[str], batch: ImportBatch) -> None:
        """Store all parts. ``changed`` are the public ids of entries that were overwritten.

        Raises ActionRefused for what cannot be stored.
        """
        cycles = (relation_cycle(item.source, item.parent) for item in self.derivations)
        if reasons := list(dict.fromkeys(filter(None, cycles))):
            raise ActionRefused([f"derived_from: {reason}" for reason in reasons])
        owners = store_links(self.links, changed, batch)
        claims = NamedClaims()
        claims.fetch([*(pending.row for pending in self.positions), *self.subjects])
        if self.positions or self.subjects:
            store_positions(self.positions, claims, batch)
            owners += store_subjects(self.subjects, claims, batch)
        store_moments(self.moments, batch.origin)
        record(owners, Action.IMPORTED, by=batch.loaded_by, note=f"from {batch.name}")
