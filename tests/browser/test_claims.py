"""The matrix of claims as a table and, on a phone, as sections; with script and without."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATH = "/incidents/bytedance-openai/claims/"


@pytest.fixture
def story():
    call_command("loaddata", "bytedance-openai", verbosity=0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_reader_compares_accounts_and_follows_one(browser, live_server, story, width, script):
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto(PATH)
    row = page.get_by_role("row").filter(has_text="When did ByteDance stop")
    for words in ("April 2023", "Mid-2023", "July to November 2023"):
        expect(row).to_contain_text(words)
    names = row.locator(".cell-actor")
    # On a phone each cell says whose it is, because the head of the table is out of sight.
    assert names.first.is_visible() == (width == 390)
    row.get_by_role("link", name="When did ByteDance stop").click()
    expect(page).to_have_url(f"{live_server.url}{PATH}#when-use-stopped")
    row.get_by_role("link", name="Jodi Seth").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/statements/" in page.url
    context.close()


@pytest.mark.parametrize("width", [1920, 1024, 768, 390, 320])
def test_it_does_not_scroll_sideways(page, story, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PATH)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
