"""The positions of an import, stored when all its entries are, and the claims that they change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.dry_run import CHANGE, ImportOutcome, batched, earlier_rows
from kb.desk.importers.imported_rows import (
    imported_row,
    note_positions,
    serialized_rows,
    stored_positions,
)
from kb.desk.importers.link_rows import imported_entries
from kb.desk.importers.named_records import NamedRecords
from kb.desk.importers.positions import position_on, position_source
from kb.desk.importers.rows import ImportRow
from kb.desk.models import (
    Event,
    ImportBatch,
    ImportedRow,
    Proposition,
    Publishable,
    Stance,
    Statement,
)
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import StaleVersion, bump_version_or_fail

# The values in which two positions are the same.
_VALUES = (
    "proposition_id", "statement_id", "source_id", "position", "exact", "dated", "option",
    "number_bound", "number_low", "number_high", "actor_id", "note",
)  # fmt: skip


class PendingPositions(NamedTuple):
    """The positions of one row, with the keys of their sources and actors, in the same order.

    ``earlier`` are the keys of the positions that an earlier import of the row has stored.
    """

    row: ImportRow
    sources: tuple[int | None, ...]
    actors: tuple[int | None, ...]
    earlier: tuple[int, ...]


def pending_positions(
    outcomes: Sequence[ImportOutcome], named: NamedRecords
) -> list[PendingPositions]:
    """The positions of rows that are added or changed, now and in an earlier import."""
    pending = []
    for outcome in outcomes:
        row = outcome.row
        earlier = stored_positions(outcome.earlier) if outcome.action == CHANGE else []
        if not row.positions and not earlier:
            continue
        cited = [position_source(row, stated) for stated in row.positions]
        is_report = row.kind == Event.kind
        sources = [named.source(source).pk if source and is_report else None for source in cited]
        names = [dict(stated.answers).get("actor", "") for stated in row.positions]
        actors = [named.actors[name.casefold()] if name else None for name in names]
        pending.append(PendingPositions(row, tuple(sources), tuple(actors), tuple(earlier)))
    return pending


class PositionWriter:
    """Stores positions and the claims that they add, and gives changed claims a new version.

    Each method may be called in a transaction of its own. They raise ActionRefused if a claim has
    changed so that a position cannot be stored or replaced.
    """

    def __init__(self, claims: NamedClaims, batch: ImportBatch) -> None:
        self.claims, self.batch = claims, batch
        self.added: list[Proposition] = []
        self.changed = _ChangedClaims(batch)

    def add_claims(self, public_ids: Iterable[str]) -> None:
        """Store claims that the rows add. Call it for all of them before ``store``."""
        added = self.claims.store_new(public_ids, self.batch.loaded_by)
        ImportedRow.objects.bulk_create(imported_row(self.batch, claim) for claim in added)
        self.changed.added.update(claim.pk for claim in added)
        self.added += added

    def store(self, pending: Collection[PendingPositions]) -> None:
        """Store the positions of some rows."""
        for chunk in batched(pending):
            _store_chunk(chunk, self.claims, self.changed)
            _add_events(chunk, self.claims, self.changed)

    def finish(self) -> None:
        """Log the claims, when all positions are stored."""
        self.changed.finish()
        note = f"from {self.batch.name}"
        claims = [*self.added, *self.changed.claims.values()]
        record(claims, Action.IMPORTED, by=self.batch.loaded_by, note=note)


def _store_chunk(
    pending: Sequence[PendingPositions], claims: NamedClaims, changed: _ChangedClaims
) -> None:
    ids = [item.row.external_id for item in pending]
    entries = imported_entries(ids, changed.batch.origin)
    imported = earlier_rows(changed.batch.origin, ids)
    keys = [key for item in pending for key in item.earlier]
    stored = Stance.objects.select_related("proposition").in_bulk(keys)
    for item in pending:
        entry = entries[item.row.external_id]
        earlier = [stored[key] for key in item.earlier if key in stored]
        stances = _store_row(item, entry, earlier, claims, changed)
        note_positions(imported[item.row.external_id], [stance.pk for stance in stances])
    ImportedRow.objects.bulk_update(imported.values(), ["before"])


def _add_events(
    pending: Sequence[PendingPositions], claims: NamedClaims, changed: _ChangedClaims
) -> None:
    """Add the events that new claims of a published list are about, as far as it has them."""
    events_of: dict[Proposition, set[str]] = {}
    for item in pending:
        events = dict(item.row.claim_events)
        for stated in item.row.positions:
            claim = claims.find(item.row, stated.claim)
            if claim and claim.pk in changed.added and events.get(stated.claim.name):
                events_of.setdefault(claim, set()).update(events[stated.claim.name])
    ids = {key for keys in events_of.values() for key in keys}
    entries = imported_entries(ids, changed.batch.origin) if ids else {}
    for claim, keys in events_of.items():
        claim.events.add(*(entry for key in keys if isinstance(entry := entries.get(key), Event)))


class _ChangedClaims:
    """Claims of the desk that an import changes, each as it was before."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.added: set[int] = set()  # the keys of claims that the import adds
        self.claims: dict[int, Proposition] = {}
        self._values: dict[int, set[tuple[Any, ...]]] = {}

    def change(self, claim: Proposition, *, replaces: bool) -> None:
        """Take the next version of a claim, before its positions change.

        ``replaces`` if positions of an earlier import are removed: an editor may have worked on
        them since.
        """
        if claim.pk in self.added or claim.pk in self.claims:
            return
        imported = ImportedRow.objects.filter(kind=claim.kind, public_id=claim.public_id)
        earlier = imported.filter(version=claim.version).order_by("-pk").first()
        if replaces and earlier is None:
            raise ActionRefused([f"The claim “{claim}” was edited since it was imported."])
        if earlier and earlier.batch_id == self.batch.pk:
            # An interrupted import that goes on: what was there before it stays the same.
            _bump(claim)
            ImportedRow.objects.filter(pk=earlier.pk).update(version=claim.version)
            self.claims[claim.pk] = claim
            return
        row = imported_row(self.batch, claim)
        row.is_new, row.version = False, claim.version + 1
        row.before = {
            "rows": serialized_rows(claim, ("stances",)),
            "state": claim.state,
            "batch": earlier.batch_id if earlier else None,
            "digest": earlier.digest if earlier else "",
            "is_new": earlier.is_new if earlier else False,
            "before": earlier.before if earlier else None,
        }
        _bump(claim)
        if earlier:
            earlier.delete()
        row.save(force_insert=True)
        self.claims[claim.pk] = claim

    def values_on(self, claim: Proposition) -> set[tuple[Any, ...]]:
        """The values of all positions on a claim; read once, then kept up to date."""
        if claim.pk not in self._values:
            self._values[claim.pk] = {_values_of(stance) for stance in claim.stances.all()}
        return self._values[claim.pk]

    def finish(self) -> None:
        """Store who changed the claims."""
        changed = Proposition.objects.filter(pk__in=self.claims)
        changed.update(updated_by=self.batch.loaded_by)


def _bump(claim: Proposition) -> None:
    try:
        bump_version_or_fail(claim, claim.version)
    except StaleVersion as problem:
        raise ActionRefused([str(problem)]) from problem


def _store_row(
    item: PendingPositions,
    entry: Publishable,
    earlier: list[Stance],
    claims: NamedClaims,
    changed: _ChangedClaims,
) -> list[Stance]:
    """Store the positions of one row in the place of its earlier ones. Returns those it has now.

    A position that the claim has already is not stored again: two events may have one report.
    """
    stances = [_position(item, place, entry, claims) for place in range(len(item.sources))]
    if [_values_of(stance) for stance in earlier] == [_values_of(stance) for stance in stances]:
        return earlier
    for stance in earlier:
        changed.change(stance.proposition, replaces=True)
        changed.values_on(stance.proposition).discard(_values_of(stance))
        if isinstance(entry, Event):
            stance.proposition.events.remove(entry)
        stance.delete()
    stored = []
    for stance in stances:
        claim, values = stance.proposition, _values_of(stance)
        changed.change(claim, replaces=False)
        if values not in changed.values_on(claim):
            changed.values_on(claim).add(values)
            stance.save(force_insert=True)
            stored.append(stance)
        if isinstance(entry, Event):
            claim.events.add(entry)
    return stored


def _position(
    item: PendingPositions, place: int, entry: Publishable, claims: NamedClaims
) -> Stance:
    stated = item.row.positions[place]
    if problems := claims.problems(item.row, stated.claim):
        raise ActionRefused([f"Row {item.row.line}, {problem}" for problem in problems])
    claim = claims.find(item.row, stated.claim)
    try:
        stance = position_on(claim, item.row, stated) if claim else Stance()
        stance.actor_id = item.actors[place]
        stance.source_id = item.sources[place]
        stance.statement = entry if isinstance(entry, Statement) else None
        stance.clean_fields(
            exclude={field.name for field in stance._meta.fields if field.is_relation}
        )
        stance.clean()
    except ValidationError as problem:
        raise ActionRefused(
            [f"Row {item.row.line}: {text}" for text in problem.messages]
        ) from problem
    return stance


def _values_of(stance: Stance) -> tuple[Any, ...]:
    return tuple(getattr(stance, name) for name in _VALUES)
