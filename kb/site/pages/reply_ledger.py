"""Who was asked for comment, when, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from kb.record.entry_values import OUTCOME
from kb.record.filter_fields import Choice
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import RecordKind, RequestOutcome

MAX_LEDGER_ROWS = 20


class ReplyLedger(TypedDict):
    """The context of ``requests/_ledger.html``.

    ``rows`` are the latest requests, at most MAX_LEDGER_ROWS; ``total`` and ``answered`` count
    all of them, of which ``url`` is the list.
    """

    total: int
    answered: int
    rows: list[Row]
    url: str


def ledger_of_rows(rows: Sequence[Row], url: str) -> ReplyLedger | None:
    """The ledger of requests whose rows are there already; None without any."""
    if not rows:
        return None
    latest = sorted(rows, key=lambda row: row["date"]["latest"] or "", reverse=True)
    return {
        "total": len(rows),
        "answered": sum(row["outcome"] == RequestOutcome.ANSWERED for row in rows),
        "rows": latest[:MAX_LEDGER_ROWS],
        "url": url,
    }


def reply_ledger(facet: str, value: str, url: str) -> ReplyLedger | None:
    """The requests with this value of a facet; None without any. Costs seven queries at most."""
    source = entry_source()
    query = TimelineQuery(order="newest", size=MAX_LEDGER_ROWS)
    for name, chosen in (("kind", RecordKind.REQUEST.value), (facet, value)):
        query = query.with_values(name, (Choice(chosen, chosen, ""),))
    total = source.count(query)
    if not total:
        return None
    outcomes = source.value_counts(query, [OUTCOME])
    return {
        "total": total,
        "answered": outcomes.get((OUTCOME, RequestOutcome.ANSWERED.value), 0),
        "rows": rows_for_entries(source.page(query).entries),
        "url": url,
    }
