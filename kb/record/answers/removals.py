"""What programs get of removals by order: ids and codes, and no words."""

from __future__ import annotations

from typing import TypedDict

from kb.record.answers.texts import Address, Moment
from kb.record.documents import PublicId


class RemovalRow(TypedDict):
    """One part of one record that was removed by order. Whoever has a copy should follow.

    ``version`` is null if the part was removed from all versions; ``versions`` are the numbers of
    the versions that there were then. With ``everywhere`` the same words were removed from other
    records too.
    """

    id: PublicId
    kind: str
    part: str
    version: int | None
    versions: list[int]
    form: str
    everywhere: bool
    reason: str
    removed_at: Moment


class RemovalList(TypedDict):
    """Removals, the first one first, in pages of 500; ``next`` is the address of the next page."""

    removed: list[RemovalRow]
    next: Address | None
