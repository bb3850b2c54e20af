"""Fetch the page of a source outside the threads of the web server, two at once in each process.

Whoever begins a fetch waits a moment for its outcome, which most pages keep to. The outcome of a
slower page is put into the cache of the desk, where a later request finds it under a key, in
whichever process it is answered.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db import DatabaseError, connections
from django.utils import translation
from django.utils.translation import gettext

from kb.desk.webpage.fetch import FetchError, fetch_page
from kb.desk.webpage.metadata import PageMeta, decode_page, read_metadata
from kb.desk.webpage.page_article import page_article
from kb.record.event_counts import Happening, count
from kb.record.places import Places
from kb.text.ip_addresses import AllowedNetwork

MAX_FETCHES = 2
FETCH_PLACES = Places(MAX_FETCHES)
# A slower page costs its editor one more page, but no thread of the web server.
WAIT_SECONDS = 1.0
OUTCOME_SECONDS = 300
_CACHE_PREFIX = "fetched_page:"

logger = logging.getLogger(__name__)


class FetchesFull(Exception):
    """This process already fetches as many pages as it may at once."""


@dataclass(frozen=True)
class SourcePage:
    """What was read of the page of a source, or in ``problem`` why it was not fetched."""

    meta: PageMeta = field(default_factory=PageMeta)
    article: str = ""
    problem: str = ""


class PageFetch:
    """The fetch of one page, which runs in a thread of its own."""

    def __init__(self, read: Callable[[], SourcePage]) -> None:
        self.key = secrets.token_urlsafe(16)
        self._read = read
        # Of the editor who waits: the thread of the fetch has none.
        self._language = translation.get_language()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._outcome: SourcePage | None = None
        self._is_awaited = True

    def outcome(self, seconds: float) -> SourcePage | None:
        """The outcome within these seconds; None for a later one, which will be stored."""
        self._done.wait(seconds)
        with self._lock:
            self._is_awaited = False
            return self._outcome

    def run(self) -> None:
        """Fetch the page, and give the place free. It never raises an error of the fetch."""
        outcome = SourcePage()
        try:
            with translation.override(self._language):
                outcome = SourcePage(problem=gettext("The page cannot be read."))
                outcome = self._read()
        finally:
            FETCH_PLACES.leave()
            with self._lock:
                self._outcome = outcome
                is_awaited = self._is_awaited
            self._done.set()
            if not is_awaited:
                _store(self.key, outcome)


def begin_fetch(url: str, allowed: Sequence[AllowedNetwork] = ()) -> PageFetch:
    """Begin to fetch and read a page. Raises FetchesFull.

    ``allowed`` are those of ``fetch_page``.
    """
    if not FETCH_PLACES.take():
        count(Happening.FETCH_REFUSED)
        logger.warning("fetch refused")
        raise FetchesFull
    fetch = PageFetch(lambda: read_source_page(url, allowed))
    try:
        threading.Thread(target=fetch.run, name="fetch-page", daemon=True).start()
    except RuntimeError as error:  # the system has no thread left
        FETCH_PLACES.leave()
        raise FetchesFull from error
    return fetch


def read_source_page(url: str, allowed: Sequence[AllowedNetwork] = ()) -> SourcePage:
    """Fetch the page and read its metadata and its article."""
    try:
        page = fetch_page(url, allowed=allowed)
    except FetchError as error:
        return SourcePage(problem=str(error))
    html = decode_page(page.body, page.charset)
    return SourcePage(read_metadata(html, url), page_article(html))


def stored_outcome(key: str) -> SourcePage | None:
    """The outcome of a slow fetch; None as long as there is none."""
    outcome = cache.get(_CACHE_PREFIX + key)
    return outcome if isinstance(outcome, SourcePage) else None


def _store(key: str, outcome: SourcePage) -> None:
    try:
        cache.set(_CACHE_PREFIX + key, outcome, OUTCOME_SECONDS)
    except DatabaseError:
        # The editor who waits is told that the page did not load.
        logger.warning("fetched page not stored")
    finally:
        # Of this thread, which ends.
        connections.close_all()
