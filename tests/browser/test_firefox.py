"""What only Firefox does: it restores the controls of a form when a page is loaded again."""

import pytest

from tests.browser.kinds import KINDS, STORY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGES = {
    "timeline": KINDS["timeline"],
    "filtered": KINDS["filtered"],
    "as-known": KINDS["as-known"],
    "incident": STORY,
    "claims": KINDS["claims"],
    "actors": KINDS["actors"],
    "sources": KINDS["sources"],
    "found": KINDS["found"],
    "options": "/timeline/options/actor/",
    "api": KINDS["api"],
}
STATE = """
    return [...document.querySelectorAll("main form :is(input, select)")].map((control) =>
        [control.name, control.value, control.checked ?? null]);
"""
CHANGE = """
    for (const control of document.querySelectorAll("main form :is(input, select)")) {
        if (control.type === "checkbox") control.checked = !control.checked;
        else if (control.options) control.selectedIndex = control.options.length - 1;
        else control.value = control.type === "date" ? "2001-01-01" : "1";
    }
"""


def test_reloading_a_page_keeps_no_choice_that_is_not_in_its_address(
    site, system_firefox, subtests
):
    for kind, path in PAGES.items():
        with subtests.test(kind):
            system_firefox.open(site + path)
            before = system_firefox.run(STATE)
            assert before, "the page has no form"
            system_firefox.run(CHANGE)
            assert system_firefox.run(STATE) != before
            system_firefox.reload()
            assert system_firefox.run(STATE) == before
