"""The front page, and whether the site serves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kb.record import publication_version
from kb.record.addresses import path_of
from kb.record.history import latest_changes
from kb.record.models import Change, Entry, Revision
from kb.record.rendering import shortened, unquoted, with_html
from kb.record.rows import Row, rows_of
from kb.site.http.decorators import reader_page
from kb.site.pages.incidents import stories_of
from kb.site.pages.page_meta import home_head

MOST_STORIES = 10
LONGEST_QUOTATION = 240


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 once pages can be served: the record answers."""
    return HttpResponse(f"ok {publication_version.current()}\n", content_type="text/plain")


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    standing = Revision.objects.standing()
    incidents = standing.filter(kind="incident")
    stories = incidents.count()
    quotation = (
        Entry.objects.filter(facets__name="form", facets__value="verbatim")
        .select_related("revision")
        .order_by("-sort_key")
        .first()
    )
    entries = reverse("timeline")
    events = Entry.objects.filter(kind="event").count()
    ctx = {
        **stories_of(list(incidents.order_by("-published_at", "pk")[:MOST_STORIES])),
        "more": stories > MOST_STORIES,
        "figures": [
            {"label": _("Incidents"), "value": stories, "url": reverse("incidents")},
            {"label": _("Events"), "value": events, "url": f"{entries}?kind=event"},
            {
                "label": _("Statements"),
                "value": Entry.objects.count() - events,
                "url": f"{entries}?kind=statement",
            },
            {
                "label": _("Sources"),
                "value": standing.filter(kind="source").count(),
                "url": reverse("sources"),
            },
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
        "quotation": _brief(quotation) if quotation else None,
        "head": home_head(request),
        "nav": "home",
    }
    return render(request, "home/home.html", ctx)


def _brief(entry: Entry) -> Row:
    """A statement with the beginning of its words."""
    row = rows_of([entry])[0]
    return with_html(row | {"text": shortened(unquoted(row["text"]), LONGEST_QUOTATION)})
