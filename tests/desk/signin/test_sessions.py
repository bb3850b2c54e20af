"""A sign-in ends: by the clock, with the account, and with the password."""

from __future__ import annotations

import pytest

from tests.desk.signin.conftest import PASSWORD, is_in, later, log_in, token_of

pytestmark = pytest.mark.django_db


def test_it_ends_after_a_time_without_a_request(visitor, account, settings, monkeypatch):
    account()
    log_in(visitor)
    later(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 - 10)
    assert is_in(visitor)
    later(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 - 10)
    assert is_in(visitor), "the request before counted as one"
    key = visitor.session.session_key
    later(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 + 10)
    assert not is_in(visitor)
    assert not visitor.session.exists(key), "the session is gone, not only unused"
    page = visitor.get("/admin/login/").content.decode()
    assert "nothing was sent for 120 minutes" in page


def test_it_ends_after_a_day_of_work_whatever_is_done(visitor, account, settings, monkeypatch):
    account()
    log_in(visitor)
    for _ in range(13):
        if not is_in(visitor):
            break
        later(monkeypatch, 3600)
    assert not is_in(visitor)


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_it_ends_with_the_account(visitor, account, field):
    user = account()
    log_in(visitor)
    setattr(user, field, False)
    user.save()
    assert not is_in(visitor)
    setattr(user, field, True)
    user.save()
    assert not is_in(visitor), "and does not come back with it"


def test_a_new_password_ends_it_everywhere_else(visitor, client, account):
    account()
    log_in(visitor)
    log_in(client)
    page = visitor.get("/admin/password_change/")
    new = "quite another password"
    sent = {"password1": new, "password2": new, "csrfmiddlewaretoken": token_of(page)}
    wrong = visitor.post("/admin/password_change/", sent | {"oldpassword": "x"})
    assert "not your present password" in wrong.content.decode()
    assert (
        visitor.post("/admin/password_change/", sent | {"oldpassword": PASSWORD}).status_code == 302
    )
    assert is_in(visitor)
    assert not is_in(client)


def test_a_request_within_the_minute_writes_nothing(editor, queries):
    editor.get("/admin/jsi18n/")
    with queries() as ran:
        editor.get("/admin/desk/event/")
    assert [sql for sql in ran if "UPDATE" in sql] == []


def test_readers_pages_know_of_no_session(visitor, account):
    account()
    log_in(visitor)
    answer = visitor.get("/timeline/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
