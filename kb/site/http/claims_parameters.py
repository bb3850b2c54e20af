"""The parameters of an incident's page of claims: its columns and the day that it shows."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.record.parameter_errors import unknown_parameter
from kb.record.query import InvalidQuery, TimelineQuery
from kb.site.http.parameters import InvalidParameters

MAX_COLUMNS = 8
CLAIMS_PARAMETERS = ("actor", "known")
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
