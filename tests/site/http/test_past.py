"""Pages and files of the record as it was published on a day."""

import re
from datetime import timedelta
from unittest import mock
from urllib.parse import quote

import pytest
from django.utils import timezone

from kb.desk.models import Event
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish, withdraw
from kb.record.models import Revision
from kb.record.past import files
from kb.record.past.times import read_publication_time
from kb.site.http.past_links import page_with_day
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


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(files, "WAIT_SECONDS", 600)


@pytest.fixture
def then():
    """A moment after which an entry was corrected, one withdrawn and one published."""
    actor = published(make_actor("Acme", slug="acme"))
    incident = published(make_incident("The affair", slug="affair"))
    source = make_source("A report", slug="report", published="2023-04-01")
    corrected = make_event("First title", slug="first", happened="2023-04-01", source=source)
    corrected.incidents.add(incident)
    published(corrected)
    withdrawn = published(
        make_event("Withdrawn later", slug="withdrawn", happened="2023-04-02", source=source)
    )
    statement = published(make_statement(slug="words", speaker=actor, source=source))
    claim = make_proposition(text="Did they?", slug="claim", incident=incident)
    make_stance(claim, "asserts", statement=statement)
    published(claim)
    moment = Revision.objects.order_by("-published_at").first().published_at
    corrected.title = "Corrected title"
    corrected.save()
    publish(corrected, by=None, change="correction", note="It was wrong.")
    withdraw(withdrawn, by=None, note="It did not happen.")
    published(make_event("Published later", slug="later", happened="2023-04-03", source=source))
    actor.name = "Acme Holding"
    actor.save()
    published(actor)
    return moment.isoformat().replace("+00:00", "Z")


PAGES = (
    "/", "/timeline/", "/incidents/", "/incidents/affair/", "/incidents/affair/claims/",
    "/incidents/affair/actors/", "/incidents/affair/sources/", "/incidents/affair/changes/",
    "/incidents/affair/speakers/", "/claims/claim/", "/actors/", "/actors/acme/", "/sources/",
    "/sources/report/", "/events/first/", "/events/withdrawn/", "/statements/words/",
    "/events/first/history/", "/quotes/", "/search/?q=title", "/changes/", "/timeline/numbers/",
    "/timeline/options/actor/", "/compare/?a=acme",
)  # fmt: skip
FILES = (
    "/timeline.json", "/timeline.jsonl", "/timeline.csv", "/timeline.atom", "/timeline.ics",
    "/timeline.feed.json", "/timeline.md", "/timeline.jsonld", "/timeline.timelinejs.json",
    "/timeline.bib", "/incidents/affair.json", "/events/first.json", "/events/first.csl.json",
    "/events/withdrawn.json", "/claims/claim.json", "/claims/claim.csv", "/actors.json",
    "/actors.csv", "/sources.csv", "/changes.atom",
)  # fmt: skip
EMBEDS = (
    "/embed/timeline/", "/embed/incidents/affair/", "/embed/incidents/affair/claims/",
    "/embed/claims/claim/", "/embed/events/withdrawn/",
)  # fmt: skip


def with_on(address, when):
    return f"{address}{'&' if '?' in address else '?'}on={when}"


def body_of(response):
    return b"".join(response) if response.streaming else response.content


def test_every_page_and_file_is_of_the_day(reader, then):
    for address in (*PAGES, *FILES, *EMBEDS):
        response = reader.get(with_on(address, then))
        text = body_of(response).decode()
        assert response.status_code == 200, f"{address}: {text[:2000]}"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow", address
        for later in ("Corrected title", "Published later", "Acme Holding"):
            assert later not in text, f"{later} in {address}"
        if address in PAGES + EMBEDS:
            assert "had published it on" in text, address
        if address in PAGES:
            own = r"(?!static|about|access|api|method|views|report|oembed|site\.web|\?|zh-hans/\?)"
            links = re.findall(rf'<(?:a|form)\b[^>]*?(?:href|action)="(/{own}[^"]*)"[^>]*>', text)
            lost = [
                link for link in links
                if "on=" not in link and f'action="{link}"' not in text and "zh-" not in link
            ]  # fmt: skip
            today = address.partition("?")[0]
            assert [link for link in lost if link.partition("?")[0] != today] == [], address


def test_the_list_of_the_day(reader, then):
    entries = reader.get("/timeline.json", {"on": then}).json()
    assert [row["title"] for row in entries["entries"]][:2] == ["First title", "Withdrawn later"]
    assert "as published on" in entries["words"]
    assert "on=" in entries["query"]
    today = reader.get("/timeline.json").json()
    assert [row["title"] for row in today["entries"]][:2] == ["Corrected title", "Published later"]
    names = {row["label"] for row in entries["facets"].get("actor", [])}
    assert "Acme Holding" not in names


def test_what_is_not_on_the_record_that_day_is_not_found(reader, then):
    response = reader.get("/events/later/", {"on": then})
    assert response.status_code == 404
    assert "the record had nothing at this URL" in response.text
    assert reader.get("/events/withdrawn/").status_code == 410
    assert reader.get("/events/withdrawn/", {"on": then}).status_code == 200


def test_both_days_are_said_in_one_sentence(reader, then, settings):
    text = reader.get("/timeline/", {"on": then, "known": "2023-04-05"}).text
    assert "with what cited sources had published by 5 April 2023." in text
    assert "As known on 5 April 2023" in text
    assert f'<input id="k-on" name="on" value="{then}"' in text
    assert text.count("data-today") == 1
    canonical = f"{settings.SITE_URL}/timeline/?on={quote(then, safe='')}"
    assert f'rel="canonical" href="{canonical}"' in text


@pytest.mark.parametrize("page", ["/timeline/", "/events/first/", "/actors.json", "/search/"])
def test_a_day_without_a_record_is_refused_in_words(reader, then, page):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for value, words in [
        (tomorrow.isoformat(), "in the future"),
        ("1999-05-04", "The record begins on"),
        ("nonsense", "on"),
        ("2023-12-14T99:00", "Enter a day, or a time"),
    ]:
        response = reader.get(page, {"on": value})
        assert response.status_code == 400, value
        assert words in response.text


@pytest.mark.parametrize("page", ["/about/", "/method/", "/api/", "/views/abcdefgh/"])
def test_pages_without_a_day_say_so(reader, then, page):
    response = reader.get(page, {"on": then})
    assert response.status_code == 400
    assert "does not show the record of an earlier day" in response.text


def test_a_list_of_a_day_cannot_be_frozen(client, then):
    response = client.post("/views/", {"query": f"on={then}"})
    assert response.status_code == 400


def test_oembed_keeps_the_day(reader, then, settings):
    url = f"{settings.SITE_URL}/events/withdrawn/?on={then}"
    answer = reader.get("/oembed", {"url": url})
    assert answer.status_code == 200, answer.text
    assert "on=" in answer.json()["html"]


def test_today_is_the_record_of_now_and_stays_current(reader, then):
    today = timezone.localdate().isoformat()
    first = reader.get("/timeline.jsonl", {"on": today})
    assert body_of(first) == body_of(reader.get("/timeline.jsonl"))
    published(make_event("One more", happened="2023-04-04"))
    assert b"One more" in body_of(reader.get("/timeline.jsonl", {"on": today}))


def test_the_tag_of_a_day_outlives_later_publications(reader, then):
    first = reader.get("/timeline/", {"on": then})
    published(make_event("One more", happened="2023-04-04"))
    again = reader.get("/timeline/", {"on": then}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_record_that_is_being_made_is_a_503(reader, then):
    with mock.patch.object(files, "WAIT_SECONDS", 0), files._only_one:
        response = reader.get("/timeline/", {"on": then})
        problem = reader.get("/timeline.json", {"on": then})
    assert response.status_code == problem.status_code == 503
    assert "being prepared" in response.text
    assert problem.json()["type"].endswith("#problem-past-pending")
    assert int(response["Retry-After"]) > 0


def test_links_keep_the_day_and_forms_have_a_field():
    when = read_publication_time("2023-12-14")
    page = page_with_day(
        '<a href="/timeline/?q=a&amp;b=c#x">a</a><a href="/about/">b</a><a href="#top">c</a>'
        '<a data-today href="/timeline/">d</a><a href="https://example.org/x">e</a>'
        '<form method="get" action="/search/"><input name="q"></form>'
        '<form method="post" action="/views/"></form>',
        when,
    )
    assert page == (
        '<a href="/timeline/?q=a&amp;b=c&amp;on=2023-12-14#x">a</a><a href="/about/">b</a>'
        '<a href="#top">c</a><a data-today href="/timeline/">d</a>'
        '<a href="https://example.org/x">e</a><form method="get" action="/search/">'
        '<input type="hidden" name="on" value="2023-12-14"><input name="q"></form>'
        '<form method="post" action="/views/"></form>'
    )


@pytest.mark.parametrize(
    ("typed", "text", "moment"),
    [
        ("2023-12-14", "2023-12-14", "2023-12-14T23:59:59.999999+00:00"),
        ("December 2022", "2022-12-31", "2022-12-31T23:59:59.999999+00:00"),
        ("2023-12-14T15:30+08:00", "2023-12-14T07:30:00Z", "2023-12-14T07:30:00+00:00"),
        ("2023-12-14T15:30 08:00", "2023-12-14T07:30:00Z", "2023-12-14T07:30:00+00:00"),
        ("2023-12-14 15:30", "2023-12-14T15:30:00Z", "2023-12-14T15:30:00+00:00"),
    ],
)
def test_days_and_moments(typed, text, moment):
    when = read_publication_time(typed)
    assert (when.text, when.moment.isoformat()) == (text, moment)


def test_a_day_ends_in_the_time_zone_of_the_site(settings):
    settings.TIME_ZONE = "Asia/Shanghai"
    timezone.get_default_timezone.cache_clear()
    try:
        when = read_publication_time("2023-12-14")
        assert when.moment.isoformat() == "2023-12-14T15:59:59.999999+00:00"
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_large_record_is_copied_by_a_connection_of_its_own(reader, then, monkeypatch):
    monkeypatch.setattr(files, "MAX_READ_AT_ONCE", 0)
    text = body_of(reader.get("/timeline.jsonl", {"on": then}))
    assert b"Withdrawn later" in text and b"Published later" not in text
    matching = reader.get("/timeline.json", {"q": "later", "on": then}).json()["entries"]
    assert [row["title"] for row in matching] == ["Withdrawn later"]


def test_a_file_that_was_forgotten_is_made_again(reader, then, tmp_path):
    body_of(reader.get("/timeline.csv", {"on": then}))
    files.forget_past_records()
    assert not list(tmp_path.glob("past/*"))
    assert reader.get("/timeline.json", {"on": then}).status_code == 200
    assert len(list(tmp_path.glob("past/*.record"))) == 1


def test_words_that_were_removed_are_in_no_record_of_an_earlier_day(reader, then, tmp_path):
    address = "/timeline.jsonl"
    assert b"Withdrawn later" in body_of(reader.get(address, {"on": then}))
    old_files = set(tmp_path.glob("past/*.record"))
    event = Event.objects.get(slug="withdrawn")
    confirm_suppression(
        ask_for_suppression(event, by=None, part="title", reason="court_order"), by=None
    )
    assert not any(file.exists() for file in old_files)
    # A machine that was not told makes a file of its own all the same.
    (tmp_path / "past").mkdir(mode=0o700)
    for file in old_files:
        file.write_bytes(b"from before the removal")
    text = body_of(reader.get(address, {"on": then}))
    assert b"Withdrawn later" not in text and b"Removed by order" in text
    assert not any(file.exists() for file in old_files)


@pytest.mark.parametrize("path", ["/record/checkpoint", "/removed.json", "/record/proof.json"])
def test_log_and_removals_have_no_earlier_day(reader, then, path):
    response = reader.get(path, {"on": then})
    assert response.status_code == 400
    assert "does not show the record of an earlier day" in response.text


def test_files_of_an_earlier_day_have_no_checkpoint(reader, then):
    for address in ("/timeline.csv", "/timeline.json", "/changes.atom", "/actors.json"):
        assert reader.get(address)["Record-Checkpoint"]
        response = reader.get(address, {"on": then})
        assert "Record-Checkpoint" not in response
        text = body_of(response).decode()
        assert '"checkpoint": ""' in text or "heckpoint" not in text
