"""The lines of the workbench in a browser, counted: page loads, clicks and characters typed."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kb.desk.admin.workbench.lines.line import line_key
from kb.desk.models import Actor, Event, Request, Statement
from kb.desk.verbs.source_texts import store_text
from tests.browser.test_desk import sign_in
from tests.browser.test_signin import log_in
from tests.browser.test_workbench import Hands
from tests.make import make_actor, make_event, make_request, make_source, make_statement

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = "All customers must comply with our terms."
SECOND = "We have a licence to use the pump."
THIRD = "Customers must apply for access."
PUMP = "On Wednesday the pump was stopped."
ASKED = "The firm was asked for comment on Friday."
ARTICLE = f"""{ASKED} {PUMP}
OpenPump spokesperson Niko Felix said, “{FIRST}”
Acme spokesperson Jodi Seth said, “{SECOND}” The firm is old.
Harbour spokesman Frank Shaw said, “{THIRD}” On Wednesday he added that the pump was old."""


@pytest.fixture
def source(editor_user):
    row = make_source("A story", language="en", published="2023-12-15")
    store_text(row, ARTICLE, by=None)
    make_actor("Jodi Seth", actor_kind="person")
    return row


@pytest.fixture
def bench(page, source):
    sign_in(page)
    page.goto(f"/admin/desk/source/{source.pk}/workbench/")
    return page


class Typist(Hands):
    """Counts the characters that are typed, too. Pasted text is not typed."""

    def __init__(self, page):
        super().__init__(page)
        self.characters = 0

    def paste(self, text):
        self.page.evaluate(
            "text => document.activeElement.setRangeText(text) ?? document.activeElement"
            ".dispatchEvent(new InputEvent('input', { bubbles: true }))",
            text,
        )
        self.keys += 2  # Ctrl+V

    def type(self, text):
        self.page.keyboard.type(text)
        self.characters += len(text)


def cell(page, name, row="tr.new", kind="statement"):
    return page.locator(f'.lines tbody[data-kind="{kind}"] {row} .cell-{name} .line-cell')


def line_of(row):
    return f"#line-{line_key(row)}"


def options(page):
    """What the list under a box of names offers."""
    return page.locator(".line-choices [role=option]")


def settled(page):
    expect(page.locator(".lines [aria-busy]")).to_have_count(0)
    expect(page.locator(".lines-status")).to_contain_text("Line saved.")


def test_three_statements_from_one_source_are_entered_and_published(bench):
    hands = Typist(bench)
    bench.locator(".article").focus()
    for number, words in enumerate((FIRST, SECOND, THIRD), start=1):
        hands.drag(f"“{words}”")
        hands.press("l")
        expect(cell(bench, "words")).to_have_value(words)
        expect(cell(bench, "speaker")).not_to_have_value("")
        expect(cell(bench, "role")).to_be_editable()
        if number == 2:
            cell(bench, "role").focus()
            expect(cell(bench, "on_behalf_of")).to_have_value("Acme")
        hands.press("Enter")
        settled(bench)
        expect(bench.locator(".lines tbody tr.new")).to_have_count(3)
        assert Statement.objects.count() == number
        expect(bench.locator(".article")).to_be_focused()
    assert hands.loads == 0
    expect(bench.locator(".article mark.statement")).to_have_count(3)
    hands.click("Publish all 3")
    # With the speakers and whom they speak for, who are new.
    bench.get_by_role("button", name=re.compile(r"^Publish \d+$")).click()
    hands.clicks += 1
    expect(bench.get_by_text("records were published.")).to_be_visible()
    assert set(Statement.objects.values_list("state", "speaker__name")) == {
        ("published", "Niko Felix"),
        ("published", "Jodi Seth"),
        ("published", "Frank Shaw"),
    }
    assert (hands.loads, hands.clicks, hands.characters, hands.keys) == (2, 5, 0, 6)


def test_lines_are_entered_with_keys_alone(bench):
    event = make_event(title="The pump was stopped")
    hands = Typist(bench)
    cell(bench, "words").focus()
    hands.paste(SECOND)
    hands.press("Tab")
    expect(cell(bench, "said")).to_be_focused()
    expect(cell(bench, "speaker")).to_have_value("Jodi Seth")
    expect(bench.locator(".lines tr.new .cell-words .note").first).to_have_text(
        "Quotation, paragraph 3"
    )
    bench.keyboard.press("Control+a")
    hands.type("Wednesday")
    hands.press("Tab")
    expect(cell(bench, "said")).to_have_value("2023-12-13")
    expect(bench.locator(".lines tr.new .cell-said .note")).to_contain_text("a weekday")
    hands.type("the pump")
    expect(options(bench)).to_have_text(["The pump was stopped April 2023"])
    hands.press("Enter", "Enter")
    settled(bench)
    statement = Statement.objects.get()
    assert (statement.said.edtf, list(statement.about.all())) == ("2023-12-13", [event])
    expect(cell(bench, "speaker")).to_be_focused()
    # A new name: similar ones first, then the lines that create it.
    hands.type("Jodi Set")
    expect(options(bench).first).to_contain_text("Jodi Seth")
    for letter in "chell":
        hands.type(letter)
    expect(options(bench).nth(1)).to_contain_text("Create person “Jodi Setchell”")
    hands.press("ArrowDown", "ArrowDown", "Enter")
    expect(cell(bench, "speaker")).to_have_value("Jodi Setchell")
    expect(bench.locator(".lines tr.new .cell-speaker .note")).to_contain_text("was created")
    assert Actor.objects.get(name="Jodi Setchell").state == "draft"
    # A name of the text, from the list of an empty box.
    cell(bench, "on_behalf_of").focus()
    hands.press("ArrowDown")
    expect(options(bench).first).to_have_text("Acme 1")
    hands.press("ArrowDown", "Enter")
    expect(cell(bench, "on_behalf_of")).to_have_value("Acme")
    bench.get_by_role("button", name="Jodi Seth 1").click()
    expect(cell(bench, "on_behalf_of")).to_have_value("Jodi Seth")
    cell(bench, "words").fill("She denies it")
    hands.press("Enter")
    settled(bench)
    expect(bench.locator(".lines tr.saved .cell-words .note")).to_have_text("Paraphrase")
    assert (hands.loads, hands.clicks, Statement.objects.count()) == (0, 0, 2)


def test_refused_line_keeps_its_text_and_is_saved_once_mended(bench):
    hands = Hands(bench)
    cell(bench, "words").fill("“We have no licence.”")
    cell(bench, "role").fill("chief")
    hands.press("Enter")
    row = bench.locator(".lines tr.refused")
    expect(row.locator(".cell-words .errorlist")).to_contain_text("does not have these words")
    expect(row.locator(".cell-words .line-cell")).to_be_focused()
    expect(row.locator(".cell-role .line-cell")).to_have_value("chief")
    row.locator(".cell-words .line-cell").fill(SECOND)
    hands.press("Enter")
    settled(bench)
    statement = Statement.objects.get()
    assert (statement.text, statement.role_as_of, hands.loads) == (SECOND, "chief", 0)


def test_text_stays_while_the_server_gives_no_answer_or_asks_to_sign_in(bench):
    hands = Hands(bench)
    cell(bench, "words").fill(SECOND)
    cell(bench, "role").fill("chief")
    answers = [lambda route: route.abort(), lambda route: route.fulfill(status=503)]
    bench.route("**/workbench/", lambda route: answers.pop(0)(route))
    while answers:
        with bench.expect_request("**/workbench/"):
            hands.press("Enter")
        expect(bench.locator(".lines tr[aria-busy]")).to_have_count(0)
        expect(bench.locator(".lines-status")).to_contain_text("Your text is still here")
        expect(cell(bench, "role")).to_have_value("chief")
    bench.unroute("**/workbench/")
    assert hands.loads == 0
    bench.context.clear_cookies(name="sessionid")
    hands.press("Enter")
    expect(bench.get_by_text("Your text is not saved yet. It is kept for one hour")).to_be_visible()
    log_in(bench)
    row = bench.locator(".lines tr.refused")
    expect(row.locator(".cell-role .line-cell")).to_have_value("chief")
    assert not Statement.objects.exists()
    row.locator(".cell-role .line-cell").focus()
    hands.press("Enter")
    settled(bench)
    assert Statement.objects.get().role_as_of == "chief"


def test_typing_replaces_what_is_filled_in_while_a_cell_has_the_focus(bench):
    answers = []
    bench.route("**/workbench/?part=line*", lambda route: answers.append(route))
    with bench.expect_request("**/workbench/?part=line*"):
        cell(bench, "words").fill(SECOND)
        cell(bench, "role").focus()
    expect(cell(bench, "role")).to_have_value("")
    answers[0].continue_()
    expect(cell(bench, "role")).to_have_value("spokesperson")
    bench.keyboard.type("chief")
    expect(cell(bench, "role")).to_have_value("chief")


def test_every_changed_line_is_kept_for_who_signs_in_again_and_restored_once(bench, source):
    old = make_statement(THIRD, source=source)
    bench.reload()
    cell(bench, "role", line_of(old)).fill("chief")
    cell(bench, "words").fill(SECOND)
    bench.context.clear_cookies(name="sessionid")
    bench.keyboard.press("Enter")
    expect(bench.get_by_text("Your text is not saved yet. It is kept for one hour")).to_be_visible()
    log_in(bench)
    expect(cell(bench, "role", line_of(old))).to_have_value("chief")
    expect(cell(bench, "words", "tr.refused").last).to_have_value(SECOND)
    bench.goto(bench.url.partition("?")[0])
    expect(cell(bench, "role", line_of(old))).to_have_value("")


def test_other_lines_keep_what_is_typed_while_one_is_saved(bench, source):
    old = make_statement(THIRD, source=source)
    bench.reload()
    cell(bench, "role", line_of(old)).fill("chief")
    cell(bench, "words").fill(SECOND)
    bench.keyboard.press("Enter")
    settled(bench)
    expect(cell(bench, "role", line_of(old))).to_have_value("chief")
    Statement.objects.filter(pk=old.pk).update(role_as_of="deputy", version=2)
    bench.get_by_role("button", name="Save the lines").click()
    expect(bench.locator(".line-problems")).to_contain_text("deputy")
    cell(bench, "role", line_of(old)).focus()
    bench.keyboard.press("Enter")
    settled(bench)
    old.refresh_from_db()
    assert (old.role_as_of, Statement.objects.count()) == ("chief", 2)


def test_event_is_entered_in_a_line_with_keys_alone(bench):
    make_actor("Acme")
    hands = Typist(bench)
    bench.locator('[data-kind="event"] tr.new .cell-words .line-cell').focus()
    hands.paste(PUMP)
    hands.press("Tab")
    expect(cell(bench, "participants", kind="event")).to_be_focused()
    expect(cell(bench, "title", kind="event")).to_have_value(PUMP.rstrip("."))
    expect(cell(bench, "standing", kind="event")).to_have_value("reported")
    expect(cell(bench, "happened", kind="event")).to_have_value("2023-12-13")
    # Two participants: one of the desk with its role, and one that is created in place.
    hands.type("Acm")
    expect(options(bench).first).to_contain_text("Acme")
    hands.press("Enter")
    hands.type(" (acted); Zed Works")
    expect(options(bench).first).to_contain_text("Zed Works")
    hands.press("ArrowDown", "Enter")
    expect(cell(bench, "participants", kind="event")).to_have_value("Acme (acted); Zed Works")
    expect(bench.locator("[data-kind=event] tr.new .cell-participants .note")).to_contain_text(
        "was created"
    )
    hands.press("Enter")
    settled(bench)
    event = Event.objects.get()
    assert {(part.actor.name, part.role) for part in event.participations.all()} == {
        ("Acme", "acted"),
        ("Zed Works", "involved"),
    }
    assert event.citations.get().exact == PUMP
    expect(cell(bench, "title", kind="event")).to_be_focused()
    expect(bench.locator(".article mark.event")).to_have_count(1)
    assert (hands.loads, hands.clicks) == (0, 0)


def test_selected_words_go_to_the_table_that_was_used_last(bench):
    make_actor("Acme")
    hands = Typist(bench)
    cell(bench, "asked", kind="request").focus()
    bench.locator(".article").focus()
    hands.drag(ASKED)
    hands.press("l")
    expect(cell(bench, "words", kind="request")).to_have_value(ASKED)
    expect(cell(bench, "outcome", kind="request")).not_to_have_value("")
    cell(bench, "asked", kind="request").fill("Acm")
    expect(options(bench).first).to_contain_text("Acme")
    hands.press("Enter")
    cell(bench, "outcome", kind="request").select_option("no_reply")
    hands.press("Enter")
    settled(bench)
    request = Request.objects.get()
    assert ([actor.name for actor in request.asked.all()], request.outcome) == (
        ["Acme"],
        "no_reply",
    )
    assert request.no_reply_by.edtf == "2023-12-15"
    expect(bench.locator(".article")).to_be_focused()
    hands.drag(PUMP)
    bench.locator('.to-line[data-kind="event"]').click()
    expect(cell(bench, "words", kind="event")).to_have_value(PUMP)
    assert hands.loads == 0


def test_line_is_saved_in_place_and_published_with_keys(bench):
    hands = Typist(bench)
    cell(bench, "words").fill(SECOND)
    cell(bench, "role").fill("chief")
    hands.press("Control+s")
    settled(bench)
    statement = Statement.objects.get()
    own = line_of(statement)
    expect(cell(bench, "role", own)).to_be_focused()
    assert (statement.role_as_of, statement.state) == ("chief", "draft")
    cell(bench, "role", own).fill("deputy")
    hands.press("Control+Enter")
    expect(cell(bench, "role", own)).to_have_count(0)
    statement.refresh_from_db()
    assert (statement.role_as_of, statement.state) == ("deputy", "published")
    expect(cell(bench, "speaker")).to_be_focused()
    # An event whose account is not known is saved, not published, and keeps the focus.
    cell(bench, "words", kind="event").fill(f"“{THIRD}”")
    hands.press("Control+Enter")
    expect(bench.locator(".lines-status")).to_contain_text("not published")
    draft = Event.objects.get()
    expect(bench.locator(f"{line_of(draft)} .line-cell:focus")).to_have_count(1)
    assert (draft.state, hands.loads) == ("draft", 0)


@pytest.mark.parametrize(
    ("kind", "name", "text"), [("event", "title", "A stop"), ("request", "words", "A")]
)
def test_line_of_each_kind_is_kept_for_who_signs_in_again(bench, kind, name, text):
    cell(bench, name, kind=kind).fill(text)
    bench.context.clear_cookies(name="sessionid")
    bench.keyboard.press("Enter")
    expect(bench.get_by_text("Your text is not saved yet. It is kept for one hour")).to_be_visible()
    log_in(bench)
    expect(cell(bench, name, "tr.refused", kind)).to_have_value(text)
    assert (Event.objects.count(), Request.objects.count()) == (0, 0)


def test_lines_have_no_accessibility_faults(new_page, source):
    make_statement(THIRD, source=source, state="published")
    make_statement(FIRST, source=source)
    make_event(source=source, actors=((make_actor(), "acted"),))
    make_request(source=source)
    for width in (1440, 768, 390):
        for scheme in ("light", "dark"):
            page = new_page(width, color_scheme=scheme)
            sign_in(page)
            page.goto(f"/admin/desk/source/{source.pk}/workbench/")
            cell(page, "words").fill("“None of these”")
            cell(page, "role").fill("x" * 130)
            page.keyboard.press("Enter")
            expect(page.locator(".lines tr.refused")).to_be_visible()
            page.locator(".lines tr.refused .cell-speaker .line-cell").fill("Jod")
            options(page).first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            violations = Axe().run(page, context="form.lines").response["violations"]
            faults = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in violations]
            assert faults == [], (width, scheme)
