"""`/changes/` and its feed list the removal of one version, without a word of what was removed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish, withdraw
from kb.record.models import Revision, Suppression
from kb.site.pages import corrections
from tests.make import make_event, published

pytestmark = pytest.mark.django_db
WORDS = "Zanzobar paid for it."


@pytest.fixture
def event():
    """An event whose first version had words that were corrected."""
    event = published(make_event("It began", slug="it-began", summary=WORDS))
    event.summary = "Somebody paid for it."
    event.save()
    publish(event, by=None, change="correction", note="It was somebody else.")
    return event


def remove(row, part="all", version=1):
    request = ask_for_suppression(row, by=None, part=part, reason="court_order", version=version)
    confirm_suppression(request, by=None)


def corrected(title):
    event = published(make_event(title))
    event.summary += " And more."
    event.save()
    publish(event, by=None, change="correction", note=f"{title} said too little.")


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "Version 1 was removed."), ("/zh-hans", "版本1已移除。")],
)
def test_removal_of_a_version_is_listed_without_its_words(reader, event, prefix, words):
    assert words not in reader.get(f"{prefix}/changes/").text
    remove(event)
    for path in ("/changes/", "/changes/?change=suppression"):
        text = reader.get(f"{prefix}{path}").text
        assert words in text and "It began" in text
        assert "Zanzobar" not in text
    assert words not in reader.get(f"{prefix}/changes/?change=correction").text
    assert f'href="{prefix}/events/it-began/"' in text


def test_a_part_of_a_version_is_listed_as_a_part(reader, event):
    remove(event, "words")
    assert "A part of version 1 was removed." in reader.get("/changes/").text


def test_feed_lists_it_with_the_moment_of_the_removal(reader, event):
    remove(event)
    removal = Suppression.objects.get()
    feed = reader.get("/changes.atom?change=suppression").text
    assert "Version 1 was removed." in feed and "Zanzobar" not in feed
    assert feed.count("<entry>") == 1
    assert f"{removal.removed_at:%Y-%m-%dT%H:%M:%S}" in feed
    assert f"{event.public_id}" in feed


def test_other_removals_have_no_line_of_their_own(reader, event):
    remove(event, "words", version=None)
    remove(event, "noindex", version=None)
    assert "removed." not in reader.get("/changes/").text
    remove(event, "all", version=None)
    assert reader.get("/changes.atom?change=suppression").text.count("<entry>") == 1


def test_hidden_title_stays_hidden(reader, event):
    remove(event)
    withdraw(event, by=None, note="Wrong.", hides_title=True)
    text = reader.get("/changes/").text
    assert "Version 1 was removed." in text
    assert "It began" not in text and "it-began" not in text


def test_removals_stand_in_the_order_of_time_on_the_page_of_their_time(reader, event, monkeypatch):
    monkeypatch.setattr(corrections, "PAGE_SIZE", 2)
    corrected("Second")
    remove(event)
    corrected("Third")
    corrected("Fourth")
    pages, url = [], "/changes/"
    while url:
        page = reader.get(url)
        pages.append([(row["change_words"], row["note"]) for row in page.context["changes"]])
        url = page.context["pages"]["next"]
    notes = [note for page in pages for _words, note in page]
    assert notes == [
        "Fourth said too little.", "Third said too little.", "Version 1 was removed.",
        "Second said too little.", "It was somebody else.",
    ]  # fmt: skip
    assert [len(page) for page in pages] == [2, 3]


def test_one_that_is_newer_than_every_correction_is_the_first(reader, event):
    remove(event)
    first = reader.get("/changes/").context["changes"][0]
    assert first["note"] == "Version 1 was removed."
    assert first["on"] <= timezone.now()
    assert Revision.objects.count() >= 2
