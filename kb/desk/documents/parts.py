"""The parts that documents of several kinds have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import cast

from kb.dates import FuzzyDate
from kb.desk.models import (
    Actor,
    Citation,
    EntryLink,
    Event,
    Figure,
    Publishable,
    Request,
    Stance,
    Statement,
)
from kb.desk.models.places import Placed
from kb.record import documents
from kb.record.vocabulary import NumberBound


def id_of(thing: Publishable | None) -> str | None:
    return thing.public_id if thing else None


def ids_of(thing: Publishable, name: str) -> list[str]:
    if thing.pk is None or (thing.typed is not None and name in thing.typed):
        return sorted(related.public_id for related in thing.belonging(name))
    return sorted(getattr(thing, name).order_by().values_list("public_id", flat=True))


def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def date_part(when: FuzzyDate) -> documents.Date:
    return cast("documents.Date", when.to_json())


def date_or_none(when: FuzzyDate) -> documents.Date | None:
    """A date that documents have only if it was entered."""
    return date_part(when) if when.edtf or when.phrase else None


def decimal_text(number: Decimal | None) -> str:
    """A decimal number as text without zeros at its end; "" for None."""
    return "" if number is None else f"{number.normalize():f}"


def with_first(actor: Actor | None, others: list[str]) -> list[str]:
    """The ids of an actor and of others, that of the actor first and each once."""
    first = [actor.public_id] if actor else []
    return first + [public_id for public_id in others if public_id not in first]


def citations_of(entry: Event | Statement | Request) -> list[Citation]:
    """The citations of an entry, with the records that they name."""
    citations: list[Citation] = entry.belonging("citations", "source", "via", "addressee")
    return citations


def citation_parts(citations: Iterable[Citation]) -> list[documents.CitationPart]:
    return [
        {
            "source": citation.source.public_id,
            "via": id_of(citation.via),
            "exact": citation.exact,
            "locator": citation.locator,
            "bearing": citation.bearing,
            "wording": citation.wording,
            "language": citation.language,
            "translator": citation.translator,
            "quoted": citation.quoted,
            "position": citation.position,
            "said": date_or_none(citation.said),
            "addressee": id_of(citation.addressee),
            "note": citation.note,
        }
        for citation in citations
        if citation.source_id  # a form may have a citation without a source yet
    ]


def link_parts(entry: Event | Statement | Request) -> list[documents.Link]:
    links: list[EntryLink] = entry.rarely_belonging(
        "links", "to_event", "to_statement", "to_request", "source"
    )
    return [
        {
            "kind": link.link_kind,
            "to": link.target.public_id,
            "source": id_of(link.source),
            "exact": link.exact,
            "inferred": link.inferred,
        }
        for link in links
        if link.target
    ]


def place_part(entry: Placed) -> documents.Place | None:
    if not entry.place_name:
        return None
    return {
        "name": entry.place_name,
        "wikidata": entry.place_wikidata,
        "latitude": decimal_text(entry.latitude),
        "longitude": decimal_text(entry.longitude),
    }


def number_part(row: Figure | Stance) -> documents.Number:
    """The number of a row; both ends are "" if it has none."""
    return {
        "bound": row.number_bound or NumberBound.EXACT.value,
        "low": decimal_text(row.number_low),
        "high": decimal_text(row.number_high),
    }
