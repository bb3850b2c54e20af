"""The ribbon by link, by arrow keys and by dragging, on a desktop and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.make import make_event, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desktop", "phone"])
def timeline(request, page):
    for month in range(1, 13):
        published(make_event(f"Of month {month}", happened=f"2023-{month:02d}"))
    page.set_viewport_size({"width": request.param[0], "height": request.param[1]})
    page.goto("/timeline/")
    page.get_by_text("Open the chart").click()
    return page


def test_the_strip_opens_into_the_chart_and_stays_open(timeline):
    expect(timeline.locator(".ribbon-plot")).to_be_visible()
    expect(timeline.locator(".ribbon-strip")).to_be_hidden()
    timeline.get_by_role("link", name="April 2023: 1 event").first.click()
    expect(timeline.locator("#resh")).to_contain_text("1 entry")
    expect(timeline.locator(".ribbon-plot")).to_be_visible()
    timeline.get_by_text("Close the chart").click()
    expect(timeline.locator(".ribbon-plot")).to_be_hidden()


def test_a_bar_leads_to_its_month(timeline):
    timeline.get_by_role("link", name="April 2023: 1 event").first.click()
    expect(timeline).to_have_url(re.compile(r"\?from=2023-04&until=2023-04$"))
    expect(timeline.locator("#resh")).to_contain_text("1 entry")


def test_arrow_keys_move_a_handle_by_a_month(timeline):
    handle = timeline.get_by_role("slider", name="Beginning of the range")
    expect(handle).to_have_attribute("aria-valuetext", "January 2023")
    handle.focus()
    timeline.keyboard.press("ArrowRight")
    expect(timeline).to_have_url(re.compile(r"\?from=2023-02$"))
    # The list was replaced, and the new handle has the focus.
    handle = timeline.get_by_role("slider", name="Beginning of the range")
    expect(handle).to_be_focused()
    expect(handle).to_have_attribute("aria-valuetext", "February 2023")
    timeline.keyboard.press("End")
    expect(timeline).to_have_url(re.compile(r"\?from=2023-12$"))
    timeline.keyboard.press("Home")
    expect(timeline).to_have_url(re.compile(r"/timeline/$"))


def test_a_handle_can_be_dragged(timeline):
    handle = timeline.get_by_role("slider", name="End of the range")
    frame = timeline.locator(".ribbon-plot").bounding_box()
    box = handle.bounding_box()
    timeline.mouse.move(box["x"] + box["width"] / 2, box["y"] + 30)
    timeline.mouse.down()
    timeline.mouse.move(frame["x"] + frame["width"] * 0.5, box["y"] + 30, steps=5)
    timeline.mouse.up()
    expect(timeline).to_have_url(re.compile(r"\?until=2023-06$"))
    expect(timeline.locator("#f-until")).to_have_value("2023-06")
    expect(timeline.locator("#resh")).to_contain_text("6 entries")
