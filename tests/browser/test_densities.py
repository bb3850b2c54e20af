"""The head of an incident and its list: what is in view first, and each density of it."""

import pytest
from playwright.sync_api import expect

from tests.make import make_event, published
from tests.story import load_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STORY = "/incidents/bytedance-openai/"


@pytest.fixture
def story(page, db):
    load_story()
    return page


@pytest.mark.parametrize(
    ("width", "height", "screens"), [(1366, 768, 1), (390, 844, 2)], ids=["desktop", "phone"]
)
def test_the_first_entry_is_in_view(story, width, height, screens):
    story.set_viewport_size({"width": width, "height": height})
    story.goto(STORY)
    entry = story.locator(".entry").first.bounding_box()
    assert entry["y"] < screens * height
    expect(story.locator(".minute li")).to_have_count(7)
    assert story.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [1366, 390])
def test_tools_open_below_their_line_and_stay_on_the_screen(story, width):
    story.set_viewport_size({"width": width, "height": 800})
    story.goto(STORY)
    if width < 750:
        story.get_by_text("Order, follow, cite, download").click()
    for name in ("As known on …", "Follow", "Download"):
        tool = story.locator(".tool > summary", has_text=name)
        tool.focus()
        story.keyboard.press("Enter")
        panel = tool.locator("xpath=..").locator(".tool-panel")
        expect(panel).to_be_visible()
        box = panel.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        story.keyboard.press("Enter")
        expect(panel).to_be_hidden()


def test_density_changes_without_a_new_page_and_the_filter_stays(story):
    story.goto(STORY)
    story.evaluate("window.isSamePage = true")
    story.get_by_role("link", name="Compact").click()
    expect(story.locator("ol.compact > li")).to_have_count(36)
    story.get_by_text("Filters (none active)").click()
    story.get_by_role("checkbox", name="Event").check()
    expect(story).to_have_url(f"{story.url.split('?')[0]}?kind=event&size=50&view=compact")
    expect(story.locator("ol.compact > li")).to_have_count(18)
    story.get_by_role("link", name="Table").click()
    expect(story.locator(".entry-table tbody tr")).to_have_count(18)
    assert story.evaluate("window.isSamePage")


def test_table_is_sorted_by_a_column_where_the_whole_list_is_on_the_page(story):
    story.goto(f"{STORY}?view=table")
    heading = story.get_by_role("columnheader", name="What")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    titles = story.locator(".entry-table .what").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(story.locator(".entry-table .what").first).to_have_text(titles[-1])


def test_part_of_a_list_is_ordered_by_links_only(page):
    for number in range(12):
        published(make_event(f"Event {number}", happened="2023-04"))
    page.goto("/timeline/?size=10&view=table")
    expect(page.locator(".entry-table thead button")).to_have_count(0)
    page.get_by_role("link", name="Changed", exact=True).click()
    expect(page.get_by_role("columnheader", name="Changed")).to_have_attribute(
        "aria-sort", "descending"
    )


def test_densities_work_without_script(new_page, story):
    plain = new_page(390, java_script_enabled=False)
    plain.goto(STORY)
    plain.get_by_role("link", name="Table").click()
    expect(plain.locator(".entry-table tbody tr")).to_have_count(36)
    expect(plain.locator(".table-scroll")).to_be_visible()
