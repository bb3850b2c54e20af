"""A choice above a list: a link to the same list with another kind, letter or order."""

from __future__ import annotations

from typing import TypedDict


class Pick(TypedDict):
    """What ``_pick.html`` shows; ``count`` is None where nothing is counted, as for an order."""

    label: str
    url: str
    current: bool
    count: int | None
