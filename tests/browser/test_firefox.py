"""What only Firefox does: it restores the controls of a form when a page is loaded again."""

from collections.abc import Iterator

import pytest

from tests import firefox
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


@pytest.fixture
def reader() -> Iterator[firefox.Firefox]:
    path = firefox.find()
    if path is None:
        pytest.skip("no Firefox on PATH and none in KB_FIREFOX")
    opened = firefox.Firefox(path)
    yield opened
    opened.close()


def test_reloading_a_page_keeps_no_choice_that_is_not_in_its_address(site, reader, subtests):
    for kind, path in PAGES.items():
        with subtests.test(kind):
            reader.open(site + path)
            before = reader.run(STATE)
            assert before, "the page has no form"
            reader.run(CHANGE)
            assert reader.run(STATE) != before
            reader.reload()
            assert reader.run(STATE) == before
