"""How a frozen list differs from the same list today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from pyroaring import BitMap

from kb.record import publication_version
from kb.record.chunks import in_chunks
from kb.record.frozen.freezing import MAX_MEMBERS
from kb.record.frozen.members import unpack_members
from kb.record.frozen.states import Member, MemberState, members_with_states
from kb.record.frozen_view import FrozenView
from kb.record.history import merge_target
from kb.record.models import Revision
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.reading.current import entry_source

# With more differences, they are only counted together.
MAX_DIFFERENCES = 5_000
# Differences that a page tells one by one.
MAX_LISTED = 25


@dataclass(frozen=True)
class ListedDifference:
    """A member that is not today what it was: its place, counted from 1, and the two versions.

    ``is_unmatched``: it is on the record, but the query does not find it any more.
    """

    place: int
    key: int
    current_key: int
    state: MemberState
    note: str
    is_unmatched: bool


@dataclass(frozen=True)
class ViewDifferences:
    """The differences of a frozen list, counted, and the first ones of each kind.

    ``states`` counts members by what has become of them. ``unmatched`` counts those on the record
    that the query does not find any more, and ``new`` the entries that it finds today only; both
    are None if the list of today cannot be made or is too long. ``listed`` is in the order of the
    list, ``new_keys`` are revisions in the order of today's list. With ``is_capped``, there are too
    many differences to tell them apart.
    """

    states: Mapping[MemberState, int]
    unmatched: int | None
    new: int | None
    listed: tuple[ListedDifference, ...]
    new_keys: tuple[int, ...]
    differing: int
    is_capped: bool = False


def query_of_view(view: FrozenView) -> TimelineQuery | None:
    """The query of a frozen list; None if it cannot be read any more.

    So it is when a record that it names was withdrawn or merged.
    """
    try:
        return TimelineQuery.parse(view.query)
    except InvalidQuery:
        return None


def differences_today(view: FrozenView) -> ViewDifferences:
    """The differences, remembered until the next publication.

    Costs the list of today, whose keys a reading index has at once, and the differing revisions.
    """
    return _remembered(view.pk, *publication_version.current_version())


@lru_cache(maxsize=64)
def _remembered(pk: int, _number: int, _changed_at: datetime | None) -> ViewDifferences:
    view = FrozenView.objects.get(pk=pk)
    keys = unpack_members(view.member_bytes)
    frozen = BitMap(keys)
    today = _keys_of_today(view)
    # Without the list of today, all current versions count as found.
    live = BitMap(today) if today is not None else _current_among(frozen)
    missing, added = frozen - live, live - frozen
    if len(missing) + len(added) > MAX_DIFFERENCES:
        return ViewDifferences({}, None, None, (), (), len(missing) + len(added), is_capped=True)
    members = members_with_states(missing)
    unmatched = {
        member.key
        for member in members.values()
        if today is not None and not member.state.is_gone and member.current.pk not in live
    }
    differing = {
        key: member
        for key, member in members.items()
        if key in unmatched or member.state != MemberState.SAME
    }
    new = _new_keys(added, members) if today is not None else set()
    return ViewDifferences(
        states=Counter(member.state for member in differing.values()),
        unmatched=len(unmatched) if today is not None else None,
        new=len(new) if today is not None else None,
        listed=_listed(keys, differing, unmatched),
        new_keys=tuple(key for key in today or () if key in new)[:MAX_LISTED],
        differing=len(differing),
    )


def _keys_of_today(view: FrozenView) -> list[int] | None:
    query = query_of_view(view)
    if query is None:
        return None
    keys = entry_source().revision_keys(query, limit=2 * MAX_MEMBERS + 1)
    return None if len(keys) > 2 * MAX_MEMBERS else list(keys)


def _current_among(frozen: BitMap) -> BitMap:
    current = BitMap()
    for chunk in in_chunks(frozen):
        rows = Revision.objects.live().filter(pk__in=chunk).order_by()
        current.update(rows.values_list("pk", flat=True))
    return current


def _new_keys(added: BitMap, members: Mapping[int, Member]) -> set[int]:
    """Those of today's versions whose entries are no members, and no member was merged into."""
    public_ids = {member.public_id for member in members.values()}
    for member in members.values():
        if member.state == MemberState.MERGED and (target := merge_target(member.current)):
            public_ids.add(target.public_id)
    return {
        key
        for chunk in in_chunks(added)
        for key, public_id in Revision.objects.filter(pk__in=chunk)
        .order_by()
        .values_list("pk", "public_id")
        if public_id not in public_ids
    }


def _listed(
    keys: Sequence[int], differing: Mapping[int, Member], unmatched: Collection[int]
) -> tuple[ListedDifference, ...]:
    places = ((place, key) for place, key in enumerate(keys, 1) if key in differing)
    return tuple(
        ListedDifference(
            place=place,
            key=key,
            current_key=differing[key].current.pk,
            state=differing[key].state,
            note=differing[key].note,
            is_unmatched=key in unmatched,
        )
        for place, key in islice(places, MAX_LISTED)
    )
