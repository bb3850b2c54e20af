"""The row of one entry that no list shows: an earlier version, or a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from kb.record.citation_rows import source_numbers
from kb.record.claim_values import actor_parts
from kb.record.contested import is_contested
from kb.record.documents import Document
from kb.record.entry_origins import origin_counts, with_ancestors
from kb.record.known_since import known_since
from kb.record.models import Facet, Revision
from kb.record.named_records import Names
from kb.record.past_records import with_slug
from kb.record.rows import Publication, Row, contested_claim, entry_row
from kb.record.vocabulary import CONTESTED


class VersionRow(NamedTuple):
    """A version of an entry as a row.

    ``names`` are those of the records that it names, and ``documents`` also of what its sources
    derive from, as they were when the version was current.
    """

    row: Row
    names: Names
    documents: Mapping[str, Document]


def version_row(version: Revision, slug: str) -> VersionRow:
    """The row of one version of a live entry, as its page was until the next version.

    ``slug`` is that of the entry today: links lead to the page of today. A claim is shown as
    contested if it is today and was then. The number of queries does not depend on the number of
    versions.
    """
    document = with_slug(version.document, slug)
    moment = version.superseded_at
    disputes = _contested_ids(version.public_id)
    names = Names([document], also=disputes, at=moment)
    claims = [names.documents[claim] for claim in disputes if claim in names.documents]
    if moment:
        parts = actor_parts(claims, names.documents)
        claims = [claim for claim in claims if is_contested(claim, parts)]
    row, documents = _row(document, names, version.number, version.published_at, moment)
    row["contested"] = [contested_claim(claim, names) for claim in claims]
    return VersionRow(row, names, documents)


def draft_row(document: Document, along: dict[str, Document]) -> Row:
    """The row that a document would have if it were published now; three queries.

    ``along`` are the documents, by id, that are not on the record and would go with it.
    """
    disputes = _contested_ids(document["id"])
    names = Names([document], also=disputes, along=along)
    row, _documents = _row(document, names, 0, timezone.now(), None)
    row["contested"] = [
        contested_claim(names.documents[claim], names)
        for claim in disputes
        if claim in names.documents
    ]
    return row


def _row(
    document: Document,
    names: Names,
    number: int,
    published_at: datetime,
    moment: datetime | None,
) -> tuple[Row, dict[str, Document]]:
    """The row without contested claims, and the documents from which its origins are counted."""
    documents = with_ancestors(names.documents, moment)
    publication = Publication(number, published_at, known_since(document, names.documents))
    origins = origin_counts(document, documents)["origins"]
    numbers = source_numbers([document])
    return entry_row(document, publication, names, numbers, None, origins), documents


def _contested_ids(public_id: str) -> list[str]:
    """The claims about an entry that are contested today."""
    facets = Facet.objects.filter(entry__public_id=public_id, name=CONTESTED)
    return list(facets.order_by("value").values_list("value", flat=True))
