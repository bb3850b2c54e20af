"""Signing in (threat 17): password guesses, session fixation, redirects and CSRF tokens."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings as site_settings
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import NoReverseMatch, reverse

from kb.env import origin_of
from tests import addresses
from tests.desk.signin.conftest import (
    PASSWORD,
    code_now,
    enter_code,
    is_in,
    log_in,
    pass_time,
    token_of,
    with_app,
)

pytestmark = pytest.mark.django_db

GUESSES = int(os.environ.get("GUESSES", "60"))


@pytest.fixture
def evaluated(monkeypatch):
    """The usernames whose password was compared, in order."""
    names = []

    def counted(request=None, **credentials):
        names.append(credentials.get("username"))
        return authenticate(request, **credentials)

    monkeypatch.setattr("allauth.account.adapter.authenticate", counted)
    return names


def test_login_redirects_to_the_requested_page(visitor, account):
    account()
    assert visitor.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    response = log_in(visitor, next="/admin/desk/event/")
    assert response["Location"] == "/admin/desk/event/"
    assert is_in(visitor)


def test_unknown_disabled_and_non_staff_accounts_cannot_sign_in(visitor, account):
    account()
    assert "is not correct. Both are case-sensitive" in log_in(visitor, "bob").content.decode()
    account(name="gone", is_active=False)
    assert "is not correct. Both are case-sensitive" in log_in(visitor, "gone").content.decode()
    account(name="reader", is_staff=False)
    assert log_in(visitor, "reader")["Location"] == "/admin/not-admitted/"
    assert (
        "Ask an administrator to change this"
        in visitor.get("/admin/not-admitted/").content.decode()
    )
    assert not is_in(visitor)


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8000", "http://record.example", "https://record.example:8443"]
)
def test_sign_in_works_behind_a_proxy_that_sends_its_own_host(account, settings, origin):
    account()
    settings.CSRF_TRUSTED_ORIGINS = [origin_of(f"{origin}/story")]
    is_secure = origin.startswith("https")
    # Older browsers send a Referer only.
    for name, value in (("Origin", origin), ("Referer", f"{origin}/story/admin/login/")):
        headers = {"Host": "127.0.0.1:9", name: value}
        client = Client(enforce_csrf_checks=True, headers=headers)
        page = client.get("/admin/login/", secure=is_secure)
        sent = {"login": "ann", "password": PASSWORD, "csrfmiddlewaretoken": token_of(page)}
        assert client.post("/admin/login/", sent, secure=is_secure).status_code == 302, name


@pytest.mark.parametrize("origin", ["http://evil.example", "http://record.example:81", "null"])
def test_form_of_another_site_is_refused(account, settings, origin):
    account()
    settings.CSRF_TRUSTED_ORIGINS = ["http://record.example"]
    client = Client(enforce_csrf_checks=True, headers={"Host": "127.0.0.1:9", "Origin": origin})
    page = client.get("/admin/login/")
    sent = {"login": "ann", "password": PASSWORD, "csrfmiddlewaretoken": token_of(page)}
    assert client.post("/admin/login/", sent).status_code == 403


def test_site_itself_is_trusted():
    assert [origin_of(site_settings.SITE_URL)] == site_settings.CSRF_TRUSTED_ORIGINS


@pytest.mark.slow
def test_password_attempts_for_an_account_are_limited(visitor, account, evaluated, monkeypatch):
    account()
    page = visitor.get("/admin/login/")
    sent = {"login": "ann", "csrfmiddlewaretoken": token_of(page)}
    for number in range(GUESSES):
        # From many addresses, because the limit is per account.
        response = visitor.post(
            "/admin/login/",
            sent | {"password": f"guess {number}"},
            REMOTE_ADDR=f"198.51.{number // 200}.{number % 200}",
        )
    assert len(evaluated) == 5
    page_text = response.content.decode()
    assert "Try again in 15 minutes" in page_text
    assert "sign in with a passkey" in page_text.lower()
    # The right password is not compared either, until the time is over.
    assert log_in(visitor).status_code == 200
    pass_time(monkeypatch, 15 * 60 + 1)
    assert log_in(visitor).status_code == 302


def test_password_attempts_from_an_address_are_limited(visitor, evaluated):
    page = visitor.get("/admin/login/")
    sent = {"password": "spring 2026", "csrfmiddlewaretoken": token_of(page)}
    for number in range(GUESSES):
        visitor.post("/admin/login/", sent | {"login": f"name{number}"})
    assert len(evaluated) == 20


def test_successful_logins_are_not_counted(visitor, account):
    account()
    for _ in range(7):
        assert log_in(visitor).status_code == 302
        visitor.logout()


def test_forwarded_address_is_read_only_from_a_trusted_proxy(visitor, account, evaluated, settings):
    page = visitor.get("/admin/login/")
    sent = {"password": "x", "csrfmiddlewaretoken": token_of(page)}

    def guess(number, forwarded):
        sent["login"] = f"name{number}"
        visitor.post("/admin/login/", sent, headers={"x-forwarded-for": forwarded})

    for number in range(25):
        guess(number, f"203.0.113.{number}")
    assert len(evaluated) == 20, "without a proxy the header is the visitor's own invention"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(25, 50):
        guess(number, f"203.0.113.{number}, 192.0.2.7")
    assert len(evaluated) == 40, "the last is the proxy's word, the first is anybody's"


def test_code_attempts_are_limited(visitor, account):
    with_app(account())
    assert log_in(visitor)["Location"] == "/admin/security/authenticate/"
    wrong = str((int(code_now()) + 1) % 10**6).zfill(6)
    pages = [enter_code(visitor, wrong).content.decode() for _ in range(7)]
    assert "is not correct" in pages[4]
    assert "Wait 15 minutes" in pages[5]
    assert "Wait 15 minutes" in enter_code(visitor, code_now()).content.decode()
    assert not is_in(visitor)


def test_code_is_valid_once(visitor, client, account):
    with_app(account())
    code = code_now()
    log_in(visitor)
    assert enter_code(visitor, code).status_code == 302
    assert is_in(visitor)
    log_in(client)
    assert "is not correct" in enter_code(client, code).content.decode()


def test_password_is_not_enough_with_a_second_factor(visitor, account):
    with_app(account("Publisher"))
    log_in(visitor)
    assert not is_in(visitor)
    assert visitor.get("/admin/security/").status_code == 302


def test_login_form_of_the_admin_cannot_be_used(visitor, account):
    """It would ask for no second factor."""
    with_app(account())
    page = visitor.get("/admin/login/")
    sent = {"username": "ann", "password": PASSWORD, "csrfmiddlewaretoken": token_of(page)}
    assert visitor.post(reverse("admin:login"), sent).status_code == 200
    assert not is_in(visitor)


def test_session_key_changes_at_login(visitor, account):
    account()
    session = visitor.session
    session["planted"] = True
    session.save()
    before = session.session_key
    log_in(visitor)
    assert visitor.session.session_key != before


LEADS = ["//", "///", "/\\", "\\\\", "https://", "http:", "https:", "//user@", "\t//", "/%09/"]
PAYLOADS = [
    f"{lead}{host}{path}"
    for lead in LEADS
    for host in ("example.net", "testserver.example.net", "testserver@example.net")
    for path in ("", "/admin/")
]


@pytest.mark.slow
def test_login_never_redirects_to_another_host(client, account):
    account()
    assert len(PAYLOADS) >= 60
    for payload in [*PAYLOADS, "javascript:alert(1)", "data:text/html,x"]:
        client.logout()
        response = log_in(client, next=payload)
        assert response.status_code == 302, payload
        parts = urlsplit(response["Location"])
        assert (parts.scheme, parts.netloc) == ("", ""), payload
        assert response["Location"].startswith("/"), payload
        assert not response["Location"].startswith(("//", "/\\")), payload


def desk_paths():
    """Return a path for each URL of the desk, those in the namespace of the admin too."""
    paths = set()
    for address in addresses.desk():
        samples = {part: addresses.sample(converter) for part, converter in address.converters}
        for name in (address.name, f"admin:{address.name}"):
            try:
                paths.add(reverse(name, kwargs=samples))
            except NoReverseMatch:
                continue
    return sorted(paths)


@pytest.mark.slow
def test_every_form_of_the_desk_needs_a_csrf_token(visitor, editor_user):
    visitor.force_login(editor_user)
    paths = desk_paths()
    assert len(paths) > 60
    # Only answers a script's GET, and reads nothing of what is sent.
    paths.remove("/admin/jsi18n/")
    answered = {path: visitor.post(path, {"_save": "1"}).status_code for path in paths}
    assert {path: code for path, code in answered.items() if code != 403} == {}


def test_there_is_no_sign_up_page():
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
