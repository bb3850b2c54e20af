"""One event or one statement: everything known about it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.history import versions
from kb.record.models import Change, Entry, Facet, Revision
from kb.record.rows import Row, rows_of
from kb.site.prose import with_html
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer


@reader_page
def event(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "events/event.html", _entry(request, "event", slug))


@reader_page
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "statements/statement.html", _entry(request, "statement", slug))


def _entry(request: HttpRequest, kind: str, slug: str) -> dict:
    revision = standing_or_answer(request, kind, slug)
    entry = Entry.objects.select_related("revision").get(public_id=revision.public_id)
    about = Facet.objects.filter(name="event", value=entry.public_id).values("entry")
    statements = Entry.objects.filter(pk__in=about).select_related("revision")[:50]
    earlier = Entry.objects.filter(sort_key__lt=entry.sort_key).order_by("-sort_key")
    later = Entry.objects.filter(sort_key__gt=entry.sort_key).order_by("sort_key")
    near = [one.select_related("revision").first() for one in (earlier, later)]
    # One call for all of them: one set of names, and source numbers that hold page-wide.
    wanted = [entry, *statements, *(one for one in near if one)]
    rows = {row["id"]: with_html(row) for row in rows_of(wanted)}
    before, after = (rows[one.public_id] if one else None for one in near)
    return {
        "row": rows[entry.public_id],
        "statements": [rows[one.public_id] for one in statements],
        "before": before,
        "after": after,
        "history": history_of(revision),
        "version": revision.number,
        "cite": _citation(rows[entry.public_id], revision),
        "formats": [],
        "nav": "timeline",
    }


def history_of(revision: Revision) -> list[dict]:
    """The versions of a record for readers, newest first."""
    return [
        {
            "number": one.number,
            "on": one.published_at,
            "change_words": Change(one.change).label,
            "note": one.note,
        }
        for one in versions(revision.public_id)
    ]


def _citation(row: Row, revision: Revision) -> str:
    return (
        f"“{row['title']}”, {row['kind']} {row['id']}, version {revision.number}, "
        f"{settings.SITE_NAME}, {revision.published_at:%-d %B %Y}. {settings.SITE_URL}{row['url']}"
    )
