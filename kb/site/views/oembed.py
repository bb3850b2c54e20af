"""The oEmbed provider: what to frame for the address of a page (https://oembed.com)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from kb.record.query import InvalidQuery
from kb.site.oembed import NoEmbed, answer, embed_at, xml
from kb.site.views.decorators import reader_page

FORMATS = ("json", "xml")
TAKEN = ("url", "format", "maxwidth", "maxheight")
# Longer sizes than any screen's are read as no limit worth writing down.
_MOST_DIGITS = 6


@reader_page
def oembed(request: HttpRequest) -> HttpResponse:
    """200 with the frame, 400 for what cannot be read, 404 for no embed, 501 for other formats.

    Parameters that the specification does not name are left alone: consumers send their own.
    """
    given = request.GET
    form = given.get("format") or "json"
    if form not in FORMATS:
        return _refused("json", 501, "There is JSON and XML, and no other format.")
    errors = {name: "Give this parameter once." for name in TAKEN if len(given.getlist(name)) > 1}
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
        return _refused(form, 400, "This request cannot be read.", errors)
    try:
        embed = embed_at(given["url"])
    except NoEmbed as problem:
        return _refused(form, 404, str(problem))
    except InvalidQuery as problem:
        return _refused(form, 400, "This address cannot be read.", problem.errors)
    return _answer("oembed", form, 200, answer(embed, **sizes))


def _refused(
    form: str, status: int, message: str, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    """The one place where a refusal gets its form; ``errors`` are by parameter."""
    parts: dict[str, Any] = {"status": status, "title": message}
    if errors:
        words = "; ".join(f"{name}: {error}" for name, error in errors.items())
        parts |= {"errors": dict(errors)} if form == "json" else {"detail": words}
    return _answer("error", form, status, parts)


def _answer(root: str, form: str, status: int, parts: Mapping[str, Any]) -> HttpResponse:
    if form == "xml":
        response = HttpResponse(xml(root, parts), content_type="text/xml; charset=utf-8")
    else:
        options = {"ensure_ascii": False, "indent": 1}
        response = JsonResponse(parts, json_dumps_params=options)
    response.status_code = status
    response["Access-Control-Allow-Origin"] = "*"
    return response
