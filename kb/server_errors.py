"""The page for an error of a view or of middleware: 503 if the database cannot work, else 500."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse

from kb.desk.database_unavailable import desk_unavailable_response
from kb.desk.signin.paths import is_desk
from kb.record.event_counts import Happening, count
from kb.record.unavailable import unavailable_reason
from kb.site.http.errors import server_error_page
from kb.site.http.reader_limits import no_server_response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of status 500, which it calls while it handles the error."""
    reason = unavailable_reason(sys.exc_info()[1])
    if reason is None:
        count(Happening.SERVER_ERROR)
        return server_error_page(request)
    if is_desk(request):
        return desk_unavailable_response(request, reason)
    return no_server_response(request, reason)
