"""oEmbed (https://oembed.com): from the address of a page to the HTML that embeds it.

The address is only parsed, never fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypedDict
from urllib.parse import SplitResult, unquote, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from kb.record.addresses import in_language, record_path, split_language
from kb.record.frozen.differences import query_of_view
from kb.record.frozen.titles import view_title
from kb.record.history import current_revision_at, is_tombstone, versions
from kb.record.models import FrozenView, Revision
from kb.record.query import TimelineQuery
from kb.record.removal_marker import in_page_language
from kb.record.revision_headlines import revision_headline
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.embed.snippets import (
    FRAME_WIDTH,
    Embed,
    claim_embed,
    claims_embed,
    entry_embed,
    frozen_embed,
    timeline_embed,
)
from kb.site.http.claims_parameters import claim_query, claims_pairs, claims_query
from kb.site.http.list_order import page_query
from kb.text.links import without_tracking

CACHE_AGE = 3600  # seconds; the frame itself is always current
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class EmbedNotFound(LookupError):
    """There is nothing to embed at this address. The message says why."""


def embed_for_url(url: str) -> Embed:
    """The embed of the page at an absolute address of this site, in the page's language.

    Old addresses and addresses of merged records are followed. Raises EmbedNotFound if the page
    has no embed, and InvalidQuery if its parameters are invalid.
    """
    path, query_string = _own_path(url)
    code, prefix = split_language(path)
    if not path.startswith(prefix):
        raise EmbedNotFound("There is no page at this URL.")
    rest = "/" + path.removeprefix(prefix)
    try:
        match = resolve(rest if rest.endswith("/") else f"{rest}/")
    except Resolver404:
        raise EmbedNotFound("There is no page at this URL.") from None
    with translation.override(code):
        embed = _embed_for_page(str(match.url_name), match.kwargs, QueryDict(query_string))
        title = in_page_language(embed.title)
    return replace(embed, title=title, path=in_language(embed.path, code))


def _own_path(url: str) -> tuple[str, str]:
    """Path and query string of an address of this site, with any scheme, for its page.

    Tracking parameters are left out, as when the page itself is asked for.

    Raises EmbedNotFound for an address of another site.
    """
    site = urlsplit(settings.SITE_URL)
    try:
        address = urlsplit(url.strip())
    except ValueError:
        raise EmbedNotFound("This is not the URL of a page.") from None
    is_own = _host(address) == _host(site)
    if address.scheme not in DEFAULT_PORTS or not is_own:
        raise EmbedNotFound(f"Only pages of {settings.SITE_URL} can be embedded.")
    return unquote(address.path) or "/", without_tracking(address.query)


def _host(address: SplitResult) -> str:
    return address.netloc.lower().removesuffix(DEFAULT_PORTS.get(address.scheme, ":"))


def _embed_for_page(name: str, arguments: Mapping[str, str | int], data: QueryDict) -> Embed:
    """The embed of the page with this URL name, with a path without the prefix of a language."""
    if name == "timeline":
        path = reverse("timeline")
        return timeline_embed(page_query(data, path), path)
    if name == "incident":
        incident = _live_revision("incident", arguments)
        filters = data.copy()
        filters.setlist("incident", [incident.slug])
        path = record_path("incident", incident.slug)
        return timeline_embed(TimelineQuery.parse(filters), path, title=incident.title)
    if name == "claims":
        incident = _live_revision("incident", arguments)
        query, unnamed = claims_query(data)
        return claims_embed(incident, query, claims_pairs(query, unnamed))
    if name == "claim":
        claim = _live_revision("proposition", arguments)
        day, _cursor = claim_query(data)
        return claim_embed(claim, day)
    if name == "frozen-list":
        view = FrozenView.objects.filter(public_id=arguments["public_id"]).first()
        if view is not None:
            return frozen_embed(view, view_title(view, query_of_view(view)))
    if name in ENTRY_KINDS:
        entry = _live_revision(name, arguments)
        return entry_embed(revision_headline(entry).words, record_path(entry.kind, entry.slug))
    if name in {f"{kind}-version" for kind in ENTRY_KINDS}:
        entry = _live_revision(str(arguments["kind"]), arguments)
        version = versions(entry.public_id).filter(number=arguments["number"]).first()
        if version is not None:
            path = f"{record_path(entry.kind, entry.slug)}history/{version.number}/"
            return entry_embed(revision_headline(version).words, path)
    raise EmbedNotFound(
        "This page cannot be embedded. You can embed entries, timelines and claims."
    )


def _live_revision(kind: str, arguments: Mapping[str, str | int]) -> Revision:
    revision = current_revision_at(kind, str(arguments["slug"]))
    if revision is None:
        raise EmbedNotFound("There is no record at this URL.")
    if is_tombstone(revision):
        raise EmbedNotFound("This record was withdrawn.")
    return revision


class OembedResponse(TypedDict):
    """The parts of a response of type "rich", as the specification names them."""

    version: str
    type: str
    provider_name: str
    provider_url: str
    title: str
    html: str
    width: int
    height: int
    cache_age: int


def oembed_response(embed: Embed, *, maxwidth: int = 0, maxheight: int = 0) -> OembedResponse:
    """The response for an embed. Sizes are in pixels; 0 is no limit."""
    width = min(FRAME_WIDTH, maxwidth or FRAME_WIDTH)
    height = min(embed.height, maxheight or embed.height)
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "title": embed.title,
        "html": embed.code(width=str(width), height=height),
        "width": width,
        "height": height,
        "cache_age": CACHE_AGE,
    }


def oembed_xml(root: str, parts: Mapping[str, object]) -> str:
    """The parts as XML, one element for each."""
    body = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parts.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<{root}>{body}</{root}>\n'
