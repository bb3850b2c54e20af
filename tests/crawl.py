"""Follow the links of a site below a path, and report those that are broken or leave the path.

``python -m tests.crawl`` crawls the program with the settings of the environment, through WSGI.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

MAX_REQUESTS = int(os.environ.get("CRAWLED_LINKS", "150"))
# Pages of one kind with the same parameters differ in their record only.
MAX_OF_A_KIND = 1
READ = ("text/html", "text/css", "application/json", "application/xml", "application/ld+json",
        "application/manifest+json", "application/atom+xml", "text/plain")  # fmt: skip
ATTRIBUTE = re.compile(
    r"""\b(?:href|src|action|formaction|data-fragment|data-url)=["']([^"']*)["']"""
)
POST_FORM = re.compile(r"""<form\b[^>]*\bmethod=["']post["'][^>]*>""", re.IGNORECASE)
ACTION = re.compile(r"""\baction=["']([^"']*)["']""")
ABSOLUTE = re.compile(r"""https?://[^\s"'<>(){}\[\]\\&;,]+""")
STYLE_URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")


@dataclass(frozen=True)
class Page:
    """A response: its status, its headers by name in small letters, and its text."""

    status: int
    headers: dict[str, str]
    text: str


Fetch = Callable[[str], Page]


@dataclass
class CrawlReport:
    """What was asked for, by status, and what is wrong: the address, where it is linked, why."""

    paths: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def crawl(fetch: Fetch, site: str, starts: list[str]) -> CrawlReport:
    """Follow the links from the paths ``starts``; ``site`` is the address of the site."""
    parts = urlsplit(site)
    origin, root = f"{parts.scheme}://{parts.netloc}", parts.path
    report, seen, kinds = CrawlReport(), set(starts), Counter[object]()
    # Addresses of forms that are sent by POST, which need not answer GET.
    sent: set[str] = set()
    queue = deque((path, "start") for path in starts)
    while queue and len(report.paths) < MAX_REQUESTS:
        path, source = queue.popleft()
        page = fetch(path)
        report.paths.append(path)
        if page.status == 405 and path in sent and "POST" in page.headers.get("allow", ""):
            continue
        if page.status >= 400:
            report.errors.append(f"{page.status} {path} on {source}")
            continue
        sent |= {
            urljoin(origin + path, unescape(action)).removeprefix(origin)
            for form in POST_FORM.findall(page.text)
            for action in ACTION.findall(form)
        }
        for link in links_of(page, origin + path):
            if not link.startswith((f"{origin}/", origin + "?")):
                continue
            target = link.removeprefix(origin).partition("#")[0]
            if target in seen:
                continue
            seen.add(target)
            if target == root:
                continue  # the address of the site, to which programs add paths
            if not target.startswith(f"{root}/"):
                report.errors.append(f"outside {target} on {path}")
                continue
            kind = kind_of(target)
            kinds[kind] += 1
            if kinds[kind] <= MAX_OF_A_KIND:
                queue.append((target, path))
    return report


def kind_of(target: str) -> object:
    """What is the same for pages that differ in their record or in the values of parameters."""
    parts = urlsplit(target)
    words = re.sub(r"(?<=/)[^/]*\d[^/]*(?=/|$)", "0", parts.path)
    segments = re.sub(
        r"/(events|statements|requests|actors|sources|incidents)/[^/.]+", r"/\1/0", words
    )
    return segments, frozenset(name for name, _value in parse_qsl(parts.query))


def links_of(page: Page, address: str) -> Iterator[str]:
    """Every address that a response leads to: its links, its redirect, its Link header."""
    for name in ("location", "content-location"):
        if page.headers.get(name):
            yield urljoin(address, page.headers[name])
    for link in re.findall(r"<([^>]*)>", page.headers.get("link", "")):
        yield urljoin(address, link)
    media_type = page.headers.get("content-type", "")
    if not media_type.startswith(READ):
        return
    if media_type.startswith("text/css"):
        for link in STYLE_URL.findall(page.text):
            yield urljoin(address, link)
    if "html" in media_type or "xml" in media_type:
        for link in ATTRIBUTE.findall(page.text):
            yield urljoin(address, unescape(link))
    if media_type.startswith("application/json"):
        for link in re.findall(r'"(?:url|next|href|src)": ?"(/[^"]*)"', page.text):
            yield urljoin(address, link)
    for link in ABSOLUTE.findall(unescape(page.text)):
        yield link


def wsgi_fetch(application: Callable, *, host: str) -> Fetch:
    """Ask a WSGI application, with paths as a proxy passes them on."""
    from tests.response_cache.client import WSGIClient

    client = WSGIClient(application)

    def fetch(path: str) -> Page:
        answer = client.get(path, HTTP_HOST=host)
        return Page(answer.status, answer.headers, answer.body.decode("utf-8", "replace"))

    return fetch


def http_fetch(port: int, *, host: str) -> Fetch:
    """Ask a server on this machine, as a browser that knows it as ``host``."""

    def fetch(path: str) -> Page:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        with closing(connection):
            connection.request(
                "GET", quote(path, safe="/%?=&:;,+@!$'()*~#"), headers={"Host": host}
            )
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Page(response.status, headers, response.read().decode("utf-8", "replace"))

    return fetch


def starts_of(site: str) -> list[str]:
    """The paths where a visitor or a program begins, in both languages."""
    names = ("/", "/zh-hans/", "/sitemap.xml", "/robots.txt", "/site.webmanifest", "/changes.atom",
             "/api/openapi.json", "/timeline.json", "/timeline.jsonld", "/zh-CN/api/",
             "/timeline?q=a", "/admin/login/")  # fmt: skip
    return [urlsplit(site).path + name for name in names]


def main() -> None:
    """Print the report as JSON."""
    from django.conf import settings

    from kb.wsgi import application

    site = settings.SITE_URL
    fetch = wsgi_fetch(application, host=urlsplit(site).netloc)
    report = crawl(fetch, site, starts_of(site))
    json.dump({"paths": report.paths, "errors": report.errors}, sys.stdout)


if __name__ == "__main__":
    main()
