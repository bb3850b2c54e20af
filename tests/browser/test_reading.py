"""What a reader does around the timeline: desktop and phone, with script and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import prepare

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(params=[(1440, True), (1440, False), (390, True), (390, False)],
                ids=["desktop", "desktop-plain", "phone", "phone-plain"])  # fmt: skip
def page(request, browser, live_server):
    prepare()
    width, script = request.param
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


def test_a_walk_through_the_record(page):
    # Home: the story, and into it.
    page.get_by_role("link", name="OpenAI suspends ByteDance’s account").first.click()
    expect(page).to_have_url(re.compile("/incidents/bytedance-openai/$"))
    # Search: from the head of the page, or on a phone from its end.
    page.wait_for_load_state()
    page.locator("input[type=search][placeholder]:visible").first.fill("Felix")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=Felix$"))
    expect(page.locator("mark").first).to_have_text("Felix")
    page.get_by_role("checkbox", name="Inside quotations only").check()
    page.locator(".search-form").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("scope=quotations"))
    expect(page.locator("main")).to_contain_text("Outside quotations")
    page.get_by_role("link", name="Search everywhere").click()
    page.locator(".found a[href^='/actors/']").first.click()
    expect(page).to_have_url(re.compile("/actors/niko-felix/$"))


def test_what_changed_in_a_corrected_entry(page):
    page.goto("/changes/")
    page.get_by_role("link", name=re.compile("inspection", re.I)).first.click()
    expect(page).to_have_url(re.compile("/events/second-inspection/"))
    page.goto("/events/second-inspection/history/")
    expect(page.locator("ins")).to_contain_text("The wording was corrected.")
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page).to_have_url(re.compile("/history/1/$"))
    expect(page.locator("main")).not_to_contain_text("The wording was corrected.")
    page.get_by_role("link", name="The current page").click()
    expect(page.locator("main")).to_contain_text("The wording was corrected.")


def test_a_wrong_and_a_withdrawn_address(page):
    page.goto("/events/account-suspend/")
    page.locator(".nearest a").first.click()
    expect(page).to_have_url(re.compile("/events/account-suspended/$"))
    page.goto("/events/to-be-withdrawn/")
    expect(page.locator(".reason")).to_have_text("It was entered twice.")


def test_indexes_and_the_rules_of_dates(page):
    page.goto("/incidents/")
    expect(page.locator(".incident")).to_have_count(1)
    page.goto("/method/dates/")
    expect(page.get_by_role("row").filter(has_text="M1").first).to_be_visible()
    page.goto("/sources/")
    page.locator("main table a[href^='/sources/']").first.click()
    expect(page.locator("h1")).to_be_visible()
