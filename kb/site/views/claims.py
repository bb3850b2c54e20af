"""What is contested in one incident, and who takes which position."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.query import InvalidQuery, TimelineQuery
from kb.site.heads import claims_head
from kb.site.matrix import matrix, propositions_of
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer, unreadable
from kb.site.views.incidents import incident_card

TAKEN = ("actor", "known")


@reader_page
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The matrix; ``actor`` chooses its columns, ``known`` the day that it is shown for."""
    revision = standing_or_answer(request, "incident", slug)
    try:
        query = _query(request)
    except InvalidQuery as problem:
        return unreadable(request, problem)
    documents = propositions_of(revision.public_id)
    found = matrix(
        documents, chosen={one.value for one in query.values("actor")}, known=query.known
    )
    ctx = {
        "incident": incident_card(revision, current="claims"),
        "matrix": found,
        "known": query.known,
        "head": claims_head(request, revision, documents),
        "nav": "home",
    }
    return render(request, "claims/claims.html", ctx)


def _query(request: HttpRequest) -> TimelineQuery:
    strange = {
        name: _("There is no parameter of this name. There are: %(names)s.")
        % {"names": ", ".join(TAKEN)}
        for name in request.GET
        if name not in TAKEN
    }
    if strange:
        raise InvalidQuery(strange, request.GET)
    return TimelineQuery.parse(request.GET)
