"""What four readers come for, from where they arrive to what they take away.

Each task runs on a desktop and on a phone, with script and without.
"""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import STORY
from tests.browser.tools import open_tool

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STATEMENT = "/statements/felix-on-suspension/"
KIND = "Back-translated: not the exact words"
SIZES = pytest.mark.parametrize(
    ("width", "has_script"),
    [(1440, True), (390, True), (1440, False), (390, False)],
    ids=["desktop", "phone", "desktop-no-script", "phone-no-script"],
)
# What a citation of this statement has to name.
CITED = ("Niko Felix", "OpenAI", "The Verge", "Machine Heart", "version 1")


@pytest.fixture
def open_page(site, new_page):
    """``open_page(path, width, has_script)``: the page, with leave to read the clipboard."""

    def opened(path, width, has_script):
        page = new_page(width, java_script_enabled=has_script)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
        page.goto(path, wait_until="load")
        return page

    return opened


@SIZES
def test_journalist_copies_a_correct_quotation_in_three_actions(open_page, width, has_script):
    page = open_page(STATEMENT, width, has_script)
    main = page.locator("main")
    # Understood at once: the words, what kind of words they are, who says them to whom.
    expect(main.get_by_text(KIND).first).to_be_in_viewport()
    expect(main.get_by_text("Niko Felix").first).to_be_in_viewport()
    if has_script:
        page.get_by_role("button", name="Copy", exact=True).first.click()
        expect(page.get_by_role("button", name="Copied, with its caveat").first).to_be_visible()
        text = page.evaluate("navigator.clipboard.readText()")
    else:
        page.get_by_role("link", name="Copy", exact=True).first.click()
        text = page.locator("#copy pre").first.inner_text()
    assert KIND in text
    for part in CITED:
        assert part in text, part


@SIZES
def test_fact_checker_compares_a_claim_and_cites_the_passage(open_page, width, has_script):
    page = open_page(STORY, width, has_script)
    page.get_by_role("link", name=re.compile("^Claims ")).click()
    # The overview leads to the words.
    page.locator(".overview a.position").first.click()
    anchor = page.evaluate("location.hash") if has_script else "#" + page.url.split("#")[1]
    cell = page.locator(anchor)
    expect(cell).to_be_in_viewport()
    cell.get_by_role("link", name="Cite").first.click()
    cite = page.locator("#cite")
    expect(cite).to_be_in_viewport()
    text = cite.inner_text()
    assert "On the Record" in text
    assert re.search(r"para(graph|\.) \d+", text)


@SIZES
def test_researcher_filters_by_all_of_two_actors_and_takes_the_csv(open_page, width, has_script):
    page = open_page("/timeline/", width, has_script)
    if width < 750:
        page.locator(".filters-all > summary").click()
    for name in ("ByteDance", "OpenAI"):
        page.get_by_role("checkbox", name=re.compile(f"^{name} ")).first.check()
        if has_script:
            expect(page.locator(".chip", has_text=name).first).to_be_visible()
    page.get_by_label("When several are ticked").select_option("all")
    if not has_script:
        page.get_by_role("button", name="Show results").click()
    expect(page.locator(".chip")).to_have_count(2)
    expect(page).to_have_url(re.compile("actors=all|all_actor"))
    shown = int(re.sub(r"\D", "", page.locator("#resh").inner_text()))
    page.get_by_role("link", name="Table", exact=True).first.click()
    expect(page.locator(".entry-table tbody tr")).to_have_count(shown)
    open_tool(page, "Download")
    link = page.locator(".tool-download").get_by_role("link", name="CSV").first
    response = page.request.get(link.get_attribute("href"))
    rows = list(csv.DictReader(io.StringIO(response.body().decode("utf-8-sig"))))
    assert len(rows) == shown


@SIZES
def test_newcomer_reads_what_the_incident_is_on_one_screen(open_page, width, has_script):
    page = open_page("/", width, has_script)
    expect(page.locator("main h1, main h2").first).to_be_in_viewport()
    page.get_by_role("link", name="OpenAI suspends ByteDance’s account").first.click()
    expect(page).to_have_url(re.compile("/incidents/bytedance-openai/"))
    expect(page.locator("h1")).to_be_in_viewport()
    expect(page.locator(".standfirst")).to_be_in_viewport()
    if width > 750:
        moments = page.locator(".minute li")
        expect(moments).to_have_count(7)
        for place in range(7):
            expect(moments.nth(place)).to_be_in_viewport()


@SIZES
def test_reader_sets_two_actors_side_by_side_by_typing_their_names(open_page, width, has_script):
    page = open_page("/actors/", width, has_script)
    page.get_by_role("link", name="Compare two to four actors").click()
    page.get_by_label("First actor").fill("openai")
    page.get_by_label("Second actor").fill("字节跳动")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"\?a=openai&b=bytedance$"))
    expect(page.locator("h1")).to_have_text("OpenAI and ByteDance")
    assert page.locator(".compare-list > li").count() > 5
    drawing = page.locator(".drawing-chart")
    if width < 750:
        expect(drawing).to_be_hidden()
        page.get_by_text("The drawing (it scrolls sideways)").click()
    expect(drawing).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width if has_script else True
