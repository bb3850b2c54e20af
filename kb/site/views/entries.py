"""One event or one statement: everything known about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.addresses import record_path
from kb.record.history import versions
from kb.record.models import Entry, Facet, Revision
from kb.record.rendering import row_with_html
from kb.record.rows import rows_for_entries
from kb.record.vocabulary import Change
from kb.site.embed.snippets import embed_panel, entry_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.representations import format_links
from kb.site.pages.cite import cite_record_panel
from kb.site.pages.page_meta import entry_head
from kb.site.views.formats import entry_file

MAX_STATEMENTS = 50


@negotiated("event", entry_file)
@reader_page
def event(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "events/event.html", _entry(request, "event", slug))


@negotiated("statement", entry_file)
@reader_page
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "statements/statement.html", _entry(request, "statement", slug))


def _entry(request: HttpRequest, kind: str, slug: str) -> dict[str, Any]:
    revision = live_revision_or_response(request, kind, slug)
    entry = Entry.objects.select_related("revision").get(public_id=revision.public_id)
    related = _statements(entry)[: MAX_STATEMENTS + 1]
    statements = list(related[:MAX_STATEMENTS])
    replies = _replies(entry) if kind == "statement" else []
    near = _neighbours(entry)
    # One call for all of them: one set of names, and source numbers that hold page-wide.
    wanted = {one.public_id: one for one in (entry, *statements, *replies, *near) if one}
    rows = {row["id"]: row_with_html(row) for row in rows_for_entries(list(wanted.values()))}
    before, after = (rows[one.public_id] if one else None for one in near)
    history = public_versions(revision)
    row = rows[entry.public_id]
    answered = {one.public_id for one in replies}
    return {
        "row": row,
        "statements": [rows[one.public_id] for one in statements if one.public_id not in answered],
        "most": MAX_STATEMENTS if len(related) > MAX_STATEMENTS else 0,
        "replies": [rows[one.public_id] for one in replies],
        "before": before,
        "after": after,
        "history": history,
        "last_change": next((one for one in history if not one["is_link"]), None),
        "version": revision.number,
        "cite": cite_record_panel(revision),
        "embed": embed_panel(
            entry_embed(revision.title, row["url"]),
            version_path=f"{row['url']}history/{revision.number}/",
        ),
        "formats": format_links(kind, record_path(kind, slug)),
        "head": entry_head(request, row, revision),
        "nav": "timeline",
    }


def _statements(entry: Entry) -> list[Entry]:
    """What was said about an event; beside a statement, what else was said about the same."""
    about = [entry.public_id]
    if entry.kind == "statement":
        about = entry.revision.document["about"]
    keys = Facet.objects.filter(name="event", value__in=about).values("entry")
    found = Entry.objects.filter(pk__in=keys).exclude(pk=entry.pk).select_related("revision")
    return list(found[: MAX_STATEMENTS + 1])


def _replies(entry: Entry) -> list[Entry]:
    keys = Facet.objects.filter(name="reply_to", value=entry.public_id).values("entry")
    return list(Entry.objects.filter(pk__in=keys).select_related("revision")[:MAX_STATEMENTS])


def _neighbours(entry: Entry) -> list[Entry | None]:
    """The entries before and after it, within its first incident if it has one."""
    beside = Entry.objects.all()
    incidents = entry.revision.document["incidents"]
    if incidents:
        own = Facet.objects.filter(name="incident", value=incidents[0]).values("entry")
        beside = beside.filter(pk__in=own)
    earlier = beside.filter(sort_key__lt=entry.sort_key).order_by("-sort_key")
    later = beside.filter(sort_key__gt=entry.sort_key).order_by("sort_key")
    return [one.select_related("revision").first() for one in (earlier, later)]


def public_versions(revision: Revision) -> list[dict[str, Any]]:
    """The versions of a record for readers, newest first."""
    path = record_path(revision.kind, revision.slug)
    return [
        {
            "number": one.number,
            "on": one.published_at,
            "change_words": Change(one.change).label,
            "note": one.note,
            "is_link": one.change == Change.LINK,
            "url": f"{path}history/{one.number}/",
        }
        for one in versions(revision.public_id).defer("document")
    ]
