"""Whether two positions on a claim differ: only if they cannot both be true.

A position answers its claim with a typed value, or with None: undecided, silent, or no value. The
rules of ``differ``, for each type of value:

- *whether*: yes and no differ. "In part" differs from no, but not from yes, because people say
  yes to what is true in part.
- *when*: the bounds do not overlap. Zones that are not known are part of the bounds. An approximate
  date is widened on both sides by its own width, and by an hour at least; if one end is open, it
  differs from nothing.
- *which*: two options.
- *how many*: the ranges do not overlap. "About" widens a number by 10 % on both sides. Numbers
  of different units are never compared.
- *who*: two actors, of which neither is part of the other.

Wider values never differ more, and values of two types never differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from kb.record.graph import Edge, adjacency, reachable
from kb.record.ordering import Bounds
from kb.text.numbers import NumberRange

ABOUT_SHARE = Decimal("0.1")
MIN_APPROXIMATION = 60  # minutes on each side


class QuestionKind(StrEnum):
    """What a claim asks."""

    WHETHER = "whether"
    WHEN = "when"
    WHICH = "which"
    HOW_MANY = "how_many"
    WHO = "who"


class Answer(StrEnum):
    """The values of *whether*."""

    YES = "yes"
    NO = "no"
    IN_PART = "in_part"


@dataclass(frozen=True, slots=True)
class TimeValue:
    """A value of *when*."""

    bounds: Bounds
    is_approximate: bool = False


@dataclass(frozen=True, slots=True)
class OptionValue:
    """A value of *which*: the id of an option."""

    id: str


@dataclass(frozen=True, slots=True)
class ActorValue:
    """A value of *who*: the id of an actor."""

    id: str


Value = Answer | TimeValue | OptionValue | NumberRange | ActorValue | None


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """What a party answered, and the bounds of when it stated that."""

    id: str
    party: str
    stated: Bounds
    value: Value


# The property in which positions on each kind of question differ: keys of labels.
_RESPECTS = {
    QuestionKind.WHETHER: "fact",
    QuestionKind.WHEN: "date",
    QuestionKind.WHICH: "option",
    QuestionKind.HOW_MANY: "number",
    QuestionKind.WHO: "actor",
}


def differ(first: Value, second: Value, parts: Collection[Edge] = ()) -> bool:
    """Whether the two values cannot both be true.

    ``parts`` are pairs of actors: the first is part of the second, directly.
    """
    match first, second:
        case Answer(), Answer():
            return Answer.NO in (first, second) and first is not second
        case TimeValue(), TimeValue():
            return _do_times_differ(first, second)
        case OptionValue(), OptionValue():
            return first.id != second.id
        case NumberRange(), NumberRange():
            return _do_numbers_differ(first, second)
        case ActorValue(), ActorValue():
            return first.id != second.id and not _is_part_or_whole(first.id, second.id, parts)
    return False


def disputed(answers: Mapping[str, Value], parts: Collection[Edge] = ()) -> list[tuple[str, str]]:
    """Return the pairs of ids whose values differ, in the order of the answers."""
    return [
        (first, second)
        for first, second in combinations(answers, 2)
        if differ(answers[first], answers[second], parts)
    ]


def respect(question: str) -> str:
    """Return the property in which positions on this kind of question differ, such as "date".

    It is a key for the label of a badge. Raises ValueError for an unknown kind.
    """
    return _RESPECTS[QuestionKind(question)]


def changed_over_time(
    answers: Sequence[PartyAnswer], parts: Collection[Edge] = ()
) -> list[tuple[str, str]]:
    """Return the pairs of ids in which one party answered differently, the earlier first.

    Answers whose order is not certain from when they were stated are in no pair.
    """
    by_party: dict[str, list[PartyAnswer]] = {}
    for answer in answers:
        by_party.setdefault(answer.party, []).append(answer)
    return [
        (earlier.id, later.id)
        for party_answers in by_party.values()
        for pair in combinations(party_answers, 2)
        for earlier, later in _in_certain_order(*pair)
        if differ(earlier.value, later.value, parts)
    ]


def _in_certain_order(
    first: PartyAnswer, second: PartyAnswer
) -> Iterable[tuple[PartyAnswer, PartyAnswer]]:
    """The two with the earlier first; nothing if either could be the earlier."""
    if first.stated.is_before(second.stated):
        yield first, second
    elif second.stated.is_before(first.stated):
        yield second, first


def _do_times_differ(first: TimeValue, second: TimeValue) -> bool:
    bounds, other = _widened(first), _widened(second)
    return bounds.is_before(other) or other.is_before(bounds)


def _widened(value: TimeValue) -> Bounds:
    earliest, latest = value.bounds.earliest, value.bounds.latest
    if not value.is_approximate:
        return value.bounds
    if earliest is None or latest is None:
        return Bounds()
    margin = max(latest - earliest + 1, MIN_APPROXIMATION)
    return Bounds(earliest - margin, latest + margin)


class _Limits(NamedTuple):
    """The numbers that a value leaves. None is open; an end may be left out itself."""

    low: Decimal | None
    high: Decimal | None
    has_low: bool = True
    has_high: bool = True


def _do_numbers_differ(first: NumberRange, second: NumberRange) -> bool:
    if first.unit.casefold() != second.unit.casefold():
        return False
    limits, other = _limits(first), _limits(second)
    return _is_below(limits, other) or _is_below(other, limits)


def _is_below(first: _Limits, second: _Limits) -> bool:
    """Whether every number of the first is below every number of the second."""
    if first.high is None or second.low is None:
        return False
    touches = first.has_high and second.has_low
    return first.high < second.low or (first.high == second.low and not touches)


def _limits(number: NumberRange) -> _Limits:
    match number.bound:
        case "about":
            low = number.low - abs(number.low) * ABOUT_SHARE
            return _Limits(low, number.high + abs(number.high) * ABOUT_SHARE)
        case "at_least":
            return _Limits(number.low, None)
        case "more_than":
            return _Limits(number.low, None, has_low=False)
        case "at_most":
            return _Limits(None, number.high)
        case "less_than":
            return _Limits(None, number.high, has_high=False)
    return _Limits(number.low, number.high)


def _is_part_or_whole(first: str, second: str, parts: Collection[Edge]) -> bool:
    wholes = adjacency(parts)
    return second in reachable(first, wholes) or first in reachable(second, wholes)
