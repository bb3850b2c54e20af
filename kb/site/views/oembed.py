"""The oEmbed provider: what to frame for the address of a page (https://oembed.com)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from kb.record.query import InvalidQuery
from kb.site.embed.oembed import EmbedNotFound, embed_for_url, oembed_response, oembed_xml
from kb.site.http.decorators import reader_page
from kb.site.http.problems import PROBLEM_KINDS, problem_response

OEMBED_FORMATS = ("json", "xml")
XML = "text/xml; charset=utf-8"
OEMBED_PARAMETERS = ("url", "format", "maxwidth", "maxheight")
# Longer sizes than any screen's are read as no limit worth writing down.
_MOST_DIGITS = 6


@reader_page
def oembed(request: HttpRequest) -> HttpResponse:
    """200 with the frame, 400 for what cannot be read, 404 for no embed, 501 for other formats.

    Parameters that the specification does not name are left alone: consumers send their own.
    """
    given = request.GET
    form = given.get("format") or "json"
    errors = {
        name: "This parameter can be given only once."
        for name in OEMBED_PARAMETERS
        if len(given.getlist(name)) > 1
    }
    if form not in OEMBED_FORMATS and not errors:
        return _refused(
            request, "json", "no-such-format", "There is JSON and XML, and no other format."
        )
    if not given.get("url"):
        errors["url"] = "Give the address of a page of this site."
    sizes = {}
    for name in ("maxwidth", "maxheight"):
        text = given.get(name, "")
        if text and not (text.isascii() and text.isdigit() and int(text[:_MOST_DIGITS]) > 0):
            errors[name] = "Give a number from 1."
        else:
            sizes[name] = int(text[:_MOST_DIGITS] or 0)
    if errors:
        said = form if form in OEMBED_FORMATS else "json"
        return _refused(request, said, "bad-parameter", errors=errors)
    try:
        embed = embed_for_url(given["url"])
    except EmbedNotFound as reason:
        return _refused(request, form, "not-found", str(reason))
    except InvalidQuery as invalid:
        return _refused(request, form, "bad-parameter", errors=invalid.errors)
    return _answer(form, oembed_response(embed, **sizes))


def _refused(
    request: HttpRequest,
    form: str,
    name: str,
    detail: str = "",
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem as for every program; with ``format=xml`` its words in XML."""
    if form == "json":
        return problem_response(
            request, name, detail, **({"errors": dict(errors)} if errors else {})
        )
    kind = PROBLEM_KINDS[name]
    words = "; ".join(f"{name}: {error}" for name, error in (errors or {}).items())
    parts = {"status": kind.status, "title": str(kind.title), "detail": detail or words}
    response = HttpResponse(oembed_xml("error", parts), content_type=XML, status=kind.status)
    response["Cache-Control"] = "no-store"
    return response


def _answer(form: str, parts: Mapping[str, Any]) -> HttpResponse:
    if form == "xml":
        return HttpResponse(oembed_xml("oembed", parts), content_type=XML)
    return JsonResponse(parts, json_dumps_params={"ensure_ascii": False, "indent": 1})
