"""The whole of a list, row by row in constant memory, from one state of the record."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import chain, islice, repeat, takewhile
from typing import cast

from django.db import connections, router, transaction
from django.db.models import Max, Min

from kb.record.answers import Citation, FigureRow, LastCorrection, NamedDetails
from kb.record.corrections import last_corrections
from kb.record.entries_with_dates import entries_with_dates
from kb.record.models import Entry, Revision
from kb.record.named_details import fetch_details, named_details
from kb.record.named_records import Names
from kb.record.order_notes import batches_of_whole_runs, order_of, undecided_ids
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries
from kb.record.time_limit import with_checks
from kb.record.vocabulary import Change

# A batch costs seven queries. With more rows, a reader with a slow connection waits longer between
# two batches: at 10 kB/s, some 90 seconds for these as JSON. The first ones are small, so that the
# first byte is sent soon.
BATCH_SIZES = (10, 100, 250)
# A batch is longer where a run of entries goes on whose order is not stated, up to so many.
MAX_BATCH_SIZE = 500
# Documents of named records that stay in memory from one batch to the next.
MAX_KNOWN_NAMES = 2_000
# What rows are made of; the text for the search is the longest of the other columns.
_COLUMNS = (
    "public_id", "sort_key", "known_since", "revision__document", "revision__number",
    "revision__published_at",
)  # fmt: skip
# For a reader with a slow connection. The limit of the role itself is shorter.
MAX_PAUSE = "120s"


@contextmanager
def snapshot(*, is_short: bool = False) -> Iterator[None]:
    """All queries in this block read the same state of the record, whatever is published meanwhile.

    PostgreSQL: a transaction at REPEATABLE READ, the level of readers' connections
    (``kb.record.wall``). SQLite: one read transaction, which in WAL mode blocks no writer. Inside a
    transaction that is already open, nothing is done. ``is_short``: no reader is waited for, so the
    limit for an idle transaction stays, and PostgreSQL is asked nothing but BEGIN and COMMIT.
    """
    alias = router.db_for_read(Entry)
    connection = connections[alias]
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(using=alias):
        if connection.vendor == "postgresql" and not is_short:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute(
                    "SELECT set_config('idle_in_transaction_session_timeout', %s, true)",
                    [MAX_PAUSE],
                )
        yield


def all_rows(query: TimelineQuery, *, shows: str = "") -> Generator[Row, None, None]:
    """Every entry of the query in its order, whatever its page, as ``api_rows`` gives it.

    One query for the entries, read through a cursor, and eight for each batch of them, besides
    those of ``undecided_ids``. Use it in a ``snapshot``, in which named records do not change.
    """
    names = Names([])
    entries = entries_with_dates(query.entries(), shows).select_related("revision").only(*_COLUMNS)
    stream = entries.iterator(chunk_size=BATCH_SIZES[-1])
    sizes = chain(BATCH_SIZES, repeat(BATCH_SIZES[-1]))
    batches = (
        batches_of_whole_runs(stream, sizes, MAX_BATCH_SIZE, order_of)
        if query.is_by_time
        else takewhile(bool, (list(islice(stream, size)) for size in sizes))
    )
    for batch in batches:
        # With a day, a row reads about everything that is named.
        if query.known or len(names.documents) > MAX_KNOWN_NAMES:
            names = Names([])
        rows = rows_for_entries(batch, query, names)
        runs = undecided_ids([order_of(entry) for entry in batch]) if query.is_by_time else ()
        yield from with_checks(api_rows(rows, runs, names=names, day=query.as_of_day))


def api_rows(
    rows: Iterable[Row],
    runs: Iterable[Sequence[str]] = (),
    *,
    at: datetime | None = None,
    names: Names | None = None,
    day: date | None = None,
) -> list[Row]:
    """The rows with the moments of their versions, and without what is a page's alone.

    ``at`` leaves out what was published later. ``names`` are those that the rows were made with;
    without them, what rows name is read again. ``day`` is the one on which entries are to be known.

    ``runs`` are the ids of neighbours whose order is not stated. ``first_published_at`` is the
    moment of the first version, ``changed_at`` that of the last version that is not a link to
    something published later. Costs one query, one more if any of them has a second version, and
    those of ``fetch_details``.
    """
    listed = list(rows)
    revisions = Revision.objects.filter(public_id__in=[row["id"] for row in listed])
    if at:
        revisions = revisions.filter(published_at__lte=at)
    ends = (
        revisions.exclude(change=Change.LINK)
        .order_by()
        .values_list("public_id")
        .annotate(first=Min("published_at"), last=Max("published_at"))
    )
    moments = {public_id: (first, last) for public_id, first, last in ends}
    starts = {public_id: run[0] for run in runs for public_id in run}
    corrections = last_corrections(listed, at=at)
    if names is None:
        # Just after the last revision that the rows show.
        names = Names([], at=at + timedelta(microseconds=1) if at else None)
    fetch_details(listed, names)
    return [
        _api_row(
            row,
            moments[row["id"]],
            starts.get(row["id"]),
            corrections.get(row["id"]),
            named_details(row, names, day),
        )
        for row in listed
    ]


def _api_row(
    row: Row,
    moments: tuple[datetime, datetime],
    start_of_run: str | None,
    correction: LastCorrection | None,
    named: NamedDetails,
) -> Row:
    first, last = moments
    return {
        **row,
        "citations": [_without_number(citation) for citation in row["citations"]],
        "figures": [_figure_without_number(figure) for figure in row["figures"]],
        "first_published_at": first.isoformat(),
        "changed_at": last.isoformat(),
        "correction": correction,
        "named": named,
        "order_not_stated_from": start_of_run,
    }


def _figure_without_number(figure: FigureRow) -> FigureRow:
    return {
        "words": figure["words"],
        "label": figure["label"],
        "unit": figure["unit"],
        "bound": figure["bound"],
        "low": figure["low"],
        "high": figure["high"],
        "source": figure["source"],
        "exact": figure["exact"],
        "locator": figure["locator"],
    }


def _without_number(citation: Citation) -> Citation:
    fields = {**citation}
    fields.pop("number", None)
    return cast("Citation", fields)
