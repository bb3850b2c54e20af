"""Builds the rows of an import plan completely, before any of them is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from django.core import serializers
from django.db.models import Count, Max, Model

from kb.desk.importers.accounts import NamedStatements, accounts_of_event, statement_names
from kb.desk.importers.bulk_write import (
    BulkStatement,
    assign_keys,
    insert_statement,
    update_statement,
)
from kb.desk.importers.dry_run import (
    ADD,
    CHANGE,
    ImportOutcome,
    existing_records,
)
from kb.desk.importers.requests import answers_by_title
from kb.desk.importers.row_dates import date_in_source, source_publication_date
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import (
    AccountOf,
    Actor,
    ActorName,
    Citation,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Participation,
    Publishable,
    Request,
    Source,
    Statement,
    Topic,
    Transfer,
)
from kb.desk.models.log import Action
from kb.desk.row_snapshots import row_snapshot, set_prefetched
from kb.desk.verbs.audit_log import audit_entry
from kb.desk.verbs.transfers.merge import merged_keys
from kb.record.request_headlines import request_words
from kb.text.slugs import slugify, unique_slug

# The relations whose rows belong to an entry, by kind.
ENTRY_PARTS = {
    "event": ("according_to", "participations", "citations", "links"),
    "statement": ("citations", "links"),
    "request": ("citations", "links"),
}
# The actors of a joint statement besides the first.
JOINT_RELATIONS = ("joint_speakers", "joint_principals")
# The models that a row of a file names by a text.
NAMED_MODELS = (Actor, ActorName, Incident, Topic, Source)
# One serialized row, as ``ImportedRow.before`` stores it.
SerializedRow = dict[str, Any]
NamedRecord = TypeVar("NamedRecord", bound=Publishable)


@dataclass
class ReadyRows:
    """Rows in the order in which they are stored, and what must still hold at that time."""

    # The key of the row's ImportedRow, by external id; None where it was never imported.
    earlier: dict[str, int | None]
    overwritten: list[tuple[BulkStatement, Sequence[Publishable]]] = field(default_factory=list)
    emptied: dict[type[Model], list[int]] = field(default_factory=dict)
    inserted: list[BulkStatement] = field(default_factory=list)


def names_fingerprint() -> list[object]:
    """A value that changes when a record is added or merged that a row may name."""
    last_keys = [model._default_manager.aggregate(last=Max("pk"))["last"] for model in NAMED_MODELS]
    transfers = Transfer.objects.aggregate(done=Count("done_at"), undone=Count("undone_at"))
    return [*last_keys, transfers]


class _NameIndex(dict[str, int]):
    """Keys of records by their casefolded names: read once, then kept up to date.

    The name of a record that was merged away gives the key of the record it was merged into.
    """

    def __init__(
        self, model: type[Publishable], names: Iterable[Iterable[tuple[str, int]]]
    ) -> None:
        self.model, self.merged = model, merged_keys(model)
        for name, key in chain.from_iterable(names):
            self.setdefault(name.casefold(), self.merged.get(key, key))


class RowBuilder:
    """Builds rows a chunk at a time. A record that several rows name is built once.

    Set ``ahead`` if all chunks are built before any is stored. Otherwise each chunk is stored
    before the next is built, and its records are not held in memory.
    """

    def __init__(self, batch: ImportBatch, by: Any, *, ahead: bool) -> None:
        self.batch, self.by, self.ahead = batch, by, ahead
        self.slugs: dict[type, set[str]] = {}
        other_names = ActorName.objects.order_by("pk").values_list("name", "actor_id").iterator()
        self.actors = _NameIndex(Actor, [_names_of(Actor, "name"), other_names])
        self.incidents = _NameIndex(Incident, [_names_of(Incident, "title")])
        self.topics = _NameIndex(Topic, [_names_of(Topic, "name")])
        self.titles = _NameIndex(Source, [_names_of(Source, "title")])
        self.urls: dict[str, int] = {}
        self.statements = NamedStatements(batch.origin)
        # Keys of sources with an address that rows name by title alone.
        self.named_sources: dict[str, int] = {}
        # The records that rows have named so far.
        self.records: dict[tuple[type[Model], int], Any] = {}
        self.inserted: list[BulkStatement] = []
        # The records that get a line in the log of the desk.
        self.logged: list[Publishable] = []

    def build(self, outcomes: Sequence[ImportOutcome]) -> ReadyRows:
        """Everything that storing these outcomes will write."""
        self.inserted, self.logged = [], []
        if not self.ahead:
            self.records = {}
            self.statements.clear()
        ready = ReadyRows(
            {
                outcome.row.external_id: outcome.earlier.pk if outcome.earlier else None
                for outcome in outcomes
            }
        )
        imported_rows = self._add_named_records([outcome.row for outcome in outcomes])
        for outcome in outcomes:
            if isinstance(outcome.entry, Statement):
                row, statement = outcome.row, outcome.entry
                statement.speaker = self._actor(row.speaker)
                statement.on_behalf_of = self._actor(row.on_behalf_of)
                statement.attributed_by = self._actor(row.attributed_by)
            elif isinstance(outcome.entry, Request):
                outcome.entry.asked_by = self._actor(outcome.row.asked_by)
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
            self._add(
                [outcome.entry for outcome in new],
                [_slug_words(outcome) for outcome in new],
            )
        self._add_statement_ids(outcomes)
        self._relate(outcomes)
        imported_rows += [self._imported_entry(outcome, before) for outcome in outcomes]
        self._insert(imported_rows)
        note = f"from {self.batch.name}"
        # Those with links are logged when the links are stored (kb.desk.importers.link_rows).
        linked = {outcome.entry.public_id for outcome in outcomes if outcome.row.links}
        self._insert(
            [
                audit_entry(
                    record, Action.IMPORTED, by=self.by, note=note, state=row_snapshot(record)
                )
                for record in self.logged
                if record.public_id not in linked
            ]
        )
        ready.inserted = self.inserted
        return ready

    def _insert(self, rows: Sequence[Model]) -> None:
        assign_keys(rows)
        self.inserted.append(insert_statement(rows))

    # --- Records that rows name ----------------------------------------------------------

    def _add_named_records(self, rows: Sequence[ImportRow]) -> list[ImportedRow]:
        """Add actors, incidents, topics and sources that are not on the desk yet.

        Returns an ImportedRow for each of them.
        """
        kinds: dict[str, str] = {}
        for row in rows:
            kinds_in_file = dict(row.actor_kinds)
            for name, usual_kind in _actors_of(row):
                kinds.setdefault(name, kinds_in_file.get(name) or usual_kind)
        new: list[Publishable] = []
        new += self._add_missing(
            self.actors, Actor, kinds, lambda name: Actor(name=name, actor_kind=kinds[name])
        )
        incidents = [title for row in rows for title in row.incidents]
        new += self._add_missing(
            self.incidents, Incident, incidents, lambda title: Incident(title=title)
        )
        topics = [name for row in rows for name in row.topics]
        new += self._add_missing(self.topics, Topic, topics, lambda name: Topic(name=name))
        sources = [source for row in rows for source in row.sources]
        urls = {source.url: source for source in reversed(sources) if source.url}
        stored = Source.objects.filter(url__in=urls.keys() - self.urls.keys())
        merged = self.titles.merged
        self.urls |= {url: merged.get(key, key) for url, key in stored.values_list("url", "pk")}
        new += self._add_missing(
            self.urls, Source, urls, lambda url: self._new_source(urls[url]), str
        )
        titles = {source.title: source for source in reversed(sources) if not source.url}
        # What is named by its title is mostly cited in the same row, and then has an address.
        with_url = {source.title.casefold(): source.url for source in sources if source.url}
        named = [source.via for source in sources if source.via]
        named += [link.source for row in rows for link in row.links if link.source]
        self.named_sources = {
            name: self.urls[with_url[name]] for name in map(str.casefold, named) if name in with_url
        }
        for name in named:
            if name.casefold() not in self.named_sources:
                titles.setdefault(name, CitedSourceRow(title=name))
        new += self._add_missing(
            self.titles, Source, titles, lambda title: self._new_source(titles[title])
        )
        return [self._imported_row(record) for record in new]

    def _add_missing(
        self,
        index: dict[str, int],
        model: type[NamedRecord],
        names: Iterable[str],
        make: Callable[[str], NamedRecord],
        key: Callable[[str], str] = str.casefold,
    ) -> list[NamedRecord]:
        """Add the records that the index lacks, and hold all records of these names.

        Returns the new ones.
        """
        spellings: dict[str, str] = {}
        for name in names:
            spellings.setdefault(key(name), name)
        new = {name: make(first) for name, first in spellings.items() if name not in index}
        self._add(list(new.values()), [str(record) for record in new.values()])
        index.update({name: record.pk for name, record in new.items()})
        missing = {index[name] for name in spellings if (model, index[name]) not in self.records}
        stored = model._default_manager.in_bulk(missing)
        self.records |= {(model, pk): record for pk, record in stored.items()}
        return list(new.values())

    def _actor(self, name: str) -> Actor | None:
        return self.records[Actor, self.actors[name.casefold()]] if name else None

    def _new_source(self, cited: CitedSourceRow) -> Source:
        # `Any`: the stubs expect the text of the column.
        published: Any = source_publication_date(cited)
        return Source(
            title=cited.title or cited.url[:300],
            url=cited.url,
            source_kind=cited.kind,
            publisher=self._actor(cited.publisher),
            published=published,
            language=cited.language,
            archive_url=cited.archive_url,
        )

    def _source(self, cited: CitedSourceRow) -> Source:
        key = self.urls[cited.url] if cited.url else self.titles[cited.title.casefold()]
        source: Source = self.records[Source, key]
        return source

    # --- New and changed entries ---------------------------------------------------------

    def _add(self, records: Sequence[Publishable], names: list[str]) -> None:
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
        self._insert(records)
        self.records |= {(model, record.pk): record for record in records}
        self.logged += records

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
            before |= {key: _serialized(entry, parts) for key, entry in stored.items()}
            entries = [outcome.entry for outcome in changed]
            for entry, earlier in zip(entries, earlier_rows, strict=True):
                entry.version, entry.updated_by = earlier.version + 1, self.by
                set_prefetched(entry, {})
            ready.overwritten.append((update_statement(entries), entries))
            ready.emptied[type(entries[0])] = [entry.pk for entry in entries]
            self.logged += entries
        return before

    def _add_statement_ids(self, outcomes: Sequence[ImportOutcome]) -> None:
        self.statements.update(
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
        links: dict[type[Model], list[Model]] = {}
        for outcome in outcomes:
            entry, row = outcome.entry, outcome.row
            relations: dict[str, list[Any]] = {
                "citations": [self._citation(entry, cited) for cited in row.sources],
                "incidents": self._records_named(self.incidents, row.incidents),
                "topics": self._records_named(self.topics, row.topics),
            }
            if isinstance(entry, Event):
                roles = dict.fromkeys((self._actor(name), role) for name, role in row.actors)
                relations["participations"] = [
                    Participation(event=entry, actor=actor, role=role) for actor, role in roles
                ]
                participations += relations["participations"]
                relations["according_to"] = accounts_of_event(
                    entry, row, self.statements, self._source
                )
                accounts += relations["according_to"]
            elif isinstance(entry, Request):
                relations["asked"] = self._records_named(self.actors, row.asked)
            else:
                relations["addressees"] = self._records_named(self.actors, row.to)
                for name in JOINT_RELATIONS:
                    relations[name] = self._records_named(self.actors, getattr(row, name))
            citations += relations["citations"]
            own_relations = {"addressees", "asked", *JOINT_RELATIONS}
            for name in relations.keys() & {"incidents", "topics", *own_relations}:
                field: Any = type(entry)._meta.get_field(name)
                through = field.remote_field.through
                own, related = field.m2m_column_name(), field.m2m_reverse_name()
                links.setdefault(through, []).extend(
                    through(**{own: entry.pk, related: record.pk}) for record in relations[name]
                )
            set_prefetched(entry, relations)
        self._insert(participations)
        self._insert(citations)
        self._insert(accounts)
        for rows in links.values():
            self._insert(rows)

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

    def _records_named(self, index: _NameIndex, names: Iterable[str]) -> list[Publishable]:
        keys = dict.fromkeys(index[name.casefold()] for name in names)
        return [self.records[index.model, key] for key in keys]

    def _citation(self, entry: Publishable, cited: CitedSourceRow) -> Citation:
        # `Any`: the stubs expect the text of the column.
        said: Any = date_in_source(cited)
        return Citation(
            **{entry.kind: entry},
            source=self._source(cited),
            exact=cited.exact,
            locator=cited.locator,
            bearing=cited.bearing,
            note=cited.note,
            via=self._relaying_source(cited),
            wording=cited.wording,
            language=cited.words_language,
            translator=cited.translator,
            quoted=cited.quoted,
            position=cited.position,
            said=said,
            addressee=self._actor(cited.addressee),
        )

    def _relaying_source(self, cited: CitedSourceRow) -> Source | None:
        """The source that relays a cited one, by its title."""
        if not cited.via:
            return None
        source: Source = self.records[Source, self.source_key(cited.via)]
        return source

    def source_key(self, title: str) -> int:
        """The key of a source that a row of the last chunk names by its title alone."""
        name = title.casefold()
        return self.named_sources.get(name) or self.titles[name]

    # --- What later imports and undoing need ----------------------------------------------

    def _imported_entry(
        self, outcome: ImportOutcome, before: dict[str, list[SerializedRow]]
    ) -> ImportedRow:
        """The ImportedRow of an entry; for a changed one with what was there before."""
        row = self._imported_row(outcome.entry, outcome.row.external_id, outcome.digest)
        if outcome.action == CHANGE and outcome.earlier:
            row.is_new = False
            row.before = {
                "rows": before[outcome.entry.public_id],
                "batch": outcome.earlier.batch_id,
                "digest": outcome.earlier.digest,
                "is_new": outcome.earlier.is_new,
                "before": outcome.earlier.before,
            }
        return row

    def _imported_row(
        self, record: Publishable, external_id: str = "", digest: str = ""
    ) -> ImportedRow:
        return ImportedRow(
            batch=self.batch,
            origin=self.batch.origin,
            external_id=external_id,
            kind=record.kind,
            public_id=record.public_id,
            version=record.version,
            digest=digest,
            is_new=True,
        )


def _names_of(model: type[Publishable], field: str) -> Iterable[tuple[str, int]]:
    """(name, key) of all rows."""
    return model._default_manager.order_by("pk").values_list(field, "pk").iterator()


def _slug_words(outcome: ImportOutcome) -> str:
    """What the slug of a new entry is made from."""
    row = outcome.row
    if isinstance(outcome.entry, Request):
        return request_words(row.asked_by, row.asked)
    return row.title or row.text


def _actors_of(row: ImportRow) -> Iterable[tuple[str, str]]:
    """The names of the actors of a row, each with the kind it has unless the file tells."""
    actors = [(row.speaker, "person"), (row.on_behalf_of, "organisation")]
    actors += [(name, "person") for name in row.joint_speakers]
    participants = (name for name, _ in row.actors)
    others = (*row.to, *row.joint_principals, *participants, *row.asked)
    actors += [(name, "organisation") for name in others]
    actors += [(name, "publication") for name in (row.attributed_by, row.asked_by)]
    actors += [(source.publisher, "publication") for source in row.sources]
    actors += [(source.addressee, "organisation") for source in row.sources]
    return [(name, kind) for name, kind in actors if name]


def _serialized(entry: Publishable, parts: Iterable[str]) -> list[SerializedRow]:
    """The entry and the rows that belong to it, as plain values."""
    rows = [
        row for name in parts for row in sorted(getattr(entry, name).all(), key=lambda row: row.pk)
    ]
    serialized: list[SerializedRow] = serializers.serialize("python", [entry, *rows])
    return serialized
