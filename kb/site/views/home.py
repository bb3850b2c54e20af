"""The front page, and whether the site serves."""

from collections import Counter

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.record import epoch
from kb.record.addresses import path_of
from kb.record.history import latest_changes
from kb.record.models import Change, Entry, Facet, Revision
from kb.record.rows import rows_of
from kb.site.prose import html, with_html
from kb.site.views.decorators import reader_page


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 once pages can be served: the record answers."""
    return HttpResponse(f"ok {epoch.current()}\n", content_type="text/plain")


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    standing = Revision.objects.standing()
    incidents = list(standing.filter(kind="incident").order_by("-published_at", "pk")[:20])
    quotation = (
        Entry.objects.filter(facets__name="form", facets__value="verbatim")
        .select_related("revision")
        .order_by("-sort_key")
        .first()
    )
    events = Entry.objects.filter(kind="event").count()
    ctx = {
        "incidents": _incidents(incidents),
        "figures": [
            {"label": "Incidents", "value": standing.filter(kind="incident").count()},
            {"label": "Events", "value": events},
            {"label": "Statements", "value": Entry.objects.count() - events},
            {"label": "Sources", "value": standing.filter(kind="source").count()},
        ],
        "latest": [
            {
                "words": Change(one.change).label,
                "title": one.title,
                "url": path_of(one.kind, one.slug),
                "on": one.published_at,
            }
            for one in latest_changes().filter(kind__in=["event", "statement", "incident"])[:6]
        ],
        "quotation": with_html(rows_of([quotation])[0]) if quotation else None,
        "nav": "home",
    }
    return render(request, "home/home.html", ctx)


def _incidents(revisions: list[Revision]) -> list[dict]:
    """Each incident with its counts, in three queries however many there are."""
    ids = [one.public_id for one in revisions]
    own = Facet.objects.filter(name="incident", value__in=ids).order_by().values_list("value")
    entries = dict(own.annotate(found=Count("entry")))
    cited = own.filter(entry__facets__name="source")
    sources = dict(cited.annotate(found=Count("entry__facets__value", distinct=True)))
    claims = Counter(
        Revision.objects.standing()
        .filter(kind="proposition", document__incident__in=ids)
        .values_list("document__incident", flat=True)
    )
    return [
        {
            "title": one.title,
            "url": path_of("incident", one.slug),
            "summary_html": html(one.document["summary"]),
            "entries": entries.get(one.public_id, 0),
            "sources": sources.get(one.public_id, 0),
            "contested": claims[one.public_id],
            "changed": one.published_at,
            "span": "",
        }
        for one in revisions
    ]
