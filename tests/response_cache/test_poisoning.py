"""A request that tries to shape a kept response does not: the next reader gets a clean one.

``POISONED_PAIRS`` sets how many pairs of such a request and a plain one are sent.
"""

from __future__ import annotations

import itertools
import os

import pytest

from kb.record.models import Epoch
from tests.make import publish_each_kind
from tests.response_cache.client import WSGIClient

pytestmark = [pytest.mark.wall, pytest.mark.one_database, pytest.mark.slow]
PAIRS = int(os.environ.get("POISONED_PAIRS", "300"))
SLUG = "story"
# Differ in each response, whoever asked before; a stream has no length until it is kept.
OWN = {"x-request-id", "cache-status", "age", "date", "server-timing", "content-length"}
PATHS = ("/", "/timeline/", "/timeline.csv", "/timeline.json", "/changes.atom", "/actors/",
         f"/events/{SLUG}/", f"/events/{SLUG}.json", f"/embed/events/{SLUG}/", "/search/?q=checks",
         "/sitemap.xml", "/robots.txt", "/zh-hans/timeline/", "/oembed/", "/nowhere/")  # fmt: skip
EVIL = "evil.example"
HEADERS = {
    "HTTP_HOST": (EVIL, "localhost:99999", "localhost@evil.example", "localhost, evil.example"),
    "HTTP_X_FORWARDED_HOST": (EVIL,),
    "HTTP_X_HOST": (EVIL,),
    "HTTP_X_FORWARDED_SERVER": (EVIL,),
    "HTTP_FORWARDED": (f"host={EVIL};proto=http",),
    "HTTP_X_FORWARDED_PROTO": ("http", "https", "gopher"),
    "HTTP_X_FORWARDED_PORT": ("99",),
    "HTTP_X_FORWARDED_PREFIX": ("/evil",),
    "HTTP_X_ORIGINAL_URL": ("/admin/",),
    "HTTP_X_REWRITE_URL": ("/admin/",),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE", "HEAD"),
    "HTTP_ORIGIN": (f"https://{EVIL}", "null"),
    "HTTP_REFERER": (f"https://{EVIL}/",),
    "HTTP_ACCEPT": ("text/csv", "application/json", "image/x-nothing", "*/*;q=0"),
    "HTTP_ACCEPT_LANGUAGE": ("zh-hans", "x" * 300),
    "HTTP_ACCEPT_ENCODING": ("gzip", "identity;q=0", "br"),
    "HTTP_COOKIE": ("sessionid=x", "django_language=zh-hans", "published=1", "messages=x"),
    "HTTP_AUTHORIZATION": ("Basic x",),
    "HTTP_RANGE": ("bytes=0-3",),
    "HTTP_IF_NONE_MATCH": ("*", '"x"'),
    "HTTP_IF_MATCH": ('"x"',),
    "HTTP_IF_MODIFIED_SINCE": ("Fri, 31 Dec 9999 00:00:00 GMT",),
    "HTTP_USER_AGENT": ("<script>",),
    "HTTP_X_REQUEST_ID": ("evil" * 8,),
    "HTTP_CACHE_CONTROL": ("no-store", "only-if-cached"),
    "HTTP_X_REQUESTED_WITH": ("XMLHttpRequest",),
}
QUERIES = ("utm_source=evil", "callback=evil", "_=1", "nothing=evil", "lang=zh-hans", "=&=",
           "jsonp=evil", "page=1%23", "%00", "fbclid=evil;q=2")  # fmt: skip
METHODS = ("HEAD", "OPTIONS", "POST")
POISONS: list[tuple[str, str, dict[str, str]]] = [
    *(("GET", "", {name: value}) for name, values in HEADERS.items() for value in values),
    *(("GET", query, {}) for query in QUERIES),
    *((method, "", {}) for method in METHODS),
]


def content_of(answer):
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status, headers, answer.body


def test_next_reader_gets_the_response_that_nobody_shaped(make_cache, plain, record_property):
    publish_each_kind(SLUG)
    # The first two seconds after a publication have no Last-Modified.
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")
    request_id = {"HTTP_X_REQUEST_ID": "0123456789abcdef"}
    expected = {path: content_of(plain.get(path, **request_id)) for path in PATHS}
    pairs = list(itertools.product(PATHS, POISONS))
    # So that a few pairs have all paths and all poisons in them.
    spread = [pairs[number * 7 % len(pairs)] for number in range(len(pairs))]
    different, cookies = [], 0
    client = WSGIClient(make_cache())
    for number, (path, (method, query, headers)) in zip(
        range(PAIRS), itertools.cycle(spread), strict=False
    ):
        if number % len(PATHS) == 0:
            # Each round begins with nothing kept.
            client = WSGIClient(make_cache())
        joint = "&" if "?" in path else "?"
        shaped = client.send(method, f"{path}{joint}{query}" if query else path, **headers)
        clean = client.get(path, **request_id)
        if content_of(clean) != expected[path]:
            different.append((path, method, query, headers))
        for answer in (shaped, clean):
            is_shared = "cookie" in answer.headers.get("vary", "").lower()
            cookies += "set-cookie" in answer.headers or is_shared
    record_property("pairs", PAIRS)
    record_property("different", len(different))
    record_property("with a cookie or Vary: Cookie", cookies)
    assert different == []
    assert cookies == 0
