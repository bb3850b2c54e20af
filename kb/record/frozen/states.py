"""What has become of versions of entries since a list was frozen."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from kb.record.chunks import in_chunks
from kb.record.models import Revision
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change


class MemberState(StrEnum):
    """What has become of a version. A link to something that was published later is no change."""

    SAME = "same"
    CORRECTED = "corrected"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    REMOVED = "removed"

    @property
    def is_gone(self) -> bool:
        """Whether nothing of the version is shown any more."""
        return self in (MemberState.WITHDRAWN, MemberState.MERGED, MemberState.REMOVED)


class Member(NamedTuple):
    """A version of an entry, and the current one. ``note`` is that of the last correction."""

    key: int
    public_id: str
    number: int
    state: MemberState
    current: Revision
    note: str


# Later versions that make an earlier one wrong.
_CORRECTIONS = (Change.CORRECTION, Change.REPUBLISHED)

# What a member is after each change that leaves a tombstone.
_GONE = {
    Change.WITHDRAWAL: MemberState.WITHDRAWN,
    Change.MERGE: MemberState.MERGED,
    Change.SUPPRESSION: MemberState.REMOVED,
}


def members_with_states(keys: Iterable[int]) -> dict[int, Member]:
    """The versions with these primary keys, by key; three queries for each 500.

    The current revisions have no documents.
    """
    members: dict[int, Member] = {}
    for chunk in in_chunks(keys):
        rows = Revision.objects.filter(pk__in=chunk)
        versions = list(rows.values_list("pk", "public_id", "number", "change"))
        public_ids = {public_id for _key, public_id, _number, _change in versions}
        current = {
            revision.public_id: revision
            for revision in Revision.objects.current()
            .filter(public_id__in=public_ids)
            .defer("document")
        }
        later = _later_changes(current.values())
        for key, public_id, number, own_change in versions:
            changes = [change for change in later.get(public_id, ()) if change[0] > number]
            state = _state(current[public_id], [change for _number, change, _note in changes])
            if own_change == Change.SUPPRESSION:
                state = MemberState.REMOVED
            notes = [note for _number, change, note in changes if change in _CORRECTIONS]
            note = current[public_id].note if state.is_gone else "".join(notes[-1:])
            members[key] = Member(key, public_id, number, state, current[public_id], note)
    return members


def _later_changes(current: Iterable[Revision]) -> dict[str, list[tuple[int, str, str]]]:
    """By public id, number, change and note of the versions that change what readers see."""
    changed = [revision.public_id for revision in current if revision.number > 1]
    if not changed:
        return {}
    rows = Revision.objects.filter(public_id__in=changed).exclude(
        change__in=[Change.FIRST, Change.LINK]
    )
    later: dict[str, list[tuple[int, str, str]]] = {}
    fields = rows.order_by("number").values_list("public_id", "number", "change", "note")
    for public_id, number, change, note in fields:
        later.setdefault(public_id, []).append((number, change, note))
    return later


def _state(current: Revision, changes: list[str]) -> MemberState:
    if current.change in TOMBSTONE_CHANGES:
        return _GONE[Change(current.change)]
    if any(change in _CORRECTIONS for change in changes):
        return MemberState.CORRECTED
    return MemberState.CHANGED if changes else MemberState.SAME
