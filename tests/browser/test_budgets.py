"""What a first view costs: requests, bytes, elements and shifts, on every kind of page."""

import gzip
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error

from tests.browser.kinds import HEADS, KINDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

KB = 1000
# Bytes of each part as it is sent: the test's server does not pack, so packing is done here.
LIMITS = {"document": 20 * KB, "stylesheet": 10 * KB, "font": 40 * KB, "script": 6 * KB}
TOTAL = 75 * KB
REQUESTS = 4  # HTML, CSS, two faces; scripts are optional and counted apart
RAW = 120 * KB
ELEMENTS = 1800
SHIFT = 0.02
WATCH = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
# Two frames after the last face came or was given up, nothing moves any more.
SETTLED = """() => document.fonts.ready.then(() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))))"""


# A phone gets the same bytes; only what moves depends on the width.
@pytest.mark.parametrize(("width", "kinds"), [(1440, HEADS), (390, KINDS)], ids=["1440", "390"])
def test_every_first_view_keeps_the_budget(site, new_page, subtests, width, kinds):
    # Every view is a first one: the contexts of the tests keep nothing in the browser's cache.
    page = watched(new_page(width))
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    for kind in kinds:
        answers.clear()
        show(page, KINDS[kind])
        with subtests.test(f"{kind}-{width}"):
            check(page, answers, site)


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_when_the_faces_come_late(site, new_page, subtests, width):
    page = watched(new_page(width))
    page.route("**/*.woff2", late)
    for kind in HEADS:
        show(page, KINDS[kind])
        with subtests.test(f"{kind}-{width}"):
            assert page.evaluate("window.shifted") <= SHIFT


def test_the_watch_sees_a_shift(live_server, new_page):
    page = watched(new_page())
    show(page, "/")
    page.evaluate("document.querySelector('main').style.marginTop = '300px'")
    page.evaluate(SETTLED)
    assert page.evaluate("window.shifted") > SHIFT


def watched(page):
    page.context.add_init_script(WATCH)
    return page


def show(page, path):
    page.goto(path, wait_until="load")
    page.evaluate(SETTLED)


def late(route):
    """Answer after the first paint, and before a reader has read a line."""
    route.request.frame.page.wait_for_timeout(200)
    route.continue_()


def check(page, answers, site):
    """Fail where a first view costs more than it may."""
    # A redirect, as a merged record has, is no part of the view that it leads to.
    answers = [answer for answer in answers if not 300 <= answer.status < 400]
    assert [
        answer.url for answer in answers if urlsplit(answer.url).netloc != urlsplit(site).netloc
    ] == []
    assert [answer.url for answer in answers if "set-cookie" in answer.headers] == []
    assert page.context.cookies() == []

    sizes, counted = Counter(), Counter()
    for answer in answers:
        if urlsplit(answer.url).path.startswith("/static/img/"):
            continue  # the icon of the tab, which the browser asks for on its own
        part = answer.request.resource_type
        sizes[part] += size(answer)
        counted[part] += 1
    over = {
        part: transferred
        for part, transferred in sizes.items()
        if transferred > LIMITS.get(part, 0)
    }
    assert over == {}, f"bytes over the limits {LIMITS}"
    assert sum(sizes.values()) <= TOTAL, dict(sizes)
    assert sum(counted.values()) - counted["script"] <= REQUESTS, dict(counted)
    assert len(body(answers[0])) <= RAW
    assert page.evaluate("document.getElementsByTagName('*').length") <= ELEMENTS
    assert page.evaluate("window.shifted") <= SHIFT


def size(answer):
    is_packed = answer.request.resource_type == "font"
    return len(body(answer)) if is_packed else len(gzip.compress(body(answer), 9))


def body(answer):
    """The bytes of an answer. Asks again for those that the browser has dropped to save memory."""
    try:
        return answer.body()
    except Error:
        return answer.frame.page.request.get(
            answer.url, headers={"accept": answer.request.headers["accept"]}
        ).body()
