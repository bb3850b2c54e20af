"""A link looks like one, and each entry of a list has one to its page."""

import pytest

from tests.browser.kinds import KINDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Links that look like something else that can be clicked, or stand among links only.
OTHERWISE = ".button, .chip, .badge, .refs a, .ref, nav a, svg a, .foot-name, .shortcuts a"
PLAIN_LINKS = """(otherwise) => [...document.querySelectorAll("main a[href]")]
    .filter((link) => !link.matches(otherwise) && link.textContent.trim() && link.checkVisibility())
    .filter((link) => ![link, ...link.children].some((part) =>
        getComputedStyle(part).textDecorationLine.includes("underline")))
    .map((link) => `${link.textContent.trim()} in ${link.parentElement.className}`)"""
# Entries without a visible link to their page. On the page of an entry, its own is of no use.
WITHOUT_LINK = """() => [...document.querySelectorAll(".entry")].filter((entry) =>
    ![...entry.querySelectorAll(".entry-head a, .entry-body a")].some((link) => {
        const own = entry.querySelector(".sources-head")?.pathname ?? link.pathname;
        const box = link.getBoundingClientRect();
        return link.pathname === own && /(events|statements|requests)/.test(link.pathname)
            && box.width > 40 && box.height > 14 && !/^[a-z0-9]{8}$/.test(link.innerText.trim());
    })).map((entry) => entry.id)"""


@pytest.mark.parametrize("width", [1440, 390])
def test_links_look_like_links_and_entries_have_one(site, new_page, subtests, width):
    page = new_page(width)
    for kind, path in KINDS.items():
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        with subtests.test(kind):
            assert page.evaluate(PLAIN_LINKS, OTHERWISE) == []
            assert page.evaluate(WITHOUT_LINK) == []
