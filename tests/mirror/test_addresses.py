"""Which file of a mirror an address is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.mirror.addresses import file_of, relative_link


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/zh-hans/", "zh-hans/index.html"),
        ("/events/a/", "events/a/index.html"),
        ("/events/a.csl.json", "events/a.csl.json"),
        ("/zh-hans/actors/a/history/2/", "zh-hans/actors/a/history/2/index.html"),
        ("/timeline/?after=1.2", "timeline/-/after=1.2/index.html"),
        ("/actors/?letter=b&after=c", "actors/-/letter=b&after=c/index.html"),
        ("/static/css/site.css", "static/css/site.css"),
        ("/.well-known/api-catalog", ".well-known/api-catalog"),
    ],
)
def test_each_address_has_a_file(address, file):
    assert file_of(address) == file


@pytest.mark.parametrize(
    "address",
    [
        "/timeline/?actor=a",
        "/timeline/?after=1&actor=a",
        "/timeline/?after=a/b",
        "/timeline/?after=" + "a" * 300,
        "/timeline/?..",
        "/timeline.csv?after=1",
        "/timeline/fragment/",
        "/search/",
        "/embed/events/a/",
        "/events/a.png",
        "/admin/",
        "/report/",
        "/nothing/here/",
        "/static/../secret.key",
        "/static/%2e%2e/secret.key",
        "/static//a",
        "elsewhere",
    ],
)
def test_filters_forms_and_the_desk_have_none(address):
    assert file_of(address) == ""


@pytest.mark.parametrize("address", ["/below/", "/below/timeline/?after=1"])
def test_path_of_the_site_is_no_folder_of_the_mirror(settings, address):
    settings.SITE_PATH, settings.STATIC_URL = "/below", "/below/static/"
    file_of.cache_clear()
    assert not file_of(address).startswith("below")
    assert file_of("/timeline/") == ""
    file_of.cache_clear()


@pytest.mark.parametrize(
    ("start", "end", "link"),
    [
        ("index.html", "events/a/index.html", "events/a/index.html"),
        ("events/a/index.html", "index.html", "../../index.html"),
        ("a/-/after=1&letter=b/index.html", "a/index.html", "../../index.html"),
        ("index.html", "a/-/after=%20/index.html", "a/-/after=%2520/index.html"),
    ],
)
def test_links_are_relative(start, end, link):
    assert relative_link(start, end) == link


@given(st.text(alphabet="./%-\\\0abce2?=&", max_size=30))
def test_no_file_is_outside_the_mirror(text):
    file = file_of(f"/static/{text}")
    assert ".." not in file.split("/")
    assert not file.startswith("/")
