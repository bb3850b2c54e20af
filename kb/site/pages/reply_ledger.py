"""Who was asked for comment, when, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from kb.record.models import Entry, Facet
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
    entries = Entry.objects.filter(
        kind=RecordKind.REQUEST,
        pk__in=Facet.objects.filter(name=facet, value=value).values("entry"),
    )
    outcome = KeyTextTransform("outcome", "revision__document")
    counts = dict(
        entries.order_by().annotate(outcome=outcome).values_list("outcome").annotate(n=Count("pk"))
    )
    if not counts:
        return None
    latest = entries.select_related("revision").order_by("-sort_key")[:MAX_LEDGER_ROWS]
    return {
        "total": sum(counts.values()),
        "answered": counts.get(RequestOutcome.ANSWERED.value, 0),
        "rows": rows_for_entries(list(latest)),
        "url": url,
    }
