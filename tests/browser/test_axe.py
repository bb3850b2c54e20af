"""axe-core: no violation of WCAG 2.2 A and AA or of best practice, on any kind of page."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.kinds import HEADS, KINDS, STATUS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
# The two of these rules that look at colours; nothing else differs between light and dark.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
RUN = """options => axe.run(document, options).then(({ violations }) => violations.map(
    one => [one.id, one.help, one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]))"""


# A phone has every part of a page; a desktop puts them elsewhere. All kinds in one test would keep
# one process of a parallel run busy long after the others.
@pytest.mark.parametrize(
    ("width", "kinds"),
    [(1440, HEADS), *((390, list(KINDS)[first::3]) for first in range(3))],
    ids=["1440", "390-1", "390-2", "390-3"],
)
def test_no_page_has_a_violation(site, new_page, subtests, width, kinds):
    page = new_page(width)
    axe = Axe()
    for kind in kinds:
        assert page.goto(KINDS[kind]).status == STATUS.get(kind, 200), kind
        page.evaluate(axe.axe_script)
        # The same page in both: which colours hold is asked of the media, not of the server.
        for scheme, options in (("light", OPTIONS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            with subtests.test(f"{kind}-{width}-{scheme}"):
                assert page.evaluate(RUN, options) == []


def test_axe_is_there_to_find_something(live_server, new_page):
    page = new_page()
    page.goto(KINDS["home"])
    page.evaluate("document.querySelector('main').innerHTML = '<img src=x><h4>Low</h4>'")
    page.evaluate(Axe().axe_script)
    assert "image-alt" in {violation[0] for violation in page.evaluate(RUN, OPTIONS)}
    page.evaluate("document.querySelector('h4').style.color = '#808080'")
    page.evaluate("document.querySelector('h4').style.background = '#909090'")
    assert {violation[0] for violation in page.evaluate(RUN, COLOURS)} == {"color-contrast"}
