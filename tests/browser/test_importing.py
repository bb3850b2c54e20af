"""An import in a browser, from the file to the batch and back: with script, and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.models import Event, ImportBatch, ImportOrigin, Statement
from tests.browser.test_desk import axe, sign_in
from tests.desk.importers.files import EVENT, STATEMENT, table
from tests.make import make_actor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def file_of(content, name="cases.csv"):
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def walk(page, *, look=None):
    """From the list of events to a batch that is undone."""
    look = look or (lambda: None)
    page.goto("/admin/desk/event/")
    page.get_by_role("link", name="Import a file").click()
    look()
    page.locator("#id_file").set_input_files(
        file_of(table({**EVENT, "date": "12/05/2023"}, STATEMENT))
    )
    page.get_by_role("button", name="Preview import").click()
    page.get_by_role("link", name="1 refused").click()
    expect(page.locator("main")).to_contain_text("12 May", use_inner_text=True)
    expect(page.get_by_role("button", name="Load 1 row as a draft")).to_have_count(1)
    look()
    page.get_by_role("button", name="Discard file").click()
    page.locator("#id_file").set_input_files(file_of(table(EVENT, STATEMENT)))
    page.get_by_role("button", name="Preview import").click()
    look()
    page.get_by_role("button", name="Load all as drafts").click()
    page.get_by_text("Rows loaded as drafts: 2").wait_for()
    expect(page.get_by_role("link", name="It happened")).to_have_count(1)
    look()
    page.goto("/admin/desk/importbatch/")
    look()
    page.get_by_role("link", name="cases.csv").first.click()
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_text("Drafts deleted: 9").wait_for()


def test_from_a_file_to_drafts_and_back(page, browser, live_server, editor_user):
    sign_in(page)

    def look():
        assert axe(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.set_viewport_size({"width": 1440, "height": 900})
        assert not wide, page.url

    walk(page, look=look)
    # A file that is too large is named before it is sent.
    page.goto("/admin/desk/importbatch/add/")
    page.locator("#id_file").set_input_files(file_of(b"x" * 10_000_001, "large.csv"))
    page.get_by_text("This file has 10.0 MB").wait_for()
    page.get_by_role("button", name="Preview import").click()
    assert page.url.endswith("/add/")

    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in(plain)
    walk(plain)
    context.close()
    assert not Event.objects.exists()
    assert ImportBatch.objects.filter(undone_at=None).count() == 0


FOREIGN = b"""Recalls of widgets; ; ;
When;Who;Text;Owner
23/04/2026;Ann Bel;We have paused it;K.
31/04/2026;Ann Bel;It was tested;K.
"""


def correct(page, *, look=None):
    """Choose columns, use a known name, load the good row, correct the other and load it."""
    look = look or (lambda: None)
    page.goto("/admin/desk/importbatch/add/")
    page.locator("#id_file").set_input_files(file_of(FOREIGN, "recalls.csv"))
    page.get_by_role("button", name="Preview import").click()
    look()
    for place, column in enumerate(("date", "speaker", "text")):
        page.locator(f"#column-{place}").select_option(column)
    page.get_by_role("button", name="Check again").click()
    look()
    page.get_by_role("combobox", name="Ann Bel", exact=True).select_option("Ann Bell")
    page.get_by_role("button", name="Load 1 row as a draft").click()
    page.get_by_text("Checked again with your changes").wait_for()
    page.get_by_role("button", name="Load 1 row as a draft").click()
    page.get_by_role("link", name="Correct them in the report").first.wait_for()
    page.goto(page.get_by_role("link", name="Correct them in the report").get_attribute("href"))
    page.get_by_role("textbox", name="When in row 4").fill("30/04/2026")
    page.get_by_role("button", name="Check again").click()
    page.get_by_role("button", name="Load as a draft").click()
    page.get_by_text("Rows loaded as drafts").wait_for()


def test_report_is_corrected_in_place(page, browser, live_server, editor_user):
    make_actor("Ann Bell", actor_kind="person")
    sign_in(page)

    def look():
        assert axe(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1440, "height": 900})

    correct(page, look=look)
    assert {statement.speaker.name for statement in Statement.objects.all()} == {"Ann Bell"}
    assert Statement.objects.count() == 2
    ImportOrigin.objects.all().delete()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in(plain)
    correct_again = FOREIGN.replace(b"tested", b"tested twice")
    plain.goto("/admin/desk/importbatch/add/")
    plain.locator("#id_file").set_input_files(file_of(correct_again, "others.csv"))
    plain.get_by_role("button", name="Preview import").click()
    plain.locator("#column-0").select_option("date")
    plain.locator("#column-2").select_option("title")
    plain.get_by_role("button", name="Check again").click()
    plain.get_by_role("button", name="Load 1 row as a draft").click()
    plain.get_by_role("link", name="Correct them in the report").wait_for()
    context.close()
    assert Event.objects.count() == 1
