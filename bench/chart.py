"""A chart of ratios as SVG: one row for each page, one dot for each size, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 760, 170, 24
TOP, ROW_HEIGHT, BOTTOM = 58, 20, 30
# The radius of the dot of a size, in pixels: larger records have larger dots.
SMALLEST_DOT = 2.5
# Of the light theme of the site.
INK, LINE, GROUND, FIRST, SECOND, GOAL_COLOUR = (
    "#14181b", "#d6d9d1", "#fbfbf8", "#0b4f6c", "#9a3412", "#1e5f38",
)  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """One ratio. ``is_first`` tells the two engines apart; ``entries`` decides how large it is."""

    value: float
    is_first: bool
    entries: int
    label: str


@dataclass(frozen=True)
class DotRow:
    label: str
    dots: Sequence[Dot]


class LogAxis:
    """From ``low`` to ``high``, which are powers of ten or contain all values, in pixels."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = math.log10(low), math.log10(high)

    def x(self, value: float) -> float:
        """Where a value is, rounded to one decimal; values outside are at the ends."""
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(max(share, 0.0), 1.0), 1)


def dot_chart(rows: Sequence[DotRow], *, goal: float, title: str, names: tuple[str, str]) -> str:
    """Return the SVG; ``names`` are those of the two engines."""
    values = [dot.value for row in rows for dot in row.dots]
    high = 10 ** math.ceil(math.log10(max([10.0, *values])))
    axis = LogAxis(0.5, high)
    height = TOP + ROW_HEIGHT * len(rows) + BOTTOM
    base = height - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{GROUND}"/>',
        f'<text x="12" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
        *_legend(names, goal),
        *_grid(axis, high, base),
        _line(axis.x(goal), TOP - 6, base, GOAL_COLOUR, ' stroke-dasharray="4 3"'),
    ]
    for place, row in enumerate(rows):
        y = TOP + ROW_HEIGHT * place + ROW_HEIGHT / 2
        parts.append(f'<text x="12" y="{y + 4}">{escape(row.label)}</text>')
        parts += [_dot(axis, dot, y) for dot in row.dots]
    return "\n".join([*parts, "</svg>", ""])


def _legend(names: tuple[str, str], goal: float) -> list[str]:
    return [
        f'<circle cx="16" cy="40" r="5" fill="{FIRST}"/><text x="26" y="44">{escape(names[0])}'
        "</text>",
        f'<circle cx="96" cy="40" r="5" fill="none" stroke="{SECOND}" stroke-width="2"/>'
        f'<text x="106" y="44">{escape(names[1])}; larger dots are larger records</text>',
        f'<text x="{WIDTH - RIGHT}" y="44" text-anchor="end" fill="{GOAL_COLOUR}">'
        f"goal: × {goal}</text>",
    ]


def _grid(axis: LogAxis, high: float, base: int) -> list[str]:
    parts, value = [], 1
    while value <= high:
        x = axis.x(value)
        parts.append(_line(x, TOP - 6, base, LINE))
        parts.append(f'<text x="{x}" y="{base + 18}" text-anchor="middle">× {value:,}</text>')
        value *= 10
    return parts


def _line(x: float, top: int, bottom: int, colour: str, more: str = "") -> str:
    return f'<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}" stroke="{colour}"{more}/>'


def _dot(axis: LogAxis, dot: Dot, y: float) -> str:
    radius = SMALLEST_DOT + 1.5 * max(0.0, math.log10(dot.entries / 10_000))
    paint = f'fill="{FIRST}"' if dot.is_first else f'fill="none" stroke="{SECOND}" stroke-width="2"'
    return (
        f'<circle cx="{axis.x(dot.value)}" cy="{y}" r="{radius:.1f}" {paint}>'
        f"<title>{escape(dot.label)}</title></circle>"
    )
