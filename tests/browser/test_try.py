"""The form on the page about the API: without script it goes to the address, with it shows both."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_works(site, page):
    page.goto("/api/")
    request_line = page.locator("#request")
    expect(request_line).to_have_text(re.compile(r"/timeline\.json$"))
    page.get_by_label("Kind kind").select_option("statement")
    page.get_by_label("Page size").fill("2")
    expect(request_line).to_have_text(re.compile(r"/timeline\.json\?kind=statement&size=2$"))
    page.get_by_role("button", name="JSON", exact=True).click()
    answer = page.get_by_role("region", name="Response")
    answer.wait_for()
    expect(answer).to_be_focused()
    expect(page.locator("#answer-facts")).to_contain_text("200", use_inner_text=True)
    expect(page.locator("#answer-body")).to_contain_text('"entries"', use_inner_text=True)
    page.get_by_text("Headers", exact=True).click()
    expect(page.locator("#answer-headers")).to_contain_text("etag", use_inner_text=True)


def test_a_refusal_is_shown_as_it_came(site, page):
    page.goto("/api/")
    page.get_by_label("From from").fill("12/05/2023")
    page.get_by_role("button", name="CSV", exact=True).click()
    page.get_by_role("region", name="Response").wait_for()
    expect(page.locator("#answer-facts")).to_contain_text("400", use_inner_text=True)
    expect(page.locator("#answer-body")).to_contain_text("bad-parameter", use_inner_text=True)


def test_without_script_the_form_goes_to_the_address(site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/api/")
    page.get_by_label("Kind kind").select_option("statement")
    page.get_by_role("button", name="JSON", exact=True).click()
    page.wait_for_url("**/timeline.json?**")
    assert "kind=statement" in page.url
    assert '"entries"' in page.content()


def test_the_example_in_javascript_runs_on_another_page(site, page, settings):
    settings.SITE_URL = site
    page.goto("/api/")
    code = page.locator("#example-javascript").inner_text()
    lines = []
    page.on("console", lambda message: lines.append(message.text))
    page.goto("/method/")
    page.evaluate(f"async () => {{ {code} }}")
    assert any("2023" in line for line in lines)
