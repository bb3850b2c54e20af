"""Copying and citing: by button, by hand, by keyboard, on a phone, without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.kinds import KINDS, STORY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]
COPIED = "Copied, with its caveat"
# What the clipboard holds, by type. Chromium cleans the HTML that it gives back.
CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read(), texts = {};
  for (const type of item.types) texts[type] = await (await item.getType(type)).text();
  return texts;
}"""
# Select from one element to another, and press the keys of copying.
SELECT = """([from, to]) => {
  const range = document.createRange(), first = document.querySelector(from);
  range.setStart(first, 0);
  const last = document.querySelector(to);
  range.setEnd(last, to === from ? last.childNodes.length : 0);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
BACK_TRANSLATED = "Back-translated: not the exact words"


@pytest.fixture
def open_page(site, new_page):
    """``open_page(path, width)``: the page, with leave to use the clipboard."""

    def opened(path, width=1440, **options):
        page = new_page(width, **options)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
        page.goto(path, wait_until="load")
        return page

    return opened


def actions_of(page, slug):
    """The actions of the first quotation of a statement on the page."""
    cite = page.locator(f".acts a[href='/statements/{slug}/#cite']").first
    return cite.locator("xpath=..")


def copy_by_hand(page, first, last=None):
    """Select from the start of one element to that of another, and copy."""
    page.evaluate(SELECT, [first, last or first])
    page.keyboard.press("Control+c")
    return page.evaluate(CLIPBOARD)


def test_copy_puts_the_words_and_all_that_belongs_to_them_on_the_clipboard(open_page):
    page = open_page(STORY)
    page.clock.install()
    actions = actions_of(page, "felix-on-suspension")
    button = actions.get_by_role("button", name="Copy", exact=True)
    button.click()
    expect(actions.get_by_role("button", name=COPIED)).to_be_focused()
    expect(actions.get_by_role("status")).to_have_text(COPIED)
    clipboard = page.evaluate(CLIPBOARD)
    assert set(clipboard) == {"text/plain", "text/html"}
    parts = ["All API customers must comply", BACK_TRANSLATED, "Niko Felix, spokesperson, OpenAI",
             "to The Verge", "15 December 2023", "Machine Heart", "aragraph 19", "version 1",
             "/statements/felix-on-suspension/history/1/"]  # fmt: skip
    for part in parts:
        assert part in clipboard["text/plain"], part
        assert part in clipboard["text/html"], part
    assert "<blockquote" in clipboard["text/html"]
    page.clock.run_for(5100)
    expect(button).to_be_visible()
    expect(actions.get_by_role("status")).to_have_text("")


@pytest.mark.parametrize(
    "kind", ["home", "timeline", "claims", "actor", "statement", "source", "quotations", "version"]
)
def test_every_page_with_a_quotation_copies_it(open_page, kind):
    path = "/statements/felix-on-suspension/history/1/" if kind == "version" else KINDS[kind]
    page = open_page(path)
    button = page.locator("button.copy-words").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=COPIED)).to_be_visible()
    text = page.evaluate(CLIPBOARD)["text/plain"]
    assert re.search(r"/statements/[\w-]+/history/\d+/$", text.replace("\r", "")), text


def test_statement_page_copies_each_form(open_page):
    page = open_page(KINDS["statement"])
    panel = page.locator("#copy")
    plain = panel.locator("[data-form=plain]").text_content()
    panel.locator("summary", has_text="Markdown").click()
    markdown = panel.locator("[data-form=markdown]")
    markdown.locator("xpath=following-sibling::button").click()
    expect(panel.get_by_role("button", name=COPIED)).to_be_visible()
    clipboard = page.evaluate(CLIPBOARD)
    assert clipboard["text/plain"].replace("\r", "") == markdown.text_content()
    assert markdown.text_content().startswith("> ") and plain.startswith("“")


def test_chinese_page_copies_chinese_labels(open_page):
    page = open_page("/zh-hans/statements/felix-on-suspension/")
    page.locator("button.copy-words").first.click()
    expect(page.get_by_role("button", name="已复制，并附说明")).to_be_visible()
    text = page.evaluate(CLIPBOARD)["text/plain"]
    assert "回译：并非原话" in text
    assert "刊载来源：" in text


def test_failed_copy_leads_to_the_text(open_page):
    page = open_page(STORY)
    page.route("**/statements/**", lambda route: route.abort() if route.request.resource_type
               == "fetch" else route.continue_())  # fmt: skip
    actions_of(page, "felix-on-suspension").get_by_role("button", name="Copy").click()
    expect(page).to_have_url(re.compile(r"/statements/felix-on-suspension/#copy$"))
    expect(page.locator("#copy [data-form=plain]")).to_be_visible()


def test_words_copied_by_hand_take_their_caveat_along(open_page):
    page = open_page(KINDS["statement"])
    quotation = ".said-in-full .quotation > p:last-child"
    clipboard = copy_by_hand(page, quotation)
    plain = clipboard["text/plain"].replace("\r", "")
    words, _, caveat = plain.rpartition("\n")
    assert words.strip("“”").startswith("All API customers")
    assert caveat.startswith(f"[{BACK_TRANSLATED}. Carrier: Machine Heart")
    assert caveat.endswith("/statements/felix-on-suspension/history/1/]")
    assert BACK_TRANSLATED in clipboard["text/html"]
    # Three clicks select as far as the start of what follows.
    clipboard = copy_by_hand(page, quotation, ".said-in-full .voice")
    assert BACK_TRANSLATED in clipboard["text/plain"].rpartition("\n")[2]


def test_nothing_is_added_to_other_selections(open_page):
    page = open_page(KINDS["statement"])
    caveat = page.locator("[data-caveat]").first.get_attribute("data-caveat")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    assert caveat not in page.evaluate(CLIPBOARD)["text/plain"]
    across = copy_by_hand(page, ".said-in-full .quotation", ".statement-notes .about")
    assert caveat not in across["text/plain"]
    box = page.locator("#q-top")
    box.fill("typed")
    box.select_text()
    page.keyboard.press("Control+c")
    assert page.evaluate(CLIPBOARD)["text/plain"] == "typed"
    page.goto(KINDS["exact-words"], wait_until="load")
    exact = copy_by_hand(page, ".said-in-full .quotation")
    assert exact["text/plain"].strip() == "“We recalled every gauge.”"


def test_filtered_list_has_buttons_again(open_page):
    page = open_page("/timeline/")
    page.get_by_role("checkbox", name=re.compile("^Microsoft ")).first.check()
    expect(page).to_have_url(re.compile("actor=microsoft"))
    expect(page.locator("#view button.copy-words").first).to_be_visible()
    expect(page.locator("#view a.copy-words")).to_have_count(0)


@pytest.mark.parametrize("kind", ["incident", "statement", "source", "claims"])
def test_forms_of_a_reference_change_in_place(open_page, kind):
    page = open_page(KINDS[kind])
    address = page.url
    for name, begin in (("BibTeX", "@misc{"), ("RIS", "TY  - "), ("CSL-JSON", "["),
                        ("Wikipedia", "{{cit")):  # fmt: skip
        link = page.locator(".cite-forms").get_by_role("link", name=name, exact=True)
        link.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#cite pre")).to_contain_text(begin)
        expect(page.locator(".cite-forms [aria-current]")).to_have_text(name)
        expect(page.locator(".cite-forms [aria-current]")).to_be_focused()
    assert page.url == address


def test_phone_has_targets_of_40_pixels_and_paper_has_none(open_page):
    page = open_page(STORY, 390)
    for action in actions_of(page, "felix-on-suspension").locator("a, button").all():
        assert action.bounding_box()["height"] >= 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    expect(page.locator(".acts").first).to_be_hidden()


def test_links_lead_to_the_text_and_the_reference_without_script(open_page):
    page = open_page(STORY, java_script_enabled=False)
    actions = actions_of(page, "felix-on-suspension")
    expect(actions.get_by_role("button")).to_have_count(0)
    actions.get_by_role("link", name="Copy").click()
    expect(page).to_have_url(re.compile(r"/statements/felix-on-suspension/#copy$"))
    box = page.locator("#copy [data-form=plain]")
    expect(box).to_be_visible()
    expect(box).to_contain_text(BACK_TRANSLATED)
    expect(box).to_have_css("user-select", "all")
    page.locator(".cite-forms").get_by_role("link", name="RIS").click()
    expect(page).to_have_url(re.compile(r"\?cite=ris#cite$"))
    expect(page.locator("#cite pre")).to_contain_text("AU  - Niko Felix")
    page.locator(".acts").get_by_role("link", name="Cite").first.click()
    expect(page).to_have_url(re.compile(r"#cite$"))
