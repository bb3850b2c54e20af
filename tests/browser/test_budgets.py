"""What a first view costs: requests, bytes, elements and shifts, on every kind of page."""

import gzip
import re
from urllib.parse import urlsplit

import pytest

from tests.browser.kinds import KINDS, prepare

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KB = 1000
SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


def packed(body):
    return len(gzip.compress(body, 9))


@pytest.mark.parametrize("width", [1440, 390])
def test_every_first_view_keeps_the_budget(browser, live_server, width):
    prepare()
    over = {}
    for kind, path in KINDS.items():
        problems = first_view(browser, live_server.url, path, width)
        # Whether a face comes in time for the first paint is chance on a busy machine, and the
        # fallback's metrics are those of fonts that it may lack. So a shift must happen again.
        tries = 2
        while tries and any("shifts" in one for one in problems):
            problems = first_view(browser, live_server.url, path, width)
            tries -= 1
        if problems:
            over[kind] = problems
    assert over == {}


def first_view(browser, site, path, width):
    """What is wrong with the first view of a page, in a context where nothing is cached."""
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 900})
    context.add_init_script(SHIFTS)
    page = context.new_page()
    answers = collected(page)
    page.goto(path, wait_until="networkidle")
    problems = problems_of(page, answers, site, context.cookies())
    context.close()
    return problems


def collected(page):
    """A list that grows with every answer that the page gets."""
    answers = []
    page.on("response", lambda one: answers.append(one))
    return answers


def problems_of(page, answers, site, cookies):
    own = urlsplit(site).netloc
    sizes = {"html": 0, "css": 0, "fonts": 0, "script": 0}
    counted = 0
    problems = [f"asks {one.url}" for one in answers if urlsplit(one.url).netloc != own]
    for one in answers:
        name = re.sub(r"\?.*", "", one.url).rpartition(".")[2]
        if name == "js":
            sizes["script"] += packed(one.body())
        elif name == "css":
            sizes["css"] += packed(one.body())
            counted += 1
        elif name == "woff2":
            sizes["fonts"] += len(one.body())
            counted += 1
        elif name in ("svg", "png", "webmanifest"):
            continue  # the icon of the tab, which the browser asks for on its own
        else:
            sizes["html"] += packed(one.body())
            counted += 1
            if len(one.body()) > 120 * KB:
                problems.append(f"{len(one.body())} bytes of HTML")
    limits = {"html": 20 * KB, "css": 10 * KB, "fonts": 40 * KB, "script": 6 * KB}
    problems += [f"{part}: {sizes[part]}" for part in limits if sizes[part] > limits[part]]
    total = sizes["html"] + sizes["css"] + sizes["fonts"]
    if total > 75 * KB:
        problems.append(f"{total} bytes in all")
    if counted > 4:
        problems.append(f"{counted} requests")
    elements = page.evaluate("document.getElementsByTagName('*').length")
    if elements > 1800:
        problems.append(f"{elements} elements")
    shifted = page.evaluate("window.shifted")
    if shifted > 0.02:
        problems.append(f"shifts by {shifted:.3f}")
    if cookies:
        problems.append("sets a cookie")
    return problems
