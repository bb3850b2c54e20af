"""The navigation marks the part of the site to which a page belongs."""

import re

import pytest

from tests.browser.kinds import KINDS, STATUS, body_of, prepare

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]

ITEMS = {
    "Timeline": "/timeline/",
    "Incidents": "/incidents/",
    "Quotes": "/quotes/",
    "Actors": "/actors/",
    "Sources": "/sources/",
    "Changes": "/changes/",
}
# By the first part of the address, without the language; other pages belong to no item.
PARTS = {
    "timeline": "Timeline",
    "events": "Timeline",
    "statements": "Timeline",
    "requests": "Timeline",
    "quotes": "Quotes",
    "incidents": "Incidents",
    "claims": "Incidents",
    "actors": "Actors",
    "compare": "Actors",
    "sources": "Sources",
    "changes": "Changes",
    "reports": "Changes",
    "views": "Timeline",
}
OTHER_PAGES = {
    "options": "/timeline/options/actor/",
    "incident-options": "/incidents/bytedance-openai/options/actor/",
    "numbers": "/timeline/numbers/",
    "incident-numbers": "/incidents/bytedance-openai/numbers/",
}


def item_of(path):
    path = path.split("?")[0].removeprefix("/zh-hans")
    # The list of versions is a list of changes; a version is in the part of its record.
    return "Changes" if path.endswith("/history/") else PARTS.get(path.split("/")[1], "")


def marked_items(html):
    """The addresses of the marked links in the navigation."""
    nav = re.search(r'<nav class="mainnav".*?</nav>', html, re.DOTALL)
    links = re.findall(r'<a href="([^"]*)"([^>]*)>', nav[0])
    assert [link.removeprefix("/zh-hans") for link, _ in links] == list(ITEMS.values())
    return [link.removeprefix("/zh-hans") for link, rest in links if 'aria-current="page"' in rest]


def test_each_page_marks_its_part_of_the_site(reader, subtests):
    prepare()
    pages = {
        kind: body_of(reader, kind, STATUS.get(kind, 200))
        for kind in KINDS
        if "embed" not in kind and kind != "broken"
    }
    pages |= {kind: reader.get(path, follow=True).text for kind, path in OTHER_PAGES.items()}
    for kind, html in pages.items():
        path = (KINDS | OTHER_PAGES)[kind]
        is_error = kind in ("not-there", "withdrawn", "withdrawn-version", "bad-address")
        item = "" if is_error else item_of(path)
        with subtests.test(kind):
            assert marked_items(html) == ([ITEMS[item]] if item else [])
