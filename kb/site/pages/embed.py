"""The contexts of the pages that other sites may embed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record import publication_version
from kb.record.addresses import record_path
from kb.record.frozen.differences import differences_today, query_of_view
from kb.record.frozen.rows import member_rows
from kb.record.frozen.titles import view_title
from kb.record.models import FrozenView, Revision
from kb.record.page import TimelinePage
from kb.record.query import TimelineQuery
from kb.record.rendering import row_with_html, with_corrections
from kb.record.rows import Row
from kb.record.single_rows import version_row
from kb.site.embed.snippets import (
    ENTRY_VIEWS,
    Embed,
    claim_embed,
    claims_embed,
    entry_embed,
    frozen_embed,
)
from kb.site.http.claims_parameters import claims_pairs
from kb.site.pages.as_of_bar import known_words
from kb.site.pages.claim import ClaimPage, claim_page
from kb.site.pages.claims_matrix import ClaimsMatrix, claims_matrix, incident_claims
from kb.site.pages.date_groups import groups_by_date
from kb.site.pages.date_words import day_words
from kb.site.pages.frozen_band import changes_words
from kb.site.pages.sentences import joined_sentences

# Positions in an embedded claim, which links to all.
EMBEDDED_POSITIONS = 10


class EmbedPage(TypedDict):
    """What ``embed/base.html`` needs; ``page_url`` is the page that the embed shows."""

    title: str
    page_url: str
    theme: str
    as_of: datetime | None


class EmbedEntryContext(EmbedPage):
    """``last`` is the number of the newest version if this one is superseded, else 0."""

    row: Row
    version: int
    on: datetime
    last: int


class EmbedTimelineContext(EmbedPage):
    """``shown`` counts the entries in the embed, ``count`` those of the whole timeline.

    ``known`` says that it is a list as known on a day, or a frozen one; "" for the record of today.
    """

    known: str
    groups: Sequence[object]
    shown: int
    count: int
    words: str


class EmbedClaimsContext(EmbedPage):
    incident: str
    matrix: ClaimsMatrix
    known: FuzzyDate | None
    at: str


class EmbedClaimContext(EmbedPage):
    page: ClaimPage
    known: FuzzyDate | None
    at: str


def embed_entry_context(revision: Revision, theme: str) -> EmbedEntryContext:
    """An event or a statement with its last correction."""
    row = row_with_html(version_row(revision, revision.slug).row)
    return {
        **_embed_page(entry_embed(row["headline"], row["url"]), theme),
        "row": with_corrections([row])[0],
        "version": revision.number,
        "on": revision.published_at,
        "last": 0,
    }


def embed_version_context(current: Revision, version: Revision, theme: str) -> EmbedEntryContext:
    """One version of an event or a statement, with the names as they were."""
    path = f"{record_path(current.kind, current.slug)}history/{version.number}/"
    row = row_with_html(version_row(version, current.slug).row)
    return {
        **_embed_page(entry_embed(row["headline"], path), theme),
        "row": row,
        "version": version.number,
        "on": version.published_at,
        "last": current.number if version.superseded_at else 0,
    }


def embed_timeline_context(query: TimelineQuery, embed: Embed, theme: str) -> EmbedTimelineContext:
    view = TimelinePage(query, with_later=query.shows_later).view()
    rows = with_corrections([row_with_html(row) for row in view.rows])
    # The link leads to the whole timeline, without the size that suits the embed.
    pairs = tuple(pair for pair in embed.pairs if pair[0] != "size")
    return {
        **_embed_page(replace(embed, pairs=pairs), theme),
        "known": known_words(query),
        "groups": groups_by_date(rows, view.undecided),
        "shown": len(rows),
        "count": view.count.shown,
        "words": query.describe(),
    }


def embed_frozen_context(view: FrozenView, theme: str) -> EmbedTimelineContext:
    """The first entries of a frozen list that can be shown, and how it differs today."""
    query = query_of_view(view)
    title = view_title(view, query)
    members = member_rows(view, query, 0, min(ENTRY_VIEWS, view.count))
    rows = [row_with_html(member.row) for member in members if member.row]
    day = _("A list as it was on %(day)s") % {"day": day_words(view.as_of)}
    return {
        **_embed_page(frozen_embed(view, title), theme),
        "known": joined_sentences(day, changes_words(view, query, differences_today(view))),
        "groups": groups_by_date(rows),
        "shown": len(rows),
        "count": view.count,
        "words": title,
    }


def embed_claims_context(
    revision: Revision, query: TimelineQuery, theme: str, *, unnamed: bool
) -> EmbedClaimsContext:
    """The claims of an incident; ``unnamed`` adds the column of unnamed speakers."""
    documents = incident_claims(revision.public_id)
    matrix = claims_matrix(
        documents, chosen=query.values("actor"), unnamed=unnamed, known=query.known
    )
    embed = claims_embed(revision, query, claims_pairs(query, unnamed))
    return {
        **_embed_page(embed, theme),
        "incident": revision.title,
        "matrix": matrix,
        "known": query.known,
        "at": embed.page_url,
    }


def embed_claim_context(
    revision: Revision, theme: str, known: FuzzyDate | None, start: int
) -> EmbedClaimContext:
    """One claim with some of its positions, from number ``start`` on."""
    embed = claim_embed(revision, known)
    return {
        **_embed_page(embed, theme),
        "page": claim_page(revision, known, start, EMBEDDED_POSITIONS),
        "known": known,
        "at": embed.page_url,
    }


def _embed_page(embed: Embed, theme: str) -> EmbedPage:
    return {
        "title": embed.title,
        "page_url": embed.page_url,
        "theme": theme,
        "as_of": publication_version.current_version()[1],
    }
