"""`/events/<slug>.png` and the like, and what pages say of these pictures."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from kb.desk.verbs.publishing import publish, withdraw
from kb.record.models import Entry, Revision
from kb.record.single_rows import version_row
from kb.site.pages.card import entry_card, picture_language
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_request,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db
LETTERS = Path(__file__).parents[2] / "samples" / "letters.ttf"


def meta(page):
    """The properties in the head of a page."""
    pairs = re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in pairs}


def card_of(row):
    entry = Entry.objects.get(public_id=row.public_id)
    return entry_card(version_row(entry.revision, entry.revision.slug).row)


def test_page_names_its_picture_with_version_size_and_alternative(reader, settings):
    event = published(make_event("The check", slug="check"))
    head = meta(reader.get("/events/check/").text)
    assert head["og:image"] == f"{settings.SITE_URL}/events/check.png?v=1"
    assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
    assert head["og:image:alt"].startswith("Event. The check")
    assert head["twitter:card"] == "summary_large_image"
    event.title = "Another title"
    event.save()
    publish(event, by=None)
    head = meta(reader.get("/events/check/").text)
    assert head["og:image"].endswith("?v=2")
    assert "Another title" in head["og:image:alt"]


def test_page_without_a_picture_has_a_small_card(reader):
    head = meta(reader.get("/method/").text)
    assert head["twitter:card"] == "summary"
    assert "og:image:alt" not in head


@pytest.mark.slow
def test_every_kind_has_a_picture(reader):
    incident = published(make_incident("It", slug="it"))
    event = make_event("The check", slug="check")
    event.incidents.add(incident)
    statement = make_statement("We checked it.", slug="checked")
    rows = [event, statement, make_request(slug="asked", asked=(make_actor(),))]
    for row in rows:
        published(row)
    for path in ("/events/check", "/statements/checked", "/requests/asked", "/incidents/it"):
        page = reader.get(f"{path}/").text
        address = meta(page)["og:image"].removeprefix("http://127.0.0.1:8000")
        assert address == f"{path}.png?v=1"
        response = reader.get(address)
        assert response.status_code == 200, path
        assert response["Content-Type"] == "image/png"
        assert response.content.startswith(b"\x89PNG")
        assert "public" in response["Cache-Control"]
        assert reader.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert 'href="/events/check.png?v=1"' in reader.get("/events/check/").text
    assert reader.get("/card.png").content.startswith(b"\x89PNG")


def test_picture_of_a_withdrawn_entry_is_gone(reader):
    event = published(make_event(slug="check"))
    withdraw(event, by=None, note="It was entered twice.")
    assert reader.get("/events/check.png").status_code == 410
    assert reader.get("/events/nothing.png").status_code == 404


def test_picture_of_an_old_address_redirects(reader):
    event = published(make_event(slug="check"))
    event.slug = "inspection"
    event.save()
    publish(event, by=None)
    response = reader.get("/events/check.png?v=1")
    assert response.status_code == 301
    assert response["Location"] == "/events/inspection.png?v=1"


@pytest.mark.parametrize("query", ["lang=fr", "size=2", "known=2023", "v=1&v=2"])
def test_unknown_parameters_are_named(reader, query):
    published(make_event(slug="check"))
    assert reader.get(f"/events/check.png?{query}").status_code == 400


def test_long_quotation_is_cut_where_nothing_turns():
    whole = "We checked the first part. " * 7 + "The second part, as far as we know, was not."
    card = card_of(published(make_statement(whole, slug="checked", language="en")))
    assert card.kind.endswith(", cut")
    assert card.words.text.rstrip("”").endswith("part. …")


def test_quotation_that_cannot_be_cut_gives_way_to_the_headline():
    whole = "We never " + "checked and rechecked " * 20 + "it without asking, not even once"
    row = make_statement(whole, slug="checked", headline="Acme: nothing was checked", language="en")
    card = card_of(published(row))
    assert card.words is None
    assert card.heading.title == "Acme: nothing was checked"
    assert card.kind == "Statement"


def test_words_that_are_not_exact_have_their_label(reader):
    row = make_statement("We checked it.", slug="checked", form="paraphrase")
    card = card_of(published(row))
    assert (card.words.label, card.words.shape, card.words.is_serif) == (
        "Paraphrase",
        "dashed",
        False,
    )
    assert "“" not in card.words.text
    assert meta(reader.get("/statements/checked/").text)["og:image:alt"].startswith(
        "Paraphrase. We"
    )


def test_title_without_a_typeface_gives_way_to_the_site(settings):
    settings.CARD_FONT = ""
    card = card_of(published(make_event("字节跳动说", slug="check")))
    assert card.heading.title == settings.SITE_NAME
    settings.CARD_FONT = str(LETTERS)
    assert card_of(Revision.objects.get(kind="event")).heading.title == "字节跳动说"


def test_chinese_page_has_a_picture_in_chinese_where_it_can_be_drawn(reader, settings):
    settings.CARD_FONT = ""
    published(make_event("The check", slug="check"))
    head = meta(reader.get("/zh-hans/events/check/").text)
    assert head["og:image"] == f"{settings.SITE_URL}/events/check.png?lang=zh-hans&v=1"
    assert head["og:image:alt"].startswith("事件")
    assert picture_language("zh-hans") == "en"
    in_english = reader.get("/events/check.png?v=1").content
    assert reader.get("/events/check.png?lang=zh-hans&v=1").content == in_english
    settings.CARD_FONT = str(LETTERS)
    assert picture_language("zh-hans") == "zh-hans"
    assert reader.get("/events/check.png?lang=zh-hans&v=1").content != in_english


def test_picture_of_an_incident_as_known_has_no_later_summary(reader, settings):
    incident = make_incident("It", slug="it", summary="Written later.")
    published(incident)
    head = meta(reader.get("/incidents/it/?known=2023-12-16").text)
    assert head["og:image"] == f"{settings.SITE_URL}/incidents/it.png?known=2023-12-16&v=1"
    assert "as known on 16 December 2023" in head["og:image:alt"]
    assert "Written later." not in head["og:image:alt"]
    assert reader.get("/incidents/it.png?known=2023-12-16&v=1").status_code == 200
    assert reader.get("/incidents/it.png?known=tomorrow").status_code == 400
