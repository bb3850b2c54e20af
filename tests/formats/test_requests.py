"""A request for comment in every format: its headline, and nothing said."""

import json

import pytest

from kb.formats import formats_for
from tests.formats.reading import body
from tests.requests_story import HEADLINE, silence_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORMS = formats_for("request")


@pytest.fixture
def story(db):
    return silence_story()


def unfolded(content):
    """A text without the folds of iCalendar, the escapes of a format and its line breaks."""
    return content.decode("utf-8-sig").replace("\r\n ", "").replace("\\,", ",")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.suffix)
def test_every_format_has_headline(reader, story, form):
    response = reader.get(f"/requests/gazette-asked.{form.suffix}")
    assert response.status_code == 200
    text = unfolded(body(response))
    if form.suffix not in ("bib", "ris", "csl.json"):
        assert HEADLINE in text
    for lie in ("Said:", '"Claim"', '"Quotation"', "Statements"):
        assert lie not in text


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.suffix)
def test_headline_is_equal_in_lists(reader, story, form):
    text = unfolded(body(reader.get(f"/timeline.{form.suffix}?kind=request")))
    assert form.suffix in ("bib", "ris", "csl.json") or HEADLINE in text


def test_json_names_parties_and_outcome(reader, story):
    entry = reader.get("/requests/gazette-asked.json").json()
    assert entry["kind"] == "request"
    assert entry["asked_by"]["slug"] == "gotham-gazette"
    assert [actor["slug"] for actor in entry["asked"]] == ["baz-parts"]
    assert entry["outcome"] == "no_reply"
    assert entry["no_reply_by"]["edtf"] == "2023-12-18"
    assert entry["answer"] is None
    assert [claim["text"] for claim in entry["claims"]] == ["Baz Parts knew of it"]
    assert [part["role"] for part in entry["actors"]] == ["asked_by", "asked"]
    assert "voice" not in entry and "form" not in entry


def test_jsonld_is_an_action(reader, story):
    nodes = json.loads(body(reader.get("/requests/gazette-asked.jsonld")))["@graph"]
    (action,) = [node for node in nodes if node["@type"] == "AskAction"]
    assert action["agent"]["name"] == "Gotham Gazette"
    assert [node["name"] for node in action["recipient"]] == ["Baz Parts"]
    assert '"AskAction"' in reader.get("/requests/gazette-asked/").content.decode()


def test_feeds_say_asked(reader, story):
    assert "Asked: 17 December 2023." in body(reader.get("/requests/gazette-asked.md")).decode()
    slides = json.loads(body(reader.get("/timeline.timelinejs.json?kind=request")))["events"]
    assert [slide["group"] for slide in slides] == ["Requests for comment"]


def test_outcome_of_statement_is_said(reader, story):
    assert reader.get("/statements/denial.json").json()["outcome"] == "said"
