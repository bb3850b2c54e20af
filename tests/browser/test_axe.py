"""axe-core: no violation of WCAG 2.2 A and AA or of best practice, on any kind of page."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.kinds import KINDS, STATUS, prepare

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_a_violation(browser, live_server, width, scheme):
    prepare()
    axe = Axe()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page = context.new_page()
    found = {}
    for kind, path in KINDS.items():
        assert page.goto(path).status == STATUS.get(kind, 200), kind
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        results = axe.run(page, options=options)
        if results.violations_count:
            found[kind] = [
                (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
                for one in results.response["violations"]
            ]
    context.close()
    assert found == {}
