"""A reader cites a list: the frozen page, and its band after an edit, a merge and a withdrawal."""

import pytest
from playwright.sync_api import expect

from kb.desk.verbs.publishing import publish, withdraw
from kb.desk.verbs.transfers.merge import merge
from tests.browser.tools import open_tools
from tests.make import make_event, make_incident, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLES = ("It began", "It went on", "It stopped", "It was seen")


def event(story, title, day):
    row = make_event(title, happened=f"2023-04-{day:02}", standing="undisputed")
    row.incidents.add(story)
    return published(row)


@pytest.fixture
def events(db):
    story = published(make_incident("The recall", slug="recall"))
    return [event(story, title, day) for day, title in enumerate(TITLES, 1)]


def change(events):
    began, on, stopped, seen = events
    began.title = "It had begun"
    began.save()
    publish(began, by=None, change="correction", note="It began earlier.")
    withdraw(stopped, by=None, note="It was entered twice.")
    merge(seen, into=on, by=None, note="One thing.")
    event(began.incidents.get(), "It came back", 9)


@pytest.mark.parametrize(("width", "script"), [(1440, True), (390, False)], ids=["desk", "phone"])
def test_list_is_frozen_and_stays_as_it_was(
    browser, live_server, settings, events, tmp_path, width, script
):
    settings.SITE_URL = live_server.url
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 844},
        java_script_enabled=script,
    )
    page = context.new_page()
    page.goto("/incidents/recall/")
    open_tools(page)
    page.get_by_role("button", name="Cite this list").click()
    expect(page).to_have_title("Frozen list: Entries in The recall · On the Record")
    address = page.url
    lines = page.locator(".frozen-lines > li")
    expect(lines).to_have_count(4)
    expect(page.locator(".band")).to_contain_text("Nothing in it has changed since.")
    expect(page.locator(".cite").first).to_contain_text(address.split("/views/")[1])

    change(events)
    page.goto(address)
    band = page.locator(".band")
    expect(band).to_contain_text(
        "1 of 4 entries corrected since; 1 changed or added to; 1 withdrawn; 1 merged; "
        "1 new one matches."
    )
    expect(page.locator(".differences del")).to_have_count(1)
    expect(band).to_contain_text("It began earlier.")
    expect(band.get_by_role("link", name="It came back")).to_be_visible()
    for place, title in enumerate(TITLES):
        expect(lines.nth(place)).to_contain_text(title)
    expect(lines.nth(0)).to_contain_text("corrected since")
    expect(lines.nth(2)).to_contain_text("It was entered twice.")
    expect(lines.nth(3)).to_contain_text("into “It went on”")
    width_of_page = page.locator("html").bounding_box()["width"]
    assert width_of_page <= width

    page.get_by_role("link", name="Print with footnotes").click()
    expect(page.locator(".entry")).to_have_count(2)
    expect(page.locator(".footnotes li").first).to_be_visible()
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="One file to keep").click()
    download.value.save_as(tmp_path / "list.html")
    page.goto(f"file://{tmp_path}/list.html")
    expect(page.locator("h1")).to_have_text("Entries in The recall")
    expect(page.get_by_role("link", name="Open the list of today")).to_have_attribute(
        "href", f"{live_server.url}/incidents/recall/"
    )
    page.goto(address)
    page.get_by_role("link", name="Open the list of today").click()
    expect(page.get_by_text("It had begun").first).to_be_visible()
    # The same list again has the address of what it holds now.
    open_tools(page)
    page.get_by_role("button", name="Cite this list").click()
    expect(page.locator(".frozen-lines > li")).to_have_count(3)
    assert page.url != address
    context.close()
