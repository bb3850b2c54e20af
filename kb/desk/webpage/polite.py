"""Fetch pages of many hosts without being a burden to any of them.

Requests are made one after the other, with a pause between two to one host. What a site's
``robots.txt`` forbids is not requested (RFC 9309), and a host that answers 429 or 503 is left
alone for as long as it says in ``Retry-After``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from kb.desk.webpage.fetch import HTML_TYPES, FetchedPage, FetchError, FetchFailure, fetch_page
from kb.desk.webpage.metadata import decode_page
from kb.text.ip_addresses import AllowedNetwork

USER_AGENT_NAME = "OnTheRecord-LinkCheck"
PAUSE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 60.0  # that a robots.txt may ask for between two requests
RETRY_AFTER_DEFAULT = timedelta(hours=1)
MAX_RETRY_AFTER = timedelta(days=7)
_ASK_TO_WAIT = (429, 503)
_ROBOTS_TYPES = ("text/plain", "text/html")


class Fetch(Protocol):
    """``fetch_page``, or what stands for it in a test."""

    def __call__(
        self,
        url: str,
        *,
        allowed: Sequence[AllowedNetwork],
        content_types: Sequence[str],
        user_agent: str,
        before_request: Callable[[str], None],
    ) -> FetchedPage: ...


class Postponed(Exception):
    """Nothing was requested: the host asked to be left alone until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"The host asks to be left alone until {until:%d %B %Y, %H:%M} UTC.")
        self.until = until


class PoliteFetcher:
    """Fetches pages, and remembers of each host when it may be asked again."""

    def __init__(
        self,
        contact: str = "",
        *,
        allowed: Sequence[AllowedNetwork] = (),
        pause: float = PAUSE_SECONDS,
        fetch: Fetch = fetch_page,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.user_agent = user_agent(contact)
        self._allowed, self._pause = allowed, pause
        self._fetch, self._sleep, self._clock = fetch, sleep, clock
        self._ready_at: dict[str, float] = {}
        self._postponed: dict[str, datetime] = {}
        self._robots: dict[str, RobotFileParser | FetchError] = {}

    def page(self, url: str) -> FetchedPage:
        """Return the page. Raises FetchError, or Postponed if the host asks for time."""
        return self._guarded(url, HTML_TYPES, self._before_page)

    def ready_in(self, url: str) -> float:
        """The seconds until the host of this URL may be asked, without asking."""
        return max(0.0, self._ready_at.get(_host(url), 0.0) - self._clock())

    def _guarded(
        self, url: str, content_types: Sequence[str], before_request: Callable[[str], None]
    ) -> FetchedPage:
        try:
            return self._fetch(
                url,
                allowed=self._allowed,
                content_types=content_types,
                user_agent=self.user_agent,
                before_request=before_request,
            )
        except FetchError as error:
            if error.status in _ASK_TO_WAIT:
                until = _retry_after(error.retry_after)
                self._postponed[_host(error.url or url)] = until
                raise Postponed(until) from error
            raise

    def _before_page(self, url: str) -> None:
        self._refuse_if_postponed(url)
        robots = self._robots_of(url)
        if not robots.can_fetch(USER_AGENT_NAME, url):
            raise FetchError(
                "The site’s robots.txt does not allow programs to open this page.",
                FetchFailure.NOT_ASKED,
            )
        asked = float(robots.crawl_delay(USER_AGENT_NAME) or 0)
        self._wait(url, min(max(self._pause, asked), MAX_PAUSE_SECONDS))

    def _before_robots(self, url: str) -> None:
        self._refuse_if_postponed(url)
        self._wait(url, self._pause)

    def _refuse_if_postponed(self, url: str) -> None:
        until = self._postponed.get(_host(url))
        if until is not None and until > datetime.now(UTC):
            raise Postponed(until)

    def _wait(self, url: str, pause: float) -> None:
        """Wait until the host may be asked, and count the pause from now on."""
        seconds = self.ready_in(url)
        if seconds > 0:
            self._sleep(seconds)
        self._ready_at[_host(url)] = self._clock() + pause

    def _robots_of(self, url: str) -> RobotFileParser:
        """The rules of the site. Raises FetchError if the site or its rules cannot be reached."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            try:
                self._robots[site] = self._read_robots(site)
            except FetchError as error:
                self._robots[site] = error
        rules = self._robots[site]
        if isinstance(rules, FetchError):
            raise rules
        return rules

    def _read_robots(self, site: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            page = self._guarded(f"{site}/robots.txt", _ROBOTS_TYPES, self._before_robots)
        except FetchError as error:
            if error.failure is FetchFailure.HOST:
                raise
            if error.status >= 500:
                raise FetchError(
                    f"The site’s robots.txt could not be read: {error}", FetchFailure.NOT_ASKED
                ) from error
            rules.parse([])  # RFC 9309: without rules that can be read, everything is allowed
            return rules
        lines = decode_page(page.body, page.charset).splitlines()
        rules.parse(line for line in lines if _is_readable(line))
        return rules


def user_agent(contact: str) -> str:
    """The name that the checker gives itself, with the contact of the site's operator."""
    reachable = "".join(letter for letter in contact if " " <= letter <= "~")
    return f"{USER_AGENT_NAME}/1.0 ({f'contact: {reachable}' if reachable else 'no contact set'})"


def _is_readable(line: str) -> bool:
    """Whether Python can read this line of a robots.txt; RFC 9309 says to ignore others."""
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _retry_after(value: str) -> datetime:
    """When to ask again, from a ``Retry-After`` in seconds or as a date; else in an hour."""
    now = datetime.now(UTC)
    value = value.strip()
    wait = RETRY_AFTER_DEFAULT
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:9]), MAX_RETRY_AFTER.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            moment = None
        if moment is not None:
            wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return now + min(max(wait, timedelta()), MAX_RETRY_AFTER)
