"""The map of who speaks for whom, to whom: three columns, joined by curves.

The table below the drawing says the same, and has the links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# In units of the drawing, which are pixels at its usual width.
WIDTH = 1080
SPEAKER_END, BOX_START, BOX_END, ADDRESSEE_START = 232, 452, 628, 848
TOP, STEP = 56, 64
MAX_WIDTH, MIN_WIDTH = 10.0, 2.0
# Paths with fewer statements are only in the table.
MAX_PATHS = 14
MAX_NAME_LENGTH = 26
MAX_BOX_NAME_LENGTH = 20


class SpeakerPath(NamedTuple):
    """Statements by a speaker, for a party, to somebody; "" where a source states nobody."""

    speaker: str
    role: str
    principal: str
    to: str
    statements: int


class MapNode(TypedDict):
    """``is_stated`` is False for the place of what no source states."""

    name: str
    role: str
    y: int
    is_stated: bool


class MapCurve(TypedDict):
    d: str
    width: str
    is_stated: bool
    x: float
    y: float
    count: int | None


class SpeakerMap(TypedDict):
    """What ``incidents/_speaker_map.html`` draws; ``omitted`` paths are only in the table."""

    label: str
    width: int
    height: int
    speakers: list[MapNode]
    principals: list[MapNode]
    addressees: list[MapNode]
    curves: list[MapCurve]
    omitted: int


def speaker_map(paths: Sequence[SpeakerPath]) -> SpeakerMap:
    """The map of the paths, those with most statements first."""
    drawn = paths[:MAX_PATHS]
    totals: dict[str, int] = {}
    for path in drawn:
        totals[path.principal] = totals.get(path.principal, 0) + path.statements
    # Speakers for one party are beside each other, so that few curves cross.
    ordered = sorted(
        drawn, key=lambda path: (not path.principal, -totals[path.principal], path.principal)
    )
    speakers = list(dict.fromkeys((path.speaker, path.role) for path in ordered))
    principals = list(dict.fromkeys(path.principal for path in ordered))
    addressees = sorted(
        dict.fromkeys(path.to for path in ordered),
        key=lambda to: _mean(principals.index(path.principal) for path in ordered if path.to == to),
    )
    rows = max(len(speakers), len(principals), len(addressees))
    places = [_places(len(column), rows) for column in (speakers, principals, addressees)]
    most = max(path.statements for path in drawn)
    curves: list[MapCurve] = []
    for path in ordered:
        y1 = places[0][speakers.index((path.speaker, path.role))]
        y2 = places[1][principals.index(path.principal)]
        y3 = places[2][addressees.index(path.to)]
        width = f"{max(MIN_WIDTH, MAX_WIDTH * path.statements / most):.1f}"
        curves.append(
            {
                "d": _curve(SPEAKER_END, y1, BOX_START, y2),
                "width": width,
                "is_stated": bool(path.principal),
                "x": (SPEAKER_END + BOX_START) / 2,
                "y": (y1 + y2) / 2 - 8,
                "count": path.statements,
            }
        )
        curves.append(
            {
                "d": _curve(BOX_END, y2, ADDRESSEE_START, y3),
                "width": width if path.to else "2",
                "is_stated": bool(path.to),
                "x": 0,
                "y": 0,
                "count": None,
            }
        )
    count = len(paths)
    label = ngettext(
        "Who speaks for whom, to whom: %(count)d row of the table below.",
        "Who speaks for whom, to whom: %(count)d rows of the table below.",
        count,
    )
    return {
        "label": label % {"count": count},
        "width": WIDTH,
        "height": TOP + rows * STEP,
        "speakers": [
            _node(name or _("Unnamed"), role, y, name)
            for (name, role), y in zip(speakers, places[0], strict=True)
        ],
        "principals": [
            _node(_shortened(name, MAX_BOX_NAME_LENGTH) or _("Not stated"), "", y, name)
            for name, y in zip(principals, places[1], strict=True)
        ],
        "addressees": [
            _node(name or _("Outlet not stated"), "", y, name)
            for name, y in zip(addressees, places[2], strict=True)
        ],
        "curves": curves,
        "omitted": max(0, count - MAX_PATHS),
    }


def _node(name: str, role: str, y: int, stated: str) -> MapNode:
    return {
        "name": _shortened(name, MAX_NAME_LENGTH),
        "role": _shortened(role, MAX_NAME_LENGTH),
        "y": y,
        "is_stated": bool(stated),
    }


def _places(count: int, rows: int) -> list[int]:
    """The heights of so many nodes, spread over the rows."""
    return [round(TOP + STEP * rows * (place + 0.5) / count) for place in range(count)]


def _mean(numbers: Iterable[int]) -> float:
    values = list(numbers)
    return sum(values) / len(values)


def _curve(x1: int, y1: int, x2: int, y2: int) -> str:
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
