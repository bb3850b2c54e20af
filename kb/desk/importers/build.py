"""What a plan says, as rows: everything about them is settled before any of them is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.core import serializers
from django.db.models import Count, Max, Model

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
    source_publication_date,
)
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import (
    Actor,
    ActorName,
    Citation,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Participation,
    Publishable,
    Source,
    Statement,
    Topic,
    Transfer,
)
from kb.desk.models.log import Action
from kb.desk.row_snapshots import row_snapshot, set_prefetched
from kb.desk.verbs.audit_log import audit_entry
from kb.desk.verbs.transfers.merge import merged_keys
from kb.text.slugs import slugify, unique_slug

PARTS = {"event": ("participations", "citations"), "statement": ("citations",)}
NAMED = (Actor, ActorName, Incident, Topic, Source)


@dataclass
class ReadyRows:
    """Some rows as they will be stored, in this order, and what must still be so by then."""

    # What an earlier import remembers of each, by external id; None where it remembers nothing.
    earlier: dict[str, int | None]
    overwritten: list[tuple[BulkStatement, list[Any]]] = field(default_factory=list)
    emptied: dict[type[Model], list[int]] = field(default_factory=dict)
    inserted: list[BulkStatement] = field(default_factory=list)


def names_fingerprint() -> list[Any]:
    """Equal to what it was, as long as nobody made or merged what a row might name."""
    made = [model._default_manager.aggregate(last=Max("pk"))["last"] for model in NAMED]
    return [*made, Transfer.objects.aggregate(done=Count("done_at"), undone=Count("undone_at"))]


class _Index(dict[str, int]):
    """Keys of things by their names, whatever the case: read once, then kept up to date.

    What was merged away is found as what it is now.
    """

    def __init__(
        self, model: type[Publishable], names: Iterable[Iterable[tuple[str, int]]]
    ) -> None:
        self.model, self.merged = model, merged_keys(model)
        for name, key in chain.from_iterable(names):
            self.setdefault(name.casefold(), self.merged.get(key, key))


class RowBuilder:
    """Makes rows ready some hundred at a time, and once what several of them name.

    ``ahead``: nothing is stored before all is ready. Otherwise each hundred is stored before the
    next is asked for, and need not be held.
    """

    def __init__(self, batch: ImportBatch, by: Any, *, ahead: bool) -> None:
        self.batch, self.by, self.ahead = batch, by, ahead
        self.slugs: dict[type, set[str]] = {}
        others = ActorName.objects.order_by("pk").values_list("name", "actor_id").iterator()
        self.actors = _Index(Actor, [_named(Actor, "name"), others])
        self.incidents = _Index(Incident, [_named(Incident, "title")])
        self.topics = _Index(Topic, [_named(Topic, "name")])
        self.titles = _Index(Source, [_named(Source, "title")])
        self.urls: dict[str, int] = {}
        # The things themselves, as far as rows name them.
        self.things: dict[tuple[type, int], Any] = {}
        self.inserted: list[BulkStatement] = []
        self.noted: list[Any] = []

    def ready(self, outcomes: Sequence[ImportOutcome]) -> ReadyRows:
        """Everything that storing these outcomes will write."""
        self.inserted, self.noted = [], []
        if not self.ahead:
            self.things = {}
        gone = {one.row.external_id: one.earlier.pk if one.earlier else None for one in outcomes}
        ready = ReadyRows(gone)
        remembered = self._make_named([one.row for one in outcomes])
        for outcome in outcomes:
            if isinstance(outcome.thing, Statement):
                row, thing = outcome.row, outcome.thing
                thing.speaker = self._actor(row.speaker)
                thing.on_behalf_of = self._actor(row.on_behalf_of)
        before = self._overwrite(ready, [one for one in outcomes if one.action == CHANGE])
        for model in (Event, Statement):
            new = [one for one in outcomes if one.action == ADD and isinstance(one.thing, model)]
            self._make([one.thing for one in new], [one.row.title or one.row.text for one in new])
        self._relate(outcomes)
        remembered += [self._remembered(one, before) for one in outcomes]
        self._insert(remembered)
        note = f"from {self.batch.name}"
        self._insert(
            [audit_entry(one, Action.IMPORTED, by=self.by, note=note, state=row_snapshot(one))
             for one in self.noted]
        )  # fmt: skip
        ready.inserted = self.inserted
        return ready

    def _insert(self, rows: list[Any]) -> None:
        assign_keys(rows)
        self.inserted.append(insert_statement(rows))

    # --- What rows name ------------------------------------------------------------------

    def _make_named(self, rows: Sequence[ImportRow]) -> list[ImportedRow]:
        """Actors, incidents, topics and sources that are not on the desk yet, to be remembered."""
        kinds: dict[str, str] = {}
        for row in rows:
            said = dict(row.actor_kinds)
            for name, kind in _actors_of(row):
                kinds.setdefault(name, said.get(name) or kind)
        made = self._add(
            self.actors, Actor, kinds, lambda name: Actor(name=name, actor_kind=kinds[name])
        )
        incidents = [one for row in rows for one in row.incidents]
        made += self._add(self.incidents, Incident, incidents, lambda title: Incident(title=title))
        topics = [one for row in rows for one in row.topics]
        made += self._add(self.topics, Topic, topics, lambda name: Topic(name=name))
        sources = [one for row in rows for one in row.sources]
        urls = {one.url: one for one in reversed(sources) if one.url}
        known = Source.objects.filter(url__in=urls.keys() - self.urls.keys())
        merged = self.titles.merged
        self.urls |= {url: merged.get(key, key) for url, key in known.values_list("url", "pk")}
        made += self._add(self.urls, Source, urls, lambda url: self._new_source(urls[url]), str)
        titles = {one.title: one for one in reversed(sources) if not one.url}
        made += self._add(
            self.titles, Source, titles, lambda title: self._new_source(titles[title])
        )
        return [self._row(one) for one in made]

    def _add(
        self,
        index: dict[str, int],
        model: type[Publishable],
        names: Iterable[str],
        make: Callable[[str], Any],
        key: Callable[[str], str] = str.casefold,
    ) -> list[Any]:
        """Make what the index does not have under these names, and hold all that they name."""
        wanted: dict[str, str] = {}
        for name in names:
            wanted.setdefault(key(name), name)
        new = {name: make(first) for name, first in wanted.items() if name not in index}
        self._make(list(new.values()), [str(one) for one in new.values()])
        index.update({name: thing.pk for name, thing in new.items()})
        missing = {index[name] for name in wanted if (model, index[name]) not in self.things}
        found = model._default_manager.in_bulk(missing)
        self.things |= {(model, pk): thing for pk, thing in found.items()}
        return list(new.values())

    def _actor(self, name: str) -> Any:
        return self.things[Actor, self.actors[name.casefold()]] if name else None

    def _new_source(self, cited: CitedSourceRow) -> Source:
        return Source(
            title=cited.title or cited.url[:300],
            url=cited.url,
            source_kind=cited.kind,
            publisher=self._actor(cited.publisher),
            published=source_publication_date(cited),
            language=cited.language,
            archive_url=cited.archive_url,
        )

    def _source(self, cited: CitedSourceRow) -> Any:
        key = self.urls[cited.url] if cited.url else self.titles[cited.title.casefold()]
        return self.things[Source, key]

    # --- The rows themselves -------------------------------------------------------------

    def _make(self, things: list[Any], names: list[str]) -> None:
        """New things with keys, each with a slug that nothing of its kind has."""
        if not things:
            return
        model = type(things[0])
        slugs = {slugify(name) for name in names}
        taken = self.slugs.setdefault(model, set())
        taken |= set(model.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        for thing, name in zip(things, names, strict=True):
            thing.slug = unique_slug(name, thing.public_id, taken.__contains__)
            taken.add(thing.slug)
            thing.created_by = thing.updated_by = self.by
            set_prefetched(thing, {})
        self._insert(things)
        self.things |= {(model, one.pk): one for one in things}
        self.noted += things

    def _overwrite(
        self, ready: ReadyRows, outcomes: Sequence[ImportOutcome]
    ) -> dict[str, list[Any]]:
        """Drafts to be saved anew; return what stands there, by public id, for undoing."""
        before = {}
        for kind, parts in PARTS.items():
            changed = [one for one in outcomes if one.thing.kind == kind]
            if not changed:
                continue
            found = existing_records([one.earlier for one in changed if one.earlier], beside=parts)
            before |= {key: _as_stored(thing, parts) for key, thing in found.items()}
            versions = [one.earlier.version for one in changed if one.earlier]
            things = [one.thing for one in changed]
            for thing, version in zip(things, versions, strict=True):
                thing.version, thing.updated_by = version + 1, self.by
                set_prefetched(thing, {})
            ready.overwritten.append((update_statement(things), things))
            ready.emptied[type(things[0])] = [one.pk for one in things]
            self.noted += things
        return before

    def _relate(self, outcomes: Sequence[ImportOutcome]) -> None:
        """What every thing's row names beside it."""
        participations, citations = [], []
        links: dict[Any, list[Any]] = {}
        for one in outcomes:
            thing, row = one.thing, one.row
            cited = [self._cited(thing, each) for each in row.sources]
            beside: dict[str, list[Any]] = {
                "citations": cited,
                "incidents": self._all(self.incidents, row.incidents),
                "topics": self._all(self.topics, row.topics),
            }
            if isinstance(thing, Event):
                parts = dict.fromkeys((self._actor(name), role) for name, role in row.actors)
                took_part = [
                    Participation(event=thing, actor=who, role=role) for who, role in parts
                ]
                participations += took_part
                beside["participations"] = took_part
            else:
                beside["addressees"] = self._all(self.actors, row.to)
            citations += cited
            for name in beside.keys() & {"incidents", "topics", "addressees"}:
                relation: Any = type(thing)._meta.get_field(name)
                through = relation.remote_field.through
                own, theirs = relation.m2m_column_name(), relation.m2m_reverse_name()
                links.setdefault(through, []).extend(
                    through(**{own: thing.pk, theirs: each.pk}) for each in beside[name]
                )
            set_prefetched(thing, beside)
        for rows in (participations, citations, *links.values()):
            self._insert(rows)

    def _all(self, index: _Index, names: Iterable[str]) -> list[Any]:
        keys = dict.fromkeys(index[one.casefold()] for one in names)
        return [self.things[index.model, key] for key in keys]

    def _cited(self, thing: Publishable, cited: CitedSourceRow) -> Citation:
        return Citation(
            **{thing.kind: thing},
            source=self._source(cited),
            exact=cited.exact,
            locator=cited.locator,
            bearing=cited.bearing,
            note=cited.note,
        )

    # --- What is remembered ----------------------------------------------------------------

    def _remembered(self, one: ImportOutcome, before: dict[str, list[Any]]) -> ImportedRow:
        row = self._row(one.thing, one.row.external_id, one.digest)
        if one.action == CHANGE and one.earlier:
            row.is_new = False
            row.before = {
                "rows": before[one.thing.public_id],
                "batch": one.earlier.batch_id,
                "digest": one.earlier.digest,
                "is_new": one.earlier.is_new,
                "before": one.earlier.before,
            }
        return row

    def _row(self, thing: Publishable, external_id: str = "", digest: str = "") -> ImportedRow:
        return ImportedRow(
            batch=self.batch,
            origin=self.batch.origin,
            external_id=external_id,
            kind=thing.kind,
            public_id=thing.public_id,
            version=thing.version,
            digest=digest,
            is_new=True,
        )


def _named(model: Any, field: str) -> Iterable[tuple[str, int]]:
    return model.objects.order_by("pk").values_list(field, "pk").iterator()


def _actors_of(row: ImportRow) -> Iterable[tuple[str, str]]:
    """Whom a row names, each with the kind that such a one usually is."""
    named = [(row.speaker, "person"), (row.on_behalf_of, "organisation")]
    named += [(name, "organisation") for name in (*row.to, *(name for name, _ in row.actors))]
    named += [(one.publisher, "publication") for one in row.sources]
    return [(name, kind) for name, kind in named if name]


def _as_stored(thing: Any, parts: Iterable[str]) -> list[Any]:
    """The thing and the rows that belong to it, as plain values."""
    beside = [one for name in parts for one in sorted(getattr(thing, name).all(),
                                                      key=lambda one: one.pk)]  # fmt: skip
    return serializers.serialize("python", [thing, *beside])
