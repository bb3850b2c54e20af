"""Full text over the folded text of entries; the same hits on SQLite and PostgreSQL."""

from __future__ import annotations

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from kb.record.models import Entry
from kb.text.fold import LONGEST_QUERY, Term, query_terms

# Terms are letters and digits only (kb.text.fold), so quoting them is enough on both engines.
# Subqueries name their own table, so they hold under whatever alias the outer query has.
_SQLITE = "SELECT rowid FROM record_search WHERE record_search MATCH %s"
_POSTGRESQL = """SELECT id FROM record_entry
    WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s)"""


class SearchError(ValueError):
    """Words that cannot be searched for; the message says why."""


def matching(entries: QuerySet[Entry], q: str) -> QuerySet[Entry]:
    """The entries whose folded text holds every term of ``q``.

    Nothing to search for (only punctuation, say) matches nothing. Raises SearchError when the
    words are longer than 200 characters.
    """
    if len(q) > LONGEST_QUERY:
        raise SearchError(f"Search for at most {LONGEST_QUERY} characters.")
    terms = query_terms(q)
    if not terms:
        return entries.none()
    if connections[entries.db].vendor == "sqlite":
        return _where(entries, _SQLITE, _fts5(terms))
    return _where(entries, _POSTGRESQL, _tsquery(terms))


def _where(entries: QuerySet[Entry], sql: str, term: str) -> QuerySet[Entry]:
    return entries.filter(pk__in=RawSQL(sql, [term]))  # noqa: S611 (the term is a parameter)


def _fts5(terms: list[Term]) -> str:
    return " AND ".join(f'"{" ".join(term.words)}"' for term in terms)


def _tsquery(terms: list[Term]) -> str:
    return " & ".join(
        "(" + " <-> ".join(f"'{word}'" for word in term.words) + ")" for term in terms
    )
