"""Signing in with a real browser: an app, a virtual passkey, and a form that comes back."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser.test_desk import axe
from tests.desk.signin import conftest as signin
from tests.make import make_event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = ((1440, 900), (390, 844))
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def device(page):
    """A device that makes passkeys and says yes."""
    page.set_default_timeout(60_000)  # a loaded machine is not a failing page
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


@pytest.fixture(autouse=True)
def _nothing_counted_yet(transactional_db):
    cache.clear()


def fits(page):
    """Nothing of the page lies beside the window, at each width."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def log_in(page, password="editor-password"):  # noqa: S107
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(password)
    # With the keyboard, as most people do.
    page.keyboard.press("Enter")


def test_an_app_and_a_passkey_are_set_up_and_used(page, editor_user, device, monkeypatch):
    page.goto("/admin/")
    assert axe(page) == []
    log_in(page, "wrong")
    page.get_by_role("alert").filter(has_text="is not correct. Both are case-sensitive").wait_for()
    fits(page)
    log_in(page)
    page.get_by_role("link", name="Sign-in and security").click()
    assert axe(page) == []
    fits(page)
    page.get_by_role("link", name="Set up an app").click()
    assert axe(page) == []
    page.get_by_label("Password").fill("editor-password")
    page.get_by_role("button", name="Continue").click()

    drawn = page.locator("img.qr")
    assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    fits(page)
    monkeypatch.setattr(signin, "SECRET", page.locator(".secret").inner_text())
    page.get_by_label("Six-digit code").fill(signin.code_now())
    page.get_by_role("button", name="Turn on").click()
    shown = page.locator("#recovery-codes li").all_inner_texts()
    assert len(shown) == 10
    fits(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as file").click()
    assert saved.value.path().read_text().split() == [field.strip() for field in shown]

    page.goto("/admin/security/webauthn/add/")
    assert axe(page) == []
    # The tab that axe looked from was given a challenge of its own, and only the last one counts.
    page.bring_to_front()
    page.reload()
    page.get_by_label("Name, such as").fill("work laptop")
    page.get_by_label("Sign in with this passkey").check()
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("listitem").filter(has_text="work laptop").wait_for()

    page.get_by_role("button", name="Log out").click()
    log_in(page)
    page.get_by_role("heading", name="Enter your code").wait_for()
    fits(page)
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.get_by_role("button", name="Log out").click()
    # And alone, without the password.
    page.goto("/admin/login/?next=/admin/desk/event/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/desk/event/")


def test_what_was_typed_comes_back_after_signing_in_again(page, editor_user):
    page.set_default_timeout(60_000)
    event = make_event("It happened")
    page.goto(f"/admin/desk/event/{event.pk}/change/")
    log_in(page)
    page.locator("#id_title").fill("It happened on Friday")
    page.locator("#id_summary").fill("One line.\nAnd another.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Your text is not saved yet. It is kept for one hour").wait_for()
    log_in(page)
    page.get_by_text("is not saved").first.wait_for()
    expect(page.locator("#id_title")).to_have_value("It happened on Friday")
    expect(page.locator("#id_summary")).to_have_value("One line.\nAnd another.")
    assert axe(page) == []
    event.refresh_from_db()
    assert event.title == "It happened"
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("was changed successfully").or_(page.locator("#id_title")).first.wait_for()
    event.refresh_from_db()
    assert event.title == "It happened on Friday"


def test_sessions_are_listed_and_ended_with_the_keyboard(page, browser, live_server, editor_user):
    other = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    other.goto("/admin/")
    log_in(other)
    other.get_by_role("link", name="Sign-in and security").click()
    other.get_by_role("link", name="List your sessions").click()
    expect(other.locator(".sessions li")).to_have_count(1)

    page.goto("/admin/")
    log_in(page)
    page.locator("#logout-form").wait_for()
    page.goto("/admin/security/sessions/")
    expect(page.locator(".sessions li")).to_have_count(2)
    expect(page.locator(".sessions li").first).to_contain_text("Chrome on Linux")
    expect(page.locator(".sessions li").first).to_contain_text("This device")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe(page) == []
    fits(page)
    page.get_by_role("button", name="Sign out there").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Password").fill("editor-password")
    page.keyboard.press("Enter")
    page.get_by_text("You were signed out on 1 other device.").wait_for()
    expect(page.locator(".sessions li")).to_have_count(1)
    other.reload()
    other.get_by_label("Password").wait_for()
    other.context.close()
