"""The context of an incident's page of claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NotRequired, TypedDict

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.record.models import Revision
from kb.record.query import TimelineQuery
from kb.site.embed.snippets import EmbedPanel, claims_embed, embed_panel
from kb.site.http.claims_parameters import MAX_COLUMNS, claims_pairs
from kb.site.pages.cite import CitePage, CitePanel, cite_panel, list_reference
from kb.site.pages.claims_matrix import ClaimsMatrix, claims_matrix, incident_claims
from kb.site.pages.incident import IncidentCard, incident_card
from kb.site.pages.page_meta import Head, claims_head
from kb.site.pages.reply_ledger import ReplyLedger, ledger_of_rows

Pairs = Sequence[tuple[str, str]]


class ClaimsDayLink(TypedDict):
    day: date
    url: str


class ClaimsBar(TypedDict):
    """The bar "as known on", as ``kb.site.pages.as_of_bar`` makes it for a timeline.

    ``latest_day`` is there only for the record of today, the keys after it only for a past day.
    """

    on: FuzzyDate | None
    hidden: Pairs
    latest_day: NotRequired[date | None]
    words: NotRequired[str]
    summary: NotRequired[str]
    previous: NotRequired[ClaimsDayLink | None]
    next: NotRequired[ClaimsDayLink | None]
    today_url: NotRequired[str]


class ClaimsContext(TypedDict):
    """``has_chooser`` is whether the form that chooses columns is shown."""

    incident: IncidentCard
    matrix: ClaimsMatrix
    ledger: ReplyLedger | None
    is_chosen: bool
    has_chooser: bool
    max_columns: int
    known: FuzzyDate | None
    bar: ClaimsBar
    path: str
    all_url: str
    cite: CitePanel
    embed: EmbedPanel
    head: Head
    nav: str


def claims_context(
    request: HttpRequest,
    revision: Revision,
    query: TimelineQuery,
    *,
    unnamed: bool,
    cite_form: str,
) -> ClaimsContext:
    """The context for an incident; the query's actors and ``unnamed`` choose the columns."""
    documents = incident_claims(revision.public_id)
    matrix = claims_matrix(
        documents, chosen=query.values("actor"), unnamed=unnamed, known=query.known
    )
    pairs = claims_pairs(query, unnamed)
    cite_pairs = [*pairs, *([("known", query.known.edtf)] if query.known else [])]
    reference = list_reference(
        _url(request.path, pairs, query.known),
        _("Claims: %(title)s") % {"title": revision.title},
        "claims",
    )
    requests_url = reverse("incident", args=[revision.slug]) + "?kind=request"
    return {
        "incident": incident_card(
            revision, current="claims", claims=len(documents), known=query.known
        ),
        "matrix": matrix,
        "ledger": ledger_of_rows(matrix.requests, requests_url),
        "is_chosen": bool(pairs),
        "has_chooser": bool(pairs) or len(matrix.choices) > MAX_COLUMNS,
        "max_columns": MAX_COLUMNS,
        "known": query.known,
        "bar": claims_bar(matrix.days, matrix.later, query.known, request.path, pairs),
        "path": request.path,
        "all_url": _url(request.path, [], query.known),
        "cite": cite_panel(reference, CitePage(cite_form, request.path, cite_pairs)),
        "embed": embed_panel(claims_embed(revision, query, pairs)),
        "head": claims_head(request, revision, documents),
        "nav": "incidents",
    }


def claims_bar(
    days: Sequence[date], later: int, known: FuzzyDate | None, path: str, pairs: Pairs = ()
) -> ClaimsBar:
    """The bar with the days on which positions became public; ``later`` counts hidden ones."""
    if known is None:
        latest_day = days[-1] if days else None
        return {"on": None, "hidden": pairs, "latest_day": latest_day}
    summary = _("This page shows the positions that cited sources had published by that day.")
    if later:
        hidden = ngettext(
            "%(n)s later position is hidden.", "%(n)s later positions are hidden.", later
        )
        summary = f"{summary} {hidden % {'n': later}}"
    earliest, latest = known.earliest, known.latest
    days_before = [day for day in days if earliest and day < earliest]
    days_after = [day for day in days if latest and day > latest]
    return {
        "on": known,
        "hidden": pairs,
        "words": str(known.words()),
        "summary": summary,
        "previous": _day_link(max(days_before, default=None), path, pairs),
        "next": _day_link(min(days_after, default=None), path, pairs),
        "today_url": _url(path, pairs, None),
    }


def _day_link(day: date | None, path: str, pairs: Pairs) -> ClaimsDayLink | None:
    if day is None:
        return None
    return {"day": day, "url": _url(path, pairs, FuzzyDate(day.isoformat()))}


def _url(path: str, pairs: Pairs, known: FuzzyDate | None) -> str:
    parameters = QueryDict(mutable=True)
    for name, value in [*pairs, *([("known", known.edtf)] if known else [])]:
        parameters.appendlist(name, value)
    return f"{path}?{parameters.urlencode()}" if parameters else path
