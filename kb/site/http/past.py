"""Pages and files of the record as it was published on a day: the parameter ``on``.

The request is answered by the view of today, from another database (``kb.record.past``). What a
page must say besides is added here: its links keep the day, and search engines do not list it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _

from kb.record.parameter_errors import repeated_parameter
from kb.record.past.files import PastRecordPending, open_past_record
from kb.record.past.times import PublicationTime, read_publication_time
from kb.record.publication_version import VERSION_KEY, current_number
from kb.record.query import InvalidQuery
from kb.site.http.build_info import build_info
from kb.site.http.past_links import ON, page_with_day, with_day
from kb.site.http.reader_limits import past_pending_response

# Names of addresses that do not show the record, or show it as it was at another time.
_WITHOUT_DAY = frozenset(
    {
        "about", "accessibility", "api", "api-catalog", "api-schema", "checkpoint",
        "embed-frozen-list", "freeze-list", "log-entries", "log-key", "log-tile", "method",
        "method-corrections", "method-dates", "method-words", "openapi", "proof", "removed",
        "reports", "robots", "security-txt", "sitemap", "verify-program", "version-proof",
        "webmanifest",
    }
)  # fmt: skip
_WITHOUT_DAY_PREFIXES = ("frozen-", "sitemap-")

Make = Callable[[], HttpResponseBase]


def asks_for_day(request: HttpRequest) -> bool:
    """Whether the address has the parameter with a value."""
    return any(_days(request))


def _days(request: HttpRequest) -> list[str]:
    """The values of the parameter; for oEmbed, those in the address of the page to embed."""
    if _is_oembed(request):
        return QueryDict(_query_of(request.GET.get("url", ""))).getlist(ON)
    return request.GET.getlist(ON)


def _is_oembed(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "oembed"


def _query_of(address: str) -> str:
    return address.partition("#")[0].partition("?")[2]


def past_response(request: HttpRequest, make: Make) -> HttpResponseBase:
    """The answer of the view, from the record of the day that the address names.

    Raises InvalidQuery for a day that cannot be read, is in the future or before the first
    publication, and on a page that does not depend on a day.
    """
    when = _publication_time(request)
    number = current_number()
    try:
        past = open_past_record(when, build_info().digest)
    except ValidationError as problem:
        raise _invalid(request, problem) from problem
    except PastRecordPending:
        return past_pending_response(request)
    try:
        with past.serving(), without_day(request):
            response = make()
        # The answer is stored for the version of today, which tells when it was made.
        request.META[VERSION_KEY] = number
        return _with_day(response, when)
    finally:
        if not past.is_streamed:
            past.close()


def _publication_time(request: HttpRequest) -> PublicationTime:
    match = request.resolver_match
    name = match.url_name if match and match.url_name else ""
    if name in _WITHOUT_DAY or name.startswith(_WITHOUT_DAY_PREFIXES):
        error = _("This page does not show the record of an earlier day. Remove “on”.")
        raise InvalidQuery({ON: error}, request.GET)
    values = _days(request)
    if len(values) > 1:
        raise InvalidQuery({ON: repeated_parameter()}, request.GET)
    try:
        when = read_publication_time(values[0])
    except ValidationError as problem:
        raise _invalid(request, problem) from problem
    if when is None:
        raise InvalidQuery({ON: _("Enter a day.")}, request.GET)
    return when


def _invalid(request: HttpRequest, problem: ValidationError) -> InvalidQuery:
    return InvalidQuery({ON: " ".join(problem.messages)}, request.GET)


@contextmanager
def without_day(request: HttpRequest) -> Iterator[None]:
    """The request as its view reads it: every view takes its own parameters and no other."""
    before = request.META.get("QUERY_STRING", "")
    parameters = request.GET
    pairs = parse_qsl(before, keep_blank_values=True)
    if _is_oembed(request):
        pairs = [
            (name, _address_without_day(text) if name == "url" else text) for name, text in pairs
        ]
    else:
        pairs = [pair for pair in pairs if pair[0] != ON]
    text = urlencode(pairs)
    request.META["QUERY_STRING"] = text
    request.GET = QueryDict(text)
    try:
        yield
    finally:
        request.META["QUERY_STRING"] = before
        request.GET = parameters


def _address_without_day(address: str) -> str:
    query = _query_of(address)
    pairs = parse_qsl(query, keep_blank_values=True)
    return address.replace(query, urlencode([pair for pair in pairs if pair[0] != ON]), 1)


def _with_day(response: HttpResponseBase, when: PublicationTime) -> HttpResponseBase:
    """The answer with what every page of a day has: links that keep it, and headers."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if response.status_code == 200:
        response.headers["Memento-Datetime"] = http_date(
            min(when.moment, timezone.now()).timestamp()
        )
    if location := response.headers.get("Location"):
        response.headers["Location"] = with_day(location, when)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and isinstance(response, HttpResponse) and response.content:
        response.content = page_with_day(response.text, when).encode()
    return response
