"""Full text over the folded text of entries: the same hits on SQLite and PostgreSQL.

What matches is defined by ``kb.text.normalise.matches``; the databases only find it faster. The
index is created by migration 0002 and the database keeps it up to date.

Two ways to the same rows, because each is hopeless where the other is good (measured on SQLite,
400,000 entries, a page of 25 in timeline order):

================================  ===================  ==================
words that match                  by the index         along the timeline
================================  ===================  ==================
4,007 entries, all at its end     5 ms                 880 ms
nothing                           0.02 ms              900 ms
399,083 entries                   100 ms               0.02 ms
================================  ===================  ==================

So the index is asked first how many there are, up to a limit.
"""

from __future__ import annotations

import time
from functools import lru_cache
from types import ModuleType

import numpy as np
from django.db import NotSupportedError, connections
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from numpy.typing import NDArray

from kb.record.models import Entry
from kb.record.search import postgres, sqlite
from kb.text.normalise import MAX_QUERY_LENGTH, Term, padded_term, search_query

_ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}
_SECONDS_REMEMBERED = 60


class SearchError(ValueError):
    """The words cannot be searched for; the message tells why."""


def entries_matching(entries: QuerySet[Entry], q: str) -> QuerySet[Entry]:
    """The entries whose folded text ``q`` finds (``kb.text.normalise.search_query``).

    Nothing to search for (only punctuation, say) matches nothing. Raises SearchError when the
    words are longer than 200 characters. Costs one query now, the count, unless somebody asked
    for the same words within the last minute.
    """
    if len(q) > MAX_QUERY_LENGTH:
        raise SearchError(f"Shorten the search to {MAX_QUERY_LENGTH} characters or fewer.")
    query = search_query(q)
    if query.is_empty:
        return entries.none()
    for term in query.excluded:
        others = entries_with_terms(Entry.objects.order_by(), [term])
        entries = entries.exclude(pk__in=others.values("pk"))
    return entries_with_terms(entries, query.required) if query.required else entries


def entries_with_terms(entries: QuerySet[Entry], terms: list[Term]) -> QuerySet[Entry]:
    """The entries whose folded text has all of these terms, one or more."""
    engine = _engine(entries.db)
    if not _are_few(entries.db, engine.expression(terms), int(time.time() / _SECONDS_REMEMBERED)):
        return _holding(entries, terms)
    hits = entries.filter(engine.among_hits(terms))
    if engine.KNOWS_PHRASES:
        return hits
    return _holding(hits, [term for term in terms if any(way.words[1:] for way in term.ways)])


def keys_with_terms(terms: list[Term]) -> NDArray[np.int64]:
    """The primary keys of all entries with these terms, in no order.

    By the index however many they are: who wants all has no timeline to walk along. The database
    returns them as one text, since a row of its own for each takes four times as long.
    """
    entries = Entry.objects.order_by()
    engine = _engine(entries.db)
    if engine.KNOWS_PHRASES:
        with connections[entries.db].cursor() as cursor:
            cursor.execute(engine.KEYS, [engine.expression(terms)])
            (keys,) = cursor.fetchone()
        return _numbers(keys)
    hits = entries.filter(engine.among_hits(terms))
    phrases = [term for term in terms if any(way.words[1:] for way in term.ways)]
    return _numbers(_holding(hits, phrases).aggregate(keys=engine.KeysAsText("pk"))["keys"])


def _numbers(text: str | None) -> NDArray[np.int64]:
    """Numbers with commas between them; None is what databases make of no number."""
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def missing_parts(using: str) -> list[str]:
    """The names of what the index of this database lacks; without it, it would fall behind."""
    with connections[using].cursor() as cursor:
        cursor.execute(_engine(using).PARTS_QUERY)
        names = {name for (name,) in cursor.fetchall()}
    return sorted(_engine(using).PARTS - names)


def _engine(using: str) -> ModuleType:
    vendor = connections[using].vendor
    if vendor not in _ENGINES:
        raise NotSupportedError(f"Full-text search is not supported on {vendor}.")
    return _ENGINES[vendor]


# Remembered, because one page asks for its rows, its counts and each of its facets. An answer
# that is out of date costs some milliseconds, and is never wrong: both ways find the same rows.
@lru_cache(maxsize=1024)
def _are_few(using: str, expression: str, minute: int) -> bool:
    engine = _engine(using)
    with connections[using].cursor() as cursor:
        cursor.execute(engine.PROBE, [expression, engine.FEW + 1])
        (hits,) = cursor.fetchone()
    return bool(hits <= engine.FEW)


def _holding(entries: QuerySet[Entry], terms: list[Term]) -> QuerySet[Entry]:
    """The definition itself, read row by row: the planner cannot but walk the timeline."""
    for term in terms:
        entries = entries.filter(has_term(term))
    return entries


def has_term(term: Term) -> Q:
    """The condition that the folded text of a row has a term, in any of its spellings."""
    space = Value(" ", output_field=TextField())
    padded: Combinable = Concat(space, F("search_text"), space)
    condition = Q()
    for way in term.ways:
        condition |= Q(GreaterThan(StrIndex(padded, Value(padded_term(way))), 0))
    return condition
