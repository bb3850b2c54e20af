"""“Removed by order on …” is in the language of the page; files have what is stored."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.utils import translation

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.record.models import Suppression
from kb.record.removal_marker import in_page_language, removal_marker
from tests.make import make_actor, make_event, make_incident, make_statement, published

ENGLISH, CHINESE = "Removed by order on ", "依命令移除]"


def remove(row, part, **choices):
    request = ask_for_suppression(row, by=None, part=part, reason="court_order", **choices)
    confirm_suppression(request, by=None)


@pytest.mark.parametrize(
    ("code", "words"),
    [("en", "[Removed by order on 3 November 2026]"), ("zh-hans", "[2026年11月3日依命令移除]")],
)
def test_marker_in_the_language_of_the_page(code, words):
    marker = removal_marker(date(2026, 11, 3))
    with translation.override(code):
        assert in_page_language(f"He said: {marker}.") == f"He said: {words}."
        assert in_page_language(f"{marker} {marker}") == f"{words} {words}"
        assert in_page_language(rf"\{marker[:-1]}\]") == rf"\{words[:-1]}\]"
        assert in_page_language("[Removed by order]") == "[Removed by order]"
        sentence = "It was removed. Removed by order on 3 November 2026."
        assert in_page_language(sentence) == sentence


def test_a_day_that_does_not_exist_stays_as_it_is():
    with translation.override("zh-hans"):
        words = "[Removed by order on 31 February 2026]"
        assert in_page_language(words) == words


@pytest.fixture
def removed():
    """Slugs of records of which a title, a name, words or everything were removed."""
    actor = published(make_actor("Zanzobar Quillmore", slug="the-person"))
    incident = published(make_incident("Zanzobar and the bank", slug="the-incident"))
    event = make_event("It began", slug="the-event", summary="Zanzobar paid.")
    event.incidents.add(incident)
    published(event)
    named = published(make_statement("We paid.", speaker=actor, slug="the-statement"))
    titled = published(make_event("Zanzobar was there", slug="titled"))
    whole = published(make_event("Zanzobar left", slug="whole"))
    for row, part in (
        (actor, "names"), (incident, "title"), (event, "words"), (titled, "title"), (whole, "all"),
    ):  # fmt: skip
        remove(row, part)
    return {"actor": actor, "incident": incident, "event": event, "named": named,
            "titled": titled, "whole": whole}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
def test_pages_in_chinese_have_it_in_chinese(reader, removed):
    titled, actor, incident = (removed[name].public_id for name in ("titled", "actor", "incident"))
    paths = [
        "/", "/timeline/", "/actors/", "/incidents/", "/events/the-event/",
        "/statements/the-statement/", f"/events/removed-{titled}/", f"/actors/removed-{actor}/",
        f"/incidents/removed-{incident}/", f"/incidents/removed-{incident}/changes/",
        f"/events/removed-{titled}/history/", f"/events/removed-{titled}/history/1/",
        f"/embed/events/removed-{titled}/", "/embed/timeline/", "/changes/",
        f"/events/removed-{removed['whole'].public_id}/", "/events/removed-xxxxxxxx/",
    ]  # fmt: skip
    english = [path for path in paths if ENGLISH in reader.get(path).text]
    assert len(english) >= 14
    for path in paths:
        response = reader.get(f"/zh-hans{path}")
        assert ENGLISH not in response.text, path
        assert CHINESE in response.text or path not in english, path
        if "Content-Length" in response.headers:
            assert int(response.headers["Content-Length"]) == len(response.content)


@pytest.mark.django_db
def test_oembed_is_in_the_language_of_its_page(reader, removed):
    path = f"events/removed-{removed['titled'].public_id}/"
    answer = reader.get(f"/oembed?url={settings.SITE_URL}/zh-hans/{path}").json()
    assert CHINESE in answer["title"] and CHINESE in answer["html"]
    answer = reader.get(f"/oembed?url={settings.SITE_URL}/{path}").json()
    assert ENGLISH in answer["title"] and ENGLISH in answer["html"]


@pytest.mark.django_db
def test_files_have_the_form_that_is_stored(reader, removed):
    marker = removal_marker(Suppression.objects.first().day)
    entry = reader.get(f"/events/removed-{removed['titled'].public_id}.json").json()
    assert entry["title"] == marker
    assert marker in b"".join(reader.get("/timeline.csv")).decode()


@pytest.mark.django_db
def test_forms_of_the_desk_keep_what_is_stored(editor, removed):
    url = f"/{settings.ADMIN_PATH}desk/event/{removed['titled'].pk}/change/"
    page = editor.get(url, headers={"accept-language": "zh-hans"}).text
    assert ENGLISH in page
