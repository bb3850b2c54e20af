"""Sessions end after a time, with the account, and with a new password."""

from __future__ import annotations

import pytest

from tests.desk.signin.conftest import PASSWORD, is_in, log_in, pass_time, token_of

pytestmark = pytest.mark.django_db


def test_session_ends_after_idle_time(visitor, account, settings, monkeypatch):
    account()
    log_in(visitor)
    pass_time(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 - 10)
    assert is_in(visitor)
    pass_time(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 - 10)
    assert is_in(visitor), "the request before counted as one"
    key = visitor.session.session_key
    pass_time(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 + 10)
    assert not is_in(visitor)
    assert not visitor.session.exists(key), "the session is gone, not only unused"
    page = visitor.get("/admin/login/").content.decode()
    assert "120 minutes of inactivity" in page


@pytest.mark.slow
def test_session_ends_after_maximum_age(visitor, account, settings, monkeypatch):
    account()
    log_in(visitor)
    for _ in range(13):
        if not is_in(visitor):
            break
        pass_time(monkeypatch, 3600)
    assert not is_in(visitor)


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_session_ends_when_account_is_disabled(visitor, account, field):
    user = account()
    log_in(visitor)
    setattr(user, field, False)
    user.save()
    assert not is_in(visitor)
    setattr(user, field, True)
    user.save()
    assert not is_in(visitor), "and does not come back with it"


def test_new_password_ends_other_sessions(visitor, client, account):
    account()
    log_in(visitor)
    log_in(client)
    page = visitor.get("/admin/password_change/")
    new = "quite another password"
    sent = {"password1": new, "password2": new, "csrfmiddlewaretoken": token_of(page)}
    wrong = visitor.post("/admin/password_change/", sent | {"oldpassword": "x"})
    assert "current password is not correct" in wrong.content.decode()
    assert (
        visitor.post("/admin/password_change/", sent | {"oldpassword": PASSWORD}).status_code == 302
    )
    assert is_in(visitor)
    assert not is_in(client)


def test_request_within_a_minute_writes_nothing(editor, queries):
    editor.get("/admin/jsi18n/")
    with queries() as statements:
        editor.get("/admin/desk/event/")
    assert [sql for sql in statements if "UPDATE" in sql] == []


def test_pages_for_readers_use_no_session(visitor, account):
    account()
    log_in(visitor)
    response = visitor.get("/timeline/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_cookies_of_the_desk_are_closed_to_others(visitor, account):
    """No script reads them, and no other site causes them to be sent with a form."""
    account()
    cookies = log_in(visitor).cookies
    assert {"sessionid", "csrftoken"} <= set(cookies)
    for cookie in cookies.values():
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/" and not cookie["domain"]
