"""The versions of a claim, each with the positions that came with it: what its feed tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.record.addresses import record_path
from kb.record.answers import ClaimChangeRow
from kb.record.claim_accounts import ClaimAccounts, account_key
from kb.record.claim_rows import position_rows
from kb.record.documents import Account, Document
from kb.record.history import versions
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change

PAGE_SIZE = 20  # versions
# Positions that are written out in one change; the page of the claim has all.
MAX_ADDED = 20


class ClaimChangePage(NamedTuple):
    """The changes of one page, newest first, and the cursor of the next page (0 for none)."""

    changes: list[ClaimChangeRow]
    next_cursor: int


def claim_changes(current: Revision, accounts: ClaimAccounts, before: int = 0) -> ClaimChangePage:
    """The changes of a claim, or those before the version with the number ``before``.

    A version with which only other records changed is left out. Words are shown of the positions
    in ``accounts``, which the claim still has. Costs a fixed number of queries.
    """
    rows = versions(current.public_id).exclude(change__in=TOMBSTONE_CHANGES)
    rows = rows.filter(number__lt=before) if before else rows
    page = list(rows[: PAGE_SIZE + 1])
    shown, earlier = page[:PAGE_SIZE], page[1:]
    document: Document = current.document
    present = {account_key(account): account for account in accounts.accounts}
    changed = [
        (version, [key for key in keys if key in present][:MAX_ADDED], len(keys), removed)
        for version, (keys, removed) in zip(
            shown, (_difference(*pair) for pair in _pairs(shown, earlier)), strict=True
        )
        if keys or removed or version.change != Change.LINK
    ]
    added = [present[key] for _, keys, _, _ in changed for key in keys]
    claim: Document = {**document, "accounts": added}
    names = Names([claim])
    positions = dict(
        zip(
            map(account_key, added),
            position_rows(claim, added, names, accounts.known_since),
            strict=True,
        )
    )
    changes: list[ClaimChangeRow] = [
        {
            "number": version.number,
            "change": version.change,
            "note": version.note,
            "published_at": version.published_at.isoformat(),
            "url": f"{record_path(current.kind, current.slug)}history/?new={version.number}"
            if version.number > 1
            else record_path(current.kind, current.slug),
            "claim": names.claim(document),
            "added": [positions[key] for key in keys],
            "added_total": total,
            "removed": removed,
        }
        for version, keys, total, removed in changed
    ]
    return ClaimChangePage(changes, shown[-1].number if len(page) > PAGE_SIZE else 0)


def _pairs(
    shown: Sequence[Revision], earlier: Sequence[Revision]
) -> list[tuple[Sequence[Account], Sequence[Account]]]:
    """The positions of each version and of the one before it, which the first does not have."""
    before = [version.document["accounts"] for version in earlier]
    before += [[]] * (len(shown) - len(before))
    return [
        (version.document["accounts"], accounts)
        for version, accounts in zip(shown, before, strict=True)
    ]


def _difference(
    after: Sequence[Account], before: Sequence[Account]
) -> tuple[list[tuple[object, ...]], int]:
    """The keys of the positions that are new, and how many are gone."""
    keys_before = {account_key(account) for account in before}
    keys = {account_key(account) for account in after}
    return [key for key in map(account_key, after) if key not in keys_before], len(
        keys_before - keys
    )
