"""Which of its representations an address answers with, by ``Accept`` (RFC 9110, section 12)."""

from __future__ import annotations

from django.http import HttpRequest

from kb.formats import formats_for

HTML = "text/html"


class NotAcceptable(Exception):
    """Nothing that there is, HTML included, is among what the client takes."""


def offered_media_types(kind: str) -> dict[str, str]:
    """The media types of an address of this kind, without parameters, each with its suffix.

    HTML, whose suffix is "", comes first: it answers whoever does not mind. Of two formats with
    one media type it is the first that can be asked for; the other has its suffix.
    """
    found = {HTML: ""}
    for one in formats_for(kind):
        found.setdefault(one.media_type.partition(";")[0], one.suffix)
    return found


def preferred_suffix(request: HttpRequest, kind: str) -> str:
    """The suffix that the client prefers, "" for HTML. Raises NotAcceptable."""
    types = offered_media_types(kind)
    if "Accept" not in request.headers or not request.headers["Accept"].strip():
        return ""
    best = request.get_preferred_type(list(types))
    if best is None:
        raise NotAcceptable
    return types[best]
