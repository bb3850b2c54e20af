"""A page that takes long to fetch: the editor waits on a page of the desk that loads itself again.

What was typed is in the session meanwhile, so nothing depends on the process that fetches.
"""

from __future__ import annotations

import time
from typing import TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from kb.desk.webpage.background import SourcePage, stored_outcome
from kb.desk.webpage.fetch import MAX_SECONDS

SESSION_KEY = "slow_page"
PARAMETER = "fetch"
RELOAD_SECONDS = 1
# The fetch ends itself; the rest is for reading the page and for storing the outcome.
MAX_WAIT_SECONDS = MAX_SECONDS + 7


class SlowPage(TypedDict):
    """A page that is being fetched, with what was typed on the form before."""

    key: str
    began_at: float
    url: str
    archive_url: str
    title: str
    words: str


def wait_for(request: HttpRequest, page: SlowPage) -> HttpResponse:
    """Store what was typed, and lead to the page that waits."""
    request.session[SESSION_KEY] = page
    query = urlencode({PARAMETER: page["key"]})
    return HttpResponseRedirect(f"{reverse('admin:desk_source_from')}?{query}")


def awaited_page(request: HttpRequest) -> SlowPage | None:
    """The page that this request waits for; None for any other request."""
    page: SlowPage | None = request.session.get(SESSION_KEY)
    key = request.GET.get(PARAMETER)
    return page if request.method == "GET" and page and page["key"] == key else None


def outcome_of(page: SlowPage) -> SourcePage | None:
    """What the fetch came to, or that it did not end in time; None as long as it runs."""
    outcome = stored_outcome(page["key"])
    if outcome is None and not 0 <= time.time() - page["began_at"] < MAX_WAIT_SECONDS:
        message = gettext("The page did not load within %(seconds)s seconds.")
        return SourcePage(problem=message % {"seconds": f"{MAX_SECONDS:.0f}"})
    return outcome


def waiting_response(
    request: HttpRequest, page: SlowPage, context: dict[str, object]
) -> HttpResponse:
    """The page that names the URL and loads itself again, also without script."""
    response = render(request, "admin/desk/source/fetching.html", {**context, "page": page})
    response.headers["Refresh"] = str(RELOAD_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response
