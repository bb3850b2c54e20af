"""The pages by keyboard alone: every control in the order of the page, seen, and left again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import KINDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

# What Tab must reach, in the order of the page. What a closed disclosure holds is not shown.
STOPS = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  window.stops = [...document.querySelectorAll(all)].filter(one =>
    !one.disabled && one.type !== "hidden" &&
    one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }));
  return window.stops.length;
}"""
# Which stop has the focus, and what is wrong with how it shows.
HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return { at: -1 };
  const style = getComputedStyle(one), box = one.getBoundingClientRect(), wrong = [];
  // The button inside a date field draws its own ring, and the field has none meanwhile.
  const isInside = one.type === "date" && !one.matches(":focus");
  const hasRing = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  if (!hasRing && !isInside) wrong.push("no ring");
  if (box.width < 1 || box.height < 1) wrong.push("no size");
  if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
    wrong.push("outside the window");
  else {
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
    const on = document.elementFromPoint(x, y);
    // A link that breaks over two lines has its middle between them.
    const lines = [...one.getClientRects()].some(({ left, top, width, height }) => {
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return one.contains(hit) || hit?.contains(one);
    });
    if (!lines && !one.contains(on)) wrong.push(`under ${on?.outerHTML.slice(0, 60)}`);
  }
  return { at: window.stops.indexOf(one), wrong, html: one.outerHTML.slice(0, 120) };
}"""
# What has the focus, put so that a picture with the ring and one without it can be compared.
FRAME = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const left = Math.max(box.left - 8, 0), top = Math.max(box.top - 8, 0);
  return { x: left, y: top, width: Math.min(box.right + 8, innerWidth) - left,
           height: Math.min(box.bottom + 8, innerHeight) - top };
}"""
# Of all stops, one of each look.
LOOKS = """() => {
  const look = (one) => `${one.localName}.${one.className?.baseVal ?? one.className}` +
    ` in ${one.parentElement.closest("[class]")?.className}`;
  const seen = new Set();
  return window.stops.flatMap((one, i) =>
    seen.has(look(one)) ? [] : (seen.add(look(one)), [[i, look(one)]]));
}"""


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("width", [1440, 390])
def test_tab_goes_through_the_page_and_out_of_it(site, new_page, subtests, width, script):
    # Without script a page cannot be asked from inside it; the world of the test still can.
    page = new_page(width, java_script_enabled=script)
    for kind in ("timeline", "as-known", "claims", "event") if script else ("timeline",):
        page.goto(KINDS[kind], wait_until="load")
        with subtests.test(f"{kind}-{width}"):
            walk(page)


def walk(page):
    """Press Tab from the top of the page until the focus leaves it."""
    expected = page.evaluate(STOPS)
    assert expected > 20
    reached, wrong = [], []
    for _ in range(2 * expected):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if "html" not in here:
            break
        if reached[-1:] != [here["at"]]:  # a date field has a stop for each of its parts
            reached.append(here["at"])
        if here["wrong"]:
            wrong.append((here["wrong"], here["html"]))
    assert wrong == []
    assert reached == list(range(expected)), "other stops, or in another order, than on the page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_ring_is_drawn_on_every_kind_of_control(site, new_page, subtests, scheme):
    page = new_page(1440, color_scheme=scheme)
    page.goto(KINDS["filtered"], wait_until="load")
    page.keyboard.press("Tab")  # so that the browser takes the focus for the keyboard's
    page.evaluate(STOPS)
    for at, look in page.evaluate(LOOKS):
        page.evaluate(f"window.stops[{at}].focus({{ focusVisible: true }})")
        frame = page.evaluate(FRAME)
        with_ring = page.screenshot(clip=frame, caret="hide")
        page.evaluate("document.activeElement.blur()")
        if "skips" in look:
            continue  # gone when it has no focus: every walk sees these
        with subtests.test(look):
            assert page.screenshot(clip=frame, caret="hide") != with_ring


@pytest.mark.parametrize("width", [1440, 390])
def test_the_skip_links_come_first_show_and_lead_on(site, new_page, width):
    page = new_page(width)
    page.goto(KINDS["timeline"], wait_until="load")
    targets = []
    while True:
        page.keyboard.press("Tab")
        link = page.locator(".skips a:focus")
        if not link.count():
            break
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] >= 0
        targets.append(link.get_attribute("href"))
    assert targets == ["#main", "#filters", "#resh", "#foot"]
    for target in targets:
        page.goto(KINDS["timeline"], wait_until="load")
        page.locator(f".skips a[href='{target}']").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"{target}$"))
        page.keyboard.press("Tab")
        inside = f"document.querySelector('{target}').contains(document.activeElement)"
        after = (
            f"document.querySelector('{target}').compareDocumentPosition(document.activeElement)"
            " & Node.DOCUMENT_POSITION_FOLLOWING"
        )
        assert page.evaluate(f"{inside} || !!({after})"), f"{target}: the next stop is before it"


def test_space_ticks_enter_follows_and_disclosures_open(site, new_page):
    page = new_page()
    page.goto(KINDS["timeline"], wait_until="load")
    box = page.get_by_role("checkbox", name=re.compile("^ByteDance ")).first
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(page).to_have_url(re.compile("actor=bytedance"))
    expect(box).to_be_focused()

    embed = page.locator(".embed-this details").first
    embed.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(embed).to_have_attribute("open", "")
    page.keyboard.press("Space")
    expect(embed).not_to_have_attribute("open", "")

    title = page.locator(".entry-title a").first
    address = title.get_attribute("href")
    title.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


def test_the_filters_of_a_phone_open_and_are_sent_by_keyboard(site, new_page):
    page = new_page(390, java_script_enabled=False)
    page.goto(KINDS["timeline"], wait_until="load")
    page.locator(".filters-all > summary").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name=re.compile("^ByteDance ")).first
    expect(box).to_be_visible()
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile(r"^Show (\d+ )?results?$")).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("actor=bytedance.*#resh$"))
