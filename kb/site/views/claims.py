"""What is contested in one incident, and who takes which position."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.site.embed.snippets import claims_embed, embed_panel
from kb.site.http.decorators import reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.as_of_bar import exact_day
from kb.site.pages.claims_matrix import (
    MAX_COLUMNS,
    ClaimsMatrix,
    claims_matrix,
    claims_pairs,
    claims_query,
    incident_claims,
)
from kb.site.pages.incident import incident_card
from kb.site.pages.page_meta import claims_head


@reader_page
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The matrix; ``actor`` chooses its columns, ``known`` the day that it is shown for."""
    revision = live_revision_or_response(request, "incident", slug)
    query, unnamed = claims_query(QueryDict(request.META["QUERY_STRING"]))
    documents = incident_claims(revision.public_id)
    chosen = query.values("actor")
    found = claims_matrix(documents, chosen=chosen, unnamed=unnamed, known=query.known)
    kept = claims_pairs(query, unnamed)
    ctx = {
        "incident": incident_card(
            revision, current="claims", claims=len(documents), known=query.known
        ),
        "matrix": found,
        "is_chosen": bool(kept),
        "chooses": bool(kept) or len(found.choices) > MAX_COLUMNS,
        "most": MAX_COLUMNS,
        "known": query.known,
        "bar": _bar(found, query.known, request.path, kept),
        "kept": kept,
        "path": request.path,
        "all_url": _address(request.path, [], query.known),
        "embed": embed_panel(claims_embed(revision, query, kept)),
        "head": claims_head(request, revision, documents),
        "nav": "home",
    }
    return render(request, "claims/claims.html", ctx)


def _bar(
    found: ClaimsMatrix, known: FuzzyDate | None, path: str, kept: list[tuple[str, str]]
) -> dict[str, Any]:
    """As ``kb.site.pages.as_of_bar`` for a list, with the days on which positions became known."""

    def step(day: date | None) -> dict[str, Any] | None:
        return (
            {"day": day, "url": _address(path, kept, FuzzyDate(day.isoformat()))} if day else None
        )

    if known is None:
        return {"on": None, "hidden": kept, "latest_day": found.days[-1] if found.days else None}
    said = _("This page shows the positions that cited sources had published by that day.")
    if found.later:
        left_out = ngettext(
            "%(n)s later position is hidden.", "%(n)s later positions are hidden.", found.later
        )
        said = f"{said} {left_out % {'n': found.later}}"
    return {
        "on": known,
        "words": str(known.words()),
        "summary": said,
        "hidden": kept,
        "day": exact_day(known),
        "previous": step(max((day for day in found.days if day < known.earliest), default=None)),
        "next": step(min((day for day in found.days if day > known.latest), default=None)),
        "today_url": _address(path, kept, None),
    }


def _address(path: str, kept: list[tuple[str, str]], known: FuzzyDate | None) -> str:
    text = QueryDict(mutable=True)
    for name, value in [*kept, *([("known", known.edtf)] if known else [])]:
        text.appendlist(name, value)
    return f"{path}?{text.urlencode()}" if text else path
