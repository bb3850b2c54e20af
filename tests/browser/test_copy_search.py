"""The search of a copy of the site, which a server of files serves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from kb.mirror.export import ExportOptions, export_site
from kb.mirror.folder import MirrorFolder
from tests.make import make_event, make_statement, published

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.one_database,
    pytest.mark.django_db(transaction=True),
]
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'"
POLICY += "; connect-src 'self'; form-action 'self'; base-uri 'none'; manifest-src 'self'"


class FileHandler(SimpleHTTPRequestHandler):
    """Files with the policy that deploy/nginx/mirror.conf sets, and no lines on the terminal."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def copy(settings, tmp_path: Path) -> Iterator[str]:
    """The address of a copy in a folder of its host."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    published(make_event("The checks began", slug="checks", happened="2023-04-02"))
    published(make_event("The recall began", slug="recall", happened="2023-04-03"))
    published(make_statement("公司没有这样做。", headline="公司的话", slug="words"))
    export_site(MirrorFolder(tmp_path / "site" / "copy"), ExportOptions("/copy/"))
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(FileHandler, directory=str(tmp_path / "site"))
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/copy/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_search_of_a_copy_finds_words_and_leads_to_pages(page, copy):
    page.goto(f"{copy}search/index.html")
    part = page.locator("#copy-search")
    links = part.locator("ol a")
    expect(part).to_be_hidden()

    # --- All words, the last one only begun; the latest entry first.
    for query, titles in (
        ("began", ["The recall began", "The checks began"]),
        ("began chec", ["The checks began"]),
        ("公司没有", ["公司的话"]),
    ):
        field = page.locator("#s-q")
        field.fill(query)
        field.press("Enter")
        expect(part.get_by_role("status")).to_have_text(f"Results: {len(titles)}")
        expect(links).to_have_count(len(titles))
        for place, title in enumerate(titles):
            expect(links.nth(place)).to_contain_text(title)
        expect(page.locator("#s-q")).to_have_value(query)

    # --- Nothing, and what is no word.
    page.goto(f"{copy}search/index.html?q=nowhere")
    expect(part.get_by_role("status")).to_have_text("Nothing was found.")
    page.goto(f"{copy}search/index.html?q=%3C%22%27")
    expect(part).to_be_hidden()

    # --- The Chinese pages search the same words and lead to Chinese pages.
    page.goto(f"{copy}zh-hans/search/index.html?q=recall")
    expect(links).to_have_count(1)
    links.first.click()
    expect(page).to_have_url(f"{copy}zh-hans/events/recall/index.html")
    expect(page.locator("h1")).to_contain_text("The recall began")


def test_search_without_script_leads_to_the_lists(browser, copy):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{copy}search/index.html?q=began")
    expect(page.locator("#copy-search")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("Without a script, use the lists")
    page.locator("main").get_by_role("link", name="Timeline").click()
    expect(page.locator("main")).to_contain_text("The checks began")
    context.close()
