"""When a source and an entry became public: one rule for the index and for past views."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kb.dates import FuzzyDate
from kb.record.documents import Document
from kb.record.vocabulary import Bearing


def public_since(source: Document) -> date | None:
    """The day by which a source was public; None if its date is not known.

    A source dated "December 2023" counts from the last day that it may mean; one that is open
    at one end counts from the end that is known.
    """
    published = FuzzyDate.from_json(source["published"])
    return published.latest or published.earliest


def known_since(document: Document, sources: Mapping[str, Document]) -> date | None:
    """The day by which the earliest source that supports this entry was public.

    ``sources`` are documents by public id; a cited source that is not among them does not count,
    nor does one that nobody here has read (``via``).
    """
    days = (
        public_since(sources[citation["source"]])
        for citation in document["citations"]
        if citation["bearing"] == Bearing.SUPPORTS
        and citation["via"] is None
        and citation["source"] in sources
    )
    return min((day for day in days if day), default=None)
