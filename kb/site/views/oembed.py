"""The oEmbed provider: how to embed the page at an address (https://oembed.com)."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict

from kb.record.parameter_errors import repeated_parameter
from kb.record.query import InvalidQuery
from kb.site.embed.oembed import (
    EmbedNotFound,
    OembedResponse,
    embed_for_url,
    oembed_response,
    oembed_xml,
)
from kb.site.http.decorators import reader_page
from kb.site.http.problems import PROBLEM_KINDS, problem_response

OEMBED_FORMATS = ("json", "xml")
XML = "text/xml; charset=utf-8"
OEMBED_PARAMETERS = ("url", "format", "maxwidth", "maxheight")
# Longer numbers are cut: no screen is that large.
_MAX_SIZE_DIGITS = 6


@reader_page
def oembed(request: HttpRequest) -> HttpResponse:
    """200 with the embed, 400 for invalid parameters, 404 without an embed, 501 for other formats.

    Parameters that the specification does not name are ignored, because consumers send their own.
    """
    data = request.GET
    form = data.get("format") or "json"
    errors = {
        name: repeated_parameter() for name in OEMBED_PARAMETERS if len(data.getlist(name)) > 1
    }
    if form not in OEMBED_FORMATS and not errors:
        message = "Choose one of: json, xml."
        return _refused(request, form, "no-such-format", message)
    if not data.get("url"):
        errors["url"] = "Enter the URL of a page of this site."
    sizes, size_errors = _sizes(data)
    if errors := errors | size_errors:
        return _refused(request, form, "bad-parameter", errors=errors)
    try:
        embed = embed_for_url(data["url"])
    except EmbedNotFound as reason:
        return _refused(request, form, "not-found", str(reason))
    except InvalidQuery as invalid:
        return _refused(request, form, "bad-parameter", errors=invalid.errors)
    return _embed_response(form, oembed_response(embed, **sizes))


def _sizes(data: QueryDict) -> tuple[dict[str, int], dict[str, str]]:
    """The greatest width and height in pixels (0 for no limit), and the errors by parameter."""
    sizes, errors = {}, {}
    for name in ("maxwidth", "maxheight"):
        text = data.get(name) or ""
        digits = text[:_MAX_SIZE_DIGITS]
        if text and not (text.isascii() and text.isdigit() and int(digits) > 0):
            errors[name] = "Enter a whole number of 1 or more."
        else:
            sizes[name] = int(digits or 0)
    return sizes, errors


def _refused(
    request: HttpRequest,
    form: str,
    name: str,
    detail: str = "",
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as in the rest of the API; with ``format=xml`` the same sentences in XML."""
    if form != "xml":
        return problem_response(
            request, name, detail, **({"errors": dict(errors)} if errors else {})
        )
    kind = PROBLEM_KINDS[name]
    words = "; ".join(f"{parameter}: {error}" for parameter, error in (errors or {}).items())
    parts = {"status": kind.status, "title": str(kind.title), "detail": detail or words}
    response = HttpResponse(oembed_xml("error", parts), content_type=XML, status=kind.status)
    response["Cache-Control"] = "no-store"
    return response


def _embed_response(form: str, parts: OembedResponse) -> HttpResponse:
    if form == "xml":
        return HttpResponse(oembed_xml("oembed", parts), content_type=XML)
    return JsonResponse(parts, json_dumps_params={"ensure_ascii": False, "indent": 1})
