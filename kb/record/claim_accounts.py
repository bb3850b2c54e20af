"""The positions on one claim in the order in which its page and its files have them.

Those that answer the claim come first: by the date that they give if it asks when, else by when
they were stated. Then come those that do not answer it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kb.dates import FuzzyDate
from kb.record.as_of import claim_on, statements_in
from kb.record.claim_values import ANSWERS, actor_parts
from kb.record.contested import is_contested
from kb.record.documents import Account, Date, Document
from kb.record.known_since import public_since
from kb.record.models import Entry, Revision
from kb.record.vocabulary import RecordKind


class StatedOn(NamedTuple):
    """When a position was stated, and the day by which it was public."""

    earliest: date | None
    latest: date | None
    known_since: date | None


@dataclass(frozen=True)
class ClaimAccounts:
    """A claim with the positions that were public on the chosen day, and all that is public now.

    ``claim`` is its document with the positions in their order. ``later`` counts those that were
    not public yet, and ``days`` are the days on which a position became public.
    """

    claim: Document
    is_contested: bool
    known_since: Mapping[str, date | None]
    later: int
    days: list[date]

    @property
    def accounts(self) -> list[Account]:
        accounts: list[Account] = self.claim["accounts"]
        return accounts


def claim_accounts(document: Document, known: FuzzyDate | None = None) -> ClaimAccounts:
    """The positions of a claim; with ``known`` those that were public by the end of that date.

    Positions of statements and sources that are not live are left out. Costs two queries, and
    those of ``actor_parts``, however many positions there are.
    """
    stated, sources = _stated(document)
    live = [account for account in document["accounts"] if _carrier(account) in stated]
    claim: Document = {**document, "accounts": live}
    day = known.latest if known else None
    if day:
        statements = {
            public_id
            for public_id, when in stated.items()
            if when.known_since and when.known_since <= day
        }
        claim = claim_on(day, claim, statements, sources)
    ordered: Document = {
        **claim,
        "accounts": sorted(
            claim["accounts"], key=lambda account: _order_key(account, stated[_carrier(account)])
        ),
    }
    days = {stated[_carrier(account)].known_since for account in live}
    return ClaimAccounts(
        claim=ordered,
        is_contested=is_contested(ordered, actor_parts([ordered])),
        known_since={public_id: when.known_since for public_id, when in stated.items()},
        later=len(live) - len(ordered["accounts"]),
        days=sorted(day for day in days if day),
    )


def with_live_accounts(claims: Sequence[Document]) -> list[Document]:
    """Claims, or versions of one, with only the positions of statements and sources that are live.

    The words of a record that was withdrawn stand in no version. Costs a query.
    """
    carriers = {_carrier(account) for claim in claims for account in claim["accounts"]}
    rows = Revision.objects.live().filter(public_id__in=carriers)
    live = set(rows.values_list("public_id", flat=True))
    return [
        {
            **claim,
            "accounts": [account for account in claim["accounts"] if _carrier(account) in live],
        }
        for claim in claims
    ]


def account_key(account: Account) -> tuple[object, ...]:
    """What makes a position the same in two versions of its claim."""
    number = account["number"]
    return (
        _carrier(account),
        account["position"],
        account["date"]["edtf"],
        account["option"],
        tuple(number.values()) if number else (),
        account["actor"],
    )


def _carrier(account: Account) -> str:
    return account["statement"] or account["source"] or ""


def _stated(claim: Document) -> tuple[dict[str, StatedOn], dict[str, Document]]:
    """When each statement and source of a claim stated its position; the documents of sources."""
    entries = Entry.objects.filter(public_id__in=statements_in([claim]))
    # Documents of edition 1 name requests for comment too, which are no positions.
    rows = entries.exclude(kind=RecordKind.REQUEST).order_by()
    columns = rows.values_list("public_id", "earliest", "latest", "known_since")
    stated = {public_id: StatedOn(*days) for public_id, *days in columns}
    source_ids = {
        account["source"]
        for account in claim["accounts"]
        if account["source"] and not account["statement"]
    }
    revisions = Revision.objects.live().filter(public_id__in=source_ids)
    sources: dict[str, Document] = dict(revisions.values_list("public_id", "document"))
    for public_id, source in sources.items():
        published = _fuzzy(source["published"])
        stated[public_id] = StatedOn(published.earliest, published.latest, public_since(source))
    return stated, sources


def _order_key(account: Account, stated: StatedOn) -> tuple[object, ...]:
    answer = _fuzzy(account["date"])
    return (
        account["position"] not in ANSWERS,
        answer.earliest or answer.latest or date.max,
        answer.latest or date.max,
        stated.latest or stated.earliest or date.max,
        stated.earliest or date.min,
    )


def _fuzzy(when: Date) -> FuzzyDate:
    return FuzzyDate.from_json(dict(when))
