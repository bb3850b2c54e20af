"""The matrix of claims as a table and, on a phone, as sections; with script and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.make import (
    make_actor,
    make_incident,
    make_proposition,
    make_stance,
    make_statement,
    published,
)
from tests.story import load_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATH = "/incidents/bytedance-openai/claims/"


@pytest.fixture
def story():
    load_story()


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
    row = page.get_by_role("row").filter(has_text="used to train").last
    for words in ("Denies", "Confirms in part", "Undecided"):
        expect(row).to_contain_text(words)
    names = row.locator(".cell-actor")
    # On a phone each cell says whose it is, because the head of the table is out of sight.
    expect(names.first).to_be_visible(visible=width == 390)
    row.get_by_role("link", name="Jodi Seth").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/statements/" in page.url
    page.go_back()
    row.get_by_role("link", name=re.compile("used to train")).click()
    expect(page).to_have_url(f"{live_server.url}/claims/output-used-to-train/")
    context.close()


def test_silence_takes_space_on_a_phone_only_where_a_link_leads_to_it(page, story):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(PATH)
    silent = page.locator(".matrix td.silent")
    assert silent.count() > 1
    for cell in silent.all():
        expect(cell).to_be_hidden()
    mark = page.locator(".overview").get_by_role(
        "link", name=re.compile("Silent on this Microsoft")
    )
    mark.click()
    cell = page.locator(".matrix td:target")
    expect(cell).to_be_in_viewport()
    expect(cell).to_contain_text("all customers must apply")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(PATH)
    expect(silent.first).to_be_visible()


def test_heads_of_columns_stay_in_sight_and_cover_no_focus(page, story):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(PATH)
    head = page.locator(".matrix thead th").first
    page.locator(".matrix tbody tr").last.scroll_into_view_if_needed()
    expect(head).to_be_in_viewport()
    bottom = head.evaluate("cell => cell.getBoundingClientRect().bottom")
    page.locator(".matrix tbody tr").nth(3).locator("a").last.focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        box = page.evaluate(
            "(element => element.closest('.matrix tbody')"
            " && element.getBoundingClientRect().top)(document.activeElement)"
        )
        assert box is None or box is False or box >= bottom - 1
    page.goto(f"{PATH}#why-suspended--2")
    top = page.locator(".matrix td:target").evaluate("cell => cell.getBoundingClientRect().top")
    assert top >= bottom - 1


@pytest.mark.parametrize("width", [1920, 1024, 768, 390, 320])
def test_it_does_not_scroll_sideways(page, story, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(PATH)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def crowd():
    """Ten actors, each with a position on the one claim."""
    claim = make_proposition("Is it so?", incident=make_incident(slug="crowd"))
    for number in range(10):
        actor = make_actor(f"Actor {number}", slug=f"party-{number}")
        statement = published(make_statement("Incomprehensibilities, " * 20, on_behalf_of=actor))
        make_stance(claim, "asserts" if number % 2 else "denies", statement=statement)
    return published(claim)


@pytest.mark.parametrize("width", [1920, 1440, 1248, 1024, 752, 390, 320])
def test_eight_actors_fit_or_scroll_in_their_own_region(page, crowd, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/incidents/crowd/claims/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    region = page.get_by_role("region", name="1 claim")
    inner, outer = region.evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert (inner > outer) == (752 <= width < 1248)
    region.focus()
    expect(region).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_reader_chooses_the_actors(browser, live_server, crowd, script):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=script)
    page = context.new_page()
    page.goto("/incidents/crowd/claims/")
    heads = page.locator(".matrix").get_by_role("columnheader")
    expect(heads).to_have_count(9)
    page.get_by_text("Showing 8 of 10 actors").click()
    for number in range(2, 8):
        page.get_by_role("checkbox", name=f"Actor {number}").uncheck()
    page.get_by_role("checkbox", name="Actor 9").check()
    page.get_by_role("button", name="Show selected").click()
    expect(heads).to_have_count(4)
    assert page.url.endswith("?actor=party-0&actor=party-1&actor=party-9")
    page.get_by_role("link", name="Actors with the most positions").click()
    expect(heads).to_have_count(9)
    context.close()


def test_a_reader_steps_from_one_day_to_the_next(page, story):
    page.goto(f"{PATH}?known=2023-12-15")
    expect(page).to_have_title(re.compile("as known on 15 December 2023"))
    head = page.locator(".matrix").get_by_role("columnheader", name=re.compile("^ByteDance"))
    expect(head).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Next publication day")).click()
    expect(page).to_have_url(re.compile("known=2023-12-17"))
    expect(head).to_be_visible()
    page.get_by_role("link", name="Back to today").click()
    expect(page).to_have_url(re.compile(f"{PATH}$"))
