"""Corrections, withdrawals and merges as an Atom feed."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.formats import FORMATS, atom
from kb.formats.feed_text import FeedItem, tag_uri
from kb.formats.view import FormatContext
from kb.record import publication_version
from kb.record.addresses import absolute_url
from kb.record.models import Revision
from kb.record.proof.checkpoint import short_checkpoint
from kb.record.revision_headlines import revision_headlines
from kb.record.vocabulary import Change
from kb.site.http.decorators import data_file
from kb.site.http.past_links import day_path, words_of_day
from kb.site.http.representations import data_licence, file_response, page_links, site_identity
from kb.site.pages.corrections import (
    correction_parameters,
    correction_paths,
    corrections,
    path_with_parameters,
    revision_page,
)


@data_file
def changes_atom(request: HttpRequest) -> HttpResponseBase:
    """The same pages as the page of changes, with the same parameters."""
    change, cursor = correction_parameters(request)
    revisions = corrections(change)
    page = revision_page(revisions, cursor)
    feed = _feed_context(change, cursor, page.next_cursor, revisions.count())
    pieces = atom.atom_feed(feed, _items(page.revisions, feed))
    return file_response(FORMATS["atom"], pieces, "changes.atom", page_links(feed))


def _feed_context(change: str, cursor: int, next_cursor: int, total: int) -> FormatContext:
    number, changed_at = publication_version.current_version()
    filter_pair = f"change={change}" if change else ""
    address = absolute_url(reverse("changes-atom"))
    later = path_with_parameters(address, filter_pair, f"after={next_cursor}")
    this = path_with_parameters(address, filter_pair, f"after={cursor}" if cursor else "")
    return FormatContext(
        kind="changes",
        words=words_of_day(str(Change(change).label) if change else "Corrections and withdrawals"),
        query=filter_pair,
        page=absolute_url(day_path(path_with_parameters(reverse("changes"), filter_pair))),
        address=day_path(this),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        checkpoint=short_checkpoint(number, changed_at),
        certain=total,
        licence=data_licence(),
        first=day_path(path_with_parameters(address, filter_pair)),
        next=day_path(later) if next_cursor else None,
        noun=("change", "changes"),
    )


def _items(revisions: list[Revision], feed: FormatContext) -> list[FeedItem]:
    headlines = revision_headlines(revisions)
    paths = correction_paths(revisions, headlines)
    return [
        FeedItem(
            # Each change has an id of its own: the same record may be corrected again.
            id=f"{tag_uri(feed, revision.public_id, revision.published_at)}/{revision.number}",
            url=feed.site.at(paths[revision.pk]),
            title=f"{Change(revision.change).label}: {headlines[revision.pk].words}",
            text=revision.note,
            published=revision.published_at,
            updated=revision.published_at,
            tags=(revision.change, revision.kind),
        )
        for revision in revisions
    ]
