"""One story and its timeline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.record.history import versions
from kb.record.models import Change, Revision
from kb.record.query import TimelineQuery
from kb.site.citing import cite, view_reference
from kb.site.heads import incident_head
from kb.site.listing import listing, timeline_query
from kb.site.matrix import propositions_of
from kb.site.prose import html
from kb.site.templatetags.record import inside
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer


@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "incident", slug)
    query = timeline_query(request, incident=slug)
    ctx = listing(query, path=request.path, fixed=("incident",))
    ctx["incident"] = incident_card(revision, current="timeline")
    ctx["head"] = incident_head(request, revision, query, ctx["page"]["rows"])
    ctx["cite"] = cite(view_reference(query, request.path, fixed=("incident",)))
    return render(request, "timeline/timeline.html", {**ctx, "nav": "home"})


def _in_sentence(words: list[str]) -> list[str]:
    """The words without repeats, all but the first as inside a sentence."""
    first, *rest = dict.fromkeys(words) or [""]
    lower = [inside(one) for one in rest]
    return [first, *lower] if first else []


def _to(words: list[str]) -> str:
    return (
        _("%(first)s to %(last)s") % {"first": words[0], "last": words[1]}
        if words[1:]
        else ("".join(words))
    )


def incident_card(revision: Revision, *, current: str) -> dict:
    """The context of ``timeline/_incident_head.html``; ``current`` names the view that is open."""
    document = revision.document
    query = TimelineQuery.parse(f"incident={revision.slug}")
    entries = query.entries()
    dated = entries.filter(dated=True).select_related("revision")
    ends = [dated.order_by("sort_key").first(), dated.order_by("-sort_key").first()]
    span = [FuzzyDate.from_json(one.revision.document["date"]).words() for one in ends if one]
    contested = len(propositions_of(revision.public_id))
    last = versions(revision.public_id).exclude(change=Change.LINK).first()
    path = reverse("incident", args=[revision.slug])
    total = entries.count()
    return {
        "title": revision.title,
        "summary_html": html(document["summary"]),
        "facts": [
            {
                "label": _("Record"),
                "value": ngettext("%(n)d entry", "%(n)d entries", total) % {"n": total},
            },
            {"label": _("Span"), "value": _to(_in_sentence(span)) or _("No dated entry")},
            {"label": _("Contested claims"), "value": str(contested)},
            {
                "label": _("Last change"),
                "value": date_format(last.published_at, "j F Y") if last else "",
            },
        ],
        "views": [
            {"label": _("Timeline"), "url": path, "count": total, "current": current == "timeline"},
            {
                "label": _("Contested claims"),
                "url": reverse("claims", args=[revision.slug]),
                "count": contested,
                "current": current == "claims",
            },
            {
                "label": _("Statements"),
                "url": f"{path}?kind=statement",
                "count": entries.filter(kind="statement").count(),
                "current": False,
            },
        ],
    }
