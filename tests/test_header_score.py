"""Every response scores 100 or more for its security headers over HTTPS."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests import addresses
from tests.header_score import faults, score
from tests.make import publish_each_kind

SLUG = "story"
ENTRANCES = ("/", "/timeline/", f"/events/{SLUG}/", f"/{settings.ADMIN_PATH}login/")
OTHER_PATHS = ("/nowhere/", "/timeline", "/%00", "/static/css/site.css", "/timeline/?nothing=1")
WHOLE = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
def test_every_address_scores_a_hundred_or_more(settings, record_property):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    # As kb.settings sets them for a site with HTTPS.
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    publish_each_kind(SLUG)
    visitor = Client(raise_request_exception=False)
    paths = {address.record_path(SLUG) for address in addresses.public()}
    paths |= {*ENTRANCES, *OTHER_PATHS}
    scores, wrong = {}, {}
    for path in sorted(paths):
        response = visitor.get(path, secure=True)
        is_embed = "/embed/" in path
        headers = {**response.headers, "Set-Cookie": response.cookies.output(header="")}
        scores[path] = score(headers, may_be_framed=is_embed)
        if scores[path] < 100:
            wrong[path] = faults(headers, may_be_framed=is_embed)
    record_property("addresses", len(scores))
    record_property("least score", min(scores.values()))
    record_property("least score of home, list, event and sign-in", min(map(scores.get, ENTRANCES)))
    assert wrong == {}
    assert min(scores[path] for path in ENTRANCES) >= 125


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"Cross-Origin-Resource-Policy"}))
def test_each_header_that_is_missing_costs_points(name):
    assert score(WHOLE) == 125
    assert score({key: value for key, value in WHOLE.items() if key != name}) < 100


@pytest.mark.parametrize("source", ["'unsafe-inline'", "data:", "*", "https:"])
def test_policy_that_allows_too_much_costs_points(source):
    policy = f"{WHOLE['Content-Security-Policy']}; script-src 'self' {source}"
    assert score(WHOLE | {"Content-Security-Policy": policy}) < 100


def test_cookie_without_its_attributes_costs_points():
    assert score(WHOLE | {"Set-Cookie": "a=b; Path=/"}) < 100
    assert score(WHOLE | {"Set-Cookie": "a=b; Path=/; Secure; SameSite=Lax"}) == 125
