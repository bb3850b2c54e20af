"""The context of the page of an entry: an event, a statement or a request for comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest

from kb.record.addresses import record_path
from kb.record.history import versions
from kb.record.models import Entry, Facet, Revision
from kb.record.rendering import row_with_html
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import Change, RecordKind
from kb.site.embed.snippets import EmbedPanel, embed_panel, entry_embed
from kb.site.http.representations import format_links
from kb.site.pages.card import CardLink, card_link, entry_card
from kb.site.pages.carriers import Carriers, carriers_of
from kb.site.pages.cite import (
    CitePage,
    CitePanel,
    CopyForm,
    cite_entry_panel,
    copy_forms,
    pop_cite_form,
)
from kb.site.pages.entry_links import LinkLine, link_lines
from kb.site.pages.origin_tree import OriginLine, entry_origin_tree
from kb.site.pages.page_meta import Head, entry_head

MAX_STATEMENTS = 50


class PublicVersion(TypedDict):
    """One version of a record. ``is_link`` is whether only a record it refers to changed."""

    number: int
    on: datetime
    change_words: str
    note: str
    is_link: bool
    url: str


class EntryContext(TypedDict):
    """``limit`` is 0 if all ``statements`` are shown; ``last_change`` is not a link.

    ``requests`` are the requests for comment about an event, or that a statement answers;
    ``answer`` is the statement that answers a request.
    """

    row: Row
    origins: list[OriginLine]
    statements: list[Row]
    requests: list[Row]
    answer: Row | None
    limit: int
    replies: list[Row]
    carriers: Carriers | None
    links: list[LinkLine]
    before: Row | None
    after: Row | None
    history: list[PublicVersion]
    last_change: PublicVersion | None
    version: int
    cite: CitePanel
    copy: list[CopyForm]
    embed: EmbedPanel
    formats: Sequence[Mapping[str, object]]
    picture: CardLink
    head: Head
    nav: str


def entry_context(request: HttpRequest, revision: Revision) -> EntryContext:
    cite_form = pop_cite_form(request.GET.copy())
    entry = Entry.objects.select_related("revision").get(public_id=revision.public_id)
    related, has_more = _related_entries(entry)
    answer_id = entry.revision.document.get("answer")
    statements = [
        other
        for other in related
        if other.kind == RecordKind.STATEMENT and other.public_id != answer_id
    ]
    requests = [other for other in related if other.kind == RecordKind.REQUEST]
    replies = _replies(entry) if revision.kind == RecordKind.STATEMENT else []
    before, after = _neighbours(entry)
    # One call for all entries: it fetches the names once and numbers the sources of the whole page.
    entries = {
        shown.public_id: shown for shown in (entry, *related, *replies, before, after) if shown
    }
    rows = {row["id"]: row_with_html(row) for row in rows_for_entries(list(entries.values()))}
    history = public_versions(revision)
    row = rows[entry.public_id]
    picture = card_link(row["kind"], row["slug"], entry_card(row), v=str(row["version"]))
    reply_ids = {reply.public_id for reply in replies}
    return {
        "row": row,
        "origins": entry_origin_tree(revision.document),
        "statements": [
            rows[statement.public_id]
            for statement in statements
            if statement.public_id not in reply_ids
        ],
        "requests": [rows[other.public_id] for other in requests],
        "answer": rows.get(answer_id or ""),
        "limit": MAX_STATEMENTS if has_more else 0,
        "replies": [rows[reply.public_id] for reply in replies],
        "carriers": carriers_of(row) if row["kind"] == RecordKind.STATEMENT else None,
        "links": link_lines(row),
        "before": rows[before.public_id] if before else None,
        "after": rows[after.public_id] if after else None,
        "history": history,
        "last_change": next((version for version in history if not version["is_link"]), None),
        "version": revision.number,
        "cite": cite_entry_panel(row, CitePage(cite_form, row["url"])),
        "copy": copy_forms(row),
        "embed": embed_panel(
            entry_embed(row["headline"], row["url"]),
            version_path=f"{row['url']}history/{revision.number}/",
        ),
        "formats": format_links(revision.kind, record_path(revision.kind, revision.slug)),
        "picture": picture,
        "head": entry_head(request, row, revision, picture),
        "nav": "timeline",
    }


def _related_entries(entry: Entry) -> tuple[list[Entry], bool]:
    """Statements and requests about an event; for others, those about the same events.

    For a statement, the requests that it answers too, and for a request its answer. At most
    MAX_STATEMENTS, with whether there are more.
    """
    document = entry.revision.document
    event_ids = [entry.public_id] if entry.kind == RecordKind.EVENT else document["about"]
    facets = Facet.objects.order_by()
    answers = Entry.objects.filter(public_id=document.get("answer") or "").order_by()
    # A union reads three ranges of indexes; PostgreSQL would read all entries for "or".
    keys = (
        facets.filter(name="event", value__in=event_ids)
        .values("entry")
        .union(
            facets.filter(name="answer", value=entry.public_id).values("entry"),
            answers.values("pk"),
        )
    )
    related = Entry.objects.filter(pk__in=keys).exclude(pk=entry.pk)
    entries = list(related.select_related("revision")[: MAX_STATEMENTS + 1])
    return entries[:MAX_STATEMENTS], len(entries) > MAX_STATEMENTS


def _replies(entry: Entry) -> list[Entry]:
    keys = Facet.objects.filter(name="reply_to", value=entry.public_id).values("entry")
    return list(Entry.objects.filter(pk__in=keys).select_related("revision")[:MAX_STATEMENTS])


def _neighbours(entry: Entry) -> tuple[Entry | None, Entry | None]:
    """The entries before and after it, within its first incident if it has one."""
    entries = Entry.objects.select_related("revision")
    incidents = entry.revision.document["incidents"]
    if incidents:
        keys = Facet.objects.filter(name="incident", value=incidents[0]).values("entry")
        entries = entries.filter(pk__in=keys)
    return (
        entries.filter(sort_key__lt=entry.sort_key).order_by("-sort_key").first(),
        entries.filter(sort_key__gt=entry.sort_key).order_by("sort_key").first(),
    )


def public_versions(revision: Revision, *, limit: int | None = None) -> list[PublicVersion]:
    """The versions of a record for readers, newest first; with ``limit`` only so many."""
    path = record_path(revision.kind, revision.slug)
    return [
        {
            "number": version.number,
            "on": version.published_at,
            "change_words": str(Change(version.change).label),
            "note": version.note,
            "is_link": version.change == Change.LINK,
            "url": f"{path}history/{version.number}/",
        }
        for version in versions(revision.public_id).defer("document")[:limit]
    ]
