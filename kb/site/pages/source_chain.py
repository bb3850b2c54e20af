"""The sources that a source derives from, and those that derive from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from kb.record.documents import Document
from kb.record.models import Revision
from kb.record.origins import OWN_REPORTING
from kb.record.source_parents import derived_sources

MAX_LEVELS = 5
MAX_SOURCES_PER_LEVEL = 50


@dataclass(frozen=True)
class EarlierSource:
    """A source that another derives from: ``derivation`` is how the later one does."""

    document: Document
    derivation: str


@dataclass
class SourceNode:
    """One source of the tree, how it derives from the one above, and what derives from it."""

    document: Document
    derivation: str
    below: list[SourceNode] = field(default_factory=list)


@dataclass(frozen=True)
class SourceChain:
    """``above`` is nearest first; ``cut`` is whether a limit left some sources out."""

    above: list[EarlierSource]
    below: list[SourceNode]
    cut: bool

    @property
    def documents(self) -> list[Document]:
        earlier = [source.document for source in self.above]
        return [*earlier, *(node.document for node in _all_nodes(self.below))]

    @property
    def passed_on(self) -> set[str]:
        """The ids of the derived sources that add no origin of their own."""
        return set(_passed_on(self.below))


def source_chain(source: Document) -> SourceChain:
    """Five levels up and five down, with one query a level. A circle is followed only once."""
    visited = {source["id"]}
    above, has_more_above = _above(source, visited)
    below, has_more_below = _below(source["id"], visited)
    return SourceChain(above, below, has_more_above or has_more_below)


def _above(source: Document, visited: set[str]) -> tuple[list[EarlierSource], bool]:
    """All parents, then all of theirs. Each source once, as the first that names it has it."""
    above: list[EarlierSource] = []
    parents = list(source["parents"])
    for level in range(MAX_LEVELS + 1):
        derivations: dict[str, str] = {}
        for parent in parents:
            if parent["source"] not in visited:
                derivations.setdefault(parent["source"], parent["derivation"])
        if not derivations or level == MAX_LEVELS:
            return above, bool(derivations)
        visited.update(derivations)
        rows = _sources().filter(public_id__in=derivations)
        documents = dict(rows.values_list("public_id", "document"))
        ids = [public_id for public_id in derivations if public_id in documents]
        above += [EarlierSource(documents[public_id], derivations[public_id]) for public_id in ids]
        parents = [parent for public_id in ids for parent in documents[public_id]["parents"]]
    return above, False


def _below(public_id: str, visited: set[str]) -> tuple[list[SourceNode], bool]:
    top: list[SourceNode] = []
    level: dict[str, list[SourceNode]] = {public_id: top}
    cut = False
    for _level in range(MAX_LEVELS):
        rows = derived_sources(sorted(level)).order_by("title", "pk")
        documents = list(rows.values_list("document", flat=True)[: MAX_SOURCES_PER_LEVEL + 1])
        cut = cut or len(documents) > MAX_SOURCES_PER_LEVEL
        next_level: dict[str, list[SourceNode]] = {}
        for document in documents[:MAX_SOURCES_PER_LEVEL]:
            if document["id"] not in visited:
                visited.add(document["id"])
                parent = next(parent for parent in document["parents"] if parent["source"] in level)
                node = SourceNode(document, parent["derivation"])
                level[parent["source"]].append(node)
                next_level[document["id"]] = node.below
        if not next_level:
            return top, cut
        level = next_level
    return top, True


def _sources() -> QuerySet[Revision]:
    return Revision.objects.live().filter(kind="source").order_by("title", "pk")


def _all_nodes(nodes: list[SourceNode]) -> Iterator[SourceNode]:
    for node in nodes:
        yield node
        yield from _all_nodes(node.below)


def _passed_on(nodes: list[SourceNode]) -> Iterator[str]:
    for node in nodes:
        if node.derivation != OWN_REPORTING:
            yield node.document["id"]
            yield from _passed_on(node.below)
