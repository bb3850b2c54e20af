"""The citations of a row: each with its source, and the number that the source has on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from kb.record.answers import EntryRow, NumberedCitation, RelayingSource
from kb.record.comparisons import carrier_comparison
from kb.record.date_words import date_with_words
from kb.record.documents import CitationPart, Document
from kb.record.named_records import Names
from kb.text.links import text_fragment


def source_numbers(documents: Iterable[Document]) -> dict[str, int]:
    """Each cited source's number on the page, in the order of first mention."""
    numbers: dict[str, int] = {}
    for document in documents:
        for citation in document["citations"]:
            numbers.setdefault(citation["source"], len(numbers) + 1)
    return numbers


def citation_row(
    document: Document, citation: CitationPart, names: Names, numbers: dict[str, int]
) -> NumberedCitation:
    source = names.source(citation["source"])
    return {
        "number": numbers[citation["source"]],
        "source": source,
        "exact": citation["exact"],
        # The source's own page, opened at these words.
        "passage": text_fragment(source["link"], citation["exact"]),
        "locator": citation["locator"],
        "bearing": citation["bearing"],
        "note": citation["note"],
        "via": _relaying_source(citation["via"], names),
        "wording": citation["wording"],
        "language": citation["language"],
        "translator": citation["translator"],
        "quoted": citation["quoted"],
        "position": citation["position"],
        "said": date_with_words(citation["said"]) if citation["said"] else None,
        "addressee": names.actor(citation["addressee"]),
        "comparison": carrier_comparison(document, citation),
    }


def numbered_citations(row: EntryRow) -> Sequence[NumberedCitation]:
    """The citations of a row of a page, with the number that each source has on that page."""
    return cast("Sequence[NumberedCitation]", row["citations"])


def _relaying_source(public_id: str | None, names: Names) -> RelayingSource | None:
    link, source = names.link(public_id), names.documents.get(public_id or "")
    if link is None or source is None:
        return None
    return {**link, "publisher": names.actor(source["publisher"])}
