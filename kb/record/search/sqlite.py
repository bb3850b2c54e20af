"""The index on SQLite: an FTS5 table beside record_entry, which triggers keep in step."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, F, Func, Value

from kb.text.normalise import Term

# 20,000 hits cost some 20 milliseconds by the index; twenty times as many cost 100.
FEW = 20_000
KNOWS_PHRASES = True
PROBE = """SELECT count(*) FROM (
    SELECT 1 FROM record_search WHERE record_search MATCH %s LIMIT %s)"""
# The key of an entry is that of its row here; the entries themselves need not be read.
KEYS = "SELECT group_concat(rowid) FROM record_search WHERE record_search MATCH %s"
PARTS_QUERY = "SELECT name FROM sqlite_master WHERE name LIKE 'record_search%'"
PARTS = frozenset(
    {"record_search", "record_search_insert", "record_search_update", "record_search_delete"}
)


def expression(terms: Sequence[Term]) -> str:
    """The terms in the language of FTS5.

    Words are letters and digits (kb.text.normalise), so nothing in quotation marks needs an escape
    and nothing in them is an operator.
    """
    return " AND ".join("(" + " OR ".join(map(_phrase, term.ways)) + ")" for term in terms)


def _phrase(way: Term) -> str:
    return '"' + " ".join(way.words) + '"' + ("*" if way.prefix else "")


def among_hits(terms: Sequence[Term]) -> Func:
    """A condition on entries; names its own table, so it holds under any alias of the entry."""
    return _AmongHits(F("pk"), Value(expression(terms)))


class _AmongHits(Func):
    arg_joiner = " IN (SELECT rowid FROM record_search WHERE record_search MATCH "
    template = "(%(expressions)s))"
    output_field = BooleanField()
