"""Builds the rows of an import plan completely, before any of them is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Model

from kb.dates import UNKNOWN
from kb.desk.importers.accounts import NamedStatements, accounts_of_event, statement_names
from kb.desk.importers.bulk_write import BulkStatement, update_statement
from kb.desk.importers.dry_run import (
    ADD,
    CHANGE,
    ImportOutcome,
    existing_records,
)
from kb.desk.importers.figures import figures_of_event
from kb.desk.importers.imported_rows import (
    ENTRY_PARTS,
    SerializedRow,
    imported_entry,
    imported_row,
    serialized_rows,
    stored_positions,
)
from kb.desk.importers.named_records import NamedRecords
from kb.desk.importers.prepared_rows import PreparedRows
from kb.desk.importers.requests import answers_by_title
from kb.desk.importers.row_dates import date_in_source
from kb.desk.importers.rows import CitedSourceRow
from kb.desk.importers.subjects import has_subjects
from kb.desk.models import (
    AccountOf,
    ActorName,
    Citation,
    Event,
    Figure,
    ImportBatch,
    Participation,
    Publishable,
    Request,
    Statement,
)
from kb.desk.models.log import Action
from kb.desk.models.requests import request_slug_words
from kb.desk.row_snapshots import row_snapshot, set_prefetched
from kb.desk.verbs.audit_log import audit_entry

# The actors of a joint statement besides the first.
JOINT_RELATIONS = ("joint_speakers", "joint_principals")


class OverwrittenEntry(NamedTuple):
    """A draft that is stored again: the version that it must still have, and its title."""

    key: int
    public_id: str
    version: int
    title: str


class Overwrite(NamedTuple):
    """Drafts of one kind that are stored again."""

    model: type[Publishable]
    entries: list[OverwrittenEntry]
    statement: BulkStatement


@dataclass
class ReadyRows:
    """Rows in the order in which they are stored, and what must still hold at that time."""

    # The key of the row's ImportedRow, by external id; None where it was never imported.
    earlier: dict[str, int | None]
    overwritten: list[Overwrite] = field(default_factory=list)
    emptied: dict[type[Model], list[int]] = field(default_factory=dict)
    inserted: list[BulkStatement] = field(default_factory=list)
    # How many of the rows this import has not stored yet, if it was interrupted.
    number: int = 0
    # The digests of rows with parts that wait until all entries are stored, by external id.
    waiting: dict[str, str] = field(default_factory=dict)
    # The keys of new records that rows name, and of their other names.
    named: dict[type[Model], list[int]] = field(default_factory=dict)

    def changed_ids(self) -> list[str]:
        """The public ids of the entries that are stored again."""
        return [entry.public_id for overwrite in self.overwritten for entry in overwrite.entries]


class RowBuilder:
    """Builds rows a chunk at a time. A record that several rows name is built once.

    All chunks are built before any is stored. Of earlier chunks only names are in memory.
    """

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self.batch, self.by = batch, by
        self.prepared = PreparedRows(by)
        self.named = NamedRecords(self.prepared, interrupted=batch if batch.unfinished else None)
        self.statements = NamedStatements(batch.origin)

    def build(self, outcomes: Sequence[ImportOutcome]) -> ReadyRows:
        """Everything that storing these outcomes will write."""
        self.prepared.begin()
        ready = ReadyRows(
            {
                outcome.row.external_id: outcome.earlier.pk if outcome.earlier else None
                for outcome in outcomes
            }
        )
        ready.number = sum(not _is_stored_by(self.batch, outcome) for outcome in outcomes)
        ready.waiting = {
            outcome.row.external_id: outcome.digest
            for outcome in outcomes
            if has_pending_parts(outcome)
        }
        named_records = self.named.add([outcome.row for outcome in outcomes])
        for named in named_records:
            ready.named.setdefault(type(named), []).append(named.pk)
        if self.named.other_names:
            ready.named[ActorName] = self.named.other_names
        imported_rows = [imported_row(self.batch, record) for record in named_records]
        for outcome in outcomes:
            if isinstance(outcome.entry, Statement):
                row, statement = outcome.row, outcome.entry
                statement.speaker = self.named.actor(row.speaker)
                statement.on_behalf_of = self.named.actor(row.on_behalf_of)
                statement.attributed_by = self.named.actor(row.attributed_by)
            elif isinstance(outcome.entry, Request):
                outcome.entry.asked_by = self.named.actor(outcome.row.asked_by)
        changed = [outcome for outcome in outcomes if outcome.action == CHANGE]
        before = self._overwrite(ready, changed)
        for model in (Event, Statement, Request):
            if model is Request:
                self._set_answers(outcomes)
            new = [
                outcome
                for outcome in outcomes
                if outcome.action == ADD and isinstance(outcome.entry, model)
            ]
            self.prepared.add(
                [outcome.entry for outcome in new],
                [_slug_words(outcome) for outcome in new],
            )
        self._add_statement_ids(outcomes)
        self._relate(outcomes)
        imported_rows += [imported_entry(self.batch, outcome, before) for outcome in outcomes]
        self.prepared.insert(imported_rows)
        note = f"from {self.batch.name}"
        # Those with such parts are logged when these are stored (kb.desk.importers.pending).
        later = {
            outcome.entry.public_id
            for outcome in outcomes
            if outcome.row.links or has_subjects(outcome.row)
        }
        self.prepared.insert(
            [
                audit_entry(
                    record, Action.IMPORTED, by=self.by, note=note, state=row_snapshot(record)
                )
                for record in self.prepared.logged
                if record.public_id not in later
            ]
        )
        ready.inserted = self.prepared.inserted
        return ready

    # --- New and changed entries ---------------------------------------------------------

    def _overwrite(
        self, ready: ReadyRows, outcomes: Sequence[ImportOutcome]
    ) -> dict[str, list[SerializedRow]]:
        """Plan to save drafts again. Returns their stored rows by public id, for undoing."""
        before: dict[str, list[SerializedRow]] = {}
        for kind, parts in ENTRY_PARTS.items():
            changed = [outcome for outcome in outcomes if outcome.entry.kind == kind]
            if not changed:
                continue
            earlier_rows = [outcome.earlier for outcome in changed if outcome.earlier]
            stored = existing_records(earlier_rows, with_parts=parts)
            before |= {key: serialized_rows(entry, parts) for key, entry in stored.items()}
            entries = [outcome.entry for outcome in changed]
            for entry, earlier in zip(entries, earlier_rows, strict=True):
                entry.version, entry.updated_by = earlier.version + 1, self.by
                set_prefetched(entry, {})
            versions = [
                OverwrittenEntry(entry.pk, entry.public_id, earlier.version, str(entry))
                for entry, earlier in zip(entries, earlier_rows, strict=True)
            ]
            model = type(entries[0])
            ready.overwritten.append(Overwrite(model, versions, update_statement(entries)))
            ready.emptied[model] = [entry.pk for entry in entries]
            self.prepared.logged += entries
        return before

    def _add_statement_ids(self, outcomes: Sequence[ImportOutcome]) -> None:
        self.statements.add(
            {
                outcome.row.external_id: outcome.entry
                for outcome in outcomes
                if isinstance(outcome.entry, Statement)
            }
        )
        self.statements.fetch(statement_names(outcome.row for outcome in outcomes))

    def _relate(self, outcomes: Sequence[ImportOutcome]) -> None:
        """Plan the citations, participations and links of all entries."""
        participations: list[Participation] = []
        accounts: list[AccountOf] = []
        citations: list[Citation] = []
        figures: list[Figure] = []
        # The pairs of keys for each many-to-many table and two columns of it.
        links: dict[tuple[type[Model], tuple[str, str]], list[tuple[int, int]]] = {}
        for outcome in outcomes:
            entry, row = outcome.entry, outcome.row
            relations: dict[str, list[Any]] = {
                "citations": [self._citation(entry, cited) for cited in row.sources],
                "incidents": self.named.records_named(self.named.incidents, row.incidents),
                "topics": self.named.records_named(self.named.topics, row.topics),
            }
            if isinstance(entry, Event):
                roles = dict.fromkeys((self.named.actor(name), role) for name, role in row.actors)
                relations["participations"] = [
                    Participation(event=entry, actor=actor, role=role) for actor, role in roles
                ]
                participations += relations["participations"]
                relations["according_to"] = accounts_of_event(
                    entry, row, self.statements, self.named.source
                )
                accounts += relations["according_to"]
                relations["figures"] = figures_of_event(
                    entry, row, self.named.source, self.named.source_titled
                )
                figures += relations["figures"]
            elif isinstance(entry, Request):
                relations["asked"] = self.named.records_named(self.named.actors, row.asked)
            else:
                relations["addressees"] = self.named.records_named(self.named.actors, row.to)
                for name in JOINT_RELATIONS:
                    relations[name] = self.named.records_named(
                        self.named.actors, getattr(row, name)
                    )
            citations += relations["citations"]
            own_relations = {"addressees", "asked", *JOINT_RELATIONS}
            for name in relations.keys() & {"incidents", "topics", *own_relations}:
                if records := relations[name]:
                    pairs = links.setdefault(_link_columns(type(entry), name), [])
                    pairs += [(entry.pk, record.pk) for record in records]
            set_prefetched(entry, relations)
        self.prepared.insert(participations)
        self.prepared.insert(citations)
        self.prepared.insert(accounts)
        self.prepared.insert(figures)
        for (through, columns), pairs in links.items():
            self.prepared.insert_links(through, columns, pairs)

    def _set_answers(self, outcomes: Sequence[ImportOutcome]) -> None:
        """Set the statements that answer requests: those of the file have their keys by now."""
        requests = [outcome for outcome in outcomes if isinstance(outcome.entry, Request)]
        titles = {outcome.row.answer for outcome in requests if outcome.row.answer}
        answers = answers_by_title(titles) if titles else {}
        for outcome in outcomes:
            if isinstance(outcome.entry, Statement):
                answers.setdefault(outcome.entry.headline, outcome.entry)
        for outcome in requests:
            if isinstance(outcome.entry, Request):
                outcome.entry.answer = answers.get(outcome.row.answer)

    def _citation(self, entry: Publishable, cited: CitedSourceRow) -> Citation:
        # What a source seldom has is left out: setting a relation or a date costs most of this.
        seldom: dict[str, Any] = {}
        if (said := date_in_source(cited)) is not UNKNOWN:
            seldom["said"] = said
        if cited.via:
            seldom["via"] = self.named.relaying_source(cited)
        if cited.addressee:
            seldom["addressee"] = self.named.actor(cited.addressee)
        return Citation(
            **{entry.kind: entry},
            **seldom,
            source=self.named.source(cited),
            exact=cited.exact,
            locator=cited.locator,
            bearing=cited.bearing,
            note=cited.note,
            wording=cited.wording,
            language=cited.words_language,
            translator=cited.translator,
            quoted=cited.quoted,
            position=cited.position,
        )


def _is_stored_by(batch: ImportBatch, outcome: ImportOutcome) -> bool:
    return outcome.earlier is not None and outcome.earlier.batch_id == batch.pk


def has_pending_parts(outcome: ImportOutcome) -> bool:
    """Whether a row has parts that are stored when all entries are."""
    row = outcome.row
    return bool(
        row.links
        or row.positions
        or has_subjects(row)
        or stored_positions(outcome.earlier)
        or any(incident.moments for incident in row.named_incidents)
    )


@cache
def _link_columns(model: type[Model], name: str) -> tuple[type[Model], tuple[str, str]]:
    """The table of a many-to-many relation, and its columns for the entry and the other record."""
    field: Any = model._meta.get_field(name)
    return field.remote_field.through, (field.m2m_column_name(), field.m2m_reverse_name())


def _slug_words(outcome: ImportOutcome) -> str:
    """What the slug of a new entry is made from."""
    row = outcome.row
    if isinstance(outcome.entry, Request):
        return request_slug_words(row.asked_by, row.asked)
    return row.title or row.text
