"""A form that is sent after the session has ended is kept, and restored without saving it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kb.desk.models import Comment, Event
from kb.desk.signin.pending_forms import MAX_AGE_SECONDS, MAX_CHARACTERS, SESSION_FORMS
from tests.desk.admin_forms import fields_of, text_of
from tests.desk.signin.conftest import (
    code_now,
    enter_code,
    log_in,
    pass_time,
    token_of,
    with_app,
    with_stored_app,
)
from tests.make import make_event, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def ann(account):
    return account("Publisher")


@pytest.fixture
def open_form(visitor, ann):
    """Open the form of an event as Ann; return the event, the URL and the changed fields."""
    event = make_event("It happened", source=make_source())
    log_in(visitor)
    url = reverse("admin:desk_event_change", args=[event.pk])
    page = visitor.get(url)
    typed = {"title": "It happened on Friday", "csrfmiddlewaretoken": token_of(page)}
    return event, url, fields_of(page) | typed


def end_session(client):
    """End the session. The browser keeps its other cookies, such as the CSRF token."""
    client.session.flush()
    del client.cookies["sessionid"]


def test_form_is_restored_after_login_and_not_saved(visitor, open_form):
    event, url, sent = open_form
    sent["citations-0-exact"] = "Words typed into a row below."
    end_session(visitor)
    response = visitor.post(url, sent | {"_save": "1"})
    assert response["Location"] == f"/admin/login/?next={url}"
    assert "is kept for one hour" in text_of(visitor.get(response["Location"]))
    assert log_in(visitor, next=url)["Location"] == url

    page = visitor.get(url)
    page_text = text_of(page)
    assert "before your session ended was restored but is not saved" in page_text
    assert "is not saved. Press Save again" in page_text
    restored = fields_of(page)
    assert restored["title"] == "It happened on Friday"
    assert restored["citations-0-exact"] == "Words typed into a row below."
    event.refresh_from_db()
    assert event.title == "It happened"

    assert visitor.post(url, restored | {"csrfmiddlewaretoken": token_of(page), "_save": "1"})
    event.refresh_from_db()
    assert event.title == "It happened on Friday"
    assert event.citations.get().exact == "Words typed into a row below."
    assert "not saved yet" not in text_of(visitor.get(url)), "it comes back once"


def test_form_is_restored_after_the_second_factor(visitor, open_form, ann):
    event, url, sent = open_form
    with_app(ann)
    end_session(visitor)
    visitor.post(url, sent)
    assert log_in(visitor, next=url)["Location"] == "/admin/security/authenticate/"
    assert enter_code(visitor, code_now())["Location"] == url
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"


def test_form_is_restored_after_a_session_timeout(visitor, open_form, settings, monkeypatch):
    event, url, sent = open_form
    pass_time(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 + 1)
    visitor.post(url, sent)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"


def test_form_of_a_popup_is_restored(visitor, ann):
    log_in(visitor)
    url = reverse("admin:desk_event_add") + "?_popup=1"
    page = visitor.get(url)
    sent = fields_of(page) | {"title": "New", "csrfmiddlewaretoken": token_of(page)}
    end_session(visitor)
    response = visitor.post(url, sent)
    assert response["Location"].endswith("%3F_popup%3D1")
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "New"
    assert not Event.objects.exists()


def test_restored_form_shows_a_conflicting_save(visitor, open_form):
    event, url, sent = open_form
    end_session(visitor)
    visitor.post(url, sent)
    Event.objects.filter(pk=event.pk).update(title="Saved by Bob", version=event.version + 1)
    log_in(visitor)
    page = visitor.get(url)
    assert "Saved by Bob" in text_of(page)
    assert fields_of(page)["title"] == "It happened on Friday"


def test_form_is_not_shown_to_another_account(visitor, open_form, account):
    event, url, sent = open_form
    account("Publisher", "bob")
    end_session(visitor)
    visitor.post(url, sent)
    log_in(visitor, "bob")
    page = visitor.get(url)
    assert fields_of(page)["title"] == "It happened"
    assert visitor.session[SESSION_FORMS] == []
    visitor.logout()
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


def test_form_is_dropped_after_an_hour(visitor, open_form, monkeypatch):
    event, url, sent = open_form
    end_session(visitor)
    visitor.post(url, sent)
    pass_time(monkeypatch, MAX_AGE_SECONDS + 1)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


@pytest.mark.parametrize("changes", [{"csrfmiddlewaretoken": "x" * 64}, {"_whose": "1:forged"}])
def test_form_with_a_forged_token_or_owner_is_not_kept(visitor, open_form, changes):
    event, url, sent = open_form
    if "csrfmiddlewaretoken" in changes:
        del sent["_whose"]
    end_session(visitor)
    visitor.post(url, sent | changes)
    assert not visitor.session.get(SESSION_FORMS)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


def test_form_is_restored_after_login_in_another_tab(visitor, open_form):
    """The CSRF token of the first tab is no longer valid then."""
    event, url, sent = open_form
    end_session(visitor)
    log_in(visitor)
    response = visitor.post(url, sent)
    assert response.status_code == 403
    assert "Open the form again with your text" in response.content.decode()
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"
    event.refresh_from_db()
    assert event.title == "It happened"


def test_at_most_five_forms_are_kept(visitor, open_form):
    event, url, sent = open_form
    others = [make_event(f"Event {number}") for number in range(6)]
    end_session(visitor)
    visitor.post(url, sent)
    for other in others[:4]:
        visitor.post(reverse("admin:desk_event_change", args=[other.pk]), sent)
    assert len(visitor.session[SESSION_FORMS]) == 5
    visitor.post(reverse("admin:desk_event_change", args=[others[5].pk]), sent)
    assert len(visitor.session[SESSION_FORMS]) == 5


def test_newest_form_of_a_page_is_restored_first(visitor, open_form):
    event, url, sent = open_form
    end_session(visitor)
    visitor.post(url, sent | {"title": "First tab"})
    visitor.post(url, sent | {"title": "Second tab"})
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "Second tab"
    assert fields_of(visitor.get(url))["title"] == "First tab"
    assert fields_of(visitor.get(url))["title"] == "It happened"


BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def test_request_of_a_script_without_a_sign_in_begins_no_session(visitor, open_form):
    event, url, sent = open_form
    end_session(visitor)
    for address in (url, reverse("admin:desk_event_card")):
        response = visitor.post(address, sent, headers=BY_SCRIPT)
        assert response.status_code == 401
        assert response.json() == {
            "problem": "You are signed out. Sign in again, then repeat this."
        }
        assert "sessionid" not in response.cookies
        assert "messages" not in response.cookies


@pytest.mark.parametrize("path", ["/admin/", "/admin/desk/event/", "/admin/dates/reading/"])
def test_request_for_json_without_a_sign_in_is_refused_in_json(visitor, path):
    response = visitor.get(path, headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert "signed out" in response.json()["problem"]
    assert "sessionid" not in response.cookies


def test_request_of_a_script_displaces_no_kept_form(visitor, open_form):
    event, url, sent = open_form
    end_session(visitor)
    visitor.post(url, sent)
    for _key in range(6):
        visitor.post(reverse("admin:desk_event_card"), sent, headers=BY_SCRIPT)
    log_in(visitor)
    # The token of the form is no longer valid.
    assert visitor.post(url, sent, headers=BY_SCRIPT).status_code == 403
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"
    assert fields_of(visitor.get(url))["title"] == "It happened"


def test_request_of_a_script_without_a_second_factor_keeps_nothing(visitor, open_form, settings):
    event, url, sent = open_form
    settings.SECOND_FACTOR = True
    assert visitor.post(url, sent, headers=BY_SCRIPT).status_code == 401
    assert not visitor.session.get(SESSION_FORMS)


def test_scripts_of_the_desk_say_that_they_send_a_form(settings):
    """Else each key after the end of a session would keep a form and add a message."""
    scripts = sorted((settings.BASE_DIR / "static" / "admin_desk").glob("*.js"))
    sent = [
        (script.name, call)
        for script in scripts
        for call in re.findall(r"fetch\((?:[^;]|\n)*?\);", script.read_text())
        if "POST" in call
    ]
    assert len(sent) >= 6
    assert [name for name, call in sent if '"X-Requested-With": "XMLHttpRequest"' not in call] == []


def test_too_long_form_is_not_kept(visitor, open_form):
    event, url, sent = open_form
    end_session(visitor)
    response = visitor.post(url, sent | {"summary": "x" * (MAX_CHARACTERS + 1)})
    assert response.status_code == 302
    assert "is kept" not in text_of(visitor.get(response["Location"]))


def test_comment_on_the_review_page_is_restored(visitor, ann):
    event = make_event()
    log_in(visitor)
    url = reverse("admin:desk_event_review", args=[event.pk])
    page = visitor.get(url)
    sent = {"_whose": page.context["whose_form"], "csrfmiddlewaretoken": token_of(page)}
    end_session(visitor)
    visitor.post(url, sent | {"comment": "Check the date.", "_comment": "1"})
    log_in(visitor)
    page = visitor.get(url)
    assert "Check the date.</textarea>" in page.content.decode()
    assert not Comment.objects.exists()


def test_url_is_restored_and_a_file_must_be_chosen_again(visitor, ann):
    log_in(visitor)
    url = reverse("admin:desk_source_from")
    page = visitor.get(url)
    sent = {
        "_whose": page.context["whose_form"],
        "csrfmiddlewaretoken": token_of(page),
        "url": "https://example.org/a",
        "table": SimpleUploadedFile("rows.csv", b"a,b"),
    }
    end_session(visitor)
    visitor.post(url, sent)
    log_in(visitor)
    page = visitor.get(url)
    assert 'value="https://example.org/a"' in page.content.decode()
    assert "Choose “rows.csv” again" in text_of(page)


def test_password_forms_are_never_kept(visitor, account):
    chief = account("Administrator", "chief")
    log_in(visitor, "chief")
    for path in ("password_change/", "auth/user/add/", f"auth/user/{chief.pk}/password/"):
        assert 'name="_whose"' not in visitor.get(f"/admin/{path}").content.decode(), path


def test_form_is_kept_while_a_second_factor_is_set_up(visitor, open_form, ann, settings):
    event, url, sent = open_form
    settings.SECOND_FACTOR = True
    assert visitor.post(url, sent)["Location"] == "/admin/security/"
    with_stored_app(ann)
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"
