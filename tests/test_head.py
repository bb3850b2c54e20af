"""HEAD is answered with the headers of GET and without a body, at every address of the site."""

from __future__ import annotations

import re

import pytest
from django.core.wsgi import get_wsgi_application

from kb.record.models import Epoch
from kb.response_cache.application import ResponseCache
from tests import addresses
from tests.make import publish_each_kind
from tests.response_cache.client import GZIP, WSGIClient

pytestmark = [pytest.mark.wall, pytest.mark.one_database, pytest.mark.slow]

SLUG = "story"
# Differ in each answer: an id, how the cache got it, and the moment on pages of the desk.
OWN = {"x-request-id", "cache-status", "expires"}
# Other kinds of answers: redirects, missing pages, refused input, static files, the desk.
OTHERS = (
    "/timeline", "/en/timeline/", "/events/nothing/", "/nothing/", "/timeline/?colour=1",
    "/timeline.json?colour=1", "/timeline/?q=%ff", "/static/css/site.css", "/static/nothing.css",
    "/zh-hans/timeline/", "/zh-hans/timeline.csv", "/admin/", "/admin/login/",
)  # fmt: skip


@pytest.fixture
def records():
    publish_each_kind(SLUG)
    # The first two seconds after a publication have no Last-Modified.
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")


@pytest.fixture(params=["django", "cache"])
def client(request):
    """A client of Django alone, and of Django with the cache in front of it."""
    application = get_wsgi_application()
    if request.param == "django":
        yield WSGIClient(application)
        return
    cache = ResponseCache(application, max_bytes=2**24)
    yield WSGIClient(cache)
    cache.versions.close()


def headers_of(answer) -> dict[str, str]:
    """The headers that must be equal. A form has a new token in its cookie each time."""
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    headers["set-cookie"] = re.sub(r"(?<==)[^;]+", "", headers.get("set-cookie", ""))
    return headers


def test_every_address_answers_head_as_get_without_a_body(client, records):
    paths = [address.record_path(SLUG) for address in addresses.public()]
    for path in (*paths, *OTHERS):
        # First, so that the cache has no answer yet.
        head, full, again = client.head(path), client.get(path), client.head(path)
        assert head.body == again.body == b"", path
        assert head.status == again.status == full.status, path
        assert headers_of(again).items() >= headers_of(full).items(), path
        # The cache knows the length of a stream when it has been read.
        assert headers_of(head) | {"content-length": ""} == headers_of(full) | {
            "content-length": ""
        }, path
        assert head.headers.get("content-length") in (None, str(len(full.body))), path


def test_compressed_answers_to_head_have_no_body(client, records):
    for path in ("/timeline/", "/timeline.csv", "/timeline.json", "/timeline.csv?colour=1"):
        head, full, again = (
            client.send(method, path, **GZIP) for method in ("HEAD", "GET", "HEAD")
        )
        assert full.body, path
        assert head.body == again.body == b"", path
        for name in ("content-encoding", "content-type", "etag", "vary"):
            assert head.headers.get(name) == again.headers.get(name) == full.headers.get(name), path


def test_head_computes_no_export(client, records, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("rows were read")

    from kb.site.http import representations
    from kb.site.views import indexes

    monkeypatch.setattr(representations, "all_rows", fail)
    monkeypatch.setattr(indexes.Selection, "batches", fail)
    for path in ("/timeline.csv", "/timeline.jsonl", "/incidents/story.ics", "/actors.csv"):
        head = client.head(path)
        assert (head.status, head.body) == (200, b""), path
        assert "content-length" not in head.headers, path
