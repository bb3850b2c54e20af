"""What is known of the records that an entry names, beyond the links to them."""

from __future__ import annotations

from typing import Annotated, TypedDict

from kb.record.answers.citations import CitedSource
from kb.record.answers.links import ActorLink, RecordLink
from kb.record.answers.texts import Link, Markdown, Text
from kb.record.documents import Date, Day, Name, PublicId
from kb.record.schema import SchemaHint


class NamedAffiliation(TypedDict):
    """The role of a person in an organisation."""

    organisation: ActorLink
    title: Text
    since: Date
    until: Date


class NamedActor(ActorLink):
    """An actor with its other names, what it is part of, and the roles of a person."""

    summary: Markdown
    other_names: list[Name]
    part_of: ActorLink | None
    affiliations: list[NamedAffiliation]
    wikidata: Text
    website: Link


class EarlierSource(TypedDict):
    """A source from which another one derives. ``kind`` is translation, wire_copy and so on."""

    source: RecordLink
    kind: Text
    note: Text


class NamedSource(CitedSource):
    """A source with what it derives from, and when it was read and archived."""

    accessed_on: Day | None
    archived_on: Day | None
    note: Text
    parents: list[EarlierSource]


class NamedIncident(RecordLink):
    """An incident with its summary and the ids of its key moments, in their order."""

    summary: Markdown
    moments: Annotated[list[PublicId], SchemaHint("Ids of entries.")]


class NamedDetails(TypedDict):
    """What the links of an entry do not say. A record of which they say everything is left out.

    ``sources`` has those too that the sources of the entry derive from, and ``actors`` the
    organisations of persons and what actors are part of.
    """

    actors: list[NamedActor]
    sources: list[NamedSource]
    incidents: list[NamedIncident]
