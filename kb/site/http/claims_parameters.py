"""The parameters of an incident's page of claims, and of the page and the files of one claim."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.parameter_errors import repeated_parameter, unknown_parameter
from kb.record.query import InvalidQuery, TimelineQuery
from kb.site.http.parameters import InvalidParameters, clean_cursor

MAX_COLUMNS = 8
CLAIMS_PARAMETERS = ("actor", "known")
CLAIM_PARAMETERS = ("known", "after")
UNNAMED_SLUG = "-"  # the value for unnamed speakers; no actor has it as a slug


def claims_query(parameters: QueryDict) -> tuple[TimelineQuery, bool]:
    """The query, and whether the column of unnamed speakers is chosen.

    Raises InvalidParameters for any other parameter, and for too many actors.
    """
    data = parameters.copy()
    errors = {
        name: unknown_parameter(CLAIMS_PARAMETERS) for name in data if name not in CLAIMS_PARAMETERS
    }
    if errors:
        raise InvalidParameters(errors, data)
    slugs = data.getlist("actor")
    unnamed = UNNAMED_SLUG in slugs
    data.setlist("actor", [slug for slug in slugs if slug != UNNAMED_SLUG])
    try:
        query = TimelineQuery.parse(data)
    except InvalidQuery as problem:
        raise InvalidParameters(problem.errors, data) from problem
    if len(query.values("actor")) + unnamed > MAX_COLUMNS:
        error = _("Choose no more than %(most)d actors.") % {"most": MAX_COLUMNS}
        raise InvalidParameters({"actor": error}, data)
    return query, unnamed


def claims_pairs(query: TimelineQuery, unnamed: bool) -> list[tuple[str, str]]:
    """The choice of columns as parameters, which every link to the matrix carries on."""
    pairs = [("actor", actor.slug) for actor in query.values("actor")]
    return pairs + [("actor", UNNAMED_SLUG)] * unnamed


def claim_query(data: QueryDict) -> tuple[FuzzyDate | None, int]:
    """The day that the page of a claim shows, and how many positions stand before its first.

    ``data`` are the parameters without those that others have read. Raises InvalidParameters.
    """
    errors = {
        name: unknown_parameter(CLAIM_PARAMETERS) for name in data if name not in CLAIM_PARAMETERS
    }
    if len(data.getlist("after")) > 1:
        errors["after"] = repeated_parameter()
    if errors:
        raise InvalidParameters(errors, data)
    cursor = clean_cursor(data, data.get("after", ""))
    day = QueryDict(mutable=True)
    day.setlist("known", data.getlist("known"))
    try:
        query = TimelineQuery.parse(day)
    except InvalidQuery as problem:
        raise InvalidParameters(problem.errors, data) from problem
    return query.known, cursor
