"""What is new since the last visit, which only the browser remembers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import STORY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE = "localStorage.setItem('last-visit', '2020-05-03T10:00:00.000Z')"


@pytest.mark.parametrize("path", ["/changes/", f"{STORY}changes/", "/"])
def test_second_visit_marks_what_is_newer_and_sends_nothing(site, new_page, path):
    page = new_page()
    page.goto(path)
    line = page.locator("#since-visit")
    expect(line).to_be_hidden()
    # The next visit: the tab was closed, and the browser remembers another day.
    page.evaluate(f"sessionStorage.clear(); {BEFORE}")
    page.reload()
    expect(line).to_contain_text("newer than your last visit on 3 May 2020.")
    entries = page.locator("[data-at]")
    expect(entries.first).to_be_attached()
    marks = page.locator("[data-at] .known-change")
    expect(marks).to_have_count(entries.count())
    assert page.context.cookies() == []
    # Still the same visit.
    page.reload()
    expect(line).to_contain_text("3 May 2020")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    expect(line).to_contain_text("Nothing on this page is newer")
    expect(marks).to_have_count(0)


def test_without_storage_the_page_is_as_it_was(site, new_page):
    page = new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page.goto("/changes/")
    expect(page.locator("ol.history > li").first).to_be_visible()
    expect(page.locator("#since-visit")).to_be_hidden()
    assert problems == []
