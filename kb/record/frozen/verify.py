"""Whether stored frozen lists are what was stored: for tests, and for a check of the record."""

from __future__ import annotations

from collections.abc import Iterator

from kb.record.chunks import in_chunks
from kb.record.frozen.freezing import view_identity
from kb.record.frozen.members import MEMBER_SIZE, members_digest, unpack_members
from kb.record.frozen_view import FrozenView
from kb.record.models import Revision


def view_errors(view: FrozenView) -> list[str]:
    """What is wrong with a stored frozen list, in English; empty if nothing is.

    Compared are the number and the digest of its members, the digest of query and members, and
    whether each revision exists. Whether the revisions themselves are unchanged is another check.
    """
    members = view.member_bytes
    errors = []
    if len(members) != view.count * MEMBER_SIZE:
        errors.append(f"it has {len(members)} bytes of members for {view.count} entries")
    if members_digest(members) != view.sha256:
        errors.append("the SHA-256 of its members is another one")
    if view_identity(view.query, members) != view.identity:
        errors.append("its query or its members are not those that it was stored with")
    if not errors and (missing := _missing_count(members)):
        errors.append(f"{missing} of its revisions do not exist")
    return errors


def all_view_errors() -> Iterator[tuple[str, str]]:
    """The public id of each frozen list with an error, and the error."""
    for view in FrozenView.objects.order_by("pk").iterator(chunk_size=100):
        for error in view_errors(view):
            yield view.public_id, error


def _missing_count(members: bytes) -> int:
    keys = set(unpack_members(members))
    return sum(
        len(chunk) - Revision.objects.filter(pk__in=chunk).order_by().count()
        for chunk in in_chunks(sorted(keys))
    )
