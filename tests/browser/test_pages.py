"""What a reader does on the pages of records, on a desk and on a phone, with script and without."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.make import make_actor, make_source, make_statement, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1440, 768, 390, 320)
PAGES = (
    "/events/account-suspended/",
    "/statements/felix-on-suspension/",
    "/actors/bytedance/",
    "/sources/machine-heart-bytedance/",
    "/actors/",
    "/sources/?order=newest",
)
# The largest step between two headings, and what is smaller than 13 px or hard to hit.
MEASURE = """() => {
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5")].map(one => +one.tagName[1]);
  const small = [...document.querySelectorAll("main *")].filter(one =>
    one.checkVisibility() && [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim()) &&
    parseFloat(getComputedStyle(one).fontSize) < 13);
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  return {
    wide: document.documentElement.scrollWidth - innerWidth,
    skipped: levels.some((level, i) => i && level > levels[i - 1] + 1),
    heads: levels.filter(level => level === 1).length,
    small: small.map(one => one.outerHTML.slice(0, 90)),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
  };
}"""


@pytest.fixture
def story():
    call_command("loaddata", "bytedance-openai", verbosity=0)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_at_every_width(page, story, path):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        found = page.evaluate(MEASURE)
        assert found["wide"] <= 0, f"{width} px: {found['wide']} px too wide"
        assert not found["skipped"]
        assert found["heads"] == 1
        assert (found["small"], found["twice"]) == ([], [])


def test_a_reader_goes_from_an_event_to_its_source_and_back_by_what_rests_on_it(page, story):
    page.goto("/events/account-suspended/")
    expect(page.locator(".last-change")).to_contain_text("Last change")
    page.locator(".refs a").first.click()
    expect(page).to_have_url(re.compile("#source-1$"))
    page.locator("#sources h3 a").first.click()
    expect(page.locator("h1")).to_contain_text("Unexpectedly")
    page.get_by_role("link", name=re.compile("^Only those")).click()
    expect(page.locator(".rests tbody tr").first).to_contain_text("Rests on this alone")
    page.locator(".rests tbody th a").first.click()
    expect(page).to_have_url(re.compile("/(events|statements)/"))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_reader_looks_at_one_lane_of_an_actor(page, story, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/actors/bytedance/")
    expect(page.get_by_role("img", name=re.compile("line of time"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Said about them")).click()
    expect(page).to_have_url(re.compile("lane=about"))
    expect(page.locator("#resh")).to_contain_text("Said about them")
    expect(page.locator(".line-part").first).to_have_text("Said of it")


def test_a_reader_finds_an_actor_without_script(browser, live_server, story):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/actors/")
    page.get_by_label("Find by name").fill("seed project")
    page.get_by_label("Order", exact=True).select_option("entries")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Project Seed").click()
    expect(page.locator("h1")).to_have_text("Project Seed")
    context.close()


def test_two_languages_stand_side_by_side_and_below_each_other_on_a_phone(page, db):
    published(
        make_statement(
            "We did it.",
            slug="said",
            speaker=make_actor("Speaker", actor_kind="person"),
            source=make_source(publisher=make_actor("The Daily")),
            language="en",
            wording="translated",
            original_text="我们做到了。",
            original_language="zh-Hans",
        )
    )
    places = {}
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/statements/said/")
        boxes = [one.bounding_box() for one in page.locator(".two-voices > div").all()]
        places[width] = [(round(one["x"]), round(one["y"])) for one in boxes]
    (left, top), (right, beside) = places[1440]
    assert (right > left, beside) == (True, top)
    (left, top), (right, below) = places[390]
    assert (right, below > top) == (left, True)


def test_the_printed_page_writes_addresses_out_without_fragments(page, story):
    page.goto("/events/account-suspended/")
    page.emulate_media(media="print")
    written = page.evaluate(
        """() => getComputedStyle(document.querySelector(".passage"), "::after").content"""
    )
    assert "theverge.com" in written
    assert ":~:" not in written
    assert not page.locator(".last-change a").first.is_visible()
