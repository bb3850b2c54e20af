"""Which records have changed since the last run, and which others the answers to them may reach.

An answer about one record has to be made again if a record that it was made from has changed since,
or if a query of it would find another record now. Such a query asks by a known id for those that
name it, or for the entries before and after one. So an answer stays that was made from none of
the ``changed`` records and asks for none of the ``named`` ones: those that any version of them
names, the sources that these derive from, and the entries beside them. Whatever cannot be told
concerns all answers.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from kb.mirror.read_records import ReadIds
from kb.record.chunks import in_chunks
from kb.record.documents import referenced_ids
from kb.record.kept_lines import LineState, changes_between, current_line_state
from kb.record.models import (
    Entry,
    Facet,
    PendingDependants,
    Revision,
    SourceParent,
    Suppression,
)
from kb.record.vocabulary import RecordKind

# Pages of single records ask for these only to find the entries beside theirs.
_BESIDE_ONLY = RecordKind.INCIDENT
# After more changes than this, most answers have to be made again.
MAX_CHANGED = 200


class Concerned(NamedTuple):
    """What has changed, and by which ids a query may find something else than before."""

    changed: frozenset[str]
    named: frozenset[str]

    def has(self, ids: ReadIds) -> bool:
        """Whether an answer that was made from these may differ now."""
        return not (self.changed.isdisjoint(ids.read) and self.named.isdisjoint(ids.asked))


def state_as_text() -> str:
    """The state of the record that is read now, as text; "" if no other can be compared with it.

    That is so before the first publication, and while entries that name a changed record wait to
    be indexed. Six queries at most.
    """
    lines = current_line_state()
    if lines is None or PendingDependants.objects.exists():
        return ""
    return json.dumps([*lines, *_removals()])


def concerned_records(before: str, now: str) -> Concerned | None:
    """By what answers may differ between two states; None if any answer may.

    ``now`` is the state that is read. Removals of words make no difference that can be told.
    """
    if not before or not now:
        return None
    old, new = json.loads(before), json.loads(now)
    lines = len(LineState._fields)
    if old[lines:] != new[lines:]:
        return None
    changed = changes_between(LineState(*old[:lines]), LineState(*new[:lines]))
    if changed is None or len(changed) > MAX_CHANGED:
        return None
    named = changed | _named(changed)
    incidents = _incidents(named)
    named = _ancestors(named - incidents) | _beside(changed, incidents)
    return Concerned(frozenset(changed), frozenset(named))


def _removals() -> tuple[int, int, str]:
    rows = Suppression.objects.order_by("pk").values_list("pk", "removed_at")
    last = rows.last()
    return (rows.count(), last[0], last[1].isoformat()) if last else (0, 0, "")


def _named(public_ids: Collection[str]) -> set[str]:
    """The records that any version of these names: a count may have had a record in it."""
    named: set[str] = set()
    for chunk in in_chunks(sorted(public_ids)):
        revisions = Revision.objects.filter(public_id__in=chunk).order_by()
        for document in revisions.values_list("document", flat=True).iterator():
            named |= referenced_ids(document)
    return named


def _ancestors(public_ids: Collection[str]) -> set[str]:
    """The sources that these sources derive from, at any distance."""
    sources, latest = set(public_ids), set(public_ids)
    while latest:
        parents: set[str] = set()
        for chunk in in_chunks(sorted(latest)):
            rows = SourceParent.objects.filter(source__in=chunk).order_by()
            parents.update(rows.values_list("parent", flat=True))
        latest = parents - sources
        sources |= latest
    return sources


def _incidents(public_ids: Collection[str]) -> set[str]:
    incidents: set[str] = set()
    for chunk in in_chunks(sorted(public_ids)):
        revisions = Revision.objects.filter(public_id__in=chunk, kind=_BESIDE_ONLY).order_by()
        incidents.update(revisions.values_list("public_id", flat=True))
    return incidents


def _beside(public_ids: Collection[str], incidents: Collection[str]) -> set[str]:
    """The entries directly before and after these, in the timeline and in each of the incidents."""
    keys: list[str] = []
    for chunk in in_chunks(sorted(public_ids)):
        rows = Entry.objects.filter(public_id__in=chunk).order_by()
        keys.extend(rows.values_list("sort_key", flat=True))
    lists = [Entry.objects.all()]
    for incident in sorted(incidents):
        facets = Facet.objects.filter(name="incident", value=incident)
        lists.append(Entry.objects.filter(pk__in=facets.order_by().values("entry")))
    entries: set[str] = set()
    for key in keys:
        for listed in lists:
            before = listed.filter(sort_key__lt=key).order_by("-sort_key")
            after = listed.filter(sort_key__gt=key).order_by("sort_key")
            for others in (before, after):
                entries.update(others.values_list("public_id", flat=True)[:1])
    return entries
