"""The context of a source's page: the source, what cites it, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from kb.record.addresses import record_path
from kb.record.answers import ActorLink, RecordLink
from kb.record.documents import Date, Document
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.rendering import summary_html
from kb.record.vocabulary import DERIVATION_LABELS, DERIVATION_NOTES, SOURCE_KIND_LABELS
from kb.site.http.representations import format_links
from kb.site.pages.cite import CitePage, CitePanel, cite_source_panel, reference_files
from kb.site.pages.page_meta import Head, source_head
from kb.site.pages.source_chain import SourceChain, SourceNode, source_chain
from kb.site.pages.source_usage import MAX_CITING_ENTRIES, CitingEntry, source_usage


class SourceCard(TypedDict):
    """The source itself, as the head of the page shows it."""

    id: str
    title: str
    path: str
    kind_words: str
    publisher: ActorLink | None
    byline: str
    published: Date
    language: str
    url: str
    archive_url: str
    archived_on: str | None
    accessed_on: str | None
    note_html: SafeString
    derives_from: RecordLink | None


class ChainSource(TypedDict):
    """Another source in the chain; ``words`` says how the two are related."""

    title: str
    language: str
    url: str
    publisher: ActorLink | None
    published: Date
    words: str


class DerivedSource(ChainSource):
    below: list[DerivedSource]


class ChainContext(TypedDict):
    """Earlier sources, nearest first; later sources; and whether a limit left some out."""

    above: list[ChainSource]
    below: list[DerivedSource]
    cut: bool


class SourceContext(TypedDict):
    source: SourceCard
    citing_entries: list[CitingEntry]
    counts: dict[str, int]
    total: int
    only: str
    limit: int
    entries_url: str
    chain: ChainContext
    data: Sequence[Mapping[str, object]]
    formats: Sequence[Mapping[str, object]]
    cite: CitePanel
    head: Head
    nav: str


def source_context(
    request: HttpRequest, revision: Revision, only: str, cite_form: str
) -> SourceContext:
    """``only`` restricts the entries to those without another source; "" shows all."""
    document = revision.document
    chain = source_chain(document)
    names = Names([document, *chain.documents])
    usage = source_usage(revision.public_id, chain.passed_on)
    card = _card(revision, names)
    data = format_links("source", request.path)
    return {
        "source": card,
        "citing_entries": usage.rows(revision.public_id, only),
        "counts": usage.counts,
        "total": usage.total,
        "only": only,
        "limit": MAX_CITING_ENTRIES,
        "entries_url": f"{reverse('timeline')}?{urlencode({'source': revision.slug})}",
        "chain": _chain_context(chain, names),
        "data": data,
        "formats": [*data, *reference_files("source", revision.slug)],
        "cite": cite_source_panel(
            revision,
            card["publisher"],
            CitePage(cite_form, card["path"], (("only", only),) if only else ()),
        ),
        "head": source_head(
            request, revision, publisher=card["publisher"], origin=card["derives_from"]
        ),
        "nav": "sources",
    }


def _card(revision: Revision, names: Names) -> SourceCard:
    document = revision.document
    return {
        "id": revision.public_id,
        "title": revision.title,
        "path": record_path("source", revision.slug),
        "kind_words": str(SOURCE_KIND_LABELS[document["source_kind"]]),
        "publisher": names.actor(document["publisher"]),
        "byline": document["byline"],
        "published": document["published"],
        "language": document["language"],
        "url": document["url"],
        "archive_url": document["archive_url"],
        "archived_on": document["archived_on"],
        "accessed_on": document["accessed_on"],
        "note_html": summary_html(document["note"]),
        "derives_from": names.link(document["derives_from"]),
    }


def _chain_context(chain: SourceChain, names: Names) -> ChainContext:
    return {
        "above": [
            _chain_source(earlier.document, names, str(DERIVATION_LABELS[earlier.derivation]))
            for earlier in chain.above
        ],
        "below": [_derived_source(node, names) for node in chain.below],
        "cut": chain.cut,
    }


def _derived_source(node: SourceNode, names: Names) -> DerivedSource:
    words = str(DERIVATION_NOTES[node.derivation])
    return {
        **_chain_source(node.document, names, words),
        "below": [_derived_source(child, names) for child in node.below],
    }


def _chain_source(document: Document, names: Names, words: str) -> ChainSource:
    return {
        "title": document["title"],
        "language": document["language"],
        "url": record_path("source", document["slug"]),
        "publisher": names.actor(document["publisher"]),
        "published": document["published"],
        "words": words,
    }
