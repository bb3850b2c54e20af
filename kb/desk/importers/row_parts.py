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
