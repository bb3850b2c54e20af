"""The sources that a source derives from, and those that derive from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kb.record.documents import Document
from kb.record.models import Revision

MAX_LEVELS = 5
MAX_SOURCES_PER_LEVEL = 50
OWN_REPORTING = "own_reporting"
# How the later source relates to the earlier one: above the earlier one, and after the later one.
ABOVE = {
    "translation": gettext_lazy("Translation of"),
    "wire_copy": gettext_lazy("Wire copy of"),
    "rewrite": gettext_lazy("Rewrite of"),
    "first_reported_by": gettext_lazy("First reported by"),
    "own_reporting": gettext_lazy("Own reporting, also citing"),
    "": gettext_lazy("Derives from"),
}
BELOW = {
    "translation": gettext_lazy("translation"),
    "wire_copy": gettext_lazy("wire copy"),
    "rewrite": gettext_lazy("rewrite"),
    "first_reported_by": gettext_lazy("credits it with the first report"),
    "own_reporting": gettext_lazy("own reporting, also citing it"),
    "": gettext_lazy("derives from it"),
}


@dataclass
class SourceNode:
    """One source of the tree, and the sources that derive from it."""

    document: Document
    below: list[SourceNode] = field(default_factory=list)


@dataclass(frozen=True)
class SourceChain:
    """``above`` is nearest first; ``cut`` is whether a limit left some sources out."""

    above: list[Document]
    below: list[SourceNode]
    cut: bool

    @property
    def documents(self) -> list[Document]:
        return [*self.above, *(node.document for node in _all_nodes(self.below))]

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


def _above(source: Document, visited: set[str]) -> tuple[list[Document], bool]:
    documents: list[Document] = []
    parent_id = source["derives_from"]
    while parent_id and parent_id not in visited:
        if len(documents) == MAX_LEVELS:
            return documents, True
        visited.add(parent_id)
        parent = _sources().filter(public_id=parent_id).first()
        if parent is None:
            break
        documents.append(parent.document)
        parent_id = parent.document["derives_from"]
    return documents, False


def _below(public_id: str, visited: set[str]) -> tuple[list[SourceNode], bool]:
    top: list[SourceNode] = []
    level: dict[str, list[SourceNode]] = {public_id: top}
    cut = False
    for _level in range(MAX_LEVELS):
        rows = _sources().filter(document__derives_from__in=sorted(level))
        documents = list(rows.values_list("document", flat=True)[: MAX_SOURCES_PER_LEVEL + 1])
        cut = cut or len(documents) > MAX_SOURCES_PER_LEVEL
        next_level: dict[str, list[SourceNode]] = {}
        for document in documents[:MAX_SOURCES_PER_LEVEL]:
            if document["id"] not in visited:
                visited.add(document["id"])
                node = SourceNode(document)
                level[document["derives_from"]].append(node)
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
        if node.document["derivation"] != OWN_REPORTING:
            yield node.document["id"]
            yield from _passed_on(node.below)
