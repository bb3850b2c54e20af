"""What a reader does on every kind of page: at a desk and on a phone, with script and without.

Each walk is one subtest: all of a way are in one page, which takes longer to open than most walks.
"""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import answer_broken
from tests.browser.kinds import BROKEN, STORY, prepare
from tests.browser.tools import open_tool, open_tools

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = {
    "desk": (1440, True),
    "desk-plain": (1440, False),
    "phone": (390, True),
    "phone-plain": (390, False),
}
WALKS = {}


def walk(function):
    WALKS[function.__name__] = function
    return function


@pytest.mark.parametrize("way", WAYS)
def test_what_a_reader_does_on_each_kind_of_page(browser, live_server, subtests, way):
    prepare()
    width, script = WAYS[way]
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 900},
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    context.route(f"**{BROKEN}", answer_broken)
    reader = SimpleNamespace(is_phone=width < 700, has_script=script)
    page = context.new_page()
    thrown = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    for name, steps in WALKS.items():
        thrown.clear()
        with subtests.test(f"{name}-{way}"):
            steps(page, reader)
            assert thrown == []
    context.close()


def at(page, pattern):
    expect(page).to_have_url(re.compile(pattern))


def title(page, words):
    expect(page.locator("h1")).to_contain_text(words)


def open_filters(page, reader):
    if reader.is_phone and not page.locator("#f-from").is_visible():
        page.locator(".filters-all > summary").click()


def apply(page, reader):
    """Without script a filter waits for its button; with it the list has already followed."""
    if not reader.has_script:
        page.get_by_role("button", name=re.compile(r"^Show (\d+ )?results?$")).click()


@walk
def home(page, reader):
    page.goto("/")
    page.locator(".moments a").first.click()
    at(page, r"/(events|statements|requests)/")
    page.goto("/")
    page.locator(".notes").get_by_role("link", name="how dates are read").click()
    title(page, "How dates are read")
    page.goto("/")
    page.get_by_role("link", name="Positions differ on 3 of 5 claims").click()
    at(page, "/claims/$")
    page.goto("/")
    page.locator("#foot").get_by_role("link", name="About", exact=True).click()
    title(page, "About")
    page.locator("#foot").get_by_role("link", name="Accessibility").click()
    title(page, "Accessibility")


@walk
def filters(page, reader):
    page.goto("/timeline/")
    expect(page.locator("#resh")).to_have_text("40 entries")
    open_filters(page, reader)
    actors = page.get_by_role("group", name=re.compile("^Actor"))
    actors.get_by_role("checkbox", name=re.compile("^OpenAI")).first.check()
    apply(page, reader)
    at(page, "actor=openai")
    expect(page.locator("#resh")).to_contain_text("13 entries")
    expect(page.locator(".chip")).to_contain_text("OpenAI")
    open_tools(page)
    page.get_by_role("link", name="oldest first").click()
    at(page, "order=oldest")
    page.locator(".chip").click()
    expect(page.locator("#resh")).to_have_text("40 entries")
    page.go_back()
    expect(page.locator("#resh")).to_contain_text("13 entries")
    page.reload()
    expect(page.locator(".chip")).to_have_count(1)


@walk
def words_in_the_timeline(page, reader):
    page.goto("/timeline/")
    open_filters(page, reader)
    page.get_by_label("Text in the entry").fill("minimal")
    page.keyboard.press("Enter")
    at(page, "q=minimal")
    expect(page.locator(".quotation mark")).to_have_text("minimal")


@walk
def pages_of_the_timeline(page, reader):
    page.goto("/timeline/?size=5")
    first = page.locator(".entry").first.get_attribute("id")
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.locator(f"#{first}")).to_have_count(0)
    expect(page.locator(".pager")).to_contain_text("5 of 40 entries on this page")
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(page.locator(".entry").first).to_have_id(first)


@walk
def ribbon(page, reader):
    page.goto(STORY)
    page.get_by_text("Open the chart").click()
    page.get_by_text("Show as a table").click()
    page.locator("table.list").get_by_role("link", name="August 2023").click()
    at(page, "from=2023-08&until=2023-08")
    expect(page.locator("#resh")).to_contain_text("2 certainly in your range")
    expect(page.locator("[role=slider]")).to_have_count(2 if reader.has_script else 0)


@walk
def as_known(page, reader):
    page.goto(STORY)
    open_tool(page, "As known on …")
    page.get_by_label("Show what was known on").fill("2023-12-15")
    page.locator(".known-ask").get_by_role("button", name="Show").click()
    # The one source that was read was published on 17 December at the earliest.
    expect(page.locator("#resh")).to_contain_text(re.compile("known on 15 December 2023, of 36"))
    expect(page.locator(".known")).to_contain_text("not cited here")
    expect(page.locator(".entry-later").first).to_contain_text("Not yet in a cited source")
    expect(page.locator(".pager")).to_contain_text(re.compile(r"25 of 3\d\s+entries on this page"))
    page.get_by_role("link", name="Hide later entries").click()
    expect(page.locator(".entry-later")).to_have_count(0)
    page.get_by_role("link", name="Next publication day: 17 Dec 2023").click()
    expect(page.locator("#resh")).to_contain_text(re.compile(r"3\d\s+entries"))
    page.get_by_role("link", name="Back to today").click()
    expect(page.locator(".known")).to_have_count(0)


@walk
def empty(page, reader):
    page.goto(f"{STORY}?actor=microsoft&until=1999&match=certain")
    expect(page.locator("#resh")).to_have_text("No entries match")
    expect(page.locator(".empty")).to_contain_text("both filters")
    page.get_by_role("link", name=re.compile("^Without Date")).click()
    expect(page.locator("#resh")).to_contain_text("4 entries")


@walk
def views_of_an_incident(page, reader):
    page.goto(STORY)
    views = page.get_by_role("navigation", name="Views of this incident")
    for name, within in (
        ("Statements", r"\b1\d\s+entries"),
        ("Actors", r"\b[12]\d\s+actors"),
        ("Sources", r"\b[56]\s+sources"),
        ("Changes", r"The summary said too little\."),
    ):
        views.get_by_role("link", name=re.compile(f"^{name}")).click()
        expect(page.locator("main")).to_contain_text(re.compile(within))
    views.get_by_role("link", name=re.compile("^Sources")).click()
    page.locator("main table").get_by_role("link", name=re.compile("Unexpectedly")).first.click()
    at(page, "/sources/machine-heart-bytedance/$")
    page.goto(f"{STORY}actors/")
    page.locator("main table").get_by_role("link", name="OpenAI", exact=True).click()
    at(page, "/actors/openai/$")


@walk
def claims(page, reader):
    page.goto(f"{STORY}claims/")
    heads = page.locator(".claim-text")
    expect(heads.first).to_contain_text("used to train")
    expect(page.locator("#claims-head")).to_contain_text("positions differ on 3")
    # The name of the column stands in the cell where there are no columns.
    expect(page.locator(".cell-actor").first).to_be_visible(visible=reader.is_phone)
    trained = page.locator(".matrix tr", has=page.get_by_text("used to train"))
    for position in ("Denies", "Confirms in part", "Undecided"):
        expect(trained).to_contain_text(position)
    trained.get_by_role("link", name=re.compile("^Jodi Seth")).click()
    at(page, "/statements/")
    expect(page.locator(".stances")).to_contain_text("only used to annotate")


@walk
def event(page, reader):
    page.goto("/events/account-suspended/")
    page.locator(".refs a").first.click()
    at(page, "#source-1$")
    page.get_by_text("BibTeX", exact=True).first.click()
    expect(page.locator(".cite-this pre").first).to_contain_text("@")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download BibTeX").click()
    assert download.value.suggested_filename.endswith(".bib")
    page.get_by_role("link", name=re.compile("^Contested “Why was ByteDance")).first.click()
    at(page, "/claims/why-suspended/$")
    page.go_back()
    page.get_by_role("link", name="All versions").click()
    at(page, "/history/$")


@walk
def statement(page, reader):
    page.goto("/statements/felix-on-suspension/")
    expect(page.locator(".said-in-full blockquote")).to_contain_text("minimal")
    expect(page.locator(".voice").first).to_contain_text("spokesperson")
    expect(page.locator(".about").first).to_contain_text("Answers")
    page.locator(".about a").first.click()
    at(page, "/events/the-verge-reports/$")
    page.goto("/events/account-suspended/")
    page.get_by_role("link", name=re.compile("^Page of the statement")).first.click()
    at(page, "/statements/")


@walk
def actor(page, reader):
    page.goto("/actors/bytedance/")
    expect(page.locator(".lanes")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Said for them")).click()
    expect(page.locator("#resh")).to_contain_text("3")
    expect(page.locator(".line-part").filter(has_text="Said for it").first).to_be_visible()
    page.get_by_role("link", name="Jodi Seth").first.click()
    expect(page.locator("aside")).to_contain_text("Speaks for")
    page.goto("/actors/bytedance/?size=5")
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.locator(".pager")).to_contain_text("5 of 30")


@walk
def source(page, reader):
    page.goto("/sources/machine-heart-bytedance/")
    page.get_by_role("link", name=re.compile("^Show only those")).click()
    expect(page.locator(".rests tbody tr").first).to_contain_text("Only source")
    page.get_by_role("link", name=re.compile("^Show all")).click()
    page.get_by_role("link", name="In chronological order").click()
    expect(page.locator(".chip")).to_contain_text("Unexpectedly")


@walk
def claim(page, reader):
    page.goto("/incidents/bytedance-openai/claims/")
    page.locator(".overview").get_by_role("link", name=re.compile("^Was data")).click()
    at(page, "/claims/output-used-to-train/$")
    page.get_by_role("link", name="Jodi Seth, for ByteDance").click()
    at(page, "#position-2$")
    words = page.locator("#position-2")
    expect(words).to_be_in_viewport()
    expect(words.locator("blockquote")).to_contain_text("only used to annotate")
    expect(words).to_contain_text("Back-translated: not the exact words")
    expect(words).to_contain_text("1 source, 1 origin")
    page.get_by_role("link", name="BibTeX", exact=True).click()
    expect(page.locator("#cite pre")).to_contain_text("@misc{claim-")
    page.get_by_role("link", name="All versions").click()
    at(page, "/claims/output-used-to-train/history/$")


@walk
def indexes(page, reader):
    page.goto("/actors/")
    page.get_by_label("Search by name").fill("seed project")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".list tbody tr")).to_have_count(1)
    page.get_by_label("Search by name").fill("nobody of this name")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Show all actors").click()
    at(page, "/actors/$")
    page.goto("/sources/")
    page.get_by_label("Order", exact=True).select_option("entries")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".list tbody tr").first).to_contain_text("Unexpectedly")
    page.goto("/incidents/")
    page.get_by_role("link", name="OpenAI suspends ByteDance’s account").first.click()
    at(page, STORY + "$")


@walk
def search(page, reader):
    page.goto("/")
    page.locator("input[type=search][placeholder]:visible").first.fill("Felix")
    page.keyboard.press("Enter")
    at(page, r"/search/\?q=Felix$")
    expect(page.locator("mark").first).to_have_text("Felix")
    page.get_by_role("checkbox", name="Quotations only").check()
    page.locator(".search-form").get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("outside quotations")
    page.get_by_role("link", name="Search everywhere").click()
    page.locator(".found a[href^='/actors/']").first.click()
    at(page, "/actors/niko-felix/$")
    page.goto("/search/?q=" + '"authorization from Microsoft"')
    # The statement, and an event that cites the same words.
    expect(page.locator("main ol.found li")).to_have_count(2)
    expect(page.locator("main ol.found")).to_contain_text("Passage in a source")
    page.goto("/search/?q=bytedanse+2018")
    expect(page.locator(".meant")).to_contain_text("Closest name: ByteDance, organisation")
    expect(page.locator("mark").first).to_have_text("ByteDance")
    page.get_by_role("link", name="bytedance", exact=True).click()
    at(page, r"/search/\?q=bytedance$")
    expect(page.locator(".found li").first).to_contain_text("字节跳动")
    kinds = page.get_by_role("navigation", name="Kind")
    kinds.get_by_role("link", name="Events").click()
    at(page, r"/search/\?q=bytedance&kind=event$")
    expect(kinds.locator("[aria-current]")).to_contain_text("Events")
    expect(page.locator(".found a[href^='/actors/']")).to_have_count(0)
    page.get_by_role("navigation", name="Order").get_by_role("link", name="Date").click()
    at(page, r"/search/\?q=bytedance&kind=event&order=date$")
    expect(page.locator(".found li").first).to_contain_text("December 2023")
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0


@walk
def changes(page, reader):
    page.goto("/changes/")
    kinds = page.get_by_role("navigation", name="Kinds of change")
    kinds.get_by_role("link", name="Withdrawals").click()
    expect(page.locator(".history li")).to_contain_text("It was entered twice.")
    kinds.get_by_role("link", name="Corrections").click()
    page.get_by_role("link", name=re.compile("^What changed")).click()
    expect(page.locator("ins")).to_contain_text("The wording was corrected.")
    page.get_by_role("link", name="Version 1", exact=True).click()
    at(page, "/history/1/$")
    expect(page).to_have_title(re.compile("^Version 1 of 3: "))
    expect(page.locator(".band-title")).to_have_text("Version 1 of 3, corrected since")
    expect(page.locator(".band")).to_contain_text("Reason: The summary said too little.")
    expect(page.locator(".band ins").nth(1)).to_contain_text("The wording was corrected.")
    expect(page.locator(".prose.lead")).not_to_contain_text("The wording was corrected.")
    page.get_by_role("link", name="Read the current version").click()
    expect(page.locator("main")).to_contain_text("The wording was corrected.")


@walk
def method(page, reader):
    page.goto("/")
    foot = page.get_by_role("navigation", name="Footer")
    foot.get_by_role("link", name="How dates are read").click()
    expect(page.get_by_role("row").filter(has_text="M1").first).to_be_visible()
    foot.get_by_role("link", name="Glossary").click()
    expect(page.locator("#position-does_not_address")).to_contain_text("Does not address")
    foot.get_by_role("link", name="How corrections work").click()
    page.locator("main").get_by_role("link", name="Changes").click()
    title(page, "Changes")
    foot.get_by_role("link", name="Method").click()
    title(page, "Method")


@walk
def what_cannot_be_read(page, reader):
    page.goto("/timeline/?from=12/05/2023&actor=openai")
    expect(page.locator(".problems")).to_contain_text("2023-05-12")
    field = page.get_by_label("From")
    expect(field).to_have_value("12/05/2023")
    field.fill("2023-05-12")
    page.get_by_role("button", name=re.compile(r"^Show (\d+ )?results?$")).click()
    at(page, "from=2023-05-12")
    expect(page.locator(".chip")).to_have_count(2)
    page.goto("/search/?nothing=1")
    expect(page.locator(".problems")).to_contain_text("nothing")


@walk
def what_is_not_there(page, reader):
    page.goto("/events/account-suspend/")
    page.locator(".nearest a").first.click()
    at(page, "/events/account-suspended/$")
    page.goto("/events/nothing-like-it/")
    page.locator("#q-error").fill("OpenAI")
    page.keyboard.press("Enter")
    at(page, r"/search/\?q=OpenAI$")
    page.goto("/events/to-be-withdrawn/")
    expect(page.locator(".reason")).to_have_text("It was entered twice.")
    page.get_by_role("link", name="All corrections and withdrawals").click()
    at(page, "/changes/$")
    page.goto(BROKEN)
    title(page, "Server error")
    page.get_by_role("link", name="Timeline").click()
    at(page, "/timeline/$")


@walk
def chinese(page, reader):
    page.goto(STORY)
    page.locator("footer a[hreflang=zh-hans]").click()
    at(page, "/zh-hans" + STORY)
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator(".year h3").first).to_contain_text("2023")
    expect(page.locator(".when-words").first).to_contain_text("年")
    page.locator(".entry-title a").first.click()
    at(page, "/zh-hans/events/")
    page.locator("footer a[hreflang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
