"""No host is asked for more than it allows, or more often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from kb.desk.webpage.fetch import FetchError, FetchFailure
from kb.desk.webpage.polite import MAX_RETRY_AFTER, PoliteFetcher, Postponed, user_agent
from kb.text.ip_addresses import allowed_network
from tests.desk.webpage.hosts import Answer, running_host

pytestmark = pytest.mark.slow


class Clock:
    """Time that passes only while the fetcher sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def host():
    with running_host() as host:
        yield host


@pytest.fixture
def clock():
    return Clock()


def fetcher(host, clock, contact=""):
    allowed = [allowed_network(urlsplit(host.url).netloc)]
    return PoliteFetcher(contact, allowed=allowed, pause=5, sleep=clock.sleep, clock=clock)


def test_requests_to_one_host_have_a_pause_between_them(host, clock):
    polite = fetcher(host, clock, "desk@example.org")
    for path in ("/a", "/b"):
        host.page(path, "x")
        polite.page(host.url + path)
    assert host.asked == ["/robots.txt", "/a", "/b"]
    assert clock.slept == [5, 5]
    assert host.agents == {"OnTheRecord-LinkCheck/1.0 (contact: desk@example.org)"}


def test_redirects_wait_and_ask_robots_too(host, clock):
    host.send("/robots.txt", Answer(b"User-agent: *\nDisallow: /private"))
    host.send("/a", Answer(status=302, headers={"Location": "/private/b"}))
    with pytest.raises(FetchError, match="robots.txt") as error:
        fetcher(host, clock).page(host.url + "/a")
    assert error.value.failure is FetchFailure.NOT_ASKED
    assert host.asked == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    "line",
    [
        "Disallow: //[",
        "Crawl-delay: \u00b2",
        "Crawl-delay: " + "9" * 5_000,
        "Request-rate: 1/\u00b2",
    ],
    ids=lambda line: line[:20],
)
def test_line_of_robots_txt_that_cannot_be_read_is_ignored(host, clock, line):
    host.send("/robots.txt", Answer(f"User-agent: *\n{line}\nDisallow: /no".encode()))
    host.page("/yes", "x")
    polite = fetcher(host, clock)
    assert polite.page(host.url + "/yes").body
    with pytest.raises(FetchError, match="robots.txt"):
        polite.page(host.url + "/no")


def test_robots_txt_is_read_once_and_obeyed(host, clock):
    rules = b"User-agent: OnTheRecord-LinkCheck\nDisallow: /no\nCrawl-delay: 20\n"
    host.send("/robots.txt", Answer(rules, headers={"Content-Type": "text/plain"}))
    host.page("/yes", "x")
    polite = fetcher(host, clock)
    for _ in range(2):
        with pytest.raises(FetchError, match="robots.txt"):
            polite.page(host.url + "/no")
    for _ in range(2):
        polite.page(host.url + "/yes")
    assert host.asked == ["/robots.txt", "/yes", "/yes"]
    assert clock.slept == [5, 20]


@pytest.mark.parametrize(("status", "is_asked"), [(404, True), (403, True), (500, False)])
def test_missing_rules_allow_and_broken_rules_forbid(host, clock, status, is_asked):
    host.send("/robots.txt", Answer(status=status))
    host.page("/a", "x")
    polite = fetcher(host, clock)
    if is_asked:
        assert polite.page(host.url + "/a").body
    else:
        with pytest.raises(FetchError, match="could not be read"):
            polite.page(host.url + "/a")
    assert ("/a" in host.asked) is is_asked


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 110, 130),
        ("", 3500, 3700),
        ("soon", 3500, 3700),
        ("-5", 3500, 3700),
        ("9" * 400, MAX_RETRY_AFTER.total_seconds() - 10, MAX_RETRY_AFTER.total_seconds() + 10),
        ("Wed, 21 Oct 2015 07:28:00 GMT", -10, 10),
        ("Wed, 21 Oct 9999 07:28:00 GMT", MAX_RETRY_AFTER.total_seconds() - 10, 1e6),
    ],
)
def test_host_that_asks_to_wait_is_left_alone(host, clock, header, least, most):
    host.send("/busy", Answer(status=429, headers={"Retry-After": header}))
    host.page("/a", "x")
    polite = fetcher(host, clock)
    with pytest.raises(Postponed) as postponed:
        polite.page(host.url + "/busy")
    wait = (postponed.value.until - datetime.now(UTC)).total_seconds()
    assert least <= wait <= most
    if wait > 60:
        with pytest.raises(Postponed):
            polite.page(host.url + "/a")
        assert "/a" not in host.asked
    assert postponed.value.until - datetime.now(UTC) <= MAX_RETRY_AFTER + timedelta(seconds=1)


def test_hosts_do_not_wait_for_each_other(host, clock):
    with running_host() as other:
        for each in (host, other):
            each.send("/robots.txt", Answer(b""))
            each.page("/a", "x")
        polite = fetcher(host, clock)
        polite.page(host.url + "/a")
        before = clock.now
        assert polite.ready_in(host.url) == 5
        assert polite.ready_in(other.url) == 0
        polite._before_robots(other.url + "/robots.txt")
        assert clock.now == before


def test_contact_is_one_line_of_ascii():
    assert user_agent("a\r\nX: y é") == "OnTheRecord-LinkCheck/1.0 (contact: aX: y )"
    assert user_agent("") == "OnTheRecord-LinkCheck/1.0 (no contact set)"
