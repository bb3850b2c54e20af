"""Builds the documents of desk rows, with references to drafts included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.utils import translation

from kb.dates import FuzzyDate
from kb.desk.models import (
    Actor,
    Citation,
    Event,
    Incident,
    Proposition,
    Publishable,
    Source,
    Stance,
    Statement,
    Topic,
)
from kb.record import documents
from kb.record.documents import Document


def build_document(thing: Publishable) -> Document:
    """Return the document of a desk row, saved or from a form, as if all it names were public."""
    # Documents are stored in one language, whatever the language of the request.
    with translation.override(settings.LANGUAGE_CODE):
        return cast("Document", _BUILDERS[thing.kind](thing))


def _id(thing: Publishable | None) -> str | None:
    return thing.public_id if thing else None


def _ids(thing: Publishable, name: str) -> list[str]:
    return sorted(related.public_id for related in thing.belonging(name))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(when: FuzzyDate) -> documents.Date:
    return cast("documents.Date", when.to_json())


def _actor(actor: Actor) -> documents.Actor:
    return {
        "id": actor.public_id,
        "kind": "actor",
        "slug": actor.slug,
        "title": str(actor),
        "actor_kind": actor.actor_kind,
        "summary": actor.summary,
        "other_names": [
            {"name": name.name, "language": name.language, "kind": name.name_kind}
            for name in actor.other_names.all()
        ],
        "affiliations": [
            {
                "organisation": affiliation.organisation.public_id,
                "title": affiliation.title,
                "since": _date(affiliation.since),
                "until": _date(affiliation.until),
            }
            for affiliation in actor.affiliations.select_related("organisation")
        ],
        "part_of": _id(actor.part_of),
        "wikidata": actor.wikidata,
        "website": actor.website,
    }


def _source(source: Source) -> documents.Source:
    return {
        "id": source.public_id,
        "kind": "source",
        "slug": source.slug,
        "title": str(source),
        "source_kind": source.source_kind,
        "url": source.url,
        "publisher": _id(source.publisher),
        "byline": source.byline,
        "published": _date(source.published),
        "language": source.language,
        "accessed_on": _day(source.accessed_on),
        "archive_url": source.archive_url,
        "archived_on": _day(source.archived_on),
        "derives_from": _id(source.derives_from),
        "derivation": source.derivation,
        "note": source.note,
    }


def _incident(incident: Incident) -> documents.Incident:
    return {
        "id": incident.public_id,
        "kind": "incident",
        "slug": incident.slug,
        "title": str(incident),
        "summary": incident.summary,
    }


def _topic(topic: Topic) -> documents.Topic:
    return {"id": topic.public_id, "kind": "topic", "slug": topic.slug, "title": str(topic)}


def _citations(entry: Event | Statement) -> list[documents.CitationPart]:
    citations: list[Citation] = entry.belonging("citations", "source")
    return [
        {
            "source": citation.source.public_id,
            "exact": citation.exact,
            "locator": citation.locator,
            "bearing": citation.bearing,
            "note": citation.note,
        }
        for citation in citations
        if citation.source_id  # a form may have a citation without a source yet
    ]


def _event(event: Event) -> documents.Event:
    return {
        "id": event.public_id,
        "kind": "event",
        "slug": event.slug,
        "title": str(event),
        "citations": _citations(event),
        "incidents": _ids(event, "incidents"),
        "topics": _ids(event, "topics"),
        "date": _date(event.happened),
        "standing": event.standing,
        "summary": event.summary,
        "actors": [
            {"actor": participation.actor.public_id, "role": participation.role}
            for participation in event.belonging("participations", "actor")
            if participation.actor_id
        ],
    }


def _statement(statement: Statement) -> documents.Statement:
    return {
        "id": statement.public_id,
        "kind": "statement",
        "slug": statement.slug,
        "title": str(statement),
        "citations": _citations(statement),
        "incidents": _ids(statement, "incidents"),
        "topics": _ids(statement, "topics"),
        "date": _date(statement.said),
        "voice": {
            "speaker": _id(statement.speaker),
            "label": statement.speaker_label,
            "attribution": statement.attribution,
            "role": statement.role_as_of,
            "on_behalf_of": _id(statement.on_behalf_of),
            "to": _ids(statement, "addressees"),
            "channel": statement.channel,
        },
        "form": statement.form,
        "wording": statement.wording,
        "text": statement.text,
        "language": statement.language,
        "original": {"text": statement.original_text, "language": statement.original_language}
        if statement.original_text
        else None,
        "outcome": statement.outcome,
        "about": _ids(statement, "about"),
        "in_reply_to": _id(statement.in_reply_to),
        "stances": [
            {
                "proposition": stance.proposition.public_id,
                "position": stance.position,
                "date": _date(stance.dated),
                "note": stance.note,
            }
            for stance in statement.belonging("stances", "proposition")
        ],
    }


def _proposition(proposition: Proposition) -> documents.Proposition:
    stances = proposition.stances.select_related(
        "statement__speaker", "statement__on_behalf_of", "source__publisher"
    )
    return {
        "id": proposition.public_id,
        "kind": "proposition",
        "slug": proposition.slug,
        "title": str(proposition),
        "aspect": proposition.aspect,
        "incident": proposition.incident.public_id,
        "events": _ids(proposition, "events"),
        "accounts": [
            {
                "statement": _id(stance.statement),
                "source": _id(stance.source),
                "holder": _id(_holder(stance)),
                "position": stance.position,
                "date": _date(stance.dated),
                "note": stance.note,
            }
            for stance in stances
        ],
    }


def _holder(stance: Stance) -> Actor | None:
    """Return whose position it is.

    Of a statement, the actor on whose behalf it was made, else the speaker; of a source, its
    publisher.
    """
    if stance.statement is None:
        return stance.source.publisher if stance.source else None
    return stance.statement.on_behalf_of or stance.statement.speaker


_BUILDERS: dict[str, Callable[[Any], Mapping[str, object]]] = {
    "actor": _actor,
    "source": _source,
    "incident": _incident,
    "topic": _topic,
    "event": _event,
    "statement": _statement,
    "proposition": _proposition,
}
MODELS: dict[str, type[Publishable]] = {
    model.kind: model for model in (Actor, Source, Incident, Topic, Event, Statement, Proposition)
}
