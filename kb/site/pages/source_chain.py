"""Where a source got it, and who passed it on: the line of reports above and below a source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kb.record.documents import Document
from kb.record.models import Revision
from kb.record.vocabulary import Derivation

MAX_LEVELS = 5
MAX_SOURCES_PER_LEVEL = 50


@dataclass
class SourceNode:
    """One source of the tree, and the sources that derive from it."""

    document: Document
    below: list[SourceNode] = field(default_factory=list)


@dataclass(frozen=True)
class SourceChain:
    """``above`` is nearest first; ``cut`` says that a limit left some out."""

    above: list[Document]
    below: list[SourceNode]
    cut: bool

    @property
    def documents(self) -> list[Document]:
        return [*self.above, *(one.document for one in _all(self.below))]

    @property
    def passed_on(self) -> set[str]:
        """The ids of those below that add no origin of their own, and of theirs."""
        return set(_relaying(self.below))


def source_chain(source: Document) -> SourceChain:
    """Five levels up and five down; one query a level. A circle is followed once only."""
    seen = {source["id"]}
    above, more_above = _above(source, seen)
    below, more_below = _below(source["id"], seen)
    return SourceChain(above, below, more_above or more_below)


def _above(source: Document, seen: set[str]) -> tuple[list[Document], bool]:
    found: list[Document] = []
    wanted = source["derives_from"]
    while wanted and wanted not in seen:
        if len(found) == MAX_LEVELS:
            return found, True
        seen.add(wanted)
        documents = _standing().filter(public_id=wanted).values_list("document", flat=True)
        document = documents.first()
        if document is None:
            break
        found.append(document)
        wanted = document["derives_from"]
    return found, False


def _below(public_id: str, seen: set[str]) -> tuple[list[SourceNode], bool]:
    top: list[SourceNode] = []
    level: dict[str, list[SourceNode]] = {public_id: top}
    cut = False
    for _ in range(MAX_LEVELS):
        rows = _standing().filter(document__derives_from__in=sorted(level))
        documents = list(rows.values_list("document", flat=True)[: MAX_SOURCES_PER_LEVEL + 1])
        cut = cut or len(documents) > MAX_SOURCES_PER_LEVEL
        following: dict[str, list[SourceNode]] = {}
        for document in documents[:MAX_SOURCES_PER_LEVEL]:
            if document["id"] not in seen:
                seen.add(document["id"])
                relay = SourceNode(document)
                level[document["derives_from"]].append(relay)
                following[document["id"]] = relay.below
        if not following:
            return top, cut
        level = following
    return top, True


def _standing() -> Any:
    return Revision.objects.standing().filter(kind="source").order_by("title", "pk")


def _all(relays: list[SourceNode]) -> list[SourceNode]:
    return [found for one in relays for found in (one, *_all(one.below))]


def _relaying(relays: list[SourceNode]) -> list[str]:
    kept = [one for one in relays if one.document["derivation"] != Derivation.OWN_REPORTING]
    return [found for one in kept for found in (one.document["id"], *_relaying(one.below))]
