"""`/events/<slug>/`, and the pages of withdrawn and corrected records."""

import pytest

from kb.desk.models import Citation
from kb.desk.verbs.publishing import publish, withdraw
from kb.record.vocabulary import Change
from tests.make import make_event, make_request, make_source, make_statement, published

pytestmark = pytest.mark.django_db


def test_event_page_shows_facts_and_sources(reader):
    event = published(make_event("The checks begin", slug="checks", happened="2023-04"))
    published(make_statement("They did begin.", about=(event,)))
    text = reader.get("/events/checks/").content.decode()
    for words in ("The checks begin", "April 2023", "as printed", "They did begin."):
        assert words in text


def test_draft_returns_same_404_as_unknown_address(reader):
    make_event("Secret", slug="secret-draft")
    draft, nothing = (reader.get(f"/events/{slug}/") for slug in ("secret-draft", "secret-drifs"))
    assert draft.status_code == nothing.status_code == 404
    assert draft.content == nothing.content


def test_withdrawn_event_returns_410_with_reason(reader):
    event = published(make_event("Too early", slug="early"))
    withdraw(event, by=None, note="It concerned another company.")
    answer = reader.get("/events/early/")
    assert answer.status_code == 410
    assert b"It concerned another company." in answer.content
    assert b"It concerned another company." in reader.get("/changes/").content


def test_correction_is_in_history_and_changes(reader):
    event = published(make_event("It hapened", slug="it"))
    event.title = "It happened"
    event.save()
    publish(event, by=None, change=Change.CORRECTION, note="A letter was missing.")
    for path in ("/events/it/", "/changes/"):
        assert b"A letter was missing." in reader.get(path).content


def test_head_shows_last_change_and_permanent_links(reader):
    event = published(make_event("It hapened", slug="it"))
    event.title = "It happened"
    event.save()
    publish(event, by=None, change=Change.CORRECTION, note="A letter was missing.")
    text = reader.get("/events/it/").content.decode()
    head = text[: text.index("date-box")]
    for words in ("Last change", "correction", "A letter was missing.", "/events/it/history/2/"):
        assert words in head
    assert 'href="/method/dates/"' in text


def test_source_link_opens_at_cited_passage(reader):
    source = make_source(url="https://news.example/1")
    event = make_event(
        slug="it",
        source=source,
        cited=False,
        according_to=(source,),
        happened_phrase="last April",
    )
    Citation.objects.create(event=event, source=source, exact="It began last April, they said.")
    published(event)
    text = reader.get("/events/it/").content.decode()
    assert "https://news.example/1#:~:text=It%20began%20last%20April%2C%20they%20said." in text
    assert "<mark>last April</mark>" in text
    assert "No archived copy" in text


def test_hostile_text_is_escaped(reader):
    attack = "<script>alert(1)</script>"
    published(make_event(attack, slug="attack", summary=f"{attack} [x](javascript:alert(1))"))
    text = reader.get("/events/attack/").content.decode()
    assert "<script>alert" not in text
    assert 'href="javascript' not in text


def test_event_with_more_entries_than_the_page_shows_opens(reader, monkeypatch):
    monkeypatch.setattr("kb.site.pages.entry.MAX_STATEMENTS", 3)
    event = published(make_event())
    request = make_request()
    request.about.add(event)
    published(request)
    for _number in range(3):
        published(make_statement(about=(event,)))
    page = reader.get(f"/events/{event.slug}/")
    assert page.status_code == 200
    assert page.context["limit"] == 3
    assert len(page.context["statements"]) + len(page.context["requests"]) == 3
