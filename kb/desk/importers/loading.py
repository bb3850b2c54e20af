"""Making drafts of what a plan says: all of them or none, some hundred at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from django.core import serializers
from django.db import IntegrityError, connection, models, transaction

from kb.dates import parse
from kb.desk.importers.planning import (
    ADD,
    CHANGE,
    REFUSE,
    SAME,
    Outcome,
    earlier_rows,
    in_chunks,
    things_of,
)
from kb.desk.importers.rows import Cited, Row
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
)
from kb.desk.models.base import State
from kb.desk.models.log import Done
from kb.desk.verbs.keeping import keep
from kb.desk.verbs.merging import merged_keys
from kb.desk.verbs.refusing import Refused
from kb.text.slugs import SLUG_LENGTH, slugify

PARTS = {"event": ("participations", "citations"), "statement": ("citations",)}


def nothing(_: Any) -> None:
    """What is done where nobody asked for more."""


def load(
    outcomes: Iterable[Outcome],
    *,
    origin: str,
    name: str,
    sha256: str,
    by: Any = None,
    progress: Callable[[int], None] = nothing,
    also: Callable[[ImportBatch], None] = nothing,
) -> ImportBatch:
    """Make the drafts that a plan says, in one transaction of their own.

    Planned beforehand, the outcomes keep the database's write lock for the writing alone.
    ``also`` is called inside the transaction. Raises Refused if a row was refused, or if what a
    row rests on has changed since it was planned.
    """
    try:
        with transaction.atomic(durable=True):
            _wait_for_others()
            batch = ImportBatch.objects.create(
                origin=origin, name=name[:200], sha256=sha256, loaded_by=by
            )
            making, done = _Making(batch, by), 0
            for chunk in in_chunks(outcomes):
                if refused := [str(one) for one in chunk if one.action == REFUSE]:
                    raise Refused(refused)
                making.store([one for one in chunk if one.action != SAME])
                done += len(chunk)
                progress(done)
            also(batch)
    except IntegrityError as problem:
        raise Refused(
            ["Somebody stored the same thing, or the same address, meanwhile. Load it again."]
        ) from problem
    return batch


def _wait_for_others() -> None:
    """One import at a time: two that name the same new actor would make her twice.

    On SQLite the transaction itself is alone. PostgreSQL: readers of the table are not kept.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE desk_importbatch IN SHARE ROW EXCLUSIVE MODE")


class _Index(dict[str, Any]):
    """Keys of things by their names, whatever the case: read once, then kept up to date.

    What was merged away is found as what it is now.
    """

    def __init__(
        self, model: type[Publishable], names: Iterable[Iterable[tuple[str, int]]]
    ) -> None:
        now = merged_keys(model)
        for name, key in chain.from_iterable(names):
            self.setdefault(name.casefold(), now.get(key, key))


class _Making:
    """Stores rows by the hundred, and makes once what several of them name."""

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self.batch, self.by = batch, by
        self.slugs: dict[type, set[str]] = {}
        others = ActorName.objects.order_by("pk").values_list("name", "actor_id").iterator()
        self.actors = _Index(Actor, [_named(Actor, "name"), others])
        self.incidents = _Index(Incident, [_named(Incident, "title")])
        self.topics = _Index(Topic, [_named(Topic, "name")])
        self.titles = _Index(Source, [_named(Source, "title")])
        self.urls: dict[str, int] = {}
        self.merged_sources = merged_keys(Source)
        self.stored: list[Publishable] = []

    def store(self, outcomes: Sequence[Outcome]) -> None:
        self._still_so(outcomes)
        self._make_named([one.row for one in outcomes])
        for outcome in outcomes:
            if isinstance(outcome.thing, Statement):
                row, thing = outcome.row, outcome.thing
                thing.speaker_id = self._actor(row.speaker)
                thing.on_behalf_of_id = self._actor(row.on_behalf_of)
        before = self._overwrite([one for one in outcomes if one.action == CHANGE])
        for model in (Event, Statement):
            new = [one for one in outcomes if one.action == ADD and isinstance(one.thing, model)]
            self._make([one.thing for one in new], [one.row.title or one.row.text for one in new])
        self._relate(outcomes)
        self._remember(outcomes, before)
        keep(self.stored, Done.IMPORTED, by=self.by, note=f"from {self.batch.name}")
        self.stored = []

    def _still_so(self, outcomes: Sequence[Outcome]) -> None:
        """Refuse what an import or an editor has changed since the plan was made."""
        known = earlier_rows(self.batch.origin, [one.row.external_id for one in outcomes])
        for one in outcomes:
            now = known.get(one.row.external_id)
            if (now and now.pk) != (one.earlier and one.earlier.pk):
                raise Refused([f"{one.row.external_id}: another import was here meanwhile."])

    # --- What rows name ------------------------------------------------------------------

    def _make_named(self, rows: Sequence[Row]) -> None:
        """Actors, incidents, topics and sources that are not on the desk yet."""
        kinds: dict[str, str] = {}
        for row in rows:
            said = dict(row.actor_kinds)
            for name, kind in _actors_of(row):
                kinds.setdefault(name, said.get(name) or kind)
        self._add(self.actors, kinds, lambda name: Actor(name=name, actor_kind=kinds[name]))
        incidents = [one for row in rows for one in row.incidents]
        self._add(self.incidents, incidents, lambda title: Incident(title=title))
        topics = [one for row in rows for one in row.topics]
        self._add(self.topics, topics, lambda name: Topic(name=name))
        sources = [one for row in rows for one in row.sources]
        urls = {one.url: one for one in reversed(sources) if one.url}
        known = Source.objects.filter(url__in=urls.keys() - self.urls.keys())
        self.urls |= {
            url: self.merged_sources.get(key, key) for url, key in known.values_list("url", "pk")
        }
        self._add(self.urls, urls, lambda url: self._new_source(urls[url]), str)
        titles = {one.title: one for one in reversed(sources) if not one.url}
        self._add(self.titles, titles, lambda title: self._new_source(titles[title]))

    def _add(
        self,
        index: dict[str, Any],
        names: Iterable[str],
        make: Callable[[str], Any],
        key: Callable[[str], str] = str.casefold,
    ) -> None:
        """Make and store what the index does not have under these names, and note its keys."""
        new: dict[str, Any] = {}
        for name in names:
            if key(name) not in index and key(name) not in new:
                new[key(name)] = make(name)
        self._make(list(new.values()), [str(one) for one in new.values()])
        ImportedRow.objects.bulk_create(self._row(one) for one in new.values())
        index.update({name: thing.pk for name, thing in new.items()})

    def _actor(self, name: str) -> int | None:
        return self.actors[name.casefold()] if name else None

    def _new_source(self, cited: Cited) -> Source:
        return Source(
            title=cited.title or cited.url[:300],
            url=cited.url,
            source_kind="article",
            publisher_id=self._actor(cited.publisher),
            published=parse(cited.published),
            language=cited.language,
            archive_url=cited.archive_url,
        )

    def _source(self, cited: Cited) -> int:
        return self.urls[cited.url] if cited.url else self.titles[cited.title.casefold()]

    # --- The rows themselves -------------------------------------------------------------

    def _make(self, things: list[Any], names: list[str]) -> None:
        """Store new things, each with a slug that nothing of its kind has."""
        if not things:
            return
        model = type(things[0])
        wanted = [slugify(one) for one in names]
        taken = self.slugs.setdefault(model, set())
        taken |= set(model.objects.filter(slug__in=set(wanted)).values_list("slug", flat=True))
        for thing, slug in zip(things, wanted, strict=True):
            own = thing.public_id
            if not slug:
                slug = own
            elif slug in taken:
                slug = f"{slug[: SLUG_LENGTH - len(own) - 1].rstrip('-')}-{own}"
            taken.add(slug)
            thing.slug = slug
            thing.created_by = thing.updated_by = self.by
        model.objects.bulk_create(things)
        self.stored += things

    def _overwrite(self, outcomes: Sequence[Outcome]) -> dict[str, list[Any]]:
        """Save drafts anew; return what stood there before, by public id, for undoing."""
        found = things_of(one.earlier for one in outcomes if one.earlier)
        before = {key: _as_stored(thing) for key, thing in found.items()}
        for one in outcomes:
            thing, version = one.thing, one.earlier.version if one.earlier else 0
            same = type(thing).objects.filter(pk=thing.pk, version=version, state=State.DRAFT)
            if not same.update(version=models.F("version") + 1):
                raise Refused([f"“{thing}” was edited or published since it was imported."])
            thing.version, thing.updated_by = version + 1, self.by
            thing.save()
            self.stored.append(thing)
        return before

    def _relate(self, outcomes: Sequence[Outcome]) -> None:
        """Give every thing what its row names; of what stood there before, nothing is left."""
        for model in (Event, Statement):
            of = [one for one in outcomes if isinstance(one.thing, model)]
            changed = [one.thing.pk for one in of if one.action == CHANGE]
            several = {
                "incidents": (self.incidents, "incidents"),
                "topics": (self.topics, "topics"),
                **({"addressees": (self.actors, "to")} if model is Statement else {}),
            }
            for name, (index, column) in several.items():
                through = getattr(model, name).through
                theirs, others = (
                    model._meta.model_name,
                    getattr(model, name).field.m2m_reverse_name(),
                )
                through.objects.filter(**{f"{theirs}__in": changed}).delete()
                through.objects.bulk_create(
                    through(**{f"{theirs}_id": one.thing.pk, others: key})
                    for one in of
                    for key in dict.fromkeys(
                        index[each.casefold()] for each in getattr(one.row, column)
                    )
                )
            for part in (Citation, *((Participation,) if model is Event else ())):
                part.objects.filter(**{f"{model._meta.model_name}__in": changed}).delete()
        Participation.objects.bulk_create(
            Participation(event=one.thing, actor_id=key, role=role)
            for one in outcomes
            if isinstance(one.thing, Event)
            for key, role in dict.fromkeys(
                (self._actor(name), role) for name, role in one.row.actors
            )
        )
        Citation.objects.bulk_create(
            Citation(
                **{one.thing.kind: one.thing},
                source_id=self._source(each),
                exact=each.exact,
                locator=each.locator,
                bearing=each.bearing,
                note=each.note,
            )
            for one in outcomes
            for each in one.row.sources
        )

    def _remember(self, outcomes: Sequence[Outcome], before: dict[str, list[Any]]) -> None:
        gone = [one.earlier.pk for one in outcomes if one.earlier]
        ImportedRow.objects.filter(pk__in=gone).delete()
        rows = []
        for one in outcomes:
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
            rows.append(row)
        ImportedRow.objects.bulk_create(rows)

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


def _actors_of(row: Row) -> Iterable[tuple[str, str]]:
    """Whom a row names, each with the kind that such a one usually is."""
    named = [(row.speaker, "person"), (row.on_behalf_of, "organisation")]
    named += [(name, "organisation") for name in (*row.to, *(name for name, _ in row.actors))]
    named += [(one.publisher, "publication") for one in row.sources]
    return [(name, kind) for name, kind in named if name]


def _as_stored(thing: Any) -> list[Any]:
    """The thing and the rows that belong to it, as plain values."""
    parts = [one for name in PARTS[thing.kind] for one in getattr(thing, name).order_by("pk")]
    return serializers.serialize("python", [thing, *parts])
