"""oEmbed (https://oembed.com): from the address of a page to what shows it on another site.

The address is only read, never fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils import translation

from kb.record.addresses import in_language, record_path, split_language
from kb.record.history import current_revision_at, is_tombstone, versions
from kb.record.models import Revision
from kb.record.query import TimelineQuery
from kb.site.embed.snippets import FRAME_WIDTH, Embed, claims_embed, entry_embed, timeline_embed
from kb.site.pages.claims_matrix import claims_pairs, claims_query

CACHE_AGE = 3600  # seconds; the frame itself is always current
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class EmbedNotFound(LookupError):
    """There is nothing to embed at this address; the message says why, for a person."""


def embed_for_url(url: str) -> Embed:
    """The embed of the page at an absolute address of this site, in the page's language.

    Old addresses and merged records lead on. Raises NoEmbed when there is none, and InvalidQuery
    when the address's own parameters cannot be read.
    """
    path, query = _own(url)
    code, prefix = split_language(path)
    rest = get_script_prefix() + path.removeprefix(prefix)
    try:
        match = resolve(rest if rest.endswith("/") else f"{rest}/")
    except Resolver404:
        raise EmbedNotFound("There is no page at this address.") from None
    with translation.override(code):
        found = _made(str(match.url_name), match.kwargs, QueryDict(query))
    return Embed(found.title, in_language(found.path, code), found.pairs, found.height)


def _own(url: str) -> tuple[str, str]:
    """Path and query of an address of this site. The scheme does not matter, the host does."""
    site = urlsplit(settings.SITE_URL)
    try:
        given = urlsplit(url.strip())
    except ValueError:
        raise EmbedNotFound("This is no address of a page.") from None
    hosts = [
        one.netloc.lower().removesuffix(DEFAULT_PORTS.get(one.scheme, ":")) for one in (site, given)
    ]
    if given.scheme not in DEFAULT_PORTS or hosts[0] != hosts[1]:
        raise EmbedNotFound(f"Only pages of {settings.SITE_URL} can be embedded.")
    return unquote(given.path) or "/", given.query


def _made(name: str, parts: Mapping[str, Any], query: QueryDict) -> Embed:
    """The embed of the page with this name; its path has no prefix of a language."""
    if name == "timeline":
        return timeline_embed(TimelineQuery.parse(query), reverse("timeline"))
    if name == "incident":
        incident = _standing("incident", parts["slug"])
        data = query.copy()
        data.setlist("incident", [incident.slug])
        path = record_path("incident", incident.slug)
        return timeline_embed(TimelineQuery.parse(data), path, title=incident.title)
    if name == "claims":
        incident = _standing("incident", parts["slug"])
        asked, unnamed = claims_query(query)
        return claims_embed(incident, asked, claims_pairs(asked, unnamed))
    if name in ("event", "statement"):
        entry = _standing(name, parts["slug"])
        return entry_embed(entry.title, record_path(entry.kind, entry.slug))
    if name in ("event-version", "statement-version"):
        entry = _standing(parts["kind"], parts["slug"])
        version = versions(entry.public_id).filter(number=parts["number"]).first()
        if version is not None:
            path = f"{record_path(entry.kind, entry.slug)}history/{version.number}/"
            return entry_embed(version.title, path)
    raise EmbedNotFound("This page has no embed: entries, timelines and contested claims have one.")


def _standing(kind: str, slug: str) -> Revision:
    revision = current_revision_at(kind, slug)
    if revision is None:
        raise EmbedNotFound("There is no record at this address.")
    if is_tombstone(revision):
        raise EmbedNotFound("This record was withdrawn.")
    return revision


def oembed_response(embed: Embed, *, maxwidth: int = 0, maxheight: int = 0) -> dict[str, Any]:
    """The response as the specification names its parts; 0 is no limit. Sizes are pixels."""
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


def oembed_xml(root: str, parts: Mapping[str, Any]) -> str:
    """The parts as the specification's XML: one element for each, its text escaped."""
    body = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parts.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<{root}>{body}</{root}>\n'
