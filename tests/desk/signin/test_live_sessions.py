"""The list of an account's sessions, and ending them by the account, an administrator, a change."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from kb.desk.signin.devices import device_of, device_words
from tests.desk.signin.conftest import PASSWORD, is_in, log_in, pass_time, token_of, with_app

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
URL = "/admin/security/sessions/"


@pytest.fixture
def phone():
    return Client(enforce_csrf_checks=True, headers={"user-agent": PHONE})


@pytest.fixture
def laptop():
    return Client(enforce_csrf_checks=True, headers={"user-agent": LAPTOP})


def confirm(client):
    page = client.get("/admin/confirm/")
    client.post("/admin/confirm/", {"password": PASSWORD, "csrfmiddlewaretoken": token_of(page)})


def send(client, url=URL, **fields):
    return client.post(url, fields | {"csrfmiddlewaretoken": token_of(client.get(url))})


def shown(client):
    """Return the devices of the list, and whether each is marked as this one."""
    lines = re.findall(r"<li>\s*<strong>.*?</li>", client.get(URL).content.decode(), re.DOTALL)
    return [(re.search("<strong>(.*?)<", line)[1], "This device" in line) for line in lines]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (LAPTOP, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh)", "macOS"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_browser_and_system_are_named(agent, words):
    assert device_words(device_of(agent)) == words


def test_list_has_the_own_sessions_and_marks_this_one(laptop, phone, account):
    account()
    account(name="bob")
    other = Client()
    log_in(other, "bob")
    log_in(phone)
    log_in(laptop)
    assert shown(laptop) == [("Firefox on Linux", True), ("Safari on iPhone", False)]
    assert shown(phone) == [("Safari on iPhone", True), ("Firefox on Linux", False)]
    page = laptop.get(URL).content.decode()
    assert not any(session.session_key in page for session in Session.objects.all())


def test_only_kind_and_times_are_stored_of_a_device(laptop, account):
    account()
    log_in(laptop)
    data = dict(laptop.session.items())
    assert data["device"] == "Firefox/Linux"
    assert "127.0.0.1" not in str(data) and "140" not in str(data["device"])


def test_one_session_is_ended_after_the_password(laptop, phone, account):
    account()
    third = Client(enforce_csrf_checks=True)
    for client in (phone, third, laptop):
        log_in(client)
    page = laptop.get(URL)
    name = re.search(
        r"Safari on iPhone.*?name=\"session\" value=\"(\w+)\"", page.content.decode(), re.DOTALL
    )[1]
    assert send(laptop, session=name)["Location"].startswith("/admin/confirm/")
    assert is_in(phone), "nothing ends before the password"
    confirm(laptop)
    assert send(laptop, session=name)["Location"] == URL
    assert "signed out on 1 other device." in laptop.get(URL).content.decode()
    assert [is_in(client) for client in (phone, third, laptop)] == [False, True, True]


def test_all_others_are_ended_at_once(laptop, phone, account):
    account()
    account(name="bob")
    bob = Client()
    log_in(bob, "bob")
    log_in(phone)
    log_in(laptop)
    confirm(laptop)
    send(laptop, others="1")
    assert [is_in(client) for client in (phone, laptop, bob)] == [False, True, True]
    assert shown(laptop) == [("Firefox on Linux", True)]


@pytest.mark.parametrize("name", ["", "x", "0" * 24])
def test_unknown_name_ends_nothing(laptop, phone, account, name):
    account()
    log_in(phone)
    log_in(laptop)
    confirm(laptop)
    send(laptop, session=name)
    assert is_in(phone)


def test_session_of_another_account_cannot_be_ended(laptop, account):
    account()
    account(name="bob")
    bob = Client(enforce_csrf_checks=True)
    log_in(bob, "bob")
    second = Client(enforce_csrf_checks=True)
    log_in(second, "bob")
    name = re.search(r'name="session" value="(\w+)"', bob.get(URL).content.decode())[1]
    log_in(laptop)
    confirm(laptop)
    send(laptop, session=name)
    assert is_in(second)


def test_idle_sessions_are_not_listed_and_expired_ones_are_deleted(
    laptop, phone, account, settings, monkeypatch
):
    account()
    log_in(phone)
    pass_time(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 + 10)
    log_in(laptop)
    assert shown(laptop) == [("Firefox on Linux", True)]
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    account(name="bob")
    log_in(Client(enforce_csrf_checks=True), "bob")
    assert Session.objects.count() == 1


def test_list_needs_a_sign_in(client):
    assert client.get(URL)["Location"].startswith("/admin/login/")


def test_list_needs_one_query_for_all_sessions(laptop, account, queries):
    account()
    log_in(laptop)
    laptop.get(URL)
    with queries() as few:
        laptop.get(URL)
    for _ in range(4):
        log_in(Client(enforce_csrf_checks=True))
    with queries(len(few)):
        laptop.get(URL)


@pytest.mark.parametrize("change", ["added", "removed"])
def test_changed_second_factor_ends_other_sessions(laptop, phone, account, change):
    user = account()
    log_in(phone)
    log_in(laptop)
    if change == "added":
        with_app(user)
    else:
        authenticator = with_app(user)
        log_in(phone)
        authenticator.delete()
    assert not is_in(phone)


def test_own_change_of_a_second_factor_keeps_this_session_and_says_so(laptop, phone, account):
    user = account()
    with_app(user)
    for client in (phone, laptop):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session.update({"signed_in_at": 9e9, "seen_at": 9e9})
        session.save()
    confirm(laptop)
    send(laptop, reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user, type="totp").exists()
    assert "signed out on 1 other device." in laptop.get("/admin/security/").content.decode()
    assert [is_in(client) for client in (phone, laptop)] == [False, True]


def test_administrator_ends_all_sessions_of_an_account(laptop, phone, account):
    account("Administrator", "chief")
    ann = account()
    log_in(phone)
    log_in(laptop, "chief")
    url = reverse("admin:auth_user_sessions", args=[ann.pk])
    assert laptop.get(url)["Location"].startswith("/admin/confirm/")
    confirm(laptop)
    assert "Safari on iPhone" in laptop.get(url).content.decode()
    change = reverse("admin:auth_user_change", args=[ann.pk])
    assert url in laptop.get(change).content.decode()
    assert send(laptop, url)["Location"] == change
    assert "1 session of “ann” was ended." in laptop.get(change).content.decode()
    assert not is_in(phone) and is_in(laptop)
    assert "All sessions were ended" in LogEntry.objects.get().get_change_message()
    assert "not signed in" in laptop.get(url).content.decode()


def test_administrator_cannot_end_sessions_of_a_superuser(laptop, account):
    account("Administrator", "chief")
    root = account("", "root", is_superuser=True)
    log_in(laptop, "chief")
    confirm(laptop)
    assert laptop.get(reverse("admin:auth_user_sessions", args=[root.pk])).status_code == 403


def test_sign_out_lets_the_browser_drop_its_pages_and_not_its_storage(laptop, account):
    account()
    log_in(laptop)
    page = laptop.get("/admin/logout/")
    assert "Clear-Site-Data" not in page.headers
    response = laptop.post("/admin/logout/", {"csrfmiddlewaretoken": token_of(page)})
    assert response.headers["Clear-Site-Data"] == '"cache"'
