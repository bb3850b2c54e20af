"""When a source and an entry became public: one rule for the index and for past views."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from kb.dates import FuzzyDate
from kb.record.documents import Document
from kb.record.vocabulary import Bearing


def public_since(source: Document) -> date | None:
    """The day by which a source was public; None if its date is not known.

    A source dated "December 2023" counts from the last day that it may mean; one that is open
    at one end counts from the end that is known.
    """
    return _last_day(source["published"]["edtf"] or "")


@lru_cache(maxsize=16384)
def _last_day(edtf: str) -> date | None:
    published = FuzzyDate(edtf)
    return published.latest or published.earliest


def known_since(document: Document, sources: Mapping[str, Document]) -> date | None:
    """The day by which the earliest source that supports this entry was public.

    ``sources`` are documents by public id; a cited source that is not among them does not count,
    nor one that was not read, which another source relays.
    """
    days = (
        public_since(sources[citation["source"]])
        for citation in document["citations"]
        if citation["bearing"] == Bearing.SUPPORTS
        and not citation.get("via")  # documents that are made in bulk may be of edition 1
        and citation["source"] in sources
    )
    return min((day for day in days if day), default=None)
