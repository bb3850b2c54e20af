"""What became known of an entry between two days: that it is new, or what was added to it."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from kb.record.as_of import source_is_public
from kb.record.documents import Document
from kb.record.named_records import Names
from kb.record.vocabulary import Bearing, LinkKind

KnownChange: TypeAlias = Literal["new", "correction", "further", "disputed"]


def known_change(
    document: Document, names: Names, known_since: date | None, after: date
) -> KnownChange:
    """What became known after a day.

    ``document`` has only the citations of sources that were public by the later day.
    """
    if known_since is None or known_since > after:
        corrects = any(link["kind"] == LinkKind.CORRECTS for link in document["links"])
        return "correction" if corrects else "new"
    bearings = {
        citation["bearing"]
        for citation in document["citations"]
        if not source_is_public(names.documents.get(citation["source"]), after)
    }
    return "disputed" if Bearing.DISPUTES in bearings else "further"
