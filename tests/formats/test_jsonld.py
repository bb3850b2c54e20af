"""JSON-LD: the right types, no date that is more than known, and nothing that ends a script."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from kb.dates import FuzzyDate
from kb.formats import jsonld
from kb.formats.view import SiteIdentity
from tests.story import load_story

SITE = SiteIdentity("https://example.org", "On the Record")
DOCUMENT_DATE = FuzzyDate("2023-12-15").to_json()
CITATION = {
    "source": {
        "id": "s1",
        "title": "Report",
        "url": "/sources/report/",
        "link": "https://example.net/report",
        "publisher": {"name": "The Paper", "kind": "publication", "url": "/actors/paper/"},
        "published": DOCUMENT_DATE,
    }
}
ROW = {
    "id": "e1",
    "kind": "event",
    "url": "/events/suspended/",
    "title": "Account suspended",
    "headline": "Account suspended, according to The Paper",
    "place": None,
    "links": [],
    "date": DOCUMENT_DATE,
    "actors": [{"name": "OpenAI", "kind": "organisation", "url": "/actors/openai/"}],
    "citations": [CITATION, CITATION],
}
STATEMENT = ROW | {
    "url": "/statements/no/",
    "form": "verbatim",
    "text": "No.",
    "language": "en",
    "voice": {
        "speakers": [{"name": "Rosa", "kind": "person", "url": "/actors/rosa/"}],
        "label": "",
        "identity": "certain",
        "attributed_to": None,
    },
    "about": [
        {
            "title": "Account suspended",
            "headline": "Account suspended, according to The Paper",
            "url": "/events/suspended/",
        }
    ],
}


def dated(edtf: str, row: dict = ROW) -> dict:
    return row | {"date": FuzzyDate(edtf).to_json()}


@pytest.mark.slow
@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_ends_the_script_early_and_all_reads_back(value):
    text = jsonld.jsonld_text([{"name": value}])
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["@graph"] == [{"name": value}]


def test_a_hostile_title_is_only_text():
    text = jsonld.jsonld_text([{"name": "</script><script>alert(1)</script><!--"}])
    assert "\\u003c/script\\u003e" in text


@pytest.mark.parametrize(
    ("edtf", "iso", "coverage"),
    [
        ("2023-12-15", "2023-12-15", ""),
        ("2023-04", "2023-04", ""),
        ("2023", "2023", ""),
        ("2004-XX", "2004", ""),
        ("2023~", "", "2023~"),
        ("2023-04?", "", "2023-04?"),
        ("../2023-12-15", "", "../2023-12-15"),
        ("2023-05~/2023-08~", "", "2023-05~/2023-08~"),
        ("201X", "", "201X"),
        ("2023-22", "", "2023-22"),
        ("", "", ""),
    ],
)
def test_only_a_plain_date_is_a_date(edtf, iso, coverage):
    when = FuzzyDate(edtf).to_json()
    assert (jsonld.iso_date(when), jsonld.edtf_date(when)) == (iso, coverage)
    assert jsonld.event_node(dated(edtf), SITE).get("temporalCoverage", "") == (iso or coverage)


PLACE = {"name": "Gotham", "wikidata": "Q732858", "latitude": "40.5", "longitude": "-74.0"}
PART_OF = {
    "kind": "part_of",
    "entry_kind": "event",
    "entry": {"title": "The checks", "url": "/events/checks/"},
}


def nodes_in(value):
    """Every node of a document, at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from nodes_in(part)


def assert_events_are_complete(document) -> int:
    """Check each Event for what search engines require of it; return their number."""
    events = [node for node in nodes_in(document) if node.get("@type") == "Event"]
    for event in events:
        assert re.match(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}\S*)?\Z", event["startDate"]), event
        assert event["name"]
        assert event["location"]["@type"] == "Place"
        assert event["location"]["name"]
        assert event["location"]["address"]
    return len(events)


@pytest.mark.parametrize(
    ("edtf", "place", "kind"),
    [
        ("2023-12-15", PLACE, "Event"),
        ("2023-12-15", None, "CreativeWork"),
        ("2023-12", PLACE, "CreativeWork"),
        ("2023-12-15~", PLACE, "CreativeWork"),
        ("", PLACE, "CreativeWork"),
        ("", None, "CreativeWork"),
    ],
)
def test_only_what_has_a_day_and_a_place_is_an_event(edtf, place, kind):
    node = jsonld.event_node(dated(edtf, ROW | {"place": place, "links": [PART_OF]}), SITE)
    assert node["@type"] == kind
    assert assert_events_are_complete(node) == (kind == "Event")
    places = [part for part in nodes_in(node) if part.get("@type") == "Place"]
    assert [part["name"] for part in places] == ([place["name"]] if place else [])
    whole = node["superEvent" if kind == "Event" else "isPartOf"][0]
    assert whole["@id"] == "https://example.org/events/checks/#it"


@given(
    st.sampled_from(["", "2023", "2023-04", "2023-04-05", "2023-04-05?", "2023-04-05/2023-04-07",
                     "0044-03-15", "2004-XX-XX", "../2023-12-15", "201X"]),
    st.none() | st.sampled_from([PLACE, PLACE | {"latitude": None, "wikidata": ""}]),
    st.sampled_from(["event", "statement"]),
    st.booleans(),
)  # fmt: skip
def test_no_node_claims_an_incomplete_event(edtf, place, kind, is_part):
    row = STATEMENT if kind == "statement" else ROW
    row = dated(edtf, row | {"place": place, "links": [PART_OF] if is_part else []})
    make = jsonld.statement_node if kind == "statement" else jsonld.event_node
    assert_events_are_complete(make(row, SITE))


@pytest.mark.slow
@pytest.mark.django_db
def test_sample_story_claims_no_incomplete_event(reader):
    load_story()
    document = json.loads(b"".join(reader.get("/timeline.jsonld").streaming_content))
    assert len(document["@graph"]) > 100
    assert_events_are_complete(document)
    for node in document["@graph"]:
        # The heads of pages have the same entries, with a description.
        if node["@type"] == "WebPage":
            page = reader.get(node["@id"].removeprefix(settings.SITE_URL)).content.decode()
            head = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
            assert_events_are_complete(json.loads(head[1]))


def test_an_event():
    node = jsonld.event_node(ROW, SITE, description="It was suspended.")
    assert node["temporalCoverage"] == "2023-12-15"
    assert node["@id"] == "https://example.org/events/suspended/#it"
    assert node["about"][0]["@type"] == "Organization"
    assert len(node["citation"]) == 1, "each source once"
    assert node["citation"][0]["datePublished"] == "2023-12-15"


@pytest.mark.parametrize(
    ("form", "kind"),
    [("verbatim", "Quotation"), ("paraphrase", "Claim"), ("document", "CreativeWork")],
)
def test_only_verbatim_words_are_a_quotation(form, kind):
    node = jsonld.statement_node(STATEMENT | {"form": form}, SITE)
    assert node["@type"] == kind
    assert ("spokenByCharacter" in node) == (kind == "Quotation")
    assert node["text"] == "No."


def test_an_unnamed_voice_is_no_person():
    voice = STATEMENT["voice"] | {"speakers": [], "label": "A spokesperson"}
    node = jsonld.statement_node(STATEMENT | {"voice": voice}, SITE)
    assert node["spokenByCharacter"] == {"@type": "Thing", "name": "A spokesperson"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("person", "Person"),
        ("organisation", "Organization"),
        ("government", "GovernmentOrganization"),
        ("publication", "NewsMediaOrganization"),
        ("product", "Thing"),
    ],
)
def test_an_actor(kind, expected):
    document = {
        "title": "ByteDance",
        "actor_kind": kind,
        "other_names": [{"name": "字节跳动"}],
        "wikidata": "Q55606242",
        "website": "",
    }
    whole = {"name": "Whole", "kind": "organisation", "url": "/actors/whole/"}
    card = {"affiliations": [{"organisation": whole}], "part_of": whole}
    node = jsonld.actor_node(document, SITE, url="/actors/bytedance/", card=card)
    assert node["@type"] == expected
    assert node["alternateName"] == ["字节跳动"]
    assert node["sameAs"] == ["https://www.wikidata.org/wiki/Q55606242"]
    assert ("affiliation" in node) == (kind == "person")


def test_a_source_of_an_uncertain_day_has_no_date():
    document = {
        "title": "Report",
        "source_kind": "article",
        "url": "",
        "byline": "",
        "published": FuzzyDate("2023-12-17/..").to_json(),
        "language": "en",
        "archive_url": "",
    }
    node = jsonld.source_node(document, SITE, url="/sources/report/", publisher=None, origin=None)
    assert node["@type"] == "NewsArticle"
    assert "datePublished" not in node
    assert node["url"] == "https://example.org/sources/report/"


def test_a_claim():
    node = jsonld.claim_node(
        {"title": "Was it used?"}, SITE, url="/incidents/x/claims/#used", rows=[STATEMENT]
    )
    assert node["@type"] == "Claim"
    assert node["appearance"][0]["url"] == "https://example.org/statements/no/"


def test_the_site_can_be_searched():
    node = jsonld.website_node(SITE, home="/", search="/search/")
    target = node["potentialAction"]["target"]["urlTemplate"]
    assert target == "https://example.org/search/?q={search_term_string}"


def test_a_page_knows_its_way_and_its_items():
    crumbs = jsonld.breadcrumbs_node(SITE, [("Home", "/"), ("Timeline", "/timeline/")])
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2]
    node = jsonld.collection_node(SITE, [ROW], url="https://example.org/timeline/", name="Timeline")
    assert node["@type"] == "CollectionPage"
    assert (
        node["mainEntity"]["itemListElement"][0]["url"] == "https://example.org/events/suspended/"
    )
    empty = jsonld.collection_node(SITE, [], url="https://example.org/timeline/", name="Timeline")
    assert "mainEntity" not in empty
