"""What is contested in one incident, and who takes which position."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from kb.dates import FuzzyDate
from kb.record.query import InvalidQuery
from kb.site.embedding import claims_embed, panel
from kb.site.heads import claims_head
from kb.site.incident import incident_card
from kb.site.matrix import (
    MOST_COLUMNS,
    Matrix,
    claims_pairs,
    claims_query,
    matrix,
    propositions_of,
)
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer, unreadable


@reader_page
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The matrix; ``actor`` chooses its columns, ``known`` the day that it is shown for."""
    revision = standing_or_answer(request, "incident", slug)
    try:
        query, unnamed = claims_query(QueryDict(request.META["QUERY_STRING"]))
    except InvalidQuery as problem:
        return unreadable(request, problem)
    documents = propositions_of(revision.public_id)
    chosen = query.values("actor")
    found = matrix(documents, chosen=chosen, unnamed=unnamed, known=query.known)
    kept = claims_pairs(query, unnamed)
    ctx = {
        "incident": incident_card(
            revision, current="claims", claims=len(documents), known=query.known
        ),
        "matrix": found,
        "is_chosen": bool(kept),
        "chooses": bool(kept) or len(found.choices) > MOST_COLUMNS,
        "most": MOST_COLUMNS,
        "known": query.known,
        "days": _beside(found, query.known, request.path, kept),
        "kept": kept,
        "path": request.path,
        "all_url": _address(request.path, [], query.known),
        "embed": panel(claims_embed(revision, query, kept)),
        "head": claims_head(request, revision, documents),
        "nav": "home",
    }
    return render(request, "claims/claims.html", ctx)


def _beside(
    found: Matrix, known: FuzzyDate | None, path: str, kept: list[tuple[str, str]]
) -> dict[str, Any]:
    """The days before and after on which an account became public, with their addresses."""

    def step(day: date | None) -> dict[str, Any] | None:
        return (
            {"day": day, "url": _address(path, kept, FuzzyDate(day.isoformat()))} if day else None
        )

    if known is None:
        return {"latest": found.days[-1] if found.days else None}
    return {
        "day": known.edtf if known.earliest == known.latest else "",
        "previous": step(max((day for day in found.days if day < known.earliest), default=None)),
        "next": step(min((day for day in found.days if day > known.latest), default=None)),
        "today_url": _address(path, kept, None),
    }


def _address(path: str, kept: list[tuple[str, str]], known: FuzzyDate | None) -> str:
    text = QueryDict(mutable=True)
    for name, value in [*kept, *([("known", known.edtf)] if known else [])]:
        text.appendlist(name, value)
    return f"{path}?{text.urlencode()}" if text else path
