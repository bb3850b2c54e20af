"""A whole story is entered and published by one editor, counted; and another approves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.models import Actor, Event, Incident, Proposition, Source, Stance, Statement
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import StatementForm
from tests.browser.test_desk import make_author_and_chief, sign_in
from tests.browser.test_workbench import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAX_LOADS, MAX_CLICKS, MAX_CHARACTERS = 14, 60, 1_500
INCIDENT = "The valve of Acme"
CLAIM = "The valve was new"
POSITIONS = {"The valve was new when we bought it.": "asserts", "in 2021": "denies"}
# Title, day and text of each source; the title of the event of each dated sentence.
SOURCES = (
    (
        "A valve fails at Acme",
        "2023-12-15",
        "The valve failed on Friday.\n"
        "Acme spokesperson Jodi Seth said, “We have a licence for this valve.”\n"
        "Harbour Board spokesman Frank Shaw said, “We told them in the spring.”\n"
        "The plant was closed on 13 December 2023.",
        ("The valve failed", "Acme closed the plant"),
    ),
    (
        "Board inspects the plant",
        "2023-12-18",
        "Inspectors came to the plant on Sunday.\n"
        "Harbour Board spokesman Frank Shaw said, “Nobody was hurt in the plant.”",
        ("The board inspected the plant",),
    ),
    (
        "Acme answers the board",
        "2023-12-19",
        "Acme handed over its papers on 18 December 2023.\n"
        "Acme spokesperson Jodi Seth said, “The valve was new when we bought it.”\n"
        "Rope Makers spokeswoman Ann Bell said, “We sold them the valve in 2021.”",
        ("Acme handed over its papers",),
    ),
    (
        "The plant opens again",
        "2024-01-08",
        "The plant opened again on Monday.\n"
        "Harbour Board spokesman Frank Shaw said, “We have seen the new valve.”",
        ("The plant opened again",),
    ),
)


class Editor(Hands):
    """Counts the characters that are typed, too. Pasted text is not typed."""

    def __init__(self, page):
        super().__init__(page)
        self.characters = 0

    def type(self, selector, text):
        self.page.locator(selector).fill(text)
        self.characters += len(text)

    def tap(self, locator):
        locator.click()
        self.clicks += 1

    def choose(self, field, text):
        self.tap(self.page.locator(f".field-{field} .select2-selection").first)
        self.page.locator(".select2-search__field:visible").last.fill(text)
        self.characters += len(text)
        option = self.page.locator(".select2-results__option", has_text=text).first
        expect(option).to_be_visible()
        self.tap(option)

    def go(self, path):
        self.page.goto(path)
        self.clicks += 1  # of a link or a bookmark

    def press_save(self, name="Save draft"):
        self.click(name)
        expect(self.page.locator("form[aria-busy]")).to_have_count(0)
        expect(self.page.locator(".messagelist .success")).to_be_visible()


def enter_source(editor, title, day, text):
    page = editor.page
    editor.go("/admin/desk/source/add/")
    editor.type("#id_title", title)
    page.locator("#id_source_kind").select_option("article")
    editor.clicks += 1
    editor.type("#id_published", day)
    page.locator("#id_url").fill(f"https://paper.example/{day}")
    page.locator("#id_article_text").fill(text)
    editor.tap(page.locator("input[name=_save]").first)
    page.wait_for_url("**/workbench/")


def make_event(editor, title):
    page = editor.page
    proposal = page.locator(".proposals tr", has_text="Event:").first
    editor.tap(proposal.get_by_role("link", name="Change"))
    page.locator("form.fact .select2").first.wait_for()
    expect(page.locator("#id_title")).to_be_focused()
    expect(page.locator("#id_title")).to_be_in_viewport()
    editor.type("#id_title", title)
    if not page.locator("#id_incidents option").count():
        editor.choose("incidents", INCIDENT)
        expect(page.locator("#id_incidents option")).to_have_count(1)
    editor.press_save()


def add_claim(editor):
    editor.go("/admin/desk/proposition/add/")
    editor.type("#id_text", CLAIM)
    editor.choose("incident", INCIDENT)
    editor.tap(editor.page.locator("input[name=_save]").first)
    editor.page.locator(".messagelist .success").wait_for()


def add_position(editor, words, position):
    page = editor.page
    editor.drag(words)
    editor.click("Position P")
    page.locator("form.fact .select2").first.wait_for()
    editor.choose("proposition", CLAIM)
    page.locator("#id_position").select_option(position)
    editor.clicks += 1
    editor.press_save()


def test_story_is_entered_and_published_within_its_counts(page, editor_user):
    sign_in(page)
    page.wait_for_load_state()
    editor = Editor(page)
    statements = 0
    for title, day, text, events in SOURCES:
        if title == "Acme answers the board":
            add_claim(editor)
        enter_source(editor, title, day, text)
        for event in events:
            make_event(editor, event)
        take = page.get_by_role("button", name="Take", exact=True)
        while take.count():
            editor.tap(take.first)
            statements += 1
            rows = page.locator(".entered tbody .letter.statement")
            expect(page.locator("form[aria-busy]")).to_have_count(0)
            expect(rows.first).to_be_visible()
        for words, position in POSITIONS.items():
            if words in text:
                add_position(editor, words, position)
    assert (Source.objects.count(), Event.objects.count()) == (4, 5)
    assert statements == Statement.objects.count() == 6
    assert Statement.objects.filter(form=StatementForm.VERBATIM).count() == 6
    incident = Incident.objects.get()
    assert incident.statements.count() == 6 and incident.events.count() == 5
    claim = Proposition.objects.get()
    assert {row.proposition for row in Stance.objects.exclude(statement=None)} == {claim}
    editor.go(f"/admin/desk/approval/package/?incident={incident.pk}")
    with page.expect_navigation():
        editor.tap(page.get_by_role("button", name="Publish").first)
    assert Statement.objects.filter(state="published").count() == 6
    assert Event.objects.filter(state="published").count() == 5
    assert Proposition.objects.filter(state="published").count() == 1
    counts = (editor.loads, editor.clicks, editor.characters)
    assert editor.loads <= MAX_LOADS, counts
    assert editor.clicks <= MAX_CLICKS, counts
    assert editor.characters <= MAX_CHARACTERS, counts


def test_approver_publishes_a_statement_with_three_new_things_in_three_loads(
    page, browser, live_server, settings, django_user_model
):
    settings.TWO_PERSONS = True
    make_author_and_chief(django_user_model)
    sign_in(page, "author")
    title, day, text, _events = SOURCES[0]
    enter_source(Editor(page), title, day, text)
    take = page.locator(".proposals tr", has_text="Jodi Seth")
    take.get_by_role("link", name="Change").click()
    page.locator("form.fact .select2").first.wait_for()
    page.get_by_role("button", name="Send for review").click()
    expect(page.locator("form[aria-busy]")).to_have_count(0)
    expect(page.locator(".messagelist")).to_contain_text("sent for review")

    context = browser.new_context(base_url=live_server.url)
    chief = context.new_page()
    sign_in(chief, "chief")
    chief.wait_for_load_state()
    hands = Hands(chief)
    chief.goto("/admin/")
    chief.get_by_role("link", name="Jodi Seth: “We have a licence").first.click()
    chief.get_by_role("button", name="Approve and publish").wait_for()
    chief.wait_for_load_state()  # a page that is left before has no load to count
    with chief.expect_navigation():
        chief.get_by_role("button", name="Approve and publish").click()
    assert Statement.objects.get().state == WorkflowState.PUBLISHED
    new = [*Actor.objects.all(), Source.objects.get()]
    assert len(new) == 3 and {row.state for row in new} == {WorkflowState.PUBLISHED}
    chief.wait_for_load_state()
    assert hands.loads == 3
    context.close()
