"""Corrections, withdrawals and merges as an Atom feed."""

from __future__ import annotations

from heapq import merge
from operator import attrgetter

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.formats import FORMATS, atom
from kb.formats.feed_text import FeedItem, tag_uri
from kb.formats.view import FormatContext
from kb.record import publication_version
from kb.record.addresses import absolute_url
from kb.record.models import Revision, Suppression
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
    current_revisions,
    path_with_parameters,
    removal_count,
    removal_words,
    revision_page,
    version_removals,
)


@data_file
def changes_atom(request: HttpRequest) -> HttpResponseBase:
    """The same pages as the page of changes, with the same parameters."""
    change, cursor = correction_parameters(request)
    revisions = corrections(change)
    page = revision_page(revisions, cursor)
    total = revisions.count() + removal_count(change)
    feed = _feed_context(change, cursor, page.next_cursor, total)
    removals = version_removals(change, page, cursor)
    pieces = atom.atom_feed(feed, _items(page.revisions, removals, feed))
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


def _items(
    revisions: list[Revision], removals: list[Suppression], feed: FormatContext
) -> list[FeedItem]:
    current = current_revisions(removals)
    named = [*revisions, *current.values()]
    headlines = revision_headlines(named)
    paths = correction_paths(named, headlines)
    changes = [
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
    removed = [
        FeedItem(
            id=f"{tag_uri(feed, removal.public_id, removal.removed_at)}/removal-{removal.pk}",
            url=feed.site.at(paths[revision.pk]),
            title=f"{Change.SUPPRESSION.label}: {headlines[revision.pk].words}",
            text=removal_words(removal),
            published=removal.removed_at,
            updated=removal.removed_at,
            tags=(Change.SUPPRESSION.value, revision.kind),
        )
        for removal in removals
        if (revision := current.get(removal.public_id))
    ]
    return list(merge(changes, removed, key=attrgetter("published"), reverse=True))
