"""Embedded pages, and the panel that shows their code."""

from __future__ import annotations

import gzip
import re
from html import unescape

import pytest
from django.conf import settings

from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.middleware import EMBED_POLICY
from kb.site.embed.snippets import SANDBOX
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def story():
    """An incident with an event, a statement about it and a contested claim."""
    story, acme = make_incident("The story", slug="story"), make_actor("Acme", slug="acme")
    event = make_event("It happened", slug="it", actors=((acme, "acted"),))
    event.incidents.add(story)
    published(event)
    statement = make_statement(slug="said", about=(event,), on_behalf_of=acme)
    statement.incidents.add(story)
    published(statement)
    claim = make_proposition("Did it happen?", events=(event,), incident=story, slug="did-it")
    make_stance(claim, "denies", statement=statement)
    published(claim)
    return {"event": event, "statement": statement, "incident": story}


EMBEDS = [
    "/embed/events/it/",
    "/embed/events/it/history/1/",
    "/embed/statements/said/",
    "/embed/timeline/",
    "/embed/timeline/?actor=acme&from=2023&size=1",
    "/embed/incidents/story/",
    "/embed/incidents/story/?kind=statement&known=2023-12-15",
    "/embed/incidents/story/claims/",
    "/embed/incidents/story/claims/?actor=acme&known=2023-12-16",
    "/zh-hans/embed/incidents/story/claims/",
    "/embed/claims/did-it/",
    "/embed/claims/did-it/?known=2023-12-16",
    "/zh-hans/embed/claims/did-it/",
]
REFUSED = [
    ("/embed/events/nothing-here/", 404),
    ("/embed/events/draft/", 404),
    ("/embed/events/it/history/99/", 404),
    ("/embed/incidents/nothing-here/claims/", 404),
    ("/embed/events/it/?theme=pink", 400),
    ("/embed/events/it/?theme=light&theme=dark", 400),
    ("/embed/events/it/?size=3", 400),
    ("/embed/timeline/?nothing=1", 400),
    ("/embed/timeline/?size=101", 400),
    ("/embed/timeline/?size=-1", 400),
    ("/embed/timeline/?actor=nobody", 400),
    ("/embed/timeline/?from=12/05/2023", 400),
    ("/embed/timeline/?q=" + "x" * 300, 400),
    ("/embed/timeline/?theme=%3Cscript%3E", 400),
    ("/embed/incidents/story/claims/?from=2023", 400),
    ("/embed/claims/nothing-here/", 404),
    ("/embed/claims/did-it/?actor=acme", 400),
]


def check_is_framed(response):
    """The headers and elements that every embedded page has, whatever its status."""
    assert response["Content-Security-Policy"] == EMBED_POLICY
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in response
    assert not response.cookies
    page = response.content.decode()
    assert not re.search(r"<(form|input|button|textarea|select)\b", page)
    assert not re.search(r" (style|on\w+)=", page)
    if page:
        assert '<base target="_blank">' in page
        assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize("path", EMBEDS)
def test_embed_shows_its_page_and_may_be_framed(reader, story, path):
    response = reader.get(path)
    assert response.status_code == 200
    check_is_framed(response)
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = reader.get(path, headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    assert again["Content-Security-Policy"] == EMBED_POLICY


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_error_page_of_embed_may_be_framed(reader, story, path, status):
    make_event("A secret draft", slug="draft")
    response = reader.get(path)
    assert response.status_code == status
    check_is_framed(response)
    assert "secret" not in response.content.decode()
    assert "canonical" not in response.content.decode()


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/embed/events/it/?theme=dark", "/events/it/"),
        ("/embed/events/it/history/1/", "/events/it/history/1/"),
        ("/embed/timeline/?size=1&actor=acme", "/timeline/?actor=acme"),
        ("/embed/incidents/story/?kind=event", "/incidents/story/?kind=event"),
        ("/embed/incidents/story/claims/?actor=acme", "/incidents/story/claims/?actor=acme"),
        ("/zh-hans/embed/events/it/", "/zh-hans/events/it/"),
        ("/embed/claims/did-it/?known=2023", "/claims/did-it/?known=2023"),
    ],
)
def test_embed_links_to_canonical_page(reader, story, path, page):
    text = reader.get(path).content.decode()
    assert f'<link rel="canonical" href="{settings.SITE_URL}{page}">' in text
    assert f'<a href="{settings.SITE_URL}{page}">' in text


def test_theme_parameter_sets_stylesheet(reader, story):
    for theme, name in (("", "auto"), ("auto", "auto"), ("light", "light"), ("dark", "dark")):
        text = reader.get("/embed/events/it/", {"theme": theme}).content.decode()
        assert f"css/framed-{name}.css" in text


def test_timeline_embed_shows_number_of_entries(reader, story):
    text = reader.get("/embed/timeline/?size=1&order=newest").content.decode()
    assert "1 of 2 entries" in text
    assert "See the whole timeline: 2 entries" in text
    assert 'id="' + story["statement"].public_id in text
    assert "No entries match" in reader.get("/embed/timeline/?until=1999").content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ""),
        ("?known=2023-12-15", "As known on 15 December 2023. This page shows what cited sources"),
        (
            "?known=2023-12-15&known_after=2023-12-01",
            "What became known between 1 December 2023 and 15 December 2023.",
        ),
        ("?known_after=2023-12-01", "What became known after 1 December 2023."),
    ],
)
def test_timeline_embed_begins_with_the_day_on_which_it_was_known(reader, story, query, words):
    page = unescape(reader.get(f"/embed/incidents/story/{query}").content.decode())
    head = page[page.index("<h1>") : page.index('class="whole"')]
    assert words in head
    assert (" known " in head) is bool(words)


def test_correction_is_shown_in_entry_and_timeline(reader, story):
    event = story["event"]
    event.title = "It happened twice"
    event.save()
    publish(event, by=None, change="correction", note="It was twice.")
    for path in ("/embed/events/it/", "/embed/timeline/", "/embed/incidents/story/"):
        text = reader.get(path).content.decode()
        assert "It happened twice" in text
        assert text.count("Corrected on") == 1
        assert "It was twice." in text
    frozen = reader.get("/embed/events/it/history/1/").content.decode()
    assert "It happened twice" not in frozen
    assert "This is version 1 of 2." in frozen
    assert "This is version" not in reader.get("/embed/events/it/history/2/").content.decode()


@pytest.mark.parametrize("path", ["/embed/events/it/", "/embed/events/it/history/1/"])
def test_withdrawn_entry_shows_reason(reader, story, path):
    withdraw(story["event"], by=None, note="It never happened.")
    response = reader.get(path)
    assert response.status_code == 410
    check_is_framed(response)
    assert "It never happened." in response.content.decode()


def test_merged_or_renamed_record_redirects_to_current_embed(reader, story):
    event, other = story["event"], published(make_event(slug="twin"))
    merge(other, into=event, by=None, note="The same.")
    response = reader.get("/zh-hans/embed/events/twin/?theme=dark")
    assert response.status_code == 301
    assert response["Location"] == "/zh-hans/embed/events/it/?theme=dark"
    assert reader.get("/embed/events/twin/history/1/").status_code == 410
    for thing, slug in ((event, "happened"), (story["incident"], "claims")):
        thing.slug = slug
        thing.save()
        published(thing)
    moved = {
        "/embed/events/it/": "/embed/events/happened/",
        "/embed/events/it/history/1/": "/embed/events/happened/history/1/",
        "/embed/incidents/story/?kind=event": "/embed/incidents/claims/?kind=event",
        "/embed/incidents/story/claims/": "/embed/incidents/claims/claims/",
    }
    for old, new in moved.items():
        assert reader.get(old)["Location"] == new


# --- The panel -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "src"),
    [
        ("/events/it/", "/embed/events/it/"),
        ("/statements/said/", "/embed/statements/said/"),
        ("/timeline/?actor=acme&order=oldest", "/embed/timeline/?actor=acme&order=oldest&size=10"),
        ("/timeline/?size=5", "/embed/timeline/?size=5"),
        ("/incidents/story/?kind=event", "/embed/incidents/story/?kind=event&size=10"),
        ("/incidents/story/claims/?known=2023", "/embed/incidents/story/claims/?known=2023"),
        ("/zh-hans/timeline/", "/zh-hans/embed/timeline/?size=10"),
        ("/claims/did-it/?known=2023", "/embed/claims/did-it/?known=2023"),
    ],
)
def test_panel_shows_code_and_head_has_discovery_links(reader, story, page, src):
    response = reader.get(page)
    embed = response.context["embed"]
    source = f"{settings.SITE_URL}{src}".replace("&", "&amp;")
    assert f'<iframe src="{source}" title="' in embed["code"]
    assert f'sandbox="{SANDBOX}"' in embed["code"]
    assert 'loading="lazy"' in embed["code"]
    assert "allow-same-origin" not in embed["code"]
    assert reader.get(embed["preview"]).status_code == 200
    text = response.content.decode()
    assert "<iframe" not in text, "the code is shown, not framed"
    assert "&lt;iframe src=" in text
    assert text.count('type="application/json+oembed"') == 1
    for form in ("json", "xml"):
        answer = reader.get(embed[form].removeprefix(settings.SITE_URL))
        assert answer.status_code == 200
    assert bool(embed["frozen"]) == ("/events/" in page or "/statements/" in page)


def test_hostile_title_is_escaped_in_attribute(reader):
    title = '"><script>alert(1)</script>'
    published(make_event(title, slug="hostile"))
    code = reader.get("/events/hostile/").context["embed"]["code"]
    assert "<script>alert" not in code
    assert code.count("<") == 4


def test_version_page_links_to_its_embed(reader, story):
    text = reader.get("/events/it/history/1/").content.decode()
    (address,) = re.findall(r'href="([^"]+)" type="application/json.oembed"', text)
    answer = reader.get(unescape(address).removeprefix(settings.SITE_URL)).json()
    assert f"{settings.SITE_URL}/embed/events/it/history/1/" in answer["html"]
    assert "oembed" not in reader.get("/incidents/story/history/1/").content.decode()


@pytest.mark.parametrize("name", ["embed.js", "embed_frame.js"])
def test_embed_scripts_are_small(name):
    assert len(gzip.compress((settings.BASE_DIR / "static/js" / name).read_bytes())) < 1000
