"""The stock admin works under our Content-Security-Policy: its scripts run, nothing is stopped.

The ``page`` fixture fails at the end of each test if the policy stopped anything.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.roles import GROUPS

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page, editor_user):
    """A page on which the editor has signed in through the form."""
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("editor-password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Log out").or_(
        page.get_by_role("button", name="Log out")
    ).wait_for()
    return page


def test_it_works(desk):
    desk.goto("/admin/auth/user/")
    expect(desk.locator("#result_list")).to_contain_text("editor", use_inner_text=True)


def test_scripts_of_lists_run(desk):
    desk.goto("/admin/auth/group/")
    desk.locator("#action-toggle").check()
    expect(desk.locator("tr.selected")).to_have_count(len(GROUPS))


def test_scripts_of_forms_run(desk):
    desk.goto("/admin/auth/user/")
    desk.locator("#result_list").get_by_role("link", name="editor").click()
    # Both widgets are made by script: the two-column choice and the calendar.
    desk.locator("#id_user_permissions_from").wait_for()
    # A link up to Django 5.2, a button since.
    today = desk.get_by_role("link", name="Today").or_(desk.get_by_role("button", name="Today"))
    today.first.click()
    expect(desk.locator("#id_last_login_0")).not_to_have_value("")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was changed successfully").wait_for()


def test_the_policy_is_there_to_stop_something(browser, live_server, desk):
    violations = []
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.on("console", lambda message: violations.append(message.text))
    page.goto("/admin/login/")
    page.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('script'),"
        " {textContent: 'document.title = 1'}))"
    )
    context.close()
    assert any("Content Security Policy" in text for text in violations)
