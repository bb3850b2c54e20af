"""The front page, and whether the site serves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kb.record import publication_version
from kb.record.addresses import record_path
from kb.record.history import latest_changes
from kb.record.models import Entry, Revision
from kb.record.rendering import row_with_html, shortened, without_quotation_marks
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import Change
from kb.site.http.decorators import reader_page
from kb.site.pages.incidents import incident_list
from kb.site.pages.page_meta import home_head

MAX_INCIDENTS = 10
MAX_QUOTATION_LENGTH = 240


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 once pages can be served: the record answers."""
    return HttpResponse(f"ok {publication_version.current_number()}\n", content_type="text/plain")


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
        **incident_list(list(incidents.order_by("-published_at", "pk")[:MAX_INCIDENTS])),
        "more": stories > MAX_INCIDENTS,
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
                "url": record_path(one.kind, one.slug),
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
    row = rows_for_entries([entry])[0]
    return row_with_html(
        row | {"text": shortened(without_quotation_marks(row["text"]), MAX_QUOTATION_LENGTH)}
    )
