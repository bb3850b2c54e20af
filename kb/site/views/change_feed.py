"""Corrections, withdrawals and merges as a feed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kb.formats import FORMATS, atom
from kb.formats.feed_text import FeedItem, tag_uri
from kb.formats.view import FormatContext
from kb.record import publication_version
from kb.record.models import Revision
from kb.record.vocabulary import Change
from kb.site.http.decorators import data_file
from kb.site.http.representations import data_licence, file_response, page_links, site_identity
from kb.site.pages.corrections import (
    PAGE_SIZE,
    correction_parameters,
    correction_paths,
    corrections,
    path_with_parameters,
)


@data_file
def changes_atom(request: HttpRequest) -> HttpResponse:
    """Newest first, in pages as the page of changes has them, with the same parameters."""
    change, after = correction_parameters(request)
    found = corrections(change)
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE_SIZE + 1])
    number, changed_at = publication_version.current_version()
    chosen = f"change={change}" if change else ""
    more = f"after={rows[PAGE_SIZE - 1].pk}" if len(rows) > PAGE_SIZE else ""
    path = settings.SITE_URL + reverse("changes-atom")
    words = str(Change(change).label) if change else "Corrections and withdrawals"
    view = FormatContext(
        kind="changes",
        words=words,
        query=chosen,
        page=settings.SITE_URL + path_with_parameters(reverse("changes"), chosen),
        address=path_with_parameters(path, chosen, f"after={after}" if after else ""),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        certain=found.count(),
        licence=data_licence(),
        first=path_with_parameters(path, chosen),
        next=path_with_parameters(path, chosen, more) if more else None,
        noun=("change", "changes"),
    )
    items = _items(rows[:PAGE_SIZE], view)
    pieces = atom.atom_feed(view, items)
    links = page_links(view)
    return file_response(request, FORMATS["atom"], pieces, "changes.atom", links=links)


def _items(rows: list[Revision], view: FormatContext) -> list[FeedItem]:
    places = correction_paths(rows)
    return [
        FeedItem(
            # A change has an id of its own: the same record may be corrected again.
            id=f"{tag_uri(view, one.public_id, one.published_at)}/{one.number}",
            url=view.site.at(places[one.pk]),
            title=f"{Change(one.change).label}: {one.title}",
            text=one.note,
            published=one.published_at,
            updated=one.published_at,
            tags=(one.change, one.kind),
        )
        for one in rows
    ]
