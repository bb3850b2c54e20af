"""The pages that a mirror alone has: what it is, its search, and those of errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from kb.mirror.addresses import (
    COPY_PAGE,
    SEARCH_PAGE,
    file_of,
    language_root,
    page_file,
    relative_link,
    site_root,
)
from kb.mirror.links import ADDRESS_FIELD, PageNote, RewrittenPage, rewrite_page
from kb.record.addresses import absolute_url
from kb.site.pages.date_words import moment_words
from kb.site.pages.page_meta import page_head

STYLESHEET = "css/site-mirror.css"
AWAY_PAGE = "503.html"
MISSING_PAGE = "404.html"


@dataclass(frozen=True)
class RecordMoment:
    """The publication version that a mirror was made from; None before the first publication."""

    publication: int
    published_at: datetime | None


def page_note(address: str, file: str, language: str) -> PageNote:
    """What each page of the mirror says: that it is a copy, and where the live page is."""
    with _language(language):
        context = {
            "live": absolute_url(address),
            "about": relative_link(file, page_file(COPY_PAGE, language)),
        }
        html = render_to_string("mirror/_note.html", context)
    return PageNote(html, file_of(static(STYLESHEET)))


def about_copy_page(language: str, moment: RecordMoment) -> RewrittenPage:
    """What the mirror is, and what needs the live site."""
    with _language(language):
        words = moment_words(moment.published_at) if moment.published_at else ""
    context = {
        "publication": moment.publication,
        "moment": words,
        "live": settings.SITE_URL,
        "address_field": ADDRESS_FIELD,
    }
    return _own_page(COPY_PAGE, language, context)


def copy_search_page(language: str) -> RewrittenPage:
    """The search that works without a server, with lists for those without script."""
    return _own_page(SEARCH_PAGE, language, {})


def away_page(base: str) -> RewrittenPage:
    """The page for addresses that the mirror does not have while the site does not answer."""
    language = settings.LANGUAGE_CODE
    with _language(language):
        request = _request(f"{site_root()}{AWAY_PAGE}", site_root())
        context = {"status": 503, "title": _("The database does not answer")}
        html = render_to_string("errors/database_away.html", context, request)
    return rewrite_page(html, site_root(), AWAY_PAGE, base=base)


def _own_page(page: str, language: str, context: Mapping[str, object]) -> RewrittenPage:
    root = language_root(language)
    address, file = f"{root}{page}/", page_file(page, language)
    with _language(language):
        titles = {COPY_PAGE: _("About this copy"), SEARCH_PAGE: _("Search")}
        request = _request(address, root)
        title = titles[page]
        context = {
            **context,
            "title": title,
            "head": page_head(request, title),
            "language_root": relative_link(file, f"{root.removeprefix(site_root())}index.html"),
            "site_root": relative_link(file, "index.html"),
        }
        html = render_to_string(f"mirror/{page}.html", context, request)
    return rewrite_page(html, address, file)


def _request(address: str, root: str) -> HttpRequest:
    """A request for a page that the site itself does not have."""
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": root.rstrip("/"),
            "PATH_INFO": f"/{address.removeprefix(root)}",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "https" if settings.IS_HTTPS else "http",
            "wsgi.input": BytesIO(),
        }
    )


@contextmanager
def _language(language: str) -> Iterator[None]:
    """Activate a language and the prefix of its addresses in a block."""
    previous = get_script_prefix()
    set_script_prefix(language_root(language))
    try:
        with translation.override(language):
            yield
    finally:
        set_script_prefix(previous)
