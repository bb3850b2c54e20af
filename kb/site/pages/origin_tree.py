"""Where the sources of an entry come from: the origins, and below each what derives from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.documents import Document
from kb.record.entry_origins import source_links, supporting_sources, with_ancestors
from kb.record.graph import adjacency, reachable
from kb.record.models import Revision
from kb.record.origins import (
    OWN_REPORTING,
    OriginNode,
    SourceLink,
    SupportingSource,
    origin_tree,
)
from kb.record.vocabulary import DERIVATION_NOTES

# How a source that was not read is below the one that cites it.
RELAYED = "relayed"


class OriginLine(TypedDict):
    """A source of the tree: ``title`` is its publisher, ``words`` how it got its information."""

    title: str
    language: str
    url: str
    words: str
    is_origin: bool
    below: list[OriginLine]


def entry_origin_tree(document: Document) -> list[OriginLine]:
    """The tree of an entry. Costs a query for the sources, and one for each level above them."""
    cited_ids = {citation["source"] for citation in document["citations"]}
    rows = Revision.objects.live().filter(public_id__in=cited_ids)
    documents = with_ancestors(dict(rows.values_list("public_id", "document")))
    return origin_lines(document, documents)


def origin_lines(document: Document, documents: Mapping[str, Document]) -> list[OriginLine]:
    """The tree of an entry. ``documents`` are those of its sources ``with_ancestors``."""
    cited = supporting_sources(document, documents)
    links = [link for link in source_links(documents.values()) if link.parent in documents]
    nodes = origin_tree(cited, [*links, *_relays(document, cited, links)])
    return [_line(node, documents, cited) for node in nodes]


def _relays(
    document: Document, cited: Sequence[SupportingSource], links: Sequence[SourceLink]
) -> list[SourceLink]:
    """Put each source that was not read below the one that cites it, unless that leads in a circle.

    So it is in the tree only as far as its place is known from nothing else.
    """
    unread = {source.id for source in cited if not source.is_read}
    shown = {source.id for source in cited}
    derived = adjacency((link.source, link.parent) for link in links if link.kind != OWN_REPORTING)
    return [
        SourceLink(citation["source"], via, RELAYED)
        for citation in document["citations"]
        if citation["source"] in unread - derived.keys()
        and (via := citation["via"])
        and via in shown
        and citation["source"] not in reachable(via, derived)
    ]


def _line(
    node: OriginNode, documents: Mapping[str, Document], cited: Sequence[SupportingSource]
) -> OriginLine:
    source = documents[node.source]
    publisher = documents.get(source["publisher"] or "")
    name = f"{publisher['title']}: {source['title']}" if publisher else source["title"]
    return {
        "title": name,
        "language": source["language"],
        "url": record_path("source", source["slug"]),
        "words": "; ".join(_words(node, {support.id: support.is_read for support in cited})),
        "is_origin": not node.parent and node.is_read,
        "below": [_line(child, documents, cited) for child in node.children],
    }


def _words(node: OriginNode, is_read: Mapping[str, bool]) -> list[str]:
    words = []
    if node.kind == RELAYED:
        return [_("cited there, not read by us")]
    if node.parent:
        words.append(str(DERIVATION_NOTES[node.kind]))
    elif node.is_read:
        words.append(_("an origin"))
    if node.source not in is_read:
        words.append(_("not cited for this entry"))
    elif not is_read[node.source]:
        words.append(_("cited through another source, not read by us"))
    if node.is_repeat:
        words.append(_("shown above with what derives from it"))
    return words
