"""Reads and cleans what a line of JSON Lines says of the records that its entry names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kb.dates import DateError, FuzzyDate
from kb.dates.columns import MAX_ZONE
from kb.dates.reading import MAX_TEXT
from kb.desk.importers.cleaner import MAX_NAME_LENGTH, Cleaner
from kb.desk.importers.json_parts import part, parts, text_part, values
from kb.desk.importers.row_dates import stated_date
from kb.desk.importers.row_parts import (
    ActorRow,
    AffiliationRow,
    DateRow,
    IncidentRow,
    OtherNameRow,
)
from kb.record.vocabulary import NameKind
from kb.text.links import LinkError, is_private_url, safe_url

_NAME_KINDS = frozenset(NameKind.values)


def named_actors(named: dict[str, Any]) -> tuple[ActorRow, ...]:
    """The actors of the details of an entry."""
    return tuple(
        ActorRow(
            name=text_part(actor, "name"),
            summary=text_part(actor, "summary"),
            other_names=tuple(
                OtherNameRow(
                    text_part(name, "name"),
                    text_part(name, "language"),
                    text_part(name, "kind") or NameKind.ALIAS.value,
                    text_part(name, "note"),
                )
                for name in parts(actor, "other_names")
            ),
            part_of=text_part(part(actor, "part_of"), "name"),
            affiliations=tuple(
                AffiliationRow(
                    text_part(part(affiliation, "organisation"), "name"),
                    text_part(affiliation, "title"),
                    _date(affiliation, "since"),
                    _date(affiliation, "until"),
                )
                for affiliation in parts(actor, "affiliations")
            ),
            wikidata=text_part(actor, "wikidata"),
            website=text_part(actor, "website"),
        )
        for actor in parts(named, "actors")
        if text_part(actor, "name")
    )


def named_incidents(named: dict[str, Any]) -> tuple[IncidentRow, ...]:
    """The incidents of the details of an entry."""
    return tuple(
        IncidentRow(
            text_part(incident, "title"),
            text_part(incident, "summary"),
            tuple(str(moment) for moment in values(incident, "moments")),
        )
        for incident in parts(named, "incidents")
    )


def actors_in(named: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All actors that details name, each with its kind."""
    for actor in parts(named, "actors"):
        yield actor
        yield part(actor, "part_of")
        for affiliation in parts(actor, "affiliations"):
            yield part(affiliation, "organisation")
    for source in parts(named, "sources"):
        yield part(source, "publisher")


def cleaned_actor(actor: ActorRow, cleaner: Cleaner) -> ActorRow:
    """The actor with cleaned texts. ``cleaner`` collects what is wrong with it."""
    line = cleaner.line
    kinds = {name.kind for name in actor.other_names} - _NAME_KINDS
    if kinds:
        cleaner.reasons.append(
            _("named.actors: “%(kind)s” is not a kind of name. Choose one of: %(kinds)s.")
            % {"kind": min(kinds)[:40], "kinds": ", ".join(NameKind.values)}
        )
    if actor.website and not _is_public(actor.website):
        cleaner.reasons.append(
            _("named.actors: “%(url)s” is not an address that readers can open. Correct it.")
            % {"url": actor.website[:80]}
        )
    for affiliation in actor.affiliations:
        for when in (affiliation.since, affiliation.until):
            try:
                date_of(when)
            except DateError as problem:
                cleaner.reasons.append(f"named.actors: {problem}")
    return ActorRow(
        name=line("named.actors", actor.name, MAX_NAME_LENGTH),
        summary=cleaner.text("named.actors", actor.summary),
        other_names=tuple(
            OtherNameRow(
                line("named.actors", name.name, MAX_NAME_LENGTH),
                line("named.actors", name.language, 35),
                name.kind,
                line("named.actors", name.note, MAX_NAME_LENGTH),
            )
            for name in actor.other_names
        ),
        part_of=line("named.actors", actor.part_of, MAX_NAME_LENGTH),
        affiliations=tuple(
            AffiliationRow(
                line("named.actors", affiliation.organisation, MAX_NAME_LENGTH),
                line("named.actors", affiliation.title, 120),
                _cleaned_date(affiliation.since, cleaner),
                _cleaned_date(affiliation.until, cleaner),
            )
            for affiliation in actor.affiliations
        ),
        wikidata=line("named.actors", actor.wikidata, 16),
        website=line("named.actors", actor.website, 2048),
    )


def cleaned_incident(incident: IncidentRow, cleaner: Cleaner) -> IncidentRow:
    """The incident with cleaned texts. ``cleaner`` collects what is wrong with it."""
    return incident._replace(
        title=cleaner.line("named.incidents", incident.title, MAX_NAME_LENGTH),
        summary=cleaner.text("named.incidents", incident.summary),
    )


def date_of(when: DateRow) -> FuzzyDate:
    """The date of a row. Raises DateError."""
    return stated_date(when.edtf, when.phrase, when.zone, when.time)


def iso_day(day: str) -> date | None:
    """A day as ISO writes it; None for no text. Raises ValueError."""
    return date.fromisoformat(day) if day else None


def _date(values: dict[str, Any], name: str) -> DateRow:
    when = part(values, name)
    return DateRow(*(text_part(when, key) for key in DateRow._fields))


def _cleaned_date(when: DateRow, cleaner: Cleaner) -> DateRow:
    return when._replace(
        phrase=cleaner.line("named.actors", when.phrase, MAX_TEXT),
        zone=cleaner.line("named.actors", when.zone, MAX_ZONE),
    )


def _is_public(url: str) -> bool:
    try:
        safe_url(url)
    except LinkError:
        return False
    return not is_private_url(url, tuple(settings.FETCH_ALLOWED))
