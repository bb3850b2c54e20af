"""No number, id or short word stands on two lines, and no page scrolls sideways, on any phone."""

import pytest

from tests.browser.kinds import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Words that a browser broke: letters and digits whose boxes stand on several lines. What has more
# than 24 characters without a space may break; so may Chinese, after every character, and code.
BROKEN_WORDS = r"""() => document.fonts.ready.then(() => {
  const broken = new Set();
  const isUnseen = (element) => {
    for (let up = element; up; up = up.parentElement)
      if (getComputedStyle(up).clipPath === "inset(50%)") return true;
    return false;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.data.trim() || element.closest("script, svg, pre, code, output, .cite")) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || isUnseen(element)) continue;
    for (const run of text.data.matchAll(/\S+/gu)) {
      if (run[0].length > 24) continue;
      for (const word of run[0].matchAll(/[\p{L}\p{N}’'[\].,:]+/gu)) {
        if (/\p{Script=Han}/u.test(word[0])) continue;
        range.setStart(text, run.index + word.index);
        range.setEnd(text, run.index + word.index + word[0].length);
        const lines = [...range.getClientRects()].filter((box) => box.width > 0);
        const tops = lines.map((box) => Math.round(box.top));
        if (Math.max(...tops) - Math.min(...tops) > 4)
          broken.add(`${word[0]} in ${element.closest("[class]")?.className} ${element.localName}`);
      }
    }
  }
  const wider = document.documentElement.scrollWidth - innerWidth;
  if (wider > 0) broken.add(`scrolls sideways by ${wider}`);
  return [...broken];
})"""


# Where the faces come late, the browser shows the wider ones of the system.
@pytest.mark.parametrize(("width", "has_faces"), [(320, False), (390, True)])
def test_no_short_word_is_broken(site, new_page, subtests, width, has_faces):
    page = new_page(width)
    if not has_faces:
        page.route("**/*.woff2", lambda route: route.abort())
    for kind, path in KINDS.items():
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        with subtests.test(kind):
            assert page.evaluate(BROKEN_WORDS) == []


def test_the_measure_finds_a_broken_number(site, new_page):
    page = new_page(320)
    page.goto("/timeline/")
    page.evaluate("document.querySelector('h1').innerHTML = '<span>1234</span>'")
    page.evaluate("document.querySelector('h1').style.cssText = 'width: 1em; line-break: anywhere'")
    assert page.evaluate(BROKEN_WORDS) != []
