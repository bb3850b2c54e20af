"""The language of the desk: the editor's choice, otherwise the browser's, otherwise English."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.desk.admin_forms import add_url
from tests.desk.signin.conftest import log_in, token_of

pytestmark = pytest.mark.django_db

CHOOSE = "/admin/language/"
LOGIN = "/admin/login/"
CHINESE, ENGLISH = "zh-hans", "en"


def language_of(response):
    """Return the language of the page, which its header and its first tag must agree on."""
    language = re.search(r'<html[^>]* lang="([^"]+)"', response.content.decode())[1]
    assert response["Content-Language"] == language
    return language


def choose(client, language, **more):
    page = client.get(LOGIN)
    sent = {"language": language, "csrfmiddlewaretoken": token_of(page), "next": "/admin/"}
    return client.post(CHOOSE, sent | more)


def test_chosen_language_is_kept_in_a_cookie_for_the_desk_only(visitor):
    assert language_of(visitor.get(LOGIN)) == ENGLISH
    response = choose(visitor, CHINESE, next=LOGIN + "?next=/admin/desk/event/")
    assert response["Location"] == LOGIN + "?next=/admin/desk/event/"
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["path"], cookie["samesite"]) == (CHINESE, "/admin/", "Lax")
    assert cookie["httponly"] and cookie["max-age"]
    assert language_of(visitor.get(LOGIN)) == CHINESE
    choose(visitor, ENGLISH)
    assert language_of(visitor.get(LOGIN)) == ENGLISH


def test_language_cookie_is_secure_where_the_others_are(settings, visitor):
    settings.LANGUAGE_COOKIE_SECURE = True
    assert choose(visitor, CHINESE).cookies["language"]["secure"]


def test_choice_stays_after_signing_in_and_out(visitor, account):
    account()
    choose(visitor, CHINESE)
    log_in(visitor)
    page = visitor.get("/admin/")
    assert language_of(page) == CHINESE
    visitor.post("/admin/logout/", {"csrfmiddlewaretoken": token_of(page)})
    assert language_of(visitor.get(LOGIN)) == CHINESE


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("zh", CHINESE),
        ("en-GB,zh;q=0.5", ENGLISH),
        ("fr,zh-Hans;q=0.5", CHINESE),
        ("fr", ENGLISH),
        ("", ENGLISH),
        ("*;;q=x", ENGLISH),
    ],
)
def test_without_a_choice_the_browser_decides(reader, accepted, language):
    response = reader.get(LOGIN, headers={"accept-language": accepted})
    assert language_of(response) == language
    vary = {name.strip() for name in response["Vary"].split(",")}
    assert {"Cookie", "Accept-Language"} <= vary


def test_choice_wins_over_the_browser(reader):
    reader.cookies["language"] = ENGLISH
    assert language_of(reader.get(LOGIN, headers={"accept-language": "zh"})) == ENGLISH


@pytest.mark.parametrize("value", ["fr", "../zh", "x" * 3000, ""])
def test_unknown_language_in_the_cookie_is_ignored(reader, value):
    reader.cookies["language"] = value
    assert language_of(reader.get(LOGIN)) == ENGLISH


@pytest.mark.parametrize("value", ["fr", "nonsense", ""])
def test_choosing_an_unknown_language_changes_nothing(visitor, value):
    choose(visitor, value)
    assert language_of(visitor.get(LOGIN)) == ENGLISH


@pytest.mark.parametrize("path", ["//example.org/", "https://example.org/admin/", "javascript:x"])
def test_choosing_does_not_lead_to_another_site(visitor, path):
    assert choose(visitor, CHINESE, next=path)["Location"] == "/"


def test_choosing_needs_a_post_with_its_token(visitor):
    assert visitor.get(CHOOSE).status_code == 405
    assert visitor.post(CHOOSE, {"language": CHINESE}).status_code == 403
    assert "language" not in visitor.cookies


def test_each_page_offers_the_other_language_by_its_own_name(reader, editor):
    button = '<button type="submit" name="language" value="{}" lang="{}">{}</button>'
    for client, path in [(reader, LOGIN), (editor, "/admin/"), (editor, add_url("event"))]:
        page = re.sub(r"\s+", " ", client.get(path).content.decode())
        assert button.format(CHINESE, CHINESE, "简体中文") in page
        assert 'value="en"' not in page.partition("languages")[2].partition("</form>")[0]
        client.cookies["language"] = CHINESE
        page = re.sub(r"\s+", " ", client.get(path).content.decode())
        assert button.format(ENGLISH, ENGLISH, "English") in page
        assert f'action="{reverse("account_language")}"' in page
        client.cookies.clear() if client is reader else client.cookies.pop("language")


def test_page_in_another_language_is_the_one_with_the_query(editor):
    page = editor.get("/admin/desk/event/?q=a+b")
    assert 'name="next" value="/admin/desk/event/?q=a+b"' in page.content.decode()


def test_pages_for_readers_read_neither_cookie_nor_browser(reader, editor):
    for client in (reader, editor):
        client.cookies["language"] = CHINESE
        response = client.get("/timeline/", headers={"accept-language": "zh"})
        assert language_of(response) == ENGLISH
        assert "Accept-Language" not in response.get("Vary", "")
        assert "Cookie" not in response.get("Vary", "")


def test_addresses_of_the_desk_have_no_language(editor):
    editor.cookies["language"] = CHINESE
    page = editor.get("/admin/").content.decode()
    assert 'href="/admin/desk/event/"' in page
    assert "/zh-hans/admin" not in page
    assert editor.get("/zh-hans/admin/").status_code == 404
