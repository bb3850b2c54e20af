"""What every reader's view shares: only GET, an honest ETag, and answers for bad addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from kb.record import epoch
from kb.record.query import InvalidQuery
from kb.site.views.errors import NotStanding, bad_query

View = Callable[..., HttpResponse]


def reader_page(view: View) -> View:
    """Make a view a reader's page: safe methods, ETag by epoch, errors in words.

    The ETag is the address and the epoch: nothing else decides what a page says, so an
    unchanged record is answered 304 after one query.
    """

    @require_safe
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seed = f"{epoch.current()} {request.get_full_path()}".encode()
        etag = f'W/"{hashlib.sha256(seed).hexdigest()[:24]}"'
        unchanged = get_conditional_response(request, etag=etag)
        if unchanged is not None:
            return unchanged
        try:
            response = view(request, *args, **kwargs)
        except InvalidQuery as problem:
            response = bad_query(request, problem)
        except NotStanding as answer:
            response = answer.response
        if response.status_code == 200:
            response["ETag"] = etag
        # A browser would keep a redirect or a 410 for ever; a merge or a withdrawal may be undone.
        if response.status_code in (200, 301, 410):
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
        return response

    return page
