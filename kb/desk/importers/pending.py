"""What an import stores last, because it joins entries: links, positions, subjects of requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby

from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.dry_run import ImportOutcome, batched
from kb.desk.importers.link_rows import PendingLink, pending_links, store_links
from kb.desk.importers.moments import store_moments
from kb.desk.importers.named_records import NamedRecords
from kb.desk.importers.position_rows import PendingPositions, PositionWriter, pending_positions
from kb.desk.importers.rows import ImportRow
from kb.desk.importers.subjects import has_subjects, store_subjects
from kb.desk.models import ImportBatch, Publishable, SourceRelation
from kb.desk.models.log import Action
from kb.desk.models.sources import relation_cycle
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused

# The parts of so many rows are stored in one piece.
PARTS_AT_ONCE = 50


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
        refuse_cycles(self.derivations)
        owners = store_links(self.links, changed, batch)
        claims = NamedClaims()
        claims.fetch([*(pending.row for pending in self.positions), *self.subjects])
        if self.positions or self.subjects:
            positions = PositionWriter(claims, batch)
            positions.add_claims(claims.new_ids())
            positions.store(self.positions)
            positions.finish()
            owners += store_subjects(self.subjects, claims, batch)
        store_moments(self.moments, batch.origin)
        _log(owners, batch)

    def pieces(self, batch: ImportBatch) -> Iterator[Callable[[], None]]:
        """The same in pieces, for a transaction each, without the check of derivations.

        Nothing is checked that has no parts. The pieces raise ActionRefused.
        """
        for links in _links_by_owner(self.links):
            yield partial(_store_some_links, links, batch)
        claims = NamedClaims()
        claims.fetch([*(pending.row for pending in self.positions), *self.subjects])
        positions = PositionWriter(claims, batch)
        for public_ids in batched(claims.new_ids(), PARTS_AT_ONCE):
            yield partial(positions.add_claims, public_ids)
        for pending in batched(self.positions, PARTS_AT_ONCE):
            yield partial(positions.store, pending)
        yield positions.finish
        for rows in batched(self.subjects, PARTS_AT_ONCE):
            yield partial(_store_some_subjects, rows, claims, batch)
        for incidents in batched(self.moments.items(), PARTS_AT_ONCE):
            yield partial(store_moments, dict(incidents), batch.origin)


def _links_by_owner(links: Iterable[PendingLink]) -> Iterator[list[PendingLink]]:
    """Lists of links. Those of a row are in one list."""
    ordered = sorted(links, key=lambda link: link.external_id)
    by_owner = [list(own) for _id, own in groupby(ordered, key=lambda link: link.external_id)]
    for several in batched(by_owner, PARTS_AT_ONCE):
        yield [link for own in several for link in own]


def _store_some_links(links: Collection[PendingLink], batch: ImportBatch) -> None:
    _log(store_links(links, (), batch), batch)


def _store_some_subjects(
    rows: Collection[ImportRow], claims: NamedClaims, batch: ImportBatch
) -> None:
    _log(store_subjects(rows, claims, batch), batch)


def _log(owners: Iterable[Publishable], batch: ImportBatch) -> None:
    record(owners, Action.IMPORTED, by=batch.loaded_by, note=f"from {batch.name}")


def refuse_cycles(derivations: Iterable[SourceRelation]) -> None:
    """Raise ActionRefused if sources derive from each other. Costs a query for each level."""
    cycles = (relation_cycle(item.source, item.parent) for item in derivations)
    if reasons := list(dict.fromkeys(filter(None, cycles))):
        raise ActionRefused([f"derived_from: {reason}" for reason in reasons])
