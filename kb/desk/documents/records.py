"""The documents of actors, sources, incidents and topics."""

from __future__ import annotations

from kb.desk.documents.parts import date_part, day_text, id_of
from kb.desk.models import Actor, Incident, Source, Topic
from kb.record import documents
from kb.record.documents import EDITION, first_parent


def actor_document(actor: Actor) -> documents.Actor:
    return {
        "id": actor.public_id,
        "edition": EDITION,
        "kind": "actor",
        "slug": actor.slug,
        "title": str(actor),
        "actor_kind": actor.actor_kind,
        "summary": actor.summary,
        "other_names": [
            {
                "name": name.name,
                "language": name.language,
                "kind": name.name_kind,
                "note": name.note,
            }
            for name in actor.other_names.all()
        ],
        "affiliations": [
            {
                "organisation": affiliation.organisation.public_id,
                "title": affiliation.title,
                "since": date_part(affiliation.since),
                "until": date_part(affiliation.until),
            }
            for affiliation in actor.affiliations.select_related("organisation")
        ],
        "part_of": id_of(actor.part_of),
        "wikidata": actor.wikidata,
        "website": actor.website,
    }


def source_document(source: Source) -> documents.Source:
    parents = _parents(source)
    first = first_parent(parents)
    return {
        "id": source.public_id,
        "edition": EDITION,
        "kind": "source",
        "slug": source.slug,
        "title": str(source),
        "source_kind": source.source_kind,
        "url": source.url,
        "publisher": id_of(source.publisher),
        "byline": source.byline,
        "published": date_part(source.published),
        "language": source.language,
        "accessed_on": day_text(source.accessed_on),
        "archive_url": source.archive_url,
        "archived_on": day_text(source.archived_on),
        "derives_from": first["derives_from"],
        "derivation": first["derivation"],
        "parents": parents,
        "note": source.note,
    }


def _parents(source: Source) -> list[documents.SourceParent]:
    return [
        {
            "source": relation.parent.public_id,
            "derivation": relation.derivation,
            "note": relation.note,
        }
        for relation in source.belonging("parents", "parent")
        if relation.parent_id
    ]


def incident_document(incident: Incident) -> documents.Incident:
    """The document; without key moments, it is that of an incident from before there were any."""
    document: documents.Incident = {
        "id": incident.public_id,
        "edition": EDITION,
        "kind": "incident",
        "slug": incident.slug,
        "title": str(incident),
        "summary": incident.summary,
    }
    moments = incident.belonging("moments", "event", "statement", "request")
    if public_ids := [moment.entry.public_id for moment in moments if moment.entry]:
        document["moments"] = public_ids
    return document


def topic_document(topic: Topic) -> documents.Topic:
    return {
        "id": topic.public_id,
        "edition": EDITION,
        "kind": "topic",
        "slug": topic.slug,
        "title": str(topic),
    }
