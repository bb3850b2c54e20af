"""Another site's page frames ours: what may be shown is, at its own height, and nothing else is."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/events/account-suspended/", "/incidents/bytedance-openai/claims/"]
FORBIDDEN = ["/", "/timeline/", "/events/account-suspended/", "/admin/", "/embed/"]
# Elsewhere than the test's server, whose host is "localhost": another host is another origin.
HOST = "127.0.0.1"


@pytest.fixture
def article():
    """``article(html)``: the address of a page with this body, on another origin than ours."""
    bodies: list[str] = []

    class Article(BaseHTTPRequestHandler):
        def do_GET(self):
            page = f"<!doctype html><meta charset=utf-8><title>Article</title>{bodies[-1]}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer((HOST, 0), Article)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def at(body: str) -> str:
        bodies.append(body)
        return f"http://{HOST}:{server.server_port}/"

    yield at
    server.shutdown()
    server.server_close()


@pytest.fixture
def codes(site, settings, new_page):
    """The code that the panel of each page gives, as a reader copies it."""
    settings.SITE_URL = site
    page, violations = new_page(), []
    for path in PAGES:
        page.goto(path)
        panel = page.locator(".embed-this")
        panel.locator("summary").first.click()
        violations.append(panel.locator("pre").first.inner_text())
    return violations


def test_what_is_pasted_is_shown_and_fits_and_nothing_else_is(codes, article, browser, site):
    # Somebody else's frame that speaks our words.
    lie = "parent.postMessage({message: 'height', value: 5000}, '*')"
    theirs = (
        f'<iframe srcdoc="<script>{lie}</script>" sandbox="allow-scripts" height="77"></iframe>'
    )
    ours = "".join(f'<iframe src="{site}{path}"></iframe>' for path in FORBIDDEN)
    address = article("".join(codes) + theirs + ours)
    context = browser.new_context(viewport={"width": 700, "height": 900})
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    for number, path in enumerate(PAGES):
        check_fits(page, number, path)
    check_follows_the_width(page)
    expect(page.locator("iframe").nth(2)).to_have_attribute("height", "77")
    # What a browser refuses to frame becomes its own error page.
    refused = [frame.url for frame in page.frames[2 + len(PAGES) :]]
    assert refused == ["chrome-error://chromewebdata/"] * len(FORBIDDEN)
    with context.expect_page() as opened:
        page.frame_locator("iframe").first.get_by_role("link", name="Permanent link").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == f"{site}{PAGES[0]}"
    assert opened.value.evaluate("() => [self.origin, window.opener]") == [site, None]
    assert problems == []
    assert context.cookies() == []
    context.close()

    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(address)
    expect(page.frame_locator("iframe").nth(0).locator("h1")).to_be_visible()
    expect(page.locator("iframe").nth(0)).to_have_attribute("height", "420")
    plain.close()


def check_fits(page, number, path):
    """The frame has our page in it, shut off from both sites, and the height of its content."""
    frame, element = page.frame_locator("iframe").nth(number), page.locator("iframe").nth(number)
    element.scroll_into_view_if_needed()
    expect(frame.locator("h1")).to_be_visible()
    inside = frame.locator("html")
    assert inside.evaluate("() => [self.origin, location.pathname]") == ["null", f"/embed{path}"]
    expect(element).not_to_have_attribute("height", re.compile("^(420|640)$"))
    high = inside.evaluate("one => one.getBoundingClientRect().height")
    assert high <= int(element.get_attribute("height")) < high + 2
    assert inside.evaluate("one => one.scrollWidth <= innerWidth")


def check_follows_the_width(page):
    """The first frame's height changes with the width of the page around it, and back."""
    element = page.locator("iframe").first
    element.scroll_into_view_if_needed()
    wide = element.get_attribute("height")
    page.set_viewport_size({"width": 320, "height": 900})
    expect(element).not_to_have_attribute("height", wide)
    page.set_viewport_size({"width": 700, "height": 900})
    expect(element).to_have_attribute("height", wide)
