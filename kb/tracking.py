"""Tracking parameters in addresses of this site: ``utm_source``, ``fbclid`` and others are ignored.

Newsletters, social networks and advertisements add them to links. A page is the same with and
without them: it has the same ETag and canonical address, and its links do not repeat them. The list
is in ``kb.text.links``. ``kb.response_cache`` applies it too, because it answers before this.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kb.text.links import without_tracking

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TrackingParameters:
    """Removes tracking parameters from the query before anything reads it.

    The desk gets its parameters unchanged, because it is not linked from outside.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(self.desk):
            # `request.GET` is read from this when it is first used.
            query = request.META.get("QUERY_STRING", "")
            request.META["QUERY_STRING"] = without_tracking(query)
        return self.get_response(request)
