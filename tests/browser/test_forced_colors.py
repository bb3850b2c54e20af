"""A reader's own colours and a reader who wants no motion: what marks a thing is still there."""

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import KINDS, STATUS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

# Things that a border alone sets apart, and whose background the reader's colours take away.
BORDERED = ".badge, .chip, .button:not(.off), input:not([type=checkbox]), .quotation, .ghost"
BORDERS = """selector => [...document.querySelectorAll(selector)]
  .filter(one => one.checkVisibility({ contentVisibilityAuto: true }))
  .filter(one => {
    const style = getComputedStyle(one);
    const page = getComputedStyle(document.body).backgroundColor;
    return !["Top", "Right", "Bottom", "Left"].some(side =>
      style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) >= 1 &&
      style[`border${side}Color`] !== page);
  }).map(one => one.outerHTML.slice(0, 120))"""
# The look of a link in a list where one is the page itself.
LOOK = """one => {
  const style = getComputedStyle(one);
  return [style.borderBottomColor, style.borderBottomStyle, style.borderBottomWidth,
          style.textDecorationLine, style.fontWeight, style.color].join();
}"""
# Shapes that say something, by the colour that they are drawn in.
SHAPES = """() => {
  const page = getComputedStyle(document.body).backgroundColor;
  const shapes = ".bar-event, .bar-statement, .block, .needle, .ends, .key.event, .key.statement";
  return [...document.querySelectorAll(shapes)].filter(one => {
    const style = getComputedStyle(one);
    const drawn = [style.fill, style.stroke, style.backgroundColor];
    return !drawn.some(colour => !["none", "rgba(0, 0, 0, 0)", page].includes(colour));
  }).map(one => one.outerHTML.slice(0, 120));
}"""
# Whose words they are: the shape of the rule at the left.
WORDS = {
    "exact-words": (".quotation.solid", "solid"),
    "statement": (".quotation.double", "double"),
    "paraphrase": (".paraphrase.dashed", "dashed"),
    "reported-speech": (".paraphrase.dotted", "dotted"),
}
RULE = """one => {
  const style = getComputedStyle(one);
  return [style.borderLeftStyle, parseFloat(style.borderLeftWidth) >= 3];
}"""
MOVES = """() => [...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  const lasts = (text) => text.split(",").some(part => parseFloat(part) > 0);
  return lasts(style.transitionDuration) || style.scrollBehavior === "smooth" ||
    (style.animationName !== "none" && lasts(style.animationDuration));
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def forced(site, new_page):
    return new_page(1440, forced_colors="active", reduced_motion="reduce")


def test_every_page_keeps_its_borders_and_nothing_moves(forced, subtests):
    """Both on the same load: with a reader's own colours, then without, always without motion."""
    for kind, path in KINDS.items():
        forced.emulate_media(forced_colors="active")
        assert forced.goto(path).status == STATUS.get(kind, 200)
        with subtests.test(kind):
            expect(forced.locator("h1")).to_be_visible()
            assert forced.evaluate("matchMedia('(forced-colors: active)').matches")
            assert forced.evaluate(BORDERS, BORDERED) == []
            assert forced.evaluate(SHAPES) == []
        forced.emulate_media(forced_colors="none")
        with subtests.test(f"{kind}-motion"):
            assert not forced.evaluate("matchMedia('(forced-colors: active)').matches")
            assert forced.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
            assert forced.evaluate(MOVES) == []


@pytest.mark.parametrize(
    ("kind", "links"), [("timeline", ".mainnav a"), ("claims", ".views a")], ids=["main", "views"]
)
def test_the_page_that_a_reader_is_on_looks_different(forced, kind, links):
    forced.goto(KINDS[kind])
    here = forced.locator(f"{links}[aria-current]")
    other = forced.locator(f"{links}:not([aria-current])").first
    expect(here).to_have_count(1)
    assert here.evaluate(LOOK) != other.evaluate(LOOK)


def test_events_and_statements_are_told_apart_in_the_ribbon(forced):
    forced.goto(KINDS["timeline"])
    colours = {
        forced.locator(selector).first.evaluate("one => getComputedStyle(one).fill")
        for selector in (".bar-event", ".bar-statement")
    }
    assert len(colours) == 2


@pytest.mark.parametrize("look", ["screen", "forced", "print"])
def test_the_shape_says_whose_words_they_are(site, new_page, look):
    page = new_page(1440, forced_colors="active" if look == "forced" else "none")
    if look == "print":
        page.emulate_media(media="print")
    for kind, (words, shape) in WORDS.items():
        page.goto(KINDS[kind])
        assert page.locator(words).first.evaluate(RULE) == [shape, True], kind


def test_the_three_markers_are_told_apart_in_forced_colours(forced):
    looks = set()
    for kind, entry in (
        ("whole-event", ".entry-statement"),
        ("requests", ".entry-request"),
        ("timeline", ".entry-event:not(.entry-approx)"),
    ):
        forced.goto(KINDS[kind])
        looks.add(
            forced.locator(entry).first.evaluate("""article => {
            const style = getComputedStyle(article, "::after");
            return [style.backgroundColor, style.borderTopWidth, style.borderRadius].join();
        }""")
        )
    assert len(looks) == 3


def test_a_focus_has_a_ring_in_forced_colours(forced):
    forced.goto(KINDS["timeline"])
    for _ in range(8):
        forced.keyboard.press("Tab")
        width = forced.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2
