"""Tracking parameters are ignored: an address with them is the same page as without."""

from __future__ import annotations

import json
import re

import pytest
from django.test import RequestFactory

from kb.record.filters import PARAMETERS
from kb.record.models import Epoch
from kb.tracking import TrackingParameters
from tests import addresses
from tests.make import publish_each_kind
from tests.response_cache.client import WSGIClient

pytestmark = pytest.mark.django_db

TRACKING = (
    "utm_source=mail&UTM_Medium=a%20b&utm%5Fcampaign=x&fbclid=1&gclid=2&_ga=3&ref_src=t%5Etfw&s_cid"
)
# Constant, so that error pages, which name it, can be compared.
REQUEST_ID = {"X-Request-ID": "0123456789abcdef"}


SLUG = "story"


@pytest.fixture
def records():
    publish_each_kind(SLUG)


def content_of(response) -> bytes:
    return b"".join(response) if response.streaming else response.content


def headers_of(response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


@pytest.mark.slow
def test_every_address_is_the_same_with_tracking_parameters(reader, records, monkeypatch):
    # A form that is opened has a token of its own.
    monkeypatch.setattr("kb.desk.reports.views.new_form_token", lambda: "token")
    # The first two seconds after a publication have no Last-Modified.
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")
    for address in addresses.public():
        path = address.record_path(SLUG)
        plain = reader.get(path, headers=REQUEST_ID)
        tracked = reader.get(f"{path}?{TRACKING}", headers=REQUEST_ID)
        assert tracked.status_code == plain.status_code, path
        assert headers_of(tracked) == headers_of(plain), path
        assert content_of(tracked) == content_of(plain), path


@pytest.mark.parametrize("path", ["/timeline/", "/zh-hans/timeline/", "/timeline.json"])
def test_other_parameters_stay_in_their_order(reader, records, path):
    plain = reader.get(f"{path}?kind=event&kind=statement&q=")
    tracked = reader.get(f"{path}?utm_source=a&kind=event&fbclid=&kind=statement&gclid=1&q=")
    assert plain.status_code == tracked.status_code == 200
    assert tracked["ETag"] == plain["ETag"]
    assert tracked.content == plain.content


def test_unknown_parameters_stay_errors(reader, records):
    for name in ("colour", "utm", "utmsource", "ref", "source_id", "my_fbclid"):
        assert reader.get(f"/timeline/?{name}=1").status_code == 400, name


def test_malformed_tracking_parameter_is_ignored(reader, records):
    assert reader.get("/timeline/?utm_campaign=100%&utm_term=%ff").status_code == 200
    assert reader.get("/timeline/?utm_content=" + "x" * 9000).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/timeline?utm_source=a", "/timeline/"),
        ("/timeline?utm_source=a&q=b", "/timeline/?q=b"),
        ("/en/timeline/?fbclid=a&q=b", "/timeline/?q=b"),
        ("/zh-hans?fbclid=a", "/zh-hans/"),
        ("/zh-hans/timeline.json?fbclid=a&kind=event", "/timeline.json?kind=event"),
    ],
)
def test_redirects_leave_tracking_parameters_out(reader, path, location):
    assert reader.get(path)["Location"] == location


def test_accepted_format_is_the_same_file(reader, records):
    response = reader.get(
        "/timeline/?utm_source=a&kind=event", headers={"Accept": "application/json"}
    )
    assert response["Content-Location"] == "/timeline.json?kind=event"
    assert not re.search("utm_", response.content.decode())


def test_oembed_ignores_them_in_the_address_too(reader, records, settings):
    def ask(query: str):
        url = f"{settings.SITE_URL}/timeline/?{query}"
        return json.loads(reader.get("/oembed", {"url": url}).content)

    assert ask("kind=event&utm_source=a&fbclid=b") == ask("kind=event")


def test_desk_gets_its_parameters_unchanged(settings):
    queries = []

    def view(request):
        queries.append((request.META["QUERY_STRING"], dict(request.GET.items())))

    for path in (f"/{settings.ADMIN_PATH}desk/event/", "/timeline/"):
        TrackingParameters(view)(RequestFactory().get(f"{path}?fbclid=a&q=b"))
    assert queries == [("fbclid=a&q=b", {"fbclid": "a", "q": "b"}), ("q=b", {"q": "b"})]


def test_no_parameter_of_the_site_is_a_tracking_parameter():
    queries = []
    view = TrackingParameters(lambda request: queries.append(request.META["QUERY_STRING"]))
    for name in PARAMETERS:
        view(RequestFactory().get(f"/timeline/?{name}=1"))
    assert queries == [f"{name}=1" for name in PARAMETERS]


@pytest.mark.wall
@pytest.mark.slow
def test_kept_responses_are_shared(records):
    from django.core.wsgi import get_wsgi_application

    from kb.response_cache.application import ResponseCache

    cache = ResponseCache(get_wsgi_application(), max_bytes=2**24)
    client = WSGIClient(cache)
    try:
        for path in ("/timeline/", "/events/story/", "/timeline.json", "/search/"):
            plain = client.get(path)
            tracked = client.get(f"{path}?utm_source=a&fbclid=b")
            other = client.get(f"{path}?gclid={'c' * 3000}")
            assert plain.cache_status == "fwd=uri-miss; stored", path
            assert tracked.cache_status == other.cache_status == "hit", path
            assert tracked.body == other.body == plain.body, path
    finally:
        cache.versions.close()
