"""The oEmbed provider: responses as specified, and errors."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.verbs.publishing import withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.site.embed.oembed import EmbedNotFound, _own_path, oembed_xml
from tests.make import make_event, make_incident, make_proposition, published

pytestmark = pytest.mark.django_db

SITE = settings.SITE_URL


@pytest.fixture
def story():
    story = published(make_incident("The story", slug="story"))
    event = make_event('It <b>happened</b> & "so"', slug="it", standing="undisputed")
    event.incidents.add(story)
    published(make_proposition("Was it so?", slug="was-it", incident=story))
    return published(event)


def ask(reader, url, **more):
    return reader.get("/oembed", {"url": url, **more})


def test_oembed_returns_frame(reader, story):
    response = ask(reader, f"{SITE}/events/it/", format="json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    parts = json.loads(response.content)
    html = parts.pop("html")
    assert parts == {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{SITE}/",
        "title": story.title,
        "width": 640,
        "height": 420,
        "cache_age": 3600,
    }
    assert html.startswith(f'<iframe src="{SITE}/embed/events/it/" title="It &lt;b&gt;')
    assert 'width="640" height="420"' in html


@pytest.mark.parametrize("prefix", ["/zh-CN", "/zh"])
def test_other_names_of_a_language_give_the_same_frame(reader, story, prefix):
    expected = ask(reader, f"{SITE}/zh-hans/events/it/").content
    assert ask(reader, f"{SITE}{prefix}/events/it/").content == expected


def test_xml_has_same_parts_as_json(reader, story):
    parts = json.loads(ask(reader, f"{SITE}/events/it/").content)
    response = ask(reader, f"{SITE}/events/it/", format="xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 (made by us)
    assert root.tag == "oembed"
    assert {element.tag: element.text for element in root} == {
        name: str(value) for name, value in parts.items()
    }


@pytest.mark.parametrize(
    ("url", "src"),
    [
        (f"{SITE}/events/it/", "/embed/events/it/"),
        (f"{SITE}/events/it", "/embed/events/it/"),
        (f"{SITE}/events/it/?utm_source=x#sources", "/embed/events/it/"),
        (f"{SITE}/events/it/history/1/", "/embed/events/it/history/1/"),
        (SITE.replace("http:", "https:") + "/events/it/", "/embed/events/it/"),
        (f"{SITE}/zh-hans/events/it/", "/zh-hans/embed/events/it/"),
        (f"{SITE}/timeline/?from=2023&kind=event", "/embed/timeline/?from=2023&kind=event&size=10"),
        (f"{SITE}/zh-hans/timeline/", "/zh-hans/embed/timeline/?size=10"),
        (f"{SITE}/incidents/story/?size=3", "/embed/incidents/story/?size=3"),
        (f"{SITE}/incidents/story/claims/", "/embed/incidents/story/claims/"),
        (f"{SITE}/claims/was-it/?known=2023", "/embed/claims/was-it/?known=2023"),
    ],
)
def test_every_page_with_embed_is_resolved(reader, story, url, src):
    parts = json.loads(ask(reader, url).content)
    source = f"{SITE}{src}".replace("&", "&amp;")
    assert f'src="{source}"' in parts["html"]
    assert reader.get(src).status_code == 200


def test_title_is_in_language_of_page(reader, story):
    english = json.loads(ask(reader, f"{SITE}/timeline/").content)["title"]
    chinese = json.loads(ask(reader, f"{SITE}/zh-hans/timeline/").content)["title"]
    assert english == "Timeline"
    assert chinese != english


@pytest.mark.parametrize(
    ("asked", "width", "height"),
    [
        ({"maxwidth": "300"}, 300, 420),
        ({"maxwidth": "5000", "maxheight": "100"}, 640, 100),
        ({"maxheight": "9" * 300}, 640, 420),
        ({"maxwidth": "", "dnt": "true", "for": "somebody"}, 640, 420),
    ],
)
def test_frame_respects_maximum_size(reader, story, asked, width, height):
    parts = json.loads(ask(reader, f"{SITE}/events/it/", **asked).content)
    assert (parts["width"], parts["height"]) == (width, height)
    assert f'width="{width}" height="{height}"' in parts["html"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"url": ""}, 400),
        ({"url": [f"{SITE}/timeline/", f"{SITE}/timeline/"]}, 400),
        ({"url": f"{SITE}/timeline/", "maxwidth": "wide"}, 400),
        ({"url": f"{SITE}/timeline/", "maxwidth": "0"}, 400),
        ({"url": f"{SITE}/timeline/", "maxheight": "-5"}, 400),
        ({"url": f"{SITE}/timeline/", "maxheight": "٣"}, 400),
        ({"url": f"{SITE}/timeline/?from=12/05/2023"}, 400),
        ({"url": f"{SITE}/timeline/?nothing=1"}, 400),
        ({"url": f"{SITE}/incidents/story/claims/?nothing=1"}, 400),
        ({"url": f"{SITE}/timeline/", "format": "yaml"}, 501),
        ({"url": f"{SITE}/"}, 404),
        ({"url": f"{SITE}/actors/"}, 404),
        ({"url": f"{SITE}/admin/"}, 404),
        ({"url": f"{SITE}/events/nothing-here/"}, 404),
        ({"url": f"{SITE}/events/draft/"}, 404),
        ({"url": f"{SITE}/events/it/history/99/"}, 404),
        ({"url": f"{SITE}/events/%00/"}, 404),
        ({"url": f"{SITE}/events/%ff/"}, 404),
        ({"url": "/timeline/"}, 404),
        ({"url": "http://169.254.169.254/timeline/"}, 404),
        ({"url": f"{SITE}.example.net/timeline/"}, 404),
        ({"url": f"{SITE}@example.net/timeline/"}, 404),
        ({"url": "http://[::1/timeline/"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "file:///etc/passwd"}, 404),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_error_is_in_requested_format(reader, story, asked, status, form):
    make_event("A secret draft", slug="draft")
    response = reader.get("/oembed", {"format": form, **asked})
    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == "*"
    assert b"secret" not in response.content
    if form == "json" or status == 501:
        problem = json.loads(response.content)
        assert response["Content-Type"] == "application/problem+json"
        assert problem["status"] == status
        assert problem["title"]
    else:
        assert ET.fromstring(response.content).tag == "error"  # noqa: S314 (made by us)


def test_renamed_and_merged_records_are_followed_and_withdrawn_is_404(reader, story):
    twin = published(make_event(slug="twin"))
    merge(twin, into=story, by=None, note="The same.")
    story.slug = "renamed"
    story.save()
    published(story)
    for slug in ("it", "twin", "renamed"):
        parts = json.loads(ask(reader, f"{SITE}/events/{slug}/").content)
        assert f"{SITE}/embed/events/renamed/" in parts["html"]
    withdraw(story, by=None, note="It never happened.")
    response = ask(reader, f"{SITE}/events/renamed/")
    assert response.status_code == 404
    assert "withdrawn" in json.loads(response.content)["detail"]


def test_oembed_has_no_language_prefix(reader):
    response = reader.get("/zh-hans/oembed", {"url": f"{SITE}/timeline/"})
    assert response.status_code == 301
    assert response["Location"].startswith("/oembed?url=")


@given(st.text())
def test_own_path_never_accepts_another_site(text):
    try:
        path, _query = _own_path(text)
    except EmbedNotFound:
        return
    assert path.startswith("/")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_xml_round_trips_any_text(text):
    root = ET.fromstring(oembed_xml("oembed", {"title": text}).encode())  # noqa: S314 (made by us)
    assert (root[0].text or "") == text


def test_repeated_parameter_is_named(reader):
    answer = reader.get("/oembed?format=yaml&format=yaml&url=0")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"].keys() == {"format"}
