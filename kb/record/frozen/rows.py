"""The members of a frozen list as rows: each as it was, with the names of that moment."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from kb.record.addresses import record_path
from kb.record.claim_values import actor_parts
from kb.record.contested import is_contested
from kb.record.entry_origins import origin_counts, with_ancestors
from kb.record.export import BATCH_SIZES, api_rows
from kb.record.frozen.members import page_of_members
from kb.record.frozen.states import Member, MemberState, members_with_states
from kb.record.frozen_view import FrozenView
from kb.record.history import merge_target
from kb.record.known_since import known_since
from kb.record.models import Facet, Revision
from kb.record.named_records import Names
from kb.record.past_records import with_slug
from kb.record.query import TimelineQuery
from kb.record.revision_headlines import revision_headlines
from kb.record.rows import PastEntry, Row, rows_with_facets
from kb.record.time_limit import with_checks
from kb.record.vocabulary import CONTESTED


class MemberRow(NamedTuple):
    """A member in its place, counted from 1.

    ``row`` is None for one that was withdrawn or merged: its place then has ``title``, and ``url``
    leads to its page, or to the entry that it is part of today.
    """

    place: int
    member: Member
    row: Row | None
    title: str
    url: str


def member_rows(
    view: FrozenView, query: TimelineQuery | None, start: int, stop: int
) -> list[MemberRow]:
    """The members from one place to another, as they were; nothing of withdrawn or merged ones.

    ``query`` is that of the list; None if it cannot be read any more. The number of queries does
    not depend on the length of the list; each merged member costs one or two more.
    """
    keys = page_of_members(view.member_bytes, start, stop)
    members = members_with_states(keys)
    shown = [key for key in keys if not members[key].state.is_gone]
    rows = dict(zip(shown, _rows(view, query, [members[key] for key in shown]), strict=True))
    gone = [members[key].current for key in keys if members[key].state.is_gone]
    titles = revision_headlines(gone)
    return [
        MemberRow(
            place,
            members[key],
            rows.get(key),
            rows[key]["headline"] if key in rows else titles[members[key].current.pk].words,
            member_path(members[key]),
        )
        for place, key in enumerate(keys, start + 1)
    ]


def member_path(member: Member) -> str:
    """The page of a member today: of a merged one, that of the entry that it is part of."""
    current = member.current
    if member.state == MemberState.MERGED:
        current = merge_target(current) or current
    return record_path(current.kind, current.slug)


def file_rows(view: FrozenView, query: TimelineQuery | None) -> Generator[Row, None, None]:
    """All members that can be shown, as rows of files; use it in a ``snapshot``."""
    size = BATCH_SIZES[-1]
    for start in range(0, view.count, size):
        batch = member_rows(view, query, start, min(start + size, view.count))
        rows = [entry.row for entry in batch if entry.row]
        day = query.as_of_day if query else None
        yield from with_checks(api_rows(rows, at=view.as_of, day=day))


def _rows(view: FrozenView, query: TimelineQuery | None, members: Sequence[Member]) -> list[Row]:
    keys = [member.key for member in members]
    revisions = {revision.pk: revision for revision in Revision.objects.filter(pk__in=keys)}
    for member in members:
        # Links lead to the pages of today.
        revision = revisions[member.key]
        revision.document = with_slug(revision.document, member.current.slug)
    documents = [revisions[key].document for key in keys]
    contested = _contested_today(members)
    disputes = {claim for claims in contested.values() for claim in claims}
    # Just after the last revision that the list could show.
    names = Names(documents, also=disputes, at=view.as_of + timedelta(microseconds=1))
    past = with_ancestors(names.documents, names.moment)
    entries = [
        PastEntry(
            pk=key,
            revision=revisions[key],
            known_since=known_since(revisions[key].document, names.documents),
        )
        for key in keys
    ]
    origins = {
        entry.pk: origin_counts(entry.revision.document, past)["origins"] for entry in entries
    }
    return rows_with_facets(entries, _contested_then(contested, names), origins, query, names)


def _contested_today(members: Sequence[Member]) -> dict[int, list[str]]:
    """The claims about each version's entry that are contested today, by key of the version."""
    facets = Facet.objects.filter(
        entry__public_id__in=[member.public_id for member in members], name=CONTESTED
    )
    claims: dict[str, list[str]] = {}
    for public_id, claim in facets.order_by("value").values_list("entry__public_id", "value"):
        claims.setdefault(public_id, []).append(claim)
    return {member.key: claims.get(member.public_id, []) for member in members}


def _contested_then(contested: Mapping[int, Sequence[str]], names: Names) -> dict[int, list[str]]:
    """Those of the claims that were contested at the moment of the names, too."""
    public_ids = {public_id for public_ids in contested.values() for public_id in public_ids}
    claims = [names.documents[claim] for claim in public_ids if claim in names.documents]
    parts = actor_parts(claims, names.documents)
    then = {claim["id"] for claim in claims if is_contested(claim, parts)}
    return {key: [claim for claim in claims if claim in then] for key, claims in contested.items()}
