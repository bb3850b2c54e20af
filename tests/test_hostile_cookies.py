"""No cookie changes the response to a reader: none is set, and nothing varies by one."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import addresses
from tests.make import make_event, published

NAMES = (
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.PUBLICATION_COOKIE_NAME,
    settings.LANGUAGE_COOKIE_NAME,
    "messages",
)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
OTHER_PATHS = [
    "/nowhere/",
    "/nowhere",
    "/zh-hans/nowhere/",
    "/zh-CN/timeline/",
    "/en/timeline/",
    "/static/css/site.css",
    "/static/nothing.css",
    "/admin",
    "/zh-hans/admin/",
    "/events/it.json",
    "/events/it/",
    "/embed/events/it/",
    "/timeline/?nothing=1",
    "/timeline/?q=%00",
    "/timeline/?q=" + "a" * 9000,
]
PUBLIC = [address.path() for address in addresses.public()]
PATHS = sorted({*PUBLIC, *(path.rstrip("/") or "/" for path in PUBLIC), *OTHER_PATHS})


def stored_messages() -> str:
    """Return a valid cookie with a message, as the desk sets it."""
    storage = CookieStorage(RequestFactory().get("/"))
    return str(storage._encode([Message(constants.INFO, "Saved.")]))


HEADERS = [
    "messages=garbage",
    f"messages={stored_messages()}",
    'messages="\\000"',
    f"{settings.SESSION_COOKIE_NAME}=garbage",
    f"{settings.SESSION_COOKIE_NAME}=",
    f"{settings.CSRF_COOKIE_NAME}=wrong",
    f"{settings.CSRF_COOKIE_NAME}={'a' * 32}",
    f"{settings.CSRF_COOKIE_NAME}={'*' * 64}",
    "; ".join(f"{name}=%00\xff" for name in NAMES),
    "; ".join(f"a{number}=b" for number in range(2000)),
    "; ".join(NAMES) + ";;;=;=;",
    "\xff\xfe=\xe5\xad\x97; =\x7f",
]
VALUES = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\r\n"), max_size=80)
COOKIES = st.lists(
    st.tuples(st.sampled_from(NAMES) | VALUES, VALUES).map("=".join) | VALUES, max_size=20
).map("; ".join)


@pytest.fixture
def visitor() -> Client:
    """A client with the CSRF check of the server, and an event."""
    event = make_event(slug="it")
    published(event)
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def check_no_cookie(response, request: str) -> None:
    assert not response.cookies, request
    assert "cookie" not in response.get("Vary", "").lower(), request


@pytest.mark.django_db
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[:30])
def test_no_public_response_sets_a_cookie_or_varies_by_one(visitor, header):
    for path in ("/", "/timeline", "/admin", "/timeline.csv", "/healthz", *OTHER_PATHS):
        for method in ("GET", "POST"):
            response = visitor.generic(method, path, HTTP_COOKIE=header)
            check_no_cookie(response, f"{method} {path}")


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_no_address_sets_a_cookie_or_varies_by_one(visitor, path):
    header = "; ".join([HEADERS[0], HEADERS[3], HEADERS[5]])
    for method in METHODS:
        check_no_cookie(visitor.generic(method, path, HTTP_COOKIE=header), method)


@pytest.mark.django_db
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), method=st.sampled_from(METHODS), header=COOKIES)
def test_whatever_cookies_arrive_no_public_response_depends_on_them(visitor, path, method, header):
    response = visitor.generic(method, path, HTTP_COOKIE=header)
    check_no_cookie(response, f"{method} {path} {header!r}")


@pytest.mark.django_db
def test_public_request_has_no_session_user_or_messages(visitor):
    request = visitor.get("/timeline/").wsgi_request
    names = ("session", "user", "_messages")
    assert [name for name in names if hasattr(request, name)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused_by_the_method_and_not_by_a_cookie(visitor, method):
    for path in ("/", "/timeline/", "/events/it/", "/embed/events/it/", "/healthz", "/api/"):
        assert visitor.generic(method, path).status_code == 405, path
