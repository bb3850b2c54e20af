"""`/claims/<slug>/`: one claim, the answers to it, and the words of each position."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings

from kb.desk.models import Proposition
from kb.desk.verbs.publishing import publish, withdraw
from kb.record import claim_changes
from kb.site.pages import claim as claim_pages
from kb.site.pages import claim_files
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_stance,
    make_statement,
    published,
)
from tests.story import load_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/claims/when/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def when():
    """A claim that asks when, of which nothing is published yet."""
    story = make_incident("The pump", slug="story")
    event = make_event("The pump stops", slug="stop")
    event.incidents.add(story)
    published(event)
    return make_proposition(
        "When did the pump stop?", question="when", slug="when", incident=story, events=(event,)
    )


def answer(claim, text, dated="", position="asserts", **fields):
    statement = published(make_statement(text, **fields))
    make_stance(claim, position, statement=statement, dated=dated)
    return statement


def texts(page):
    return " ".join(page.text.split())


def parties(page):
    return [position["party"] for position in page.context["page"].positions]


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_page_says_in_what_positions_differ(reader, when):
    acme = make_actor("Acme")
    answer(when, "It stopped in June.", "2023-06", on_behalf_of=acme)
    answer(when, "In April.", "2023-04", speaker=make_actor("Ann Bell"), on_behalf_of=acme)
    published(when)
    page = reader.get(PATH)
    words = texts(page)
    assert "a question of when" in words
    assert "Positions differ in the date" in words
    assert "2 dates from 1 party. They cannot all be true." in words
    assert parties(page)[0] == "Ann Bell, for Acme", "by the date that each gives"
    assert "“</span>In April.”" in page.text, "the full quotation component"


def test_dates_share_one_axis(reader, when):
    answer(when, "In 2021.", "2021-06-01")
    answer(when, "In 2023.", "2023-06-01")
    published(when)
    page = reader.get(PATH)
    first, second = (position["strip"] for position in page.context["page"].positions)
    assert first["path"] == second["path"]
    assert first["needle"] < second["needle"]
    assert page.context["page"].years == "2021–2023"
    assert page.text.count('class="strip strip-event"') == 2


@pytest.mark.parametrize(
    ("question", "values", "heading"),
    [
        ("whether", ({}, {}), "One position"),
        ("which", ({"option": "A"}, {"option": "B"}), "Positions differ in the answer"),
        ("how_many", ({"number_low": 4, "number_bound": "exact"},
                      {"number_low": 9, "number_bound": "exact"}),
         "Positions differ in the number"),
    ],
)  # fmt: skip
def test_heading_follows_the_question(reader, question, values, heading):
    fields = {"options": "A\nB"} if question == "which" else {}
    claim = make_proposition(question=question, slug="it", **fields)
    positions = ["asserts", "undecided"] if question == "whether" else ["asserts", "asserts"]
    for position, value in zip(positions, values, strict=True):
        make_stance(claim, position, statement=published(make_statement()), **value)
    published(claim)
    assert heading in texts(reader.get("/claims/it/"))


def test_positions_that_answer_come_first(reader):
    claim = make_proposition("Is it so?", slug="is-it")
    for day, position in (("01", "does_not_address"), ("03", "denies"), ("02", "asserts")):
        answer(claim, "So.", position=position, said=f"2023-12-{day}")
    published(claim)
    listed = reader.get("/claims/is-it/").context["page"].positions
    assert [position["position"] for position in listed] == [
        "asserts", "denies", "does_not_address",
    ]  # fmt: skip
    assert len(reader.get("/claims/is-it/").context["page"].answers) == 2


def test_report_of_a_source_shows_its_words_and_their_kind(reader, when):
    daily = make_actor("The Daily")
    source = make_source("Inside", publisher=daily, slug="inside")
    make_stance(when, "reports", source=source, dated="2023-05")
    for event in source.citations.all():
        published(event.event)
    published(when)
    words = texts(reader.get(PATH))
    assert "As printed, wording not stated" in words
    assert "as printed" in words
    assert 'href="/sources/inside/"' in words


def test_actors_without_a_position_are_named_in_a_line(reader, when):
    answer(when, "In April.", "2023-04", on_behalf_of=make_actor("Acme"))
    other = make_proposition("Is it so?", incident=when.incident)
    answer(other, "Yes.", on_behalf_of=make_actor("Beta"))
    asked = make_actor("Gamma")
    request = make_request(asked=(asked,), asked_by=make_actor("The Daily"))
    request.claims.add(when)
    for row in (when, other, request):
        published(row)
    page = reader.get(PATH)
    assert [actor["name"] for actor in page.context["unheard"]] == ["Beta"]
    assert "Asked for comment" in page.text
    assert "Gamma" in page.text


def test_known_shows_the_positions_of_that_day(reader, when):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    answer(when, "In April.", "2023-04", source=early)
    answer(when, "In June.", "2023-06", source=late)
    published(when)
    then = reader.get(f"{PATH}?known=2023-12-16")
    assert "As known on 16 December 2023" in then.text
    assert "In June." not in then.text
    assert "1 later position is hidden." in texts(then)
    assert 'content="noindex,follow"' in then.text
    assert "They cannot all be true" not in texts(then)
    rows = reader.get("/claims/when.json?known=2023-12-16").json()
    assert rows["count"] == 1
    assert rows["claim"]["contested"] is False
    assert "No position on this claim was public by that day." in texts(
        reader.get(f"{PATH}?known=2023-12-14")
    )


@pytest.mark.parametrize("query", ["colour=red", "known=someday", "after=x", "after=1&after=2"])
@pytest.mark.parametrize("path", [PATH, "/claims/when.json", "/claims/when.csv"])
def test_invalid_parameter_is_named(reader, when, path, query):
    published(when)
    response = reader.get(f"{path}?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.text


def test_pages_have_every_position_once(reader, monkeypatch):
    monkeypatch.setattr(claim_pages, "POSITIONS_PER_PAGE", 2)
    claim = make_proposition(slug="is-it")
    for number in range(5):
        answer(claim, "So.", speaker=make_actor(f"Speaker {number}"), said=f"2023-12-0{number + 1}")
    published(claim)
    names, path = [], "/claims/is-it/"
    while path:
        page = reader.get(path)
        names += parties(page)
        path = page.context["pages"]["next"]
    assert names == [f"Speaker {number}" for number in range(5)]
    last = reader.get("/claims/is-it/?after=4")
    assert last.context["pages"]["previous"] == "/claims/is-it/?after=2"
    assert "Positions 5–5 of 5" in texts(last)
    beyond = reader.get("/claims/is-it/?after=99")
    assert (beyond.status_code, beyond.context["pages"]["next"]) == (200, "")


def test_merged_claim_redirects_and_withdrawn_one_is_gone(reader, when):
    answer(when, "In April.", "2023-04")
    published(when)
    when.slug = "when-else"
    when.save()
    published(when)
    for path in (PATH, "/claims/when.json"):
        assert reader.get(path)["Location"] == path.replace("when", "when-else")
    withdraw(Proposition.objects.get(), by=None, note="It was put twice.")
    for path in ("/claims/when-else/", "/claims/when-else.csv", "/embed/claims/when-else/"):
        response = reader.get(path)
        assert response.status_code == 410
        assert "It was put twice." in response.text
    assert reader.get("/claims/never/").status_code == 404


def test_withdrawn_words_stand_in_no_version_and_no_feed(reader, when):
    answer(when, "In April.", "2023-04")
    gone = answer(when, "A word too many.", "2023-06")
    answer(when, "In July.", "2023-07")
    published(when)
    withdraw(gone, by=None, note="Nobody said it.")
    for path in (PATH, f"{PATH}history/", f"{PATH}history/1/", "/claims/when.atom",
                 "/claims/when.json", "/claims/when.csv"):  # fmt: skip
        response = reader.get(path)
        assert response.status_code == 200
        assert "A word too many" not in content(response).decode(), path
    assert "In April" in reader.get(f"{PATH}history/1/").text


def test_history_names_fields_in_words(reader, when):
    answer(when, "In April.", "2023-04")
    published(when)
    when.text = "When did the old pump stop?"
    when.save()
    publish(when, by=None, change="correction", note="There are two pumps.")
    page = texts(reader.get(f"{PATH}history/"))
    assert "There are two pumps." in page
    version = texts(reader.get(f"{PATH}history/1/"))
    assert "Entries about it" in version
    assert "The pump stops" in version


def test_reference_names_the_version(reader, when):
    published(when)
    page = reader.get(PATH)
    assert page.context["cite"]["text"].startswith("“When did the pump stop?”, claim ")
    assert f"{settings.SITE_URL}/claims/when/history/1/" in page.text
    assert "@misc{claim-" in reader.get(f"{PATH}?cite=bibtex").text
    known = reader.get(f"{PATH}?known=2023-12-16&cite=ris").context["cite"]["text"]
    assert "/claims/when/?known=2023-12-16" in known


def test_json_comes_in_pages(reader, when, monkeypatch):
    monkeypatch.setattr(claim_files, "POSITIONS_BATCH_SIZE", 2)
    for month in (4, 5, 6):
        answer(when, "Then.", f"2023-0{month}", on_behalf_of=make_actor(f"Party {month}"))
    published(when)
    first = reader.get("/claims/when.json").json()
    assert (first["count"], first["previous"]) == (3, None)
    assert first["claim"]["question"] == "when"
    assert first["claim"]["events"][0]["url"] == "/events/stop/"
    assert first["next"] == f"{settings.SITE_URL}/claims/when.json?after=2"
    second = reader.get("/claims/when.json?after=2").json()
    positions = first["positions"] + second["positions"]
    assert [position["date"]["edtf"] for position in positions] == ["2023-04", "2023-05", "2023-06"]
    assert positions[0]["holder"]["name"] == "Party 4"
    assert positions[0]["quotation"]["words"] == "Then."
    assert second["next"] is None
    lines = content(reader.get("/claims/when.jsonl")).decode().splitlines()
    assert [json.loads(line) for line in lines] == positions


def test_csv_has_the_kind_of_words(reader, when):
    answer(when, "=In April.", "2023-04", wording="translated")
    published(when)
    text = content(reader.get("/claims/when.csv")).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["position"], row["edtf"]) == ("asserts", "2023-04")
    assert (row["words"], row["words_kind"]) == ("'=In April.", "Translated by the carrier")
    raw = content(reader.get("/claims/when.csv?raw=1")).decode()
    assert next(csv.DictReader(io.StringIO(raw)))["words"] == "=In April."


def test_feed_has_each_change_of_positions(reader, when, monkeypatch):
    monkeypatch.setattr(claim_changes, "PAGE_SIZE", 2)
    published(when)
    for month in (4, 5):
        answer(when, f"In month {month}.", f"2023-0{month}", on_behalf_of=make_actor("Acme"))
        publish(when, by=None, change="update")
    feed = ET.fromstring(reader.get("/claims/when.atom").content)  # noqa: S314 (made by us)
    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == ["1 position added: When did the pump stop?"] * 2
    assert "Asserts: May 2023." in entries[0].findtext(f"{ATOM}content")
    assert "“In month 5.”" in entries[0].findtext(f"{ATOM}content")
    following = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}["next"]
    older = ET.fromstring(reader.get(following).content)  # noqa: S314 (made by us)
    (first,) = older.findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == "Published: When did the pump stop?"
    ids = [entry.findtext(f"{ATOM}id") for entry in (*entries, first)]
    assert len(set(ids)) == 3
    assert all(entry_id.startswith("tag:") for entry_id in ids)
    items = reader.get("/claims/when.feed.json").json()["items"]
    assert [item["id"] for item in items] == ids[:2]
    assert items[0]["_record"]["added"][0]["date"]["edtf"] == "2023-05"


def test_accept_chooses_the_format(reader, when):
    published(when)
    response = reader.get(PATH, headers={"accept": "application/json"})
    assert response["Content-Location"] == "/claims/when.json"
    assert response.json()["claim"]["text"] == "When did the pump stop?"


def test_search_finds_a_claim_by_its_words(reader, when):
    published(when)
    page = reader.get("/search/?q=pump+stop")
    assert 'href="/claims/when/"' in page.text
    only = reader.get("/search/?q=pump+stop&kind=proposition")
    assert [result["url"] for result in only.context["results"]] == ["/claims/when/"]


def test_badge_of_an_event_leads_to_its_claim(reader, when):
    answer(when, "In April.", "2023-04")
    answer(when, "In June.", "2023-06")
    published(when)
    assert 'href="/claims/when/"' in reader.get("/events/stop/").text
    assert 'href="/claims/when/"' in reader.get("/incidents/story/claims/").text


def test_sample_story_in_chinese(reader):
    load_story()
    page = reader.get("/zh-hans/claims/output-used-to-train/")
    assert page.status_code == 200
    for words in ("Positions", "In their words", "Follow", "According to"):
        assert words not in page.text, words
    assert 'href="/claims/output-used-to-train.json"' in page.text
