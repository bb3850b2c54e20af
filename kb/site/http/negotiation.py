"""Which of its representations an address answers with, by ``Accept`` (RFC 9110, section 12)."""

from __future__ import annotations

from django.http import HttpRequest

from kb.formats import formats_for

HTML = "text/html"


class NotAcceptable(Exception):
    """The client accepts none of the media types of this address, HTML included."""


def offered_media_types(kind: str) -> dict[str, str]:
    """The media types of an address of this kind, without parameters, each with its suffix.

    HTML, whose suffix is "", comes first and is the default. Where two formats have one media
    type, ``Accept`` selects the first; the second is available by its suffix.
    """
    suffixes = {HTML: ""}
    for form in formats_for(kind):
        suffixes.setdefault(form.media_type.partition(";")[0], form.suffix)
    return suffixes


def preferred_suffix(request: HttpRequest, kind: str) -> str:
    """The suffix that the client prefers, "" for HTML. Raises NotAcceptable."""
    types = offered_media_types(kind)
    if "Accept" not in request.headers or not request.headers["Accept"].strip():
        return ""
    best = request.get_preferred_type(list(types))
    if best is None:
        raise NotAcceptable
    return types[best]
