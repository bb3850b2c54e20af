"""The answers that the accounts of a claim give, as values that can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from kb.dates import FuzzyDate
from kb.record.differences import (
    ActorValue,
    Answer,
    OptionValue,
    QuestionKind,
    TimeValue,
    Value,
)
from kb.record.documents import Account, Date, Document
from kb.record.graph import Edge
from kb.record.models import Revision
from kb.record.ordering import Bounds
from kb.record.vocabulary import Position
from kb.text.numbers import NumberBound, NumberRange

# Positions that answer the question, by the answer to "whether". The others take no side.
ANSWERS: dict[str, Answer] = {
    Position.REPORTS: Answer.YES,
    Position.ALLEGES: Answer.YES,
    Position.ASSERTS: Answer.YES,
    Position.CONFIRMS: Answer.YES,
    Position.CONFIRMS_IN_PART: Answer.IN_PART,
    Position.DENIES: Answer.NO,
}

_DAY = 24 * 60
# How far the calendars of the world are ahead of UTC and behind it, in minutes.
_AHEAD, _BEHIND = 14 * 60, 12 * 60
_APPROXIMATE = ("approximate", "both")


def account_value(account: Account, claim: Document) -> Value:
    """The answer of an account, of the type that its claim asks for; None if it gives none."""
    answer = ANSWERS.get(account["position"])
    if answer is None:
        return None
    question = claim["question"]
    if question == QuestionKind.WHEN:
        return _time_value(account["date"])
    if question == QuestionKind.WHICH and claim["options"]:
        return OptionValue(account["option"]) if account["option"] else None
    if question == QuestionKind.HOW_MANY:
        return _number_value(account, claim["unit"])
    if question == QuestionKind.WHO:
        return ActorValue(account["actor"]) if account["actor"] else None
    # "Whether". A claim of edition 1 about a reason has no options, and is answered like that.
    return answer


def account_values(claim: Document) -> dict[str, Value]:
    """The answers of a claim's accounts, by their place in the list."""
    return {
        str(place): account_value(account, claim) for place, account in enumerate(claim["accounts"])
    }


def date_bounds(when: FuzzyDate, *, in_any_zone: bool = True) -> Bounds:
    """The first and the last minute of a date in UTC; open ends stay open.

    With ``in_any_zone`` its days are as wide as in all zones together, else as in UTC.
    """
    ahead, behind = (_AHEAD, _BEHIND) if in_any_zone else (0, 0)
    return Bounds(
        None if when.earliest is None else _first_minute(when.earliest) - ahead,
        None if when.latest is None else _first_minute(when.latest) + _DAY - 1 + behind,
    )


def stated_bounds(dates: Iterable[FuzzyDate]) -> list[Bounds]:
    """The bounds of dates that are compared with each other.

    If none of them states its zone they are compared as in one: the 15th is before the 16th.
    """
    dates = list(dates)
    has_zone = any(when.zone for when in dates)
    return [date_bounds(when, in_any_zone=has_zone) for when in dates]


def actor_parts(
    claims: Iterable[Document], known: Mapping[str, Document] | None = None
) -> list[Edge]:
    """Return (part, whole) for the actors that positions on these claims give, and for the wholes.

    ``known`` are documents by id that need not be fetched. Costs a query for each level of parts,
    and none if no claim asks who.
    """
    documents = dict(known or {})
    pending = {
        account["actor"]
        for claim in claims
        if claim["question"] == QuestionKind.WHO
        for account in claim["accounts"]
        if account["actor"]
    }
    visited: set[str] = set()
    edges: list[Edge] = []
    while pending:
        missing = pending - documents.keys()
        if missing:
            rows = Revision.objects.live().filter(public_id__in=missing)
            documents |= dict(rows.values_list("public_id", "document"))
        visited |= pending
        new_edges = [
            (actor, whole)
            for actor in sorted(pending)
            if (whole := documents[actor].get("part_of") if actor in documents else None)
        ]
        edges += new_edges
        pending = {whole for _, whole in new_edges} - visited
    return edges


def _first_minute(day: date) -> int:
    return (day.toordinal() - 1) * _DAY


def _time_value(when: Date) -> TimeValue | None:
    if not when["edtf"]:
        return None
    stated = FuzzyDate.from_json(when)
    return TimeValue(date_bounds(stated), stated.qualifier in _APPROXIMATE)


def _number_value(account: Account, unit: str) -> NumberRange | None:
    number = account["number"]
    if number is None:
        return None
    low = Decimal(number["low"])
    high = Decimal(number["high"]) if number["high"] else low
    return NumberRange(low, high, cast("NumberBound", number["bound"]), unit)
