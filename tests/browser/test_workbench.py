"""The workbench in a browser, counted: page loads, clicks, characters and keys for each fact."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb.desk.models import Statement
from kb.desk.verbs.source_texts import store_text
from tests.browser.test_desk import sign_in
from tests.browser.test_signin import log_in
from tests.make import make_actor, make_incident, make_source, make_statement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = "We have a licence."
SECOND = "We use it every day, and we will go on."
ARTICLE = f"""The firm was asked for comment on Friday.
Acme spokesperson Jodi Seth said, “{FIRST}” The firm is old.
She said, “{SECOND}”
A third firm said nothing."""


@pytest.fixture
def source(editor_user):
    row = make_source("A story", language="en")
    store_text(row, ARTICLE, by=None)
    story = make_incident("The story of a licence")
    for name in ("Jodi Seth", "Niko Felix"):
        speaker = make_actor(name, actor_kind="person")
        make_statement(speaker=speaker, source=row).incidents.add(story)
    return row


@pytest.fixture
def bench(page, source):
    sign_in(page)
    page.goto(f"/admin/desk/source/{source.pk}/workbench/")
    return page


class Hands:
    """What an editor does on a page, counted.

    A load is a page that was asked for, with the pages that its address leads on to. It counts even
    if the page is left before it is whole.
    """

    def __init__(self, page):
        self.page = page
        self.clicks = self.keys = self.loads = 0
        page.on("request", self._count_load)

    def _count_load(self, request):
        if request.is_navigation_request() and request.redirected_from is None:
            self.loads += request.frame == self.page.main_frame

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += len(key.split("+")) if "+" in key else 1

    def click(self, name):
        self.page.get_by_role("button", name=name).click()
        self.clicks += 1

    def drag(self, words):
        """Mark words with the mouse: one press, move and release."""
        box = self.page.evaluate(
            """words => {
                for (const node of document.querySelectorAll(".article p")) {
                    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
                    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
                        const start = text.data.indexOf(words);
                        if (start < 0) continue;
                        const range = document.createRange();
                        range.setStart(text, start);
                        range.setEnd(text, start + words.length);
                        const boxes = [...range.getClientRects()];
                        const [first, last] = [boxes[0], boxes.at(-1)];
                        return [first.left + 1, first.top + first.height / 2,
                                last.right - 1, last.top + last.height / 2];
                    }
                }
            }""",
            words,
        )
        mouse = self.page.mouse
        mouse.move(box[0], box[1])
        mouse.down()
        mouse.move(box[2], box[3], steps=5)
        mouse.up()
        self.clicks += 1


def saved(page):
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    expect(page.locator(".messagelist .success")).to_be_visible()
    return Statement.objects.order_by("-pk").first()


def test_one_more_statement_takes_three_clicks_and_no_load(bench):
    hands = Hands(bench)
    hands.drag(f"“{SECOND}”")
    hands.click("Statement S")
    bench.locator("form.fact .select2").first.wait_for()
    card = bench.locator(".fact .card-host")  # the card that readers will see
    expect(card).to_contain_text(SECOND)
    expect(card).to_contain_text("Jodi Seth")
    hands.click("Save draft")
    statement = saved(bench)
    assert (statement.text, statement.speaker.name) == (SECOND, "Jodi Seth")
    assert [str(incident) for incident in statement.incidents.all()] == ["The story of a licence"]
    assert (hands.loads, hands.clicks, hands.keys) == (0, 3, 0)


def test_own_mark_takes_at_most_eight_keys_without_a_mouse(bench):
    bench.locator(".article").focus()
    hands = Hands(bench)
    hands.press("j", "j", "j")  # the first sentence of the third paragraph
    hands.press("s")
    bench.locator("form.fact .select2").first.wait_for()
    assert bench.evaluate("document.activeElement.className") == "article"
    hands.press("1")
    expect(bench.locator("#id_headline")).to_have_value(re.compile("^Niko Felix: “We use it"))
    hands.press("Control+s")
    statement = saved(bench)
    assert (statement.text, statement.speaker.name) == (SECOND, "Niko Felix")
    assert (hands.loads, hands.clicks, hands.keys) == (0, 0, 7)
    # The next mark begins where this one ended.
    hands.press("j")
    expect(bench.locator(".selected-words")).to_contain_text("paragraph 4", use_inner_text=True)


def test_each_accepted_proposal_takes_one_key(bench):
    bench.get_by_role("button", name="Take", exact=True).first.focus()
    hands = Hands(bench)
    for count in (1, 2):
        hands.press("Enter")
        saved(bench)
        assert Statement.objects.count() == 2 + count
    assert (hands.clicks, hands.keys, hands.loads) == (0, 2, 0)
    hands.click("Undo")
    saved(bench)
    assert Statement.objects.count() == 3


def test_refused_form_keeps_its_text_and_is_saved_once_mended(bench):
    hands = Hands(bench)
    hands.drag(f"“{SECOND}”")
    hands.click("Statement S")
    bench.locator("#id_headline").fill("She uses it")
    bench.locator("#id_said").fill("some day")
    bench.keyboard.press("Control+s")
    expect(bench.locator(".field-said.errors")).to_be_visible()
    expect(bench.locator("#id_headline")).to_have_value("She uses it")
    expect(bench.locator("#id_said")).to_be_focused()
    bench.locator("#id_said").fill("2023-12-15")
    bench.keyboard.press("Control+s")
    assert str(saved(bench)) == "She uses it"
    assert (hands.loads, Statement.objects.count()) == (0, 3)


def test_text_stays_while_the_server_gives_no_answer(bench):
    hands = Hands(bench)
    hands.drag(f"“{SECOND}”")
    hands.click("Statement S")
    bench.locator("#id_headline").fill("She uses it")
    for answer in (lambda route: route.abort(), lambda route: route.fulfill(status=503)):
        bench.route("**/workbench/", answer, times=1)
        bench.keyboard.press("Control+s")
        expect(bench.get_by_role("alert")).to_contain_text("Your text is still here")
        expect(bench.locator("#id_headline")).to_have_value("She uses it")
    bench.keyboard.press("Control+s")
    assert str(saved(bench)) == "She uses it"
    assert hands.loads == 0


def test_whoever_was_signed_out_signs_in_again_and_loses_nothing(bench):
    hands = Hands(bench)
    hands.drag(f"“{SECOND}”")
    hands.click("Statement S")
    bench.locator("#id_headline").fill("She uses it")
    bench.context.clear_cookies(name="sessionid")
    bench.keyboard.press("Control+s")
    expect(bench.get_by_text("Your text is not saved yet. It is kept for one hour")).to_be_visible()
    log_in(bench)
    expect(bench.locator("#id_headline")).to_have_value("She uses it")
    hands.click("Save draft")
    expect(bench.locator(".messagelist")).to_contain_text("“She uses it” was saved as a draft")
    assert str(saved(bench)) == "She uses it"


def test_keys_widen_and_narrow_the_passage(bench):
    bench.locator(".article").focus()
    status = bench.locator(".selected-words")
    for keys, text in (
        ("jj", "paragraph 2, 9 words"),
        ("]", "paragraph 2, 13 words"),
        ("<", "paragraph 2, 12 words"),
        (">", "paragraph 2, 11 words"),
        (",", "paragraph 2, 12 words"),
        (".", "paragraph 2, 13 words"),
        ("[", "paragraph 1, 21 words"),
        ("k", "paragraph 1, 21 words"),
        ("j", "paragraph 2, 9 words"),
    ):
        for key in keys:
            bench.keyboard.press(key)
        expect(status, keys).to_have_text(f"Selected in {text}")
    bench.keyboard.press("?")
    expect(bench.get_by_role("dialog")).to_be_visible()
    bench.keyboard.press("Escape")
    bench.keyboard.press("ArrowRight")
    expect(status).to_have_text("Selected in paragraph 2, 4 words")


def test_letters_act_only_while_the_focus_is_in_the_text(bench):
    bench.locator(".article").focus()
    bench.keyboard.press("j")
    bench.get_by_role("textbox", name="Paragraph").focus()
    bench.keyboard.type("se")
    expect(bench.get_by_role("textbox", name="Paragraph")).to_have_value("se")
    expect(bench.locator("form.fact")).to_have_count(0)


def test_typed_form_is_not_replaced_without_a_question(bench):
    bench.locator(".article").focus()
    bench.keyboard.press("j")
    bench.keyboard.press("e")
    bench.locator("#id_title").fill("Typed")
    questions = []
    bench.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    bench.locator(".article").focus()
    bench.keyboard.press("s")
    assert questions == ["Discard what you typed in the form?"]
    expect(bench.locator("#id_title")).to_have_value("Typed")


def test_typed_form_is_not_lost_when_a_proposal_is_taken(bench):
    bench.locator(".article").focus()
    bench.keyboard.press("j")
    bench.keyboard.press("e")
    bench.locator("#id_title").fill("Typed")
    questions = []
    bench.once("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
    bench.get_by_role("button", name="Take", exact=True).first.click()
    assert questions == ["Discard what you typed in the form?"]
    expect(bench.locator("#id_title")).to_have_value("Typed")
    assert Statement.objects.count() == 2


def test_workbench_has_no_accessibility_faults(new_page, source):
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            page = new_page(width, color_scheme=scheme)
            sign_in(page)
            path = f"/admin/desk/source/{source.pk}/workbench/"
            for query in (
                "",
                "?make=statement&paragraph=2",
                "?make=position&paragraph=2",
                "?make=event&paragraph=9",
            ):
                page.goto(path + query)
                page.wait_for_function(
                    """() => [...document.querySelectorAll("select.admin-autocomplete + .select2")]
                        .every(box => box.querySelector(".select2-selection[aria-label]"))"""
                )
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                violations = Axe().run(page).response["violations"]
                # Select2, of Django's admin, puts more than items into its list of the chosen.
                faults = [
                    (violation["id"], node["html"][:120])
                    for violation in violations
                    for node in violation["nodes"]
                    if "select2-selection__rendered" not in node["html"][:60]
                ]
                assert faults == [], (width, scheme, query)
