"""Content that breaks pages does not break ours, at any width or with text at twice its size."""

import pytest
from playwright.sync_api import expect

from tests.browser.extremes import KINDS, prepare

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

# What scrolls sideways, is cut off, leaves the page or lies on other text, with all faces there.
MEASURE = """() => document.fonts.ready.then(() => {
  const root = document.documentElement, found = [];
  const name = (one) => {
    const near = one.closest("[class]") || one;
    return `${one.localName} in ${near.localName}.${near.className?.baseVal ?? near.className}`;
  };
  const wider = root.scrollWidth - innerWidth;
  if (wider > 0) found.push(`scrolls sideways by ${wider}`);
  // Heads of tables that a phone stacks, and all that is for screen readers alone.
  const unseen = (one) => {
    for (let up = one; up; up = up.parentElement)
      if (getComputedStyle(up).clipPath === "inset(50%)") return true;
    return false;
  };
  const scrolls = (one) => {
    for (let up = one; up && up !== document.body; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const words = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode, one = text.parentElement;
    if (!text.data.trim() || one.closest("script, .skips, svg")) continue;
    if (unseen(one)) continue;
    if (!one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      if (!scrolls(one) && (box.right > innerWidth + 1 || box.left < -1))
        found.push(`text leaves the page: ${name(one)}`);
      // The middle of the line: a font's box is taller than the line that it stands on.
      const edge = box.height * 0.3;
      words.push({ one, text, left: box.left, right: box.right,
                   top: box.top + edge, bottom: box.bottom - edge });
    }
  }
  words.sort((a, b) => a.top - b.top);
  for (let i = 0; i < words.length; i++) {
    for (let j = i + 1; j < words.length && words[j].top < words[i].bottom; j++) {
      const a = words[i], b = words[j];
      if (a.text === b.text) continue;
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2)
        found.push(`text lies on text: ${name(a.one)} and ${name(b.one)}`);
    }
  }
  for (const one of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(one);
    if (!/hidden|clip/.test(style.overflowX)) continue;
    if (one.closest("svg, input, details:not([open])") || unseen(one)) continue;
    const over = one.clientWidth && one.scrollWidth - one.clientWidth;
    if (over > 1) found.push(`is cut off: ${name(one)}`);
  }
  return [...new Set(found)].slice(0, 12);
})"""
# What a browser does that enlarges text alone: every size doubled, the page as wide as before.
TWICE = """() => {
  const all = [...document.body.querySelectorAll("*")].filter(one => !one.closest("svg"));
  const sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize));
  all.forEach((one, i) => one.style.setProperty("font-size", `${2 * sizes[i]}px`, "important"));
}"""


@pytest.fixture
def extremes(live_server):
    prepare()


def test_no_page_breaks_at_any_width(extremes, new_page, subtests):
    page = new_page()
    for kind, path in KINDS.items():
        page.goto(path)
        for width in (1440, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            with subtests.test(f"{kind}-{width}"):
                assert page.evaluate(MEASURE) == []


def test_no_page_breaks_at_twice_the_zoom(extremes, new_page, subtests):
    page = new_page(720, 450, device_scale_factor=2)
    for kind, path in KINDS.items():
        page.goto(path)
        with subtests.test(kind):
            assert page.evaluate(MEASURE) == []


def test_no_page_breaks_with_text_at_twice_its_size(extremes, new_page, subtests):
    page = new_page(1440)
    for kind, path in KINDS.items():
        page.goto(path)
        page.evaluate(TWICE)
        with subtests.test(kind):
            assert page.evaluate(MEASURE) == []


def test_markup_in_content_is_text(extremes, new_page):
    page = new_page()
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    for path in KINDS.values():
        page.goto(path)
        expect(page.locator("main script, main b:text-is('bold')"), path).to_have_count(0)
    assert alerts == []


def test_the_measure_finds_what_it_should(extremes, new_page):
    page = new_page(390)
    page.goto("/")
    page.evaluate("""() => {
        const one = document.querySelector("h1");
        one.style.cssText = "white-space: nowrap; overflow-wrap: normal";
        one.textContent = "Wide".repeat(60);
        document.querySelector("main p").style.cssText = "position: absolute; top: 0; left: 0";
    }""")
    measured = " ".join(page.evaluate(MEASURE))
    for part in ("scrolls sideways", "leaves the page", "lies on text"):
        assert part in measured
