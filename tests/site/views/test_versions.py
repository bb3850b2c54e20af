"""The page of one version: the live template as it was, below a band that says what changed."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.desk.models import Citation
from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.desk.verbs.transfers.undo import undo_transfer
from kb.record.models import Revision
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

pytestmark = pytest.mark.django_db


def correct(thing, note="It was wrong.", change="correction", **values):
    thing.refresh_from_db()
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save()
    publish(thing, by=None, change=change, note=note)
    return thing


def words(response):
    """The visible words of the main part of a page, and of its band."""
    main = re.search(r"<main.*</main>", response.text, re.S)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def band(response):
    html = re.search(r'<div role="region" class="band.*?\n</div>', response.text, re.S)[0]
    html = re.sub(r'<p class="print-only">.*?</p>', "", html)
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def tint(response):
    return re.search(r'<div role="region" class="band (\w+)"', response.text)[1]


@pytest.fixture
def acme():
    return published(make_actor("Akme", slug="acme"))


@pytest.fixture
def event(acme):
    return published(
        make_event(
            "They stopped", slug="stop", summary="It did not stop.", happened="2023-12-15",
            actors=((acme, "acted"),),
        )
    )  # fmt: skip


# --- The band ----------------------------------------------------------------------------------


def test_current_version_says_so(reader, event):
    page = reader.get("/events/stop/history/1/")
    assert tint(page) == "current"
    assert "Version 1 of 1, the current version" in band(page)
    assert "Nothing has changed since" in band(page)
    assert 'href="/events/stop/"' in page.text


def test_corrected_version_says_when_why_and_what(reader, event):
    correct(event, "The source says when they spoke.", happened="../2023-12-15")
    page = reader.get("/events/stop/history/1/")
    assert "<title>Version 1 of 2: They stopped" in page.text
    assert tint(page) == "corrected"
    assert "Version 1 of 2, corrected since" in band(page)
    assert "Reason: The source says when they spoke." in band(page)
    assert "This is the page as it was" in band(page)
    assert "<del>15 December 2023 (2023-12-15)</del>" in page.text
    assert "<ins>On or before 15 December 2023" in page.text
    assert 'class="date-words">15 December 2023' in page.text
    assert "noindex" in page.text
    assert 'rel="canonical"' not in page.text


def test_all_corrections_are_told_until_there_are_too_many(reader, event):
    for number in range(3):
        correct(event, f"Reason {number}", summary=f"It stopped {number}.")
    assert all(f"Reason {number}." in band(reader.get("/events/stop/history/1/"))
               for number in range(3))  # fmt: skip
    assert "Reason 0" not in band(reader.get("/events/stop/history/2/"))
    correct(event, "Reason 3", summary="It stopped.")
    text = band(reader.get("/events/stop/history/1/"))
    assert "There were more corrections later." in text
    assert "Reason 3" not in text


def test_version_that_was_only_added_to(reader, event):
    Citation.objects.create(event=event, source=make_source("More", slug="more"), exact="It is so.")
    correct(event, "", change="update")
    page = reader.get("/events/stop/history/1/")
    assert tint(page) == "added"
    assert "Version 1 of 2, added to since" in band(page)
    assert "Nothing that is on this page was changed." in band(page)


def test_update_that_replaces_words_is_no_addition(reader, event):
    correct(event, "", change="update", title="They paused")
    page = reader.get("/events/stop/history/1/")
    assert tint(page) == "added"
    assert "Version 1 of 2, changed since" in band(page)


def test_long_text_is_shortened_around_the_change(reader, event):
    long = "Word after word is here. " * 40
    correct(event, summary=f"{long}They did not. {long}")
    correct(event, summary=f"{long}They did. {long}")
    text = band(reader.get("/events/stop/history/2/"))
    assert "did not" in text.replace("[removed: ", "").replace("]", "")
    assert len(text) < 700


def test_changes_after_the_third_are_counted(reader, event):
    event.incidents.add(published(make_incident()))
    correct(event, title="A", summary="B.", happened="2022")
    page = reader.get("/events/stop/history/1/")
    assert page.text.count('class="compared"') == 3
    assert re.search(r"\d more change", band(page))
    assert 'href="/events/stop/history/?old=1&amp;new=2"' in page.text


# --- What may be shown --------------------------------------------------------------------------


def test_withdrawn_record_shows_reason_and_nothing_else(reader, event):
    withdraw(event, by=None, note="It repeated another entry.")
    page = reader.get("/events/stop/history/1/")
    assert page.status_code == 410
    assert "Version 1 of 2, withdrawn" in band(page)
    assert "Reason: It repeated another entry." in band(page)
    assert "It did not stop." not in page.text
    assert "Akme" not in page.text


def test_merged_record_leads_to_the_one_that_stays(reader):
    actor = published(make_actor("Acme", slug="acme"))
    double = published(make_actor("Double", slug="double", summary="Secret words"))
    done = merge(double, into=actor, by=None, note="The same.")
    page = reader.get("/actors/double/history/1/")
    assert page.status_code == 410
    assert "Version 1 of 2, merged" in band(page)
    assert 'href="/actors/acme/"' in page.text
    assert "Secret words" not in page.text
    undo_transfer(done, by=None, note="They are two.")
    first = reader.get("/actors/double/history/1/")
    assert first.status_code == 200
    assert "It was merged on" in band(first)
    assert "They are two." in band(first)
    tombstone = reader.get("/actors/double/history/2/")
    assert tombstone.status_code == 410
    assert "Version 2 of 3, merged" in band(tombstone)
    assert "It was published again later." in band(tombstone)


def test_names_are_those_of_the_time(reader, event, acme):
    correct(event, summary="It did stop.")
    correct(acme, "The name was misspelt.", title="Acme", name="Acme")
    page = reader.get("/events/stop/history/1/")
    assert "Akme" in words(page)
    assert "“Akme” is now called “Acme”." in band(page)
    assert "Akme" not in reader.get("/events/stop/history/2/").text
    assert "Akme" in reader.get("/embed/events/stop/history/1/").text


def test_merged_actor_has_the_name_of_the_one_that_stays(reader, event, acme):
    other = published(make_actor("The Company", slug="company"))
    merge(acme, into=other, by=None, note="The same.")
    page = reader.get("/events/stop/history/1/")
    assert "The Company" in words(page)
    assert "Akme" not in page.text
    assert acme.public_id not in page.text


def test_withdrawn_record_is_not_named_by_earlier_versions(reader):
    secret = published(make_incident("Secret affair", slug="secret"))
    event = make_event("They stopped", slug="stop")
    event.incidents.add(secret)
    published(event)
    event.incidents.clear()
    correct(event, summary="Another.")
    withdraw(secret, by=None, note="Not ours.")
    page = reader.get("/events/stop/history/1/")
    assert "Secret affair" not in page.text
    assert "1 record that this version names was withdrawn since and is not shown." in band(page)
    compared = reader.get("/events/stop/history/?old=1&new=2")
    assert "Secret affair" not in compared.text
    assert secret.public_id not in compared.text
    assert "(withdrawn)" in compared.text


def test_claim_is_contested_only_if_it_was_then(reader, event):
    claim = make_proposition(events=(event,))
    make_stance(claim, "asserts", statement=published(make_statement("Yes.")))
    published(claim)
    correct(event, summary="It stopped, they say.")
    make_stance(claim, "denies", statement=published(make_statement("No.")))
    correct(claim, "", change="update")
    assert "badge contested" in reader.get("/events/stop/history/2/").text
    assert "badge contested" not in reader.get("/events/stop/history/1/").text


# --- The page ----------------------------------------------------------------------------------


def test_statement_is_shown_quoted_and_cited_in_its_version(reader):
    statement = published(
        make_statement("We stopped.", slug="told", source=make_source("Report", slug="report"))
    )
    correct(statement, headline="Another")
    page = reader.get("/statements/told/history/1/")
    main = words(page)
    assert "We stopped." in main
    assert "Actors and roles" in main
    assert "2, current" in main
    assert "1, this page" in main
    assert "Data of this version" in main
    assert 'href="/statements/told/history/1/#cite"' in page.text
    assert "/statements/told/history/1/" in page.context["cite"]["text"]
    assert "/statements/told/history/1/" in page.context["copy"][0]["text"]
    assert "It always shows this version" in page.text
    assert page.context["embed"]["preview"] == "/embed/statements/told/history/1/"


def test_links_lead_to_the_addresses_of_today(reader, event, acme):
    correct(acme, slug="acme-corp")
    correct(event, slug="halt", summary="It did stop.")
    page = reader.get("/events/halt/history/1/")
    assert 'href="/actors/acme-corp/"' in page.text
    assert "/events/stop/" not in page.text.replace("hreflang", "")
    assert "/events/halt/history/1/" in page.context["cite"]["text"]


@pytest.mark.parametrize("path", ["/actors/acme/", "/sources/report/", "/incidents/story/"])
def test_other_records_have_the_band(reader, path):
    actor = published(make_actor("Acme", slug="acme", summary="It makes *anvils*."))
    source = published(make_source("Report", slug="report", publisher=actor))
    incident = published(make_incident("Story", slug="story", summary="It began."))
    thing = {"actors": actor, "sources": source, "incidents": incident}[path.split("/")[1]]
    correct(thing, "A new name.", **{"title" if path != "/actors/acme/" else "name": "New name"})
    page = reader.get(f"{path}history/1/")
    assert page.status_code == 200
    assert "Version 1 of 2, corrected since" in band(page)
    assert "New name" in band(page)
    assert "<title>Version 1 of 2: " in page.text
    assert f'href="{path}"' in page.text


def test_band_is_in_chinese(reader, event):
    correct(event, "错误。", summary="他们停止了。")
    text = band(reader.get("/zh-hans/events/stop/history/1/"))
    own_words = text.replace("It did not stop.", "").replace("UTC", "")
    assert not re.search(r"[A-Za-z]{3,}", own_words), text


def test_embed_of_a_withdrawal_shows_the_reason(reader, event):
    withdraw(event, by=None, note="By mistake.")
    correct(event, "It was right.")
    page = reader.get("/embed/events/stop/history/2/")
    assert page.status_code == 410
    assert "By mistake." in page.text


def test_cost_does_not_depend_on_the_number_of_versions(reader, event, acme):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert reader.get("/events/stop/history/1/").status_code == 200
        return len(queries)

    correct(event, summary="It did stop.")
    few = cost()
    for number in range(12):
        correct(event, summary=f"It did stop {number}.")
    assert cost() == few
    assert few <= 24
    assert len(reader.get("/events/stop/history/1/").context["versions"]) == 5
    assert Revision.objects.filter(public_id=event.public_id).count() == 14
