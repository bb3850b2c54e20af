"""The records that rows of a file name by a text: found on the desk, or added as drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar

from kb.desk.importers.figures import other_figure_sources
from kb.desk.importers.named_parts import iso_day
from kb.desk.importers.named_rows import NAME_FIELDS, NamedRow, named_row, record_of
from kb.desk.importers.new_actors import (
    add_actor_parts,
    add_related_names,
    details_by_name,
    new_actor,
)
from kb.desk.importers.prepared_rows import PreparedRows
from kb.desk.importers.row_dates import source_publication_date
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import (
    Actor,
    ActorName,
    ImportBatch,
    Incident,
    Publishable,
    Source,
    SourceRelation,
    Topic,
)
from kb.desk.row_snapshots import set_prefetched
from kb.desk.verbs.transfers.merge import merged_keys

NamedRecord = TypeVar("NamedRecord", bound=Publishable)


class NameIndex(dict[str, int]):
    """Keys of records by their casefolded names: read once, then kept up to date.

    The name of a record that was merged away gives the key of the record it was merged into.
    """

    def __init__(
        self, model: type[Publishable], names: Iterable[Iterable[tuple[str, int]]]
    ) -> None:
        self.model, self.merged = model, merged_keys(model)
        for name, key in chain.from_iterable(names):
            self.setdefault(name.casefold(), self.merged.get(key, key))


class NamedRecords:
    """The actors, incidents, topics and sources that rows name, each built once."""

    def __init__(self, prepared: PreparedRows, interrupted: ImportBatch | None = None) -> None:
        """``interrupted`` is an import that goes on: its new incidents may lack key moments."""
        self.prepared = prepared
        self.interrupted = interrupted
        other_names = ActorName.objects.order_by("pk").values_list("name", "actor_id").iterator()
        self.actors = NameIndex(Actor, [_names_of(Actor, "name"), other_names])
        self.incidents = NameIndex(Incident, [_names_of(Incident, "title")])
        self.topics = NameIndex(Topic, [_names_of(Topic, "name")])
        self.titles = NameIndex(Source, [_names_of(Source, "title")])
        self.urls: dict[str, int] = {}
        # The records that the file adds, by model and key, and all of their names.
        self.new_rows: dict[tuple[type[Publishable], int], NamedRow] = {}
        self.new_names: set[str] = set()
        # Keys of sources with an address that rows name by title alone.
        self.named_sources: dict[str, int] = {}
        # What new sources derive from, to be checked when all are stored.
        self.new_sources: set[int] = set()  # without those whose earlier sources are known
        self.derivations: list[SourceRelation] = []
        # The ids of rows of the key moments of new incidents, by the key of the incident.
        self.moments: dict[int, tuple[str, ...]] = {}
        self.other_names: list[int] = []  # the keys of those that the last chunk adds

    def add(self, rows: Sequence[ImportRow]) -> list[Publishable]:
        """Add actors, incidents, topics and sources that are not on the desk yet.

        Returns those.
        """
        new: list[Publishable] = [*self._add_actors(rows)]
        incidents = [title for row in rows for title in row.incidents]
        summaries = {
            title: row.incident_summary for row in reversed(rows) for title in row.incidents
        }
        summaries |= {
            incident.title: incident.summary
            for row in reversed(rows)
            for incident in row.named_incidents
        }
        added = self._add_missing(
            self.incidents,
            Incident,
            incidents,
            lambda title: Incident(title=title, summary=summaries[title]),
        )
        new += added
        self._note_moments(rows, added)
        topics = [name for row in rows for name in row.topics]
        new += self._add_missing(self.topics, Topic, topics, lambda name: Topic(name=name))
        sources = [source for row in rows for source in (*row.sources, *row.named_sources)]
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
        named += [title for source in sources for title, _derivation in source.parents]
        named += [title for row in rows for title in other_figure_sources(row)]
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
        self.new_sources |= {record.pk for record in new if isinstance(record, Source)}
        self._add_parents(sources)
        return new

    def _add_actors(self, rows: Sequence[ImportRow]) -> list[Actor]:
        """Add the actors that rows name, with what the rows say of new ones."""
        kinds: dict[str, str] = {}
        all_kinds: dict[str, str] = {}
        for row in rows:
            kinds_in_file = dict(row.actor_kinds)
            all_kinds = kinds_in_file | all_kinds
            for name, usual_kind in actors_of(row):
                kinds.setdefault(name, kinds_in_file.get(name) or usual_kind)
        details = details_by_name(rows)
        add_related_names(kinds, details, all_kinds, self.actors.keys())
        new = self._add_missing(
            self.actors,
            Actor,
            kinds,
            lambda name: new_actor(name, kinds[name], details.get(name.casefold())),
        )
        others = add_actor_parts(new, details, self.actor, self.prepared)
        self.other_names = [other.pk for other in others]
        for other in others:
            self.actors.setdefault(other.name.casefold(), other.actor_id)
        return new

    def _note_moments(self, rows: Sequence[ImportRow], added: Sequence[Incident]) -> None:
        moments = {
            incident.title.casefold(): incident.moments
            for row in reversed(rows)
            for incident in row.named_incidents
            if incident.moments
        }
        if moments and self.interrupted:
            own = self.interrupted.rows.filter(kind=Incident.kind, is_new=True)
            incomplete = Incident.objects.filter(
                moments=None, public_id__in=own.values("public_id")
            )
            added = [*added, *incomplete]
        for incident in added:
            if ids := moments.get(incident.title.casefold()):
                self.moments.setdefault(incident.pk, ids)

    def _add_parents(self, sources: Sequence[CitedSourceRow]) -> None:
        """Add what new sources derive from; of several rows, the first that says it counts."""
        relations: dict[Source, list[SourceRelation]] = {}
        for cited in sources:
            source = self.source(cited)
            if not cited.parents or source.pk not in self.new_sources:
                continue
            self.new_sources.discard(source.pk)
            notes = cited.parent_notes or ("",) * len(cited.parents)
            parents = {
                self.source_titled(title): (kind, note)
                for (title, kind), note in zip(cited.parents, notes, strict=True)
            }
            relations[source] = [
                SourceRelation(source=source, parent=parent, derivation=kind, note=note)
                for parent, (kind, note) in parents.items()
            ]
            set_prefetched(source, {"parents": relations[source]})
        added = [relation for parents in relations.values() for relation in parents]
        self.prepared.insert(added)
        self.derivations += added

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
        self.prepared.add(list(new.values()), [str(record) for record in new.values()])
        index.update({name: record.pk for name, record in new.items()})
        self.new_names |= new.keys()
        records = self.prepared.records
        missing = {index[name] for name in spellings if (model, index[name]) not in records}
        earlier = {pk: row for pk in missing if (row := self.new_rows.get((model, pk)))}
        records |= {(model, pk): record_of(model, row) for pk, row in earlier.items()}
        stored = model._default_manager.only("public_id", NAME_FIELDS[model])
        records |= {
            (model, pk): row for pk, row in stored.in_bulk(missing - earlier.keys()).items()
        }
        self.new_rows |= {(model, record.pk): named_row(record) for record in new.values()}
        return list(new.values())

    def actor(self, name: str) -> Actor | None:
        """The actor of this name; None for no name."""
        return self.prepared.records[Actor, self.actors[name.casefold()]] if name else None

    def _new_source(self, cited: CitedSourceRow) -> Source:
        # `Any`: the stubs expect the text of the column.
        published: Any = source_publication_date(cited)
        return Source(
            title=cited.title or cited.url[:300],
            url=cited.url,
            source_kind=cited.kind,
            publisher=self.actor(cited.publisher),
            published=published,
            language=cited.language,
            archive_url=cited.archive_url,
            byline=cited.byline,
            accessed_on=iso_day(cited.accessed_on),
            archived_on=iso_day(cited.archived_on),
            note=cited.source_note,
        )

    def source(self, cited: CitedSourceRow) -> Source:
        """The source that a row cites."""
        key = self.urls[cited.url] if cited.url else self.titles[cited.title.casefold()]
        source: Source = self.prepared.records[Source, key]
        return source

    def records_named(self, index: NameIndex, names: Iterable[str]) -> list[Publishable]:
        """The records of these names, each once and in their order."""
        keys = dict.fromkeys(index[name.casefold()] for name in names)
        return [self.prepared.records[index.model, key] for key in keys]

    def relaying_source(self, cited: CitedSourceRow) -> Source | None:
        """The source that relays a cited one, by its title."""
        return self.source_titled(cited.via) if cited.via else None

    def source_titled(self, title: str) -> Source:
        """A source that a row of the last chunk names by its title alone."""
        source: Source = self.prepared.records[Source, self.source_key(title)]
        return source

    def source_key(self, title: str) -> int:
        """The key of a source that a row of the last chunk names by its title alone."""
        name = title.casefold()
        return self.named_sources.get(name) or self.titles[name]


def _names_of(model: type[Publishable], field: str) -> Iterable[tuple[str, int]]:
    """(name, key) of all rows."""
    return model._default_manager.order_by("pk").values_list(field, "pk").iterator()


def actors_of(row: ImportRow) -> Iterable[tuple[str, str]]:
    """The names of the actors of a row, each with the kind it has unless the file states one."""
    actors = [(row.speaker, "person"), (row.on_behalf_of, "organisation")]
    actors += [(name, "person") for name in row.joint_speakers]
    participants = (name for name, _ in row.actors)
    others = (*row.to, *row.joint_principals, *participants, *row.asked)
    actors += [(name, "organisation") for name in others]
    actors += [(name, "publication") for name in (row.attributed_by, row.asked_by)]
    answers = (answer for stated in row.positions for answer in stated.answers)
    actors += [(text, "organisation") for field, text in answers if field == "actor"]
    sources = (*row.sources, *row.named_sources)
    actors += [(source.publisher, "publication") for source in sources]
    actors += [(source.addressee, "organisation") for source in row.sources]
    return [(name, kind) for name, kind in actors if name]
