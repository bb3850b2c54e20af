"""One story: its timeline, and what is contested in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kb.dates import FuzzyDate
from kb.record.history import versions
from kb.record.index import is_contested
from kb.record.models import Change, Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.rows import Names, rows_of
from kb.site.listing import MONTHS, listing, timeline_query
from kb.site.prose import html, with_html
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer


@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "incident", slug)
    query = timeline_query(request, incident=slug)
    ctx = listing(query, path=request.path, fixed=("incident",))
    ctx["incident"] = _head(revision, current="timeline")
    return render(request, "timeline/timeline.html", {**ctx, "nav": "home"})


@reader_page
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """Each contested question, and what each party says to it."""
    revision = standing_or_answer(request, "incident", slug)
    documents = propositions_of(revision.public_id)
    names = Names(documents)
    cited = {one["statement"] for document in documents for one in document["accounts"]} - {None}
    entries = Entry.objects.filter(public_id__in=cited).select_related("revision")
    rows = {row["id"]: with_html(row) for row in rows_of(list(entries))}
    ctx = {
        "incident": _head(revision, current="claims"),
        "claims": [
            {
                "text": document["title"],
                "aspect": document["aspect"],
                "anchor": document["slug"],
                "contested": is_contested(document),
                "cells": _cells(document, names, rows),
            }
            for document in documents
        ],
        "nav": "home",
    }
    return render(request, "claims/claims.html", ctx)


def propositions_of(incident_id: str) -> list[dict]:
    """The documents of an incident's contested claims, by address: always in the same order."""
    found = Revision.objects.standing().filter(kind="proposition", document__incident=incident_id)
    return sorted(found.values_list("document", flat=True), key=lambda one: one["slug"])


def _cells(document: dict, names: Names, rows: dict) -> list[dict]:
    """By holder, in order of first mention, their positions with date, words and entry."""
    cells: dict[str | None, dict] = {}
    for account in document["accounts"]:
        row = rows.get(account["statement"])
        unnamed = {"name": (row and row["voice"]["label"]) or "Not named", "url": ""}
        holder = names.actor(account["holder"]) or unnamed
        # Two unnamed voices are not known to be one.
        key = account["holder"] or account["statement"] or account["source"]
        cell = cells.setdefault(key, {"holder": holder, "positions": []})
        when = account["date"] if account["date"]["edtf"] else None
        cell["positions"].append(
            {"position": account["position"], "date": when, "row": row, "note": account["note"]}
        )
    return list(cells.values())


def _in_sentence(words: list[str]) -> list[str]:
    """The words without repeats, all but the first as inside a sentence."""
    first, *rest = dict.fromkeys(words) or [""]
    lower = [one if one.split()[0] in MONTHS else one[0].lower() + one[1:] for one in rest]
    return [first, *lower] if first else []


def _head(revision: Revision, *, current: str) -> dict:
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
            {"label": "Record", "value": f"{total} entries"},
            {"label": "Span", "value": " to ".join(_in_sentence(span)) or "No dated entry"},
            {"label": "Contested claims", "value": str(contested)},
            {"label": "Last change", "value": f"{last.published_at:%-d %B %Y}" if last else ""},
        ],
        "views": [
            {"label": "Timeline", "url": path, "count": total, "current": current == "timeline"},
            {
                "label": "Contested claims",
                "url": reverse("claims", args=[revision.slug]),
                "count": contested,
                "current": current == "claims",
            },
            {
                "label": "Statements",
                "url": f"{path}?kind=statement",
                "count": entries.filter(kind="statement").count(),
                "current": False,
            },
        ],
    }
