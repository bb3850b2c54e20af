"""A form sent after the sign-in has ended: nothing typed is lost, and nothing is saved unasked."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kb.desk.models import Comment, Event
from kb.desk.signin.pending_forms import MAX_AGE_SECONDS, MAX_CHARACTERS, SESSION_FORMS
from tests.desk.signin.conftest import (
    code_now,
    enter_code,
    later,
    log_in,
    token_of,
    with_app,
)
from tests.desk.test_admin import fields_of, text_of
from tests.make import make_event, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(account):
    return account("Publisher")


@pytest.fixture
def open_form(visitor, ann):
    """The form of an event, opened by Ann, and what her browser would send."""
    event = make_event("It happened", source=make_source())
    log_in(visitor)
    url = reverse("admin:desk_event_change", args=[event.pk])
    page = visitor.get(url)
    typed = {"title": "It happened on Friday", "csrfmiddlewaretoken": token_of(page)}
    return event, url, fields_of(page) | typed


def ended(client):
    """The session is over; the browser keeps its other cookies, the token's too."""
    client.session.flush()
    del client.cookies["sessionid"]


def test_it_comes_back_after_signing_in_marked_and_not_saved(visitor, open_form):
    event, url, sent = open_form
    sent["citations-0-exact"] = "Words typed into a row below."
    ended(visitor)
    answer = visitor.post(url, sent | {"_save": "1"})
    assert answer["Location"] == f"/admin/login/?next={url}"
    assert "is kept for one hour" in text_of(visitor.get(answer["Location"]))
    assert log_in(visitor, next=url)["Location"] == url

    page = visitor.get(url)
    said = text_of(page)
    assert "before your sign-in ended. It is not saved yet" in said
    assert "Not saved yet" in said
    back = fields_of(page)
    assert back["title"] == "It happened on Friday"
    assert back["citations-0-exact"] == "Words typed into a row below."
    event.refresh_from_db()
    assert event.title == "It happened"

    assert visitor.post(url, back | {"csrfmiddlewaretoken": token_of(page), "_save": "1"})
    event.refresh_from_db()
    assert event.title == "It happened on Friday"
    assert event.citations.get().exact == "Words typed into a row below."
    assert "not saved yet" not in text_of(visitor.get(url)), "it comes back once"


def test_it_comes_back_after_the_second_step_too(visitor, open_form, ann):
    event, url, sent = open_form
    with_app(ann)
    ended(visitor)
    visitor.post(url, sent)
    assert log_in(visitor, next=url)["Location"] == "/admin/security/authenticate/"
    assert enter_code(visitor, code_now())["Location"] == url
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"


def test_it_comes_back_when_the_clock_ended_the_session(visitor, open_form, settings, monkeypatch):
    event, url, sent = open_form
    later(monkeypatch, settings.SESSION_IDLE_MINUTES * 60 + 1)
    visitor.post(url, sent)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"


def test_a_new_thing_and_its_popup_come_back(visitor, ann):
    log_in(visitor)
    url = reverse("admin:desk_event_add") + "?_popup=1"
    page = visitor.get(url)
    sent = fields_of(page) | {"title": "New", "csrfmiddlewaretoken": token_of(page)}
    ended(visitor)
    answer = visitor.post(url, sent)
    assert answer["Location"].endswith("%3F_popup%3D1")
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "New"
    assert not Event.objects.exists()


def test_who_saved_in_between_is_shown_beside_it(visitor, open_form):
    event, url, sent = open_form
    ended(visitor)
    visitor.post(url, sent)
    Event.objects.filter(pk=event.pk).update(title="Saved by Bob", version=event.version + 1)
    log_in(visitor)
    page = visitor.get(url)
    assert "Saved by Bob" in text_of(page)
    assert fields_of(page)["title"] == "It happened on Friday"


def test_somebody_else_does_not_get_it(visitor, open_form, account):
    event, url, sent = open_form
    account("Publisher", "bob")
    ended(visitor)
    visitor.post(url, sent)
    log_in(visitor, "bob")
    page = visitor.get(url)
    assert fields_of(page)["title"] == "It happened"
    assert visitor.session[SESSION_FORMS] == []
    visitor.logout()
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


def test_it_is_there_for_an_hour(visitor, open_form, monkeypatch):
    event, url, sent = open_form
    ended(visitor)
    visitor.post(url, sent)
    later(monkeypatch, MAX_AGE_SECONDS + 1)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


@pytest.mark.parametrize("spoilt", [{"csrfmiddlewaretoken": "x" * 64}, {"_whose": "1:forged"}])
def test_no_other_site_plants_a_text(visitor, open_form, spoilt):
    event, url, sent = open_form
    if "csrfmiddlewaretoken" in spoilt:
        del sent["_whose"]
    ended(visitor)
    visitor.post(url, sent | spoilt)
    assert not visitor.session.get(SESSION_FORMS)
    log_in(visitor)
    assert fields_of(visitor.get(url))["title"] == "It happened"


def test_signed_in_again_in_another_tab(visitor, open_form):
    """The token of the first tab is an old one by then."""
    event, url, sent = open_form
    ended(visitor)
    log_in(visitor)
    answer = visitor.post(url, sent)
    assert answer.status_code == 403
    assert "Open the form again, with what you typed" in answer.content.decode()
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"
    event.refresh_from_db()
    assert event.title == "It happened"


def test_two_forms_are_kept_beside_each_other_and_not_more_than_five(visitor, open_form):
    event, url, sent = open_form
    others = [make_event(f"Event {number}") for number in range(6)]
    ended(visitor)
    visitor.post(url, sent)
    for one in others[:4]:
        visitor.post(reverse("admin:desk_event_change", args=[one.pk]), sent)
    assert len(visitor.session[SESSION_FORMS]) == 5
    visitor.post(reverse("admin:desk_event_change", args=[others[5].pk]), sent)
    assert len(visitor.session[SESSION_FORMS]) == 5


def test_what_is_too_long_is_not_kept_and_nobody_says_it_was(visitor, open_form):
    event, url, sent = open_form
    ended(visitor)
    answer = visitor.post(url, sent | {"summary": "x" * (MAX_CHARACTERS + 1)})
    assert answer.status_code == 302
    assert "is kept" not in text_of(visitor.get(answer["Location"]))


def test_a_remark_comes_back_to_the_page_of_review(visitor, ann):
    event = make_event()
    log_in(visitor)
    url = reverse("admin:desk_event_review", args=[event.pk])
    page = visitor.get(url)
    sent = {"_whose": page.context["whose_form"], "csrfmiddlewaretoken": token_of(page)}
    ended(visitor)
    visitor.post(url, sent | {"comment": "Check the date.", "_comment": "1"})
    log_in(visitor)
    page = visitor.get(url)
    assert "Check the date.</textarea>" in page.content.decode()
    assert not Comment.objects.exists()


def test_an_address_comes_back_and_a_file_is_said_not_to(visitor, ann):
    log_in(visitor)
    url = reverse("admin:desk_source_from")
    page = visitor.get(url)
    sent = {
        "_whose": page.context["whose_form"],
        "csrfmiddlewaretoken": token_of(page),
        "url": "https://example.org/a",
        "table": SimpleUploadedFile("rows.csv", b"a,b"),
    }
    ended(visitor)
    visitor.post(url, sent)
    log_in(visitor)
    page = visitor.get(url)
    assert 'value="https://example.org/a"' in page.content.decode()
    assert "choose “rows.csv” once more" in text_of(page)


def test_passwords_are_never_kept(visitor, account):
    chief = account("Administrator", "chief")
    log_in(visitor, "chief")
    for path in ("password_change/", "auth/user/add/", f"auth/user/{chief.pk}/password/"):
        assert 'name="_whose"' not in visitor.get(f"/admin/{path}").content.decode(), path


def test_what_is_typed_is_kept_while_a_second_factor_is_asked_for(
    visitor, open_form, ann, settings
):
    event, url, sent = open_form
    settings.SECOND_FACTOR = True
    assert visitor.post(url, sent)["Location"] == "/admin/security/"
    with_app(ann)
    assert fields_of(visitor.get(url))["title"] == "It happened on Friday"
