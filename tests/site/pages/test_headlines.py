"""Whose account an event is stands in its headline, wherever its title is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from kb.desk.verbs.publishing import publish, withdraw
from kb.formats import FORMATS, formats_for
from kb.record.headlines import filled_pattern
from kb.record.name_lists import join_names
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TITLE = "The pump is switched off"
WORDS = f"{TITLE}, according to Foo Works"
# Parts of a page in which the title stands alone, because the account follows it or it is a key.
PAGES = [
    "/",
    "/timeline/",
    "/timeline/?known=2023-12-20",
    "/incidents/pump/",
    "/incidents/pump/claims/",
    "/incidents/pump/changes/",
    "/events/off/",
    "/events/off/history/",
    "/events/off/history/1/",
    "/events/nearby/",
    "/statements/told/",
    "/statements/told/history/1/",
    "/actors/baz-parts/",
    "/sources/report/",
    "/search/?q=pump",
    "/changes/",
    "/embed/events/off/",
    "/embed/events/off/history/1/",
    "/embed/timeline/",
    "/embed/incidents/pump/",
    "/embed/incidents/pump/claims/",
    "/events/of/",
]
FILES = [
    *(f"/events/off.{form.suffix}" for form in formats_for("event")),
    *(f"/timeline.{form.suffix}" for form in formats_for("timeline")),
    *(f"/incidents/pump.{form.suffix}" for form in formats_for("incident")),
    *(f"/statements/told.{form.suffix}" for form in formats_for("statement")),
    "/oembed?url=http://127.0.0.1:8000/events/off/",
    "/oembed?url=http://127.0.0.1:8000/events/off/history/1/&format=xml",
    "/changes.atom",
]


@pytest.fixture
def pump():
    """An event on the word of Foo Works alone, in everything that shows the title of an event."""
    foo, baz = make_actor("Foo Works"), make_actor("Baz Parts", slug="baz-parts")
    source = make_source("Report", slug="report", publisher=make_actor("Gotham Gazette"))
    incident = make_incident("The pump", slug="pump")
    account = make_statement(
        "We switched it off.", slug="word", on_behalf_of=foo, source=source, said="2023-12"
    )
    event = make_event(
        TITLE,
        slug="off",
        standing="one_party",
        happened="2023-12-15",
        actors=((baz, "acted"), (foo, "affected")),
        source=source,
        according_to=(account,),
    )
    near = make_event("Another", slug="nearby", standing="undisputed", happened="2023-12-16")
    told = make_statement("It is off.", slug="told", about=(event,), source=source, said="2023-12")
    claim = make_proposition("Was it switched off?", incident=incident, events=(event,))
    for entry in (event, near, told, account):
        entry.incidents.add(incident)
    for row in (account, event, near, told):
        published(row)
    make_stance(claim, "asserts", statement=told)
    make_stance(claim, "denies", statement=account)
    published(claim)
    event.summary = "Somebody pressed the button."
    event.save()
    publish(event, by=None, change="correction", note="The summary was missing.")
    return event


def bare_titles(text: str, words: str) -> int:
    """How often the title stands without the account."""
    return text.count(TITLE) - text.count(words)


def without_markup(html: str) -> str:
    """The text of a page with its attributes: the account stands in an element of its own."""
    for tag in ("</a>", "</span>", "<mark>", "</mark>"):
        html = html.replace(tag, "")
    return re.sub(r'<span\s+class="whose">', "", html)


@pytest.mark.parametrize("address", PAGES)
def test_page_shows_no_title_without_its_account(reader, pump, address):
    text = without_markup(reader.get(address).content.decode())
    # JSON-LD and RIS escape nothing of these words; the stored title of an old version is a field.
    is_version = "/history/1/" in address and "/embed/" not in address
    assert WORDS in text
    assert bare_titles(text, WORDS) == (1 if is_version and "/events/" in address else 0)


@pytest.mark.parametrize("address", FILES)
def test_file_shows_no_title_without_its_account(reader, pump, address):
    response = reader.get(address)
    assert response.status_code == 200
    text = b"".join(response).decode().replace("\r\n ", "")  # lines that iCalendar folds
    text = text.replace("\\,", ",")
    assert WORDS in text or TITLE not in text
    # The title alone is a field of its own, beside the headline, where programs read fields.
    fields = text.count(f'"title":"{TITLE}"') + text.count(f'"title": "{TITLE}"')
    if address.split("?")[0].endswith(".csv"):
        fields += text.count(f",{TITLE},")
    assert bare_titles(text, WORDS) == fields


def test_no_template_prints_the_title_of_an_entry():
    entry = r"(?:row|before|after|change|in_reply_to|same_speaker)\.title(?:_html)?\b"
    templates = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    readers = [path for path in templates if "admin" not in path.parts]
    assert [path.name for path in readers if re.search(entry, path.read_text())] == []


def test_every_format_is_among_the_files():
    assert {address.rpartition(".")[2] for address in FILES} >= {
        suffix.rpartition(".")[2] for suffix in FORMATS
    }


def test_account_is_outside_the_link_and_in_the_heading(reader, pump):
    text = reader.get("/timeline/").content.decode()
    account = r'<span\s+class="whose">, according to Foo Works</span>'
    link = rf'<a\s+href="/events/off/">{TITLE}</a>{account}'
    assert re.search(link, text)


def test_withdrawn_event_is_named_with_its_account(reader, pump):
    withdraw(pump, by=None, note="It was another pump.")
    assert WORDS in reader.get("/events/off/").text
    assert WORDS in without_markup(reader.get("/changes/").text)
    assert reader.get("/events/off.json").json()["withdrawn"]["title"] == WORDS


def test_role_is_said_and_not_stated(reader, pump):
    page = " ".join(reader.get("/events/off/").text.split())
    assert "Is said by Foo Works to have done this" in page
    assert "id this by their own" not in page
    assert "was affected by their own account" in page.replace("Was", "was")
    assert "did this" not in page
    row = reader.get("/events/off.json").json()
    assert [actor["role_words"] for actor in row["actors"]] == [
        "is said by Foo Works to have done this",
        "was affected by their own account",
    ]
    assert row["according_to"][0]["name"] == "Foo Works"
    assert row["headline"] == WORDS
    assert row["title"] == TITLE


def test_actor_page_keeps_did_and_said_apart(reader, pump):
    page = reader.get("/actors/baz-parts/")
    lanes = {lane["key"]: lane["count"] for lane in page.context["lanes"]}
    assert (lanes["did"], lanes["said-to-have-done"]) == (0, 1)
    assert "Is said to have done" in page.text
    assert reader.get("/actors/baz-parts/?lane=did").context["page"]["count"]["total"] == 0
    rows = json.loads(reader.get("/actors/baz-parts.json?lane=said-to-have-done").content)
    assert [row["slug"] for row in rows["entries"]] == ["off"]


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ("one_party", "It stops, according to Foo Works and Gotham Gazette"),
        ("reported", "It stops, according to Foo Works and Gotham Gazette"),
        ("announced", "It stops, announced by Foo Works and Gotham Gazette"),
        ("undisputed", "It stops"),
    ],
)
def test_account_is_worded_for_the_standing(reader, standing, words):
    source = make_source(publisher=make_actor("Gotham Gazette"))
    statement = published(make_statement(on_behalf_of=make_actor("Foo Works"), source=source))
    published(make_event("It stops", slug="e", standing=standing, according_to=(statement, source)))
    assert reader.get("/events/e.json").json()["headline"] == words


def test_reporters_are_named_where_no_account_is_recorded(reader):
    source = make_source(publisher=make_actor("Gotham Gazette"))
    published(make_event("It stops", slug="e", standing="announced", source=source))
    row = reader.get("/events/e.json").json()
    assert row["headline"] == "It stops, as reported by Gotham Gazette"


def test_account_that_came_later_is_not_known_before(reader):
    early = make_source(publisher=make_actor("Gotham Gazette"), published="2023-12-01")
    late = make_source(publisher=make_actor("The Late Paper"), published="2023-12-20")
    published(make_event("It stops", source=early, according_to=(late,)))
    (row,) = reader.get("/timeline.json?known=2023-12-05").json()["entries"]
    assert row["headline"] == "It stops, as reported by Gotham Gazette"
    assert row["according_to"] == []


def test_order_is_that_of_the_language():
    headline = filled_pattern("据%(account)s称，%(title)s", "泵被关闭", "甲公司")
    assert headline.words == "据甲公司称，泵被关闭"
    assert (headline.before, headline.title, headline.after) == ("据甲公司称，", "泵被关闭", "")


def test_names_are_joined_as_words():
    with translation.override("en"):
        assert join_names([]) == ""
        assert join_names(["A"]) == "A"
        assert join_names(["A", "B"]) == "A and B"
        assert join_names(["A", "B", "C"]) == "A, B and C"
