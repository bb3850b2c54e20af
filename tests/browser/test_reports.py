"""A report from an entry to the public log, with and without script, in a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb.desk.reports import tokens
from tests.browser.test_desk import axe, sign_in
from tests.make import make_event, published

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORDS = "The date is the day of the announcement."


def assert_accessible(page):
    """No finding of axe, and nothing wider than the screen."""
    result = Axe().run(page)
    assert [finding["id"] for finding in result.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_report_reaches_an_editor_and_the_decision_the_reader(
    browser, page, live_server, editor_user, monkeypatch, script
):
    monkeypatch.setattr(tokens, "MIN_AGE", timedelta(seconds=-1))
    event = published(make_event("Account suspended"))
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=script, viewport={"width": 390, "height": 844}
    )
    reader = context.new_page()
    reader.goto(f"/events/{event.slug}/")
    # One action leads from the entry to the form.
    reader.get_by_role("link", name="Report an error or reply").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Report an error or reply")
    if script:
        assert_accessible(reader)
    reader.get_by_label("What should it say").fill(f"{WORDS}\u200b")
    reader.get_by_label("Your email address").fill("a@example.org")
    reader.get_by_role("button", name="Send the report").click()
    # Refused for an invisible character, with everything still there.
    expect(reader.get_by_role("alert")).to_contain_text("Not sent yet.")
    expect(reader.get_by_label("What should it say")).to_have_value(f"{WORDS}\u200b")
    expect(reader.get_by_label("Your email address")).to_have_value("a@example.org")
    if script:
        assert_accessible(reader)
    reader.get_by_label("What should it say").fill(WORDS)
    reader.get_by_role("button", name="Send the report").click()
    expect(reader.get_by_text("An editor will read it")).to_be_visible()
    expect(reader.get_by_text(WORDS)).to_be_visible()
    if script:
        assert_accessible(reader)

    sign_in(page)
    page.goto("/admin/")
    page.get_by_role("link", name=WORDS).click()
    page.get_by_label("Question to the reader").fill("Which page?")
    page.get_by_role("button", name="Ask", exact=True).click()
    reader.reload()
    expect(reader.get_by_text("Which page?")).to_be_visible()
    reader.get_by_label("Your answer").fill("Page 4.")
    reader.get_by_role("button", name="Add to this report").click()
    expect(reader.get_by_text("Page 4.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Page 4.")).to_be_visible()
    page.get_by_label("Outcome and reason").select_option("declined:no_source")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("The decision is public in the log of reports.")).to_be_visible()
    if script:
        assert axe(page) == []
    reader.reload()
    expect(reader.get_by_role("heading", name="Decision")).to_be_visible()
    reader.get_by_role("link", name="the log of reports").last.click()
    expect(reader.get_by_text("No source was named that shows it.")).to_be_visible()
    expect(reader.get_by_role("link", name="Account suspended")).to_be_visible()
    if script:
        assert_accessible(reader)

    reader.go_back()
    reader.get_by_role("link", name="Delete my words").click()
    reader.get_by_role("button", name="Delete my words").click()
    expect(reader.get_by_text("Your words were deleted.")).to_be_visible()
    context.close()
