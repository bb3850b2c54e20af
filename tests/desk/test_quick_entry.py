"""A source begins with an address; entries begin with a source, one after the other."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from kb.desk.admin import quick_entry
from kb.desk.models import Actor, Event, Source, Statement
from kb.desk.webpage import background
from kb.desk.webpage.fetch import FetchedPage, FetchError
from tests.desk.admin_forms import fields_of, text_of
from tests.make import make_actor, make_incident, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.slow]
FROM = reverse("admin:desk_source_from")
PAGE = """<html lang="en"><head><meta property="og:title" content="A story">
<meta property="og:site_name" content="The Paper">
<meta property="article:published_time" content="2023-12-15T08:00:00Z"></head></html>"""


def query_of(response):
    return {
        name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()
    }


@pytest.fixture
def fetching(settings, monkeypatch):
    settings.FETCH_PAGES = True
    monkeypatch.setattr(
        background, "fetch_page", lambda url, **kwargs: FetchedPage(url, PAGE.encode(), "utf-8")
    )


def test_page_is_fetched_only_if_setting_allows(editor, settings, monkeypatch):
    monkeypatch.setattr(background, "fetch_page", lambda *args, **kwargs: pytest.fail("fetched"))
    response = editor.post(FROM, {"url": "https://example.org/a?utm_source=x"})
    assert query_of(response) == {"url": "https://example.org/a", "source_kind": "article"}


def test_metadata_of_page_fills_in_form(editor, fetching):
    paper = make_actor("The Paper", actor_kind="publication")
    response = editor.post(FROM, {"url": "https://example.org/a"}, follow=True)
    form = fields_of(response)
    assert form["title"] == "A story"
    assert form["published"] == "2023-12-15"
    assert form["publisher"] == [str(paper.pk)]
    assert "Check each field" in text_of(response)
    saved = editor.post(reverse("admin:desk_source_add"), {**form, "_save": "1"})
    assert saved.status_code == 302
    assert Source.objects.get(url="https://example.org/a").publisher == paper


def test_unknown_publisher_is_added_with_source(editor, fetching):
    response = editor.post(FROM, {"url": "https://example.org/a"}, follow=True)
    assert "names “The Paper” as its publisher; no actor has this name" in text_of(response)
    form = fields_of(response)
    assert form["new_publisher"] == "The Paper"
    editor.post(reverse("admin:desk_source_add"), {**form, "_save": "1"})
    publisher = Actor.objects.get()
    assert (publisher.name, publisher.actor_kind, publisher.created_by) == (
        "The Paper",
        "publication",
        get_user_model().objects.get(),
    )
    assert Source.objects.get().publisher == publisher


@pytest.mark.parametrize(
    ("name", "error"),
    [("the paper", "already exists"), ("a\u202eb", "U+202E"), ("x" * 201, "200")],
)
def test_invalid_new_publisher_is_refused(editor, name, error):
    make_actor("The Paper")
    form = fields_of(editor.get(reverse("admin:desk_source_add")))
    form |= {"title": "A story", "source_kind": "article", "new_publisher": name, "_save": "1"}
    answer = editor.post(reverse("admin:desk_source_add"), form)
    assert error in text_of(answer) and fields_of(answer)["new_publisher"] == name
    assert Actor.objects.count() == 1 and not Source.objects.exists()


def test_stored_address_leads_to_its_source(editor, fetching):
    there = make_source("Another title", url="https://example.org/a")
    make_source("A story")
    response = editor.post(FROM, {"url": "https://example.org/a#part"})
    assert response["Location"] == reverse("admin:desk_source_change", args=[there.pk])
    page = text_of(editor.post(FROM, {"url": "https://example.org/b"}, follow=True))
    assert "A source with this title already exists" in page


def test_failed_fetch_leads_to_form_with_message(editor, settings, monkeypatch):
    settings.FETCH_PAGES = True

    def fails(url, **kwargs):
        raise FetchError("The host did not answer.")

    monkeypatch.setattr(background, "fetch_page", fails)
    response = editor.post(FROM, {"url": "https://example.org/a"}, follow=True)
    assert "did not answer. Fill in the form manually." in text_of(response)
    assert fields_of(response)["url"] == "https://example.org/a"


@pytest.mark.parametrize("url", ["", "ftp://example.org", "http://127.0.0.1/", "javascript:x",
                                 "http://a b", "https://example.org/" + "a" * 2100])  # fmt: skip
def test_invalid_address_stays_in_field(editor, url):
    response = editor.post(FROM, {"url": url})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert fields_of(response).get("url", url) == url
    assert not Source.objects.exists()


def test_page_requires_permission_to_add_sources(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.get(FROM).status_code == 403


def test_add_another_button_fills_in_next_statement(editor):
    source = make_source(published="2023-12-15", language="en")
    story, speaker = make_incident(), make_actor(actor_kind="person")
    page = editor.get(reverse("admin:desk_statement_add"), {"source": source.pk})
    form = fields_of(page)
    assert (form["said"], form["citations-0-source"]) == ("2023-12-15", [str(source.pk)])
    form |= {
        "speaker": speaker.pk, "attribution": "named", "form": "verbatim",
        "headline": "First", "text": "We did it.", "incidents": [story.pk],
        "citations-0-bearing": "supports", "citations-0-exact": "We did it.", "_again": "1",
    }  # fmt: skip
    answer = editor.post(reverse("admin:desk_statement_add"), form, follow=True)
    # One page after the form: the next form.
    assert len(answer.redirect_chain) == 1
    second = fields_of(answer)
    assert second["said"] == "2023-12-15"
    assert second["form"] == ["verbatim"]
    assert second["incidents"] == [str(story.pk)]
    assert second["citations-0-source"] == [str(source.pk)]
    assert second["text"] == second["headline"] == ""
    second |= {"speaker": speaker.pk, "attribution": "named",
               "headline": "Second", "text": "We did more.", "citations-0-bearing": "supports",
               "citations-0-exact": "We did more.", "_save": "1"}  # fmt: skip
    editor.post(reverse("admin:desk_statement_add"), second)
    assert list(Statement.objects.order_by("pk").values_list("headline", flat=True)) == [
        "First",
        "Second",
    ]
    assert all(statement.citations.get().source == source for statement in Statement.objects.all())


def test_event_form_is_filled_in_from_source(editor):
    source = make_source(published="2023-12-15")
    page = editor.get(reverse("admin:desk_event_add"), {"source": source.pk})
    form = fields_of(page) | {"title": "It happened", "standing": "reported",
                              "citations-0-bearing": "supports", "_save": "1"}  # fmt: skip
    editor.post(reverse("admin:desk_event_add"), form)
    event = Event.objects.get()
    assert event.happened.edtf == "2023-12-15"
    assert event.citations.get().source == source


@pytest.mark.parametrize("key", ["", "abc", "9" * 30, "-1", "12345678"])
def test_unknown_source_parameter_is_ignored(editor, key):
    response = editor.get(reverse("admin:desk_statement_add"), {"source": key})
    assert response.status_code == 200


def test_warning_is_shown_and_row_is_saved(editor):
    statement = make_statement("We did it gladly.")
    statement.citations.update(exact="We did it.")
    url = reverse("admin:desk_statement_change", args=[statement.pk])
    form = fields_of(editor.get(url)) | {"_continue": "1"}
    page = text_of(editor.post(url, form, follow=True))
    assert "Please check: “We did it gladly.” is not in the source: it departs at “gladly”" in page


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("mid-2023", {"reading": "Mid-2023 (1 May – 31 August)", "edtf": "2023-05~/2023-08~"}),
        ("", {"reading": "", "edtf": ""}),
    ],
)
def test_date_preview_answers_reading_and_rule(editor, text, reading):
    answer = editor.get(reverse("admin:desk_event_reading"), {"text": text}).json()
    assert {name: answer[name] for name in reading} == reading


def test_date_preview_of_invalid_date_lists_valid_forms(editor):
    answer = editor.get(reverse("admin:desk_event_reading"), {"text": "12/05/2023"}).json()
    assert "5 December" in answer["problem"]
    assert "12 May" in answer["problem"]


def test_date_preview_requires_sign_in(client):
    assert client.get(reverse("admin:desk_event_reading")).status_code == 302


SENT = {"url": "https://example.org/a", "title": "The tab’s title", "words": "It did not happen."}


def test_bookmark_fills_in_the_form_and_saves_nothing(editor, settings, monkeypatch):
    settings.FETCH_PAGES = True
    monkeypatch.setattr(background, "fetch_page", lambda *args, **kwargs: pytest.fail("fetched"))
    page = editor.get(FROM, SENT)
    form = page.context["form"]
    assert {name: form[name].value() for name in SENT} == SENT
    assert not Source.objects.exists()
    assert quick_entry.SELECTION_KEY not in editor.session
    assert 'name="words"' not in editor.get(FROM).content.decode()


def test_words_of_the_bookmark_begin_a_statement(editor):
    response = editor.post(FROM, SENT)
    assert query_of(response)["title"] == SENT["title"]
    source = make_source("A story", url=SENT["url"], language="en")
    other = make_source("Another", url="https://example.org/b")
    link = "Add a statement with the selected words"
    assert link not in text_of(editor.get(reverse("admin:desk_source_change", args=[other.pk])))
    page = editor.get(reverse("admin:desk_source_change", args=[source.pk]))
    assert link in text_of(page)
    form = fields_of(editor.get(page.context["selected_words_url"]))
    assert form["citations-0-exact"] == SENT["words"]
    assert form["citations-0-source"] == [str(source.pk)]


def test_title_of_the_page_is_better_than_that_of_the_bookmark(editor, fetching):
    assert query_of(editor.post(FROM, SENT))["title"] == "A story"


@pytest.mark.parametrize(
    "sent",
    [
        {"url": "javascript:alert(1)"},
        {"url": "http://127.0.0.1/"},
        {**SENT, "title": "a\u202eb"},
        {**SENT, "words": "a\u202eb"},
    ],
)
def test_hostile_bookmark_is_refused_and_nothing_typed_is_lost(editor, sent):
    response = editor.post(FROM, sent)
    assert response.status_code == 200
    form = response.context["form"]
    assert {name: form[name].value() for name in sent} == sent
    assert quick_entry.SELECTION_KEY not in editor.session


@pytest.mark.parametrize("address", [reverse("admin:index"), FROM])
def test_bookmark_leads_to_this_desk(editor, address):
    html = editor.get(address).content.decode()
    match = re.search(r'href="(javascript:[^"]*)"', html)
    assert match
    script = unescape(match[1])
    assert f"window.open('http://testserver{FROM}'" in script.replace("\\u002D", "-")
    for name in SENT:
        assert f"{name}='" in script


def test_source_with_the_same_doi_is_shown(editor, settings, monkeypatch):
    settings.FETCH_PAGES = True
    html = '<title>A study</title><meta name="citation_doi" content="10.1000/182">'
    monkeypatch.setattr(
        background, "fetch_page", lambda url, **kwargs: FetchedPage(url, html.encode(), "utf-8")
    )
    make_source("The study", url="https://doi.org/10.1000/182")
    text = text_of(editor.post(FROM, {"url": "https://example.org/study"}, follow=True))
    text = " ".join(text.split())
    assert "A source with the DOI of this page already exists: The study" in text
    assert "The page has the DOI 10.1000/182." in text


def test_text_of_the_fetched_page_is_in_the_form_and_stored_with_the_source(
    editor, settings, monkeypatch
):
    settings.FETCH_PAGES = True
    words = "The valve failed. " * 20
    page = PAGE.replace("</html>", f"<body><article><p>{words}</p></article></body></html>")
    monkeypatch.setattr(
        background, "fetch_page", lambda url, **kwargs: FetchedPage(url, page.encode(), "utf-8")
    )
    form = fields_of(editor.post(FROM, {"url": "https://example.org/a"}, follow=True))
    assert form["article_text"] == words.strip()
    other = fields_of(editor.get(f"{reverse('admin:desk_source_add')}?url=https://example.org/b"))
    assert not other["article_text"]
    editor.post(reverse("admin:desk_source_add"), {**form, "_save": "1"})
    assert Source.objects.get().texts.get().body == words.strip()
    assert "fetched_article" not in editor.session
