"""What was published, and what rests on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.rendering import summary_html
from kb.record.rows import Names
from kb.record.vocabulary import DERIVATION_LABELS, DERIVATION_NOTES, SOURCE_KIND_LABELS
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import clean_parameters
from kb.site.http.representations import format_links
from kb.site.pages.cite import cite_record_panel, reference_files
from kb.site.pages.list_page import Selection, list_page
from kb.site.pages.page_meta import source_head
from kb.site.pages.record_lists import SOURCES
from kb.site.pages.source_chain import SourceChain, SourceNode, source_chain
from kb.site.pages.source_usage import MAX_CITING_ENTRIES, SOLE, source_usage
from kb.site.views.formats import list_file
from kb.site.views.indexes import record_list_file


@negotiated("sources", record_list_file)
@reader_page
def sources(request: HttpRequest) -> HttpResponse:
    said = _("The sources that entries cite. Each page shows which entries have no other source.")
    selection = Selection(SOURCES, request)
    ctx = list_page(selection, said)
    ctx["rows"] = [
        {**row, "kind_words": SOURCE_KIND_LABELS[row["kind"]]}
        for row in SOURCES.rows(selection.revisions)
    ]
    return render(request, "sources/sources.html", {**ctx, "nav": "sources"})


@negotiated("source", list_file)
@reader_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "source", slug)
    only = clean_parameters(request, {"only": (SOLE,)})["only"]
    document = revision.document
    relays = source_chain(document)
    names = Names([document, *relays.documents])
    rests = source_usage(revision.public_id, relays.passed_on)
    card = {
        **{name: document[name] for name in ("byline", "published", "language", "url")},
        **{name: document[name] for name in ("archive_url", "archived_on", "accessed_on")},
        "id": revision.public_id,
        "title": revision.title,
        "path": record_path("source", slug),
        "kind_words": SOURCE_KIND_LABELS[document["source_kind"]],
        "publisher": names.actor(document["publisher"]),
        "note_html": summary_html(document["note"]),
        "derives_from": names.link(document["derives_from"]),
    }
    data = format_links("source", request.path)
    ctx = {
        "source": card,
        "rests": rests.rows(revision.public_id, only),
        "counts": rests.counts,
        "total": rests.total,
        "only": only,
        "most": MAX_CITING_ENTRIES,
        "entries_url": f"{reverse('timeline')}?{urlencode({'source': slug})}",
        "tree": _tree(document, relays, names),
        "data": data,
        "formats": [*data, *reference_files("source", slug)],
        "cite": cite_record_panel(revision, publisher=card["publisher"]),
        "head": source_head(request, revision, card),
        "nav": "sources",
    }
    return render(request, "sources/source.html", ctx)


def _tree(document: dict[str, Any], relays: SourceChain, names: Names) -> dict[str, Any]:
    """Where it got it, nearest first, and who passed it on, as the template prints them."""
    above = []
    later = document
    for one in relays.above:
        above.append(_link(one, names) | {"words": DERIVATION_LABELS[later["derivation"]]})
        later = one
    return {
        "above": above,
        "below": [_node(one, names) for one in relays.below],
        "cut": relays.cut,
    }


def _node(relay: SourceNode, names: Names) -> dict[str, Any]:
    return _link(relay.document, names) | {
        "words": DERIVATION_NOTES[relay.document["derivation"]],
        "below": [_node(one, names) for one in relay.below],
    }


def _link(document: dict[str, Any], names: Names) -> dict[str, Any]:
    return {
        "title": document["title"],
        "language": document["language"],
        "url": record_path("source", document["slug"]),
        "publisher": names.actor(document["publisher"]),
        "published": document["published"],
    }
