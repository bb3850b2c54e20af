"""Every address has a name, answers every method without a server error, and sets no cookie."""

from __future__ import annotations

import pytest

from kb.middleware import CONTENT_SECURITY_POLICY, EMBED_POLICY
from tests import addresses

PUBLIC = addresses.public()
METHODS = ("get", "head", "options", "post", "put", "delete")


def test_every_url_pattern_has_a_unique_name():
    assert [address.route for address in PUBLIC if not address.name] == []
    names = [(address.name, frozenset(dict(address.converters))) for address in PUBLIC]
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC, ids=str)
def test_every_public_address_answers_every_method(reader, address):
    path = address.path()
    for method in METHODS:
        status = getattr(reader, method)(path).status_code
        assert status < 500, method
        if method in ("put", "delete"):
            assert status in (403, 404, 405), f"{method}: readers' pages only read"


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC, ids=str)
def test_public_pages_set_no_cookie_and_read_no_session(reader, address):
    response = reader.get(address.path())
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert not hasattr(response.wsgi_request, "session")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC, ids=str)
def test_public_pages_have_the_security_headers(reader, address):
    response = reader.get(address.path())
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    if address.route.startswith("embed/"):
        assert policy == EMBED_POLICY
        assert "frame-ancestors *" in policy
        assert "X-Frame-Options" not in headers
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert b"<form" not in response.content
    else:
        assert policy == CONTENT_SECURITY_POLICY
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Frame-Options"] == "DENY"
        # Other sites may fetch published data, but may not embed pages.
        if "html" in headers.get("Content-Type", "html"):
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("accelerometer=()")


@pytest.mark.parametrize("path", ["/embed/", "/embed/nothing/", "/embed/events/", "/embedded/"])
@pytest.mark.django_db
def test_unknown_paths_below_embed_cannot_be_framed(reader, path):
    response = reader.get(path)
    assert response.status_code == 404
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "name", ["fonts/x.woff2", "css/framed-auto.css", "js/embed.0a1b.js", "js/embed_frame.0a1b.js"]
)
def test_files_of_embeds_are_open_to_other_sites(reader, name):
    headers = reader.get(f"/static/{name}").headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["css/site.css", "js/timeline.js", "admin_desk/desk.css"])
def test_other_files_are_closed_to_other_sites(reader, name):
    headers = reader.get(f"/static/{name}").headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_desk_redirects_to_sign_in(reader, settings, method):
    response = getattr(reader, method)(f"/{settings.ADMIN_PATH}")
    assert response.status_code == 302
    assert response["Location"].startswith(f"/{settings.ADMIN_PATH}login/")
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "//example.net",
        "///example.net/%2e%2e",
        "/\\example.net",
        "/%5cexample.net",
        "/%2f%2fexample.net",
        "/timeline//example.net",
        "/..;/admin",
        "/admin/login/?next=//example.net",
        "/admin/login/?next=https:example.net",
    ],
)
def test_redirects_stay_on_the_site(reader, path):
    response = reader.generic("GET", path)
    assert response.status_code < 500
    target = response.get("Location", "/")
    # Browsers read // and /\ as the start of a host.
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
