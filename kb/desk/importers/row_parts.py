"""The parts of a row that say what it has to do with claims, and its figures."""

from __future__ import annotations

from typing import NamedTuple


class ClaimRow(NamedTuple):
    """A claim as a row names it, by its title or slug, and what a new claim needs.

    ``is_listed`` marks a claim of a published list: what cannot be stored of it is left out.
    """

    name: str
    question: str = ""
    options: tuple[str, ...] = ()
    unit: str = ""
    is_listed: bool = False


class PositionRow(NamedTuple):
    """The position of a row on a claim.

    ``answers`` has pairs of a field of ``VALUE_FIELDS`` and its text; the field is "" where the
    claim decides it. ``source`` is the title or URL of the source that takes the position of a
    reported event.
    """

    claim: ClaimRow
    position: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    exact: str = ""
    source: str = ""
    note: str = ""
    # Of an answer that is a date.
    phrase: str = ""
    zone: str = ""
    time: str = ""


class FigureRow(NamedTuple):
    """A figure of an event, as texts. ``source`` is the title or URL of the source that has it."""

    label: str = ""
    number: str = ""
    end: str = ""
    bound: str = ""
    unit: str = ""
    exact: str = ""
    source: str = ""
    locator: str = ""


class OtherNameRow(NamedTuple):
    """Another name of an actor."""

    name: str
    language: str = ""
    kind: str = "alias"
    note: str = ""


class DateRow(NamedTuple):
    """A date as a published list has it."""

    edtf: str = ""
    phrase: str = ""
    zone: str = ""
    time: str = ""


class AffiliationRow(NamedTuple):
    """The role of a person in an organisation, which is named."""

    organisation: str
    title: str = ""
    since: DateRow = DateRow()
    until: DateRow = DateRow()


class ActorRow(NamedTuple):
    """What a file says of an actor, for the case that it is new."""

    name: str
    summary: str = ""
    other_names: tuple[OtherNameRow, ...] = ()
    part_of: str = ""
    affiliations: tuple[AffiliationRow, ...] = ()
    wikidata: str = ""
    website: str = ""


class IncidentRow(NamedTuple):
    """What a file says of an incident, for the case that it is new; ids of rows as moments."""

    title: str
    summary: str = ""
    moments: tuple[str, ...] = ()
