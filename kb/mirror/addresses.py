"""Which addresses of the site a mirror has, and in which file each of them is.

A static host cannot answer a query, so a page of a list has a folder of its own:
``/timeline/?after=x`` is ``timeline/-/after=x/index.html``. No other address has a segment ``-``.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from django.conf import settings
from django.urls import Resolver404, resolve

from kb.formats import formats_for
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.urls import (
    card_urls,
    embed_urls,
    number_urls,
    option_urls,
    reference_urls,
    urlpatterns,
)
from kb.site.views.history import HISTORY_KINDS

INDEX = "index.html"
QUERY_FOLDER = "-"
# Parameters that turn the pages of a list, or open its names with one letter. All others are
# filters and settings: any combination of them is an address, so they need the live site.
PAGE_PARAMETERS = frozenset({"after", "before", "letter", "page"})
# What a file name and an address may both contain. Longer names do not fit every file system.
_QUERY = re.compile(r"[A-Za-z0-9=&%._~+-]{1,200}")
# Pages of the mirror alone: what it is, and its search.
COPY_PAGE = "copy"
SEARCH_PAGE = "search"
# Addresses that a mirror has no file for, by the name of their pattern.
LEFT_OUT = frozenset(
    {
        # Parts of pages for scripts that filter.
        "timeline-fragment",
        "incident-fragment",
        *(pattern.name for pattern in option_urls),
        *(pattern.name for pattern in number_urls if str(pattern.name).endswith("-fragment")),
        # What other sites show: their pages name the live site.
        *(pattern.name for pattern in card_urls),
        *(pattern.name for pattern in embed_urls),
        # Answers to what readers send.
        "freeze-list",
        SEARCH_PAGE,
    }
)
_NAMES = frozenset(str(pattern.name) for pattern in urlpatterns) - LEFT_OUT
# Pages of one record and of its versions: they look for others only by what those name, and for the
# entries before and after them.
_PAGES_OF_RECORDS = frozenset(
    {*ENTRY_KINDS, "source"}
    | {f"{kind}-{page}" for kind in HISTORY_KINDS for page in ("history", "version")}
    | {str(pattern.name) for pattern in reference_urls}
)
# Files of one entry. Most formats state the publication version that they were made from.
_FILES_OF_ENTRIES = frozenset(
    f"{kind}-{form.name}" for kind in ENTRY_KINDS for form in formats_for(kind)
)


class SitePath(NamedTuple):
    """A path of the site: the language of the page, and the path in the main language."""

    language: str
    path: str


def site_root() -> str:
    """The path of the home page in the main language: "/", or that of ``KB_SITE_URL``."""
    return f"{settings.SITE_PATH}/"


def split_path(path: str) -> SitePath:
    """Split the prefix of a language off a path of the site, which begins with ``site_root()``."""
    rest = path.removeprefix(settings.SITE_PATH)
    segment, slash, end = rest[1:].partition("/")
    if slash and segment != settings.LANGUAGE_CODE and segment in dict(settings.LANGUAGES):
        return SitePath(segment, f"/{end}")
    return SitePath(settings.LANGUAGE_CODE, rest)


def language_root(language: str) -> str:
    """The path of the home page in a language."""
    is_main = language == settings.LANGUAGE_CODE
    return site_root() if is_main else f"{site_root()}{language}/"


@lru_cache(maxsize=10_000)
def pattern_name(path: str) -> str:
    """The name of the pattern of a path without a language; "" if it is no public page."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    is_public = match.func.__module__.startswith("kb.site.")
    return match.url_name or "" if is_public else ""


def is_about_one_record(address: str) -> bool:
    """Whether an address is a page or a file of one record, or of its versions."""
    return _name_of(address) in _PAGES_OF_RECORDS | _FILES_OF_ENTRIES


def is_entry_file(address: str) -> bool:
    """Whether an address is a file of one entry, which may state the publication version."""
    return _name_of(address) in _FILES_OF_ENTRIES


def _name_of(address: str) -> str:
    return pattern_name(split_path(address.partition("?")[0]).path)


@lru_cache(maxsize=10_000)
def file_of(address: str) -> str:
    """The file of an address with its query, such as ``/timeline/?after=x``; "" if it has none.

    The address begins with ``site_root()`` and has no fragment.
    """
    path, _mark, query = address.partition("?")
    if not path.startswith(site_root()):
        return ""
    relative = unquote(path.removeprefix(site_root()))
    if _is_unsafe(relative):
        return ""
    if path.startswith(settings.STATIC_URL):
        return relative
    if pattern_name(split_path(path).path) not in _NAMES:
        return ""
    if not query:
        return f"{relative}{INDEX}" if path.endswith("/") else relative
    if not path.endswith("/") or not is_page_query(query):
        return ""
    return f"{relative}{QUERY_FOLDER}/{query}/{INDEX}"


def is_page_query(query: str) -> bool:
    """Whether a query turns pages only, and can be the name of a folder."""
    return (
        _QUERY.fullmatch(query) is not None
        and {name for name, _value in parse_qsl(query, keep_blank_values=True)} <= PAGE_PARAMETERS
        and not query.startswith(".")
    )


def own_page(path: str) -> str:
    """The page of the mirror alone that a path is for; "" for the pages of the site."""
    name = split_path(path).path.strip("/")
    return name if name in (COPY_PAGE, SEARCH_PAGE) else ""


def page_file(page: str, language: str) -> str:
    """The file of a page that the mirror alone has."""
    return f"{language_root(language).removeprefix(site_root())}{page}/{INDEX}"


def relative_link(from_file: str, to_file: str) -> str:
    """The link from one file of the mirror to another: it works below any path, and from a disk."""
    return quote(posixpath.relpath(to_file, posixpath.dirname(from_file) or "."), safe="/=&+~")


def _is_unsafe(relative: str) -> bool:
    segments = relative.split("/")
    return (
        "\\" in relative
        or "\0" in relative
        or QUERY_FOLDER in segments
        or any(segment in (".", "..") for segment in segments)
        or "" in segments[:-1]
    )
