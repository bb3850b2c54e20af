"""Pages are fetched outside the threads of the web server, two at once, and no text is lost."""

from __future__ import annotations

import re
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from kb.desk.admin import slow_pages
from kb.desk.webpage import background
from kb.desk.webpage.fetch import FetchedPage, FetchError

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FROM = reverse("admin:desk_source_from")
SENT = {"url": "https://example.org/a", "title": "The tab’s title", "words": "It did not happen."}


class SlowSite:
    """Stands for ``fetch_page``: a page comes when the test releases it."""

    def __init__(self):
        self.released = threading.Event()
        self.problem = ""
        self.threads = set()

    def __call__(self, url, **options):
        self.threads.add(threading.current_thread())
        assert self.released.wait(20)
        if self.problem:
            raise FetchError(self.problem)
        return FetchedPage(url, b"<title>A story</title>", "utf-8")

    def end(self):
        self.released.set()
        for thread in self.threads:
            thread.join(20)


@pytest.fixture
def slow_site(settings, monkeypatch):
    settings.FETCH_PAGES = True
    site = SlowSite()
    monkeypatch.setattr(background, "fetch_page", site)
    monkeypatch.setattr(background, "WAIT_SECONDS", 0.05)
    yield site
    site.end()


def query_of(response):
    return {
        name: value for name, (value,) in parse_qs(urlsplit(response["Location"]).query).items()
    }


def test_slow_page_holds_no_thread_and_fills_in_the_form_when_it_is_there(editor, slow_site):
    answer = editor.post(FROM, SENT)
    assert answer.status_code == 302
    waiting = editor.get(answer["Location"])
    assert (waiting.status_code, waiting["Refresh"]) == (200, "1")
    assert "https://example.org/a" in waiting.text
    link = re.search(r'href="([^"]*add/\?[^"]*)"', waiting.text)
    assert link and "The+tab" in link[1]
    slow_site.end()
    assert threading.current_thread() not in slow_site.threads
    form = editor.get(answer["Location"])
    assert query_of(form)["title"] == "A story"
    assert editor.session["selected_words"]["words"] == SENT["words"]


def test_failure_of_a_slow_page_leads_to_the_form_with_what_was_sent(editor, slow_site):
    slow_site.problem = "The host did not respond."
    address = editor.post(FROM, SENT)["Location"]
    slow_site.end()
    assert query_of(editor.get(address))["title"] == SENT["title"]
    assert "did not respond. Fill in the form manually." in editor.get(FROM).text


def test_lost_fetch_ends_the_waiting(editor, slow_site, monkeypatch):
    """The process may have been restarted, or the outcome could not be stored."""
    address = editor.post(FROM, SENT)["Location"]
    monkeypatch.setattr(slow_pages, "MAX_WAIT_SECONDS", 0)
    assert query_of(editor.get(address))["url"] == SENT["url"]
    assert "did not load within 8 seconds" in editor.get(FROM).text


def test_other_editor_does_not_see_the_page(editor, slow_site, client, django_user_model):
    address = editor.post(FROM, SENT)["Location"]
    client.force_login(django_user_model.objects.create_superuser("other"))
    other = client.get(address)
    assert other.context["form"]["url"].value() == ""
    assert "example.org" not in other.text


def test_third_page_is_refused_with_the_typed_text_and_the_next_is_fetched(editor, slow_site):
    for number in range(background.MAX_FETCHES):
        assert editor.post(FROM, {"url": f"https://example.org/{number}"}).status_code == 302
    began = time.monotonic()
    answer = editor.post(FROM, SENT)
    assert time.monotonic() - began < 2
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Try again in some seconds" in answer.text
    form = answer.context["form"]
    assert {name: form[name].value() for name in SENT} == SENT
    assert len(slow_site.threads) == background.MAX_FETCHES
    manual = editor.post(FROM, {**SENT, "without_page": "1"})
    assert query_of(manual)["title"] == SENT["title"]
    slow_site.end()
    assert editor.post(FROM, SENT).status_code == 302
    assert len(slow_site.threads) == background.MAX_FETCHES + 1


def test_error_of_the_reader_gives_the_place_free(editor, slow_site, monkeypatch):
    monkeypatch.setattr(background, "read_metadata", lambda *args: 1 / 0)
    slow_site.released.set()
    monkeypatch.setattr(threading, "excepthook", lambda details: None)
    for _attempt in range(background.MAX_FETCHES + 1):
        editor.post(FROM, {"url": "https://example.org/b"})
        slow_site.end()
    assert background.FETCH_PLACES.taken == 0
