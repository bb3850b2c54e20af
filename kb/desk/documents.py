"""From desk rows to whole documents, references to drafts included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation

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
from kb.record.documents import Document


def build_document(thing: Publishable) -> Document:
    """The document of a desk row, saved or typed, as it would stand if all it names were public."""
    # What is stored is in one language, whoever's request publishes it.
    with translation.override(settings.LANGUAGE_CODE):
        head = {"id": thing.public_id, "kind": thing.kind, "slug": thing.slug, "title": str(thing)}
        return head | _PARTS[thing.kind](thing)


def _id(thing: Publishable | None) -> str | None:
    return thing.public_id if thing else None


def _ids(thing: Publishable, name: str) -> list[str]:
    return sorted(one.public_id for one in thing.belonging(name))


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _actor(actor: Actor) -> dict[str, Any]:
    return {
        "actor_kind": actor.actor_kind,
        "summary": actor.summary,
        "other_names": [
            {"name": one.name, "language": one.language, "kind": one.name_kind}
            for one in actor.other_names.all()
        ],
        "affiliations": [
            {
                "organisation": one.organisation.public_id,
                "title": one.title,
                "since": one.since.to_json(),
                "until": one.until.to_json(),
            }
            for one in actor.affiliations.select_related("organisation")
        ],
        "part_of": _id(actor.part_of),
        "wikidata": actor.wikidata,
        "website": actor.website,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "source_kind": source.source_kind,
        "url": source.url,
        "publisher": _id(source.publisher),
        "byline": source.byline,
        "published": source.published.to_json(),
        "language": source.language,
        "accessed_on": _day(source.accessed_on),
        "archive_url": source.archive_url,
        "archived_on": _day(source.archived_on),
        "derives_from": _id(source.derives_from),
        "derivation": source.derivation,
        "note": source.note,
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {"summary": incident.summary}


def _topic(topic: Topic) -> dict[str, Any]:
    return {}


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "source": citation.source.public_id,
        "exact": citation.exact,
        "locator": citation.locator,
        "bearing": citation.bearing,
        "note": citation.note,
    }


def _entry(entry: Event | Statement) -> dict[str, Any]:
    """What events and statements share."""
    return {
        "citations": [
            _citation(one) for one in entry.belonging("citations", "source") if one.source_id
        ],
        "incidents": _ids(entry, "incidents"),
        "topics": _ids(entry, "topics"),
    }


def _event(event: Event) -> dict[str, Any]:
    return _entry(event) | {
        "date": event.happened.to_json(),
        "standing": event.standing,
        "summary": event.summary,
        "actors": [
            {"actor": one.actor.public_id, "role": one.role}
            for one in event.belonging("participations", "actor")
            if one.actor_id
        ],
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return _entry(statement) | {
        "date": statement.said.to_json(),
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
            {"proposition": one.proposition.public_id} | _stance(one)
            for one in statement.belonging("stances", "proposition")
        ],
    }


def _stance(stance: Stance) -> dict[str, Any]:
    return {"position": stance.position, "date": stance.dated.to_json(), "note": stance.note}


def _proposition(proposition: Proposition) -> dict[str, Any]:
    stances = proposition.stances.select_related(
        "statement__speaker", "statement__on_behalf_of", "source__publisher"
    )
    return {
        "aspect": proposition.aspect,
        "incident": _id(proposition.incident),
        "events": _ids(proposition, "events"),
        "accounts": [
            {
                "statement": _id(one.statement),
                "source": _id(one.source),
                "holder": _id(_holder(one)),
            }
            | _stance(one)
            for one in stances
        ],
    }


def _holder(stance: Stance) -> Actor | None:
    """Whose position it is: the one spoken for, else the speaker; of a report, its publisher."""
    if stance.statement is None:
        return stance.source.publisher if stance.source else None
    return stance.statement.on_behalf_of or stance.statement.speaker


_PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
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
