"""Every response has the security headers, whatever the method, and whatever answers it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests import addresses
from tests.make import make_event, published
from tests.security_headers import missing_headers

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "BREW")
# Variables of a request that is refused, redirected or answered in another way.
VARIANTS = {
    "bad Host": {"HTTP_HOST": "evil.example"},
    "malformed Host": {"HTTP_HOST": "a b:c"},
    "control character": {"QUERY_STRING": "q=%00"},
    "unknown parameter": {"QUERY_STRING": "nothing=1"},
    "long query": {"QUERY_STRING": "q=" + "a" * 9000},
    "large body": {"CONTENT_LENGTH": "99999999999"},
    "malformed length": {"CONTENT_LENGTH": "-1"},
    "NUL in a cookie": {"HTTP_COOKIE": 'messages="\\000"'},
    "any ETag": {"HTTP_IF_NONE_MATCH": "*"},
    "failed condition": {"HTTP_IF_MATCH": '"x"'},
    "no format": {"HTTP_ACCEPT": "image/x-nothing"},
    "other origin": {"HTTP_ORIGIN": "https://evil.example"},
}
OTHER_PATHS = [
    "/nowhere/",
    "/nowhere",
    "/timeline",
    "/zh-hans/timeline/",
    "/zh-CN/timeline/",
    "/en/timeline/",
    "/embed/",
    "/embed/events/it",
    "/embed/events/it/",
    "/zh-hans/embed/events/it/",
    "/events/it/",
    "/events/it.json",
    "/static/css/site.css",
    "/static/js/embed.js",
    "/static/nothing.css",
    "/static/",
    "/%00",
    "/%ff/",
    "/%2525/",
    f"/{settings.ADMIN_PATH.rstrip('/')}",
    f"/{settings.ADMIN_PATH}",
    f"/{settings.ADMIN_PATH}login/",
    f"/{settings.ADMIN_PATH}nowhere/",
]
PATHS = sorted({*(address.path() for address in addresses.public()), *OTHER_PATHS})


@pytest.fixture
def visitor() -> Client:
    published(make_event(slug="it"))
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def check(response, path: str, request: str) -> None:
    is_embed = "/embed/" in path
    missing = missing_headers(response.headers, may_be_framed=is_embed)
    assert missing == [], f"{request}: {response.status_code}"


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_address_has_the_headers_for_every_method(visitor, path):
    for method in METHODS:
        check(visitor.generic(method, path), path, method)


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", VARIANTS)
def test_refused_and_conditional_requests_have_the_headers(visitor, name):
    for path in ("/", "/timeline/", "/timeline.csv", "/healthz", "/robots.txt", *OTHER_PATHS):
        for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE"):
            response = visitor.generic(method, path, **VARIANTS[name])
            check(response, path, f"{method} {path}")


@pytest.mark.django_db
def test_response_204_and_304_have_the_headers(visitor):
    preflight = visitor.options("/timeline.json")
    assert preflight.status_code == 204
    check(preflight, "/timeline.json", "OPTIONS")
    for path in ("/timeline/", "/timeline.json", "/embed/timeline/"):
        etag = visitor.get(path)["ETag"]
        unchanged = visitor.get(path, HTTP_IF_NONE_MATCH=etag)
        assert unchanged.status_code == 304
        check(unchanged, path, "304")


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_redirect_to_https_has_the_headers(settings, host):
    settings.SECURE_SSL_REDIRECT = True
    response = Client(raise_request_exception=False).get("/timeline/", HTTP_HOST=host)
    assert response.status_code == (301 if host == "localhost" else 400)
    check(response, "/timeline/", host)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/timeline/", "/nowhere/", "/%00", "/timeline", "/static/x.css"])
def test_every_response_over_https_asks_for_https(settings, path):
    settings.SECURE_HSTS_SECONDS = 60
    for host in ("localhost", "evil.example"):
        client = Client(raise_request_exception=False)
        response = client.get(path, HTTP_HOST=host, secure=True)
        assert response["Strict-Transport-Security"].startswith("max-age=60"), host


@pytest.mark.django_db
def test_error_of_a_view_has_the_headers(visitor, monkeypatch):
    monkeypatch.setattr("kb.site.views.home.render", None)
    response = visitor.get("/")
    assert response.status_code == 500
    check(response, "/", "500")
