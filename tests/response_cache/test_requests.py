"""Which requests the cache reads, and what is in their keys."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kb.formats import FORMATS
from kb.response_cache.requests import RequestReader, canonical_accept, canonical_query

TYPES = ["text/html", "*/*", "text/*", "image/webp", "application/xhtml+xml", "application/json",
         "text/csv", "application/xml", "audio/*", "application/*"]  # fmt: skip
RANGES = st.builds(
    lambda name, weight: name + weight,
    st.sampled_from(TYPES),
    st.sampled_from(["", ";q=0.9", "; q=0.8", ";q=0", ";q=1.0"]),
)


@given(st.lists(RANGES, min_size=1, max_size=6).map(", ".join))
def test_ranges_that_match_nothing_offered_decide_nothing(header):
    offered = ["text/html", *(form.media_type.partition(";")[0] for form in FORMATS.values())]
    short = canonical_accept(header)
    preferred = [
        RequestFactory(headers={"accept": text}).get("/").get_preferred_type(offered)
        for text in (header, short)
    ]
    assert preferred[0] == preferred[1]
    assert canonical_accept(short) == short


def test_no_preference_differs_from_a_preference_for_nothing_offered():
    assert canonical_accept("") == canonical_accept("  ") == ""
    assert canonical_accept("image/png") != ""


@given(st.lists(st.sampled_from(["a=1", "a=2", "b=", "c", "", "b=%20"]), max_size=6))
def test_query_keeps_each_parameter_and_the_order_of_its_values(pieces):
    query = canonical_query("&".join(pieces))
    for name in "abc":
        values = [piece for piece in pieces if piece.partition("=")[0] == name]
        assert [p for p in query.split("&") if p.partition("=")[0] == name] == values
    names = [piece.partition("=")[0] for piece in query.split("&")]
    assert names == sorted(names)


def environ(**variables):
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/timeline/",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        **variables,
    }


@pytest.mark.parametrize(
    "variables",
    [
        {"REQUEST_METHOD": "POST"},
        {"PATH_INFO": "/admin/desk/event/"},
        {"PATH_INFO": "/static/css/site.css"},
        {"PATH_INFO": "/" + "x" * 2000},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": ""},
        {"HTTP_COOKIE": "csrftoken=1"},
        {"HTTP_COOKIE": "published=1"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_ACCEPT": "text/html," * 60},
        {"CONTENT_LENGTH": "12"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"SCRIPT_URL": "/below/timeline/"},
    ],
    ids=str,
)
def test_request_that_is_not_a_plain_readers_request_is_not_read(variables):
    assert RequestReader().read(environ()) is not None
    assert RequestReader().read(environ(**variables)) is None


def test_scheme_comes_from_the_proxy_that_is_trusted(settings):
    forwarded = environ(HTTP_X_FORWARDED_PROTO="https, http")
    assert RequestReader().read(forwarded).address.startswith("http:")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert RequestReader().read(forwarded).address.startswith("https:")
    assert RequestReader().read(environ()).address.startswith("http:")


def test_prefix_of_the_server_is_part_of_the_key():
    keys = {
        RequestReader().read(environ(**variables)).address
        for variables in ({}, {"SCRIPT_NAME": "/record"}, {"QUERY_STRING": "q=1"})
    }
    assert len(keys) == 3
