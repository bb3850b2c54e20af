"""Stored responses have the security headers of every other response."""

from __future__ import annotations

import pytest

from tests.make import make_event, published
from tests.response_cache.client import GZIP
from tests.security_headers import missing_headers

pytestmark = [pytest.mark.wall, pytest.mark.one_database, pytest.mark.slow]
ADDRESSES = ["/", "/timeline/", "/timeline.csv", "/events/it/", "/embed/events/it/", "/robots.txt"]


@pytest.fixture(autouse=True)
def event():
    return published(make_event(slug="it"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_stored_response_has_the_headers_in_each_form(client, cache, address):
    is_embed = address.startswith("/embed/")
    first = client.get(address)
    condition = {"HTTP_IF_NONE_MATCH": first.headers.get("etag", '"x"')}
    answers = [
        first,
        client.get(address),
        client.get(address, **GZIP),
        client.head(address),
        client.get(address, **condition),
        client.head(address, **condition),
    ]
    for answer in answers:
        assert missing_headers(answer.headers, may_be_framed=is_embed) == [], answer.status
    if address != "/robots.txt":
        assert cache.counters().hits > 0
        assert answers[-1].status == 304


def test_stale_response_has_the_headers(client, cache, lose_database):
    client.get("/timeline/")
    cache.versions.close()
    with lose_database():
        answer = client.get("/timeline/")
    assert missing_headers(answer.headers) == []


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "DELETE", "BREW"])
@pytest.mark.parametrize("host", ["localhost", "evil.example", "a b"])
def test_request_that_the_cache_passes_on_has_the_headers(client, method, host):
    for address in ADDRESSES:
        answer = client.send(method, address, HTTP_HOST=host)
        is_embed = address.startswith("/embed/")
        assert missing_headers(answer.headers, may_be_framed=is_embed) == [], answer.status
