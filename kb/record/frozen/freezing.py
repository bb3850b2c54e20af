"""Freezing a list: the one place that stores a ``FrozenView``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from kb.record import publication_version
from kb.record.export import snapshot
from kb.record.frozen.members import members_digest, pack_members
from kb.record.frozen_view import FrozenView
from kb.record.models import Revision
from kb.record.query import PAGE_SIZE, TimelineQuery
from kb.record.reader_writes import reader_write
from kb.record.reading.current import entry_source
from kb.text.slugs import id_from_digest

# A list with more entries is not frozen; as many take 400 kB.
MAX_MEMBERS = 100_000
# New frozen lists in an hour: of one client, and of all together. One that exists costs nothing.
MAX_OF_CLIENT = 30
MAX_OF_ALL = 600
LIMIT_PERIOD = timedelta(hours=1)
MAX_ID_LENGTH = 12


class EmptyList(ValueError):
    """No entry matches the query, so there is nothing to freeze."""


class ListTooLong(ValueError):
    """The list has more than ``MAX_MEMBERS`` entries."""


class FreezeLimitReached(Exception):
    """The client, or all clients together, have frozen too many lists in the last hour."""


@dataclass(frozen=True)
class ListState:
    """What a query finds in one state of the record."""

    query: str
    members: bytes
    count: int
    certain: int
    version: int
    as_of: datetime

    @property
    def identity(self) -> str:
        """The same for the same query with the same versions of the same entries."""
        return view_identity(self.query, self.members)


def view_identity(query: str, members: bytes) -> str:
    """The digest of a canonical query and its members, in hexadecimal digits."""
    return sha256(query.encode() + b"\n" + members).hexdigest()


def query_to_freeze(query: TimelineQuery) -> TimelineQuery:
    """The query without what only chooses a page of the list or marks entries on it."""
    return query.with_(size=PAGE_SIZE, later="mark")


def freeze(query: TimelineQuery, maker: str) -> FrozenView:
    """The frozen list of what the query finds now, stored if there is none yet.

    ``maker`` stands for the client. Call it outside of a transaction. Raises EmptyList,
    ListTooLong, FreezeLimitReached, and WriteUnavailable (``kb.record.reader_writes``).
    """
    state = list_state(query)
    # A replica may not have it yet, so it is looked up again where it would be stored.
    existing = FrozenView.objects.filter(identity=state.identity).first()
    return existing or _stored(state, maker)


def list_state(query: TimelineQuery) -> ListState:
    """What the query finds now. Raises EmptyList and ListTooLong."""
    query = query_to_freeze(query)
    with snapshot(is_short=True):
        source = entry_source()
        keys = source.revision_keys(query, limit=MAX_MEMBERS + 1)
        if not keys:
            raise EmptyList
        if len(keys) > MAX_MEMBERS:
            raise ListTooLong
        certain = source.count(query, match="certain") if query.has_range else len(keys)
        last = Revision.objects.order_by("-published_at", "-pk").values_list("published_at")
        return ListState(
            query=query.canonical(),
            members=pack_members(keys),
            count=len(keys),
            certain=certain,
            version=publication_version.current_number(),
            as_of=last[0][0],
        )


def _stored(state: ListState, maker: str) -> FrozenView:
    with reader_write():
        view = FrozenView.objects.filter(identity=state.identity).first()
        if view is None:
            _check_limits(maker)
            try:
                with transaction.atomic():
                    return _create(state, maker)
            except IntegrityError:
                # Somebody has frozen the same list in this moment.
                view = FrozenView.objects.get(identity=state.identity)
        return view


def _create(state: ListState, maker: str) -> FrozenView:
    return FrozenView.objects.create(
        public_id=_free_id(state.identity),
        identity=state.identity,
        query=state.query,
        version=state.version,
        as_of=state.as_of,
        made_at=timezone.now(),
        count=state.count,
        certain=state.certain,
        members=state.members,
        sha256=members_digest(state.members),
        maker=maker,
    )


def _free_id(identity: str) -> str:
    """The id of a new frozen list: eight characters of its digest, more if they are taken."""
    ids = [id_from_digest(identity, length) for length in range(8, MAX_ID_LENGTH + 1)]
    taken = set(FrozenView.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    return next(public_id for public_id in ids if public_id not in taken)


def _check_limits(maker: str) -> None:
    recent = FrozenView.objects.filter(made_at__gt=timezone.now() - LIMIT_PERIOD).order_by()
    counts = recent.aggregate(all=Count("pk"), own=Count("pk", filter=Q(maker=maker)))
    if counts["own"] >= MAX_OF_CLIENT or counts["all"] >= MAX_OF_ALL:
        raise FreezeLimitReached
