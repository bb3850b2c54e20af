"""An import in a browser, from the file to the batch and back: with script, and without."""

from __future__ import annotations

import pytest

from kb.desk.models import Event, ImportBatch
from tests.browser.test_desk import axe, sign_in
from tests.desk.importers.files import EVENT, STATEMENT, table

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
    assert "12 May" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Load 1 row as a draft").count() == 1
    look()
    page.get_by_role("button", name="Discard file").click()
    page.locator("#id_file").set_input_files(file_of(table(EVENT, STATEMENT)))
    page.get_by_role("button", name="Preview import").click()
    look()
    page.get_by_role("button", name="Load all as drafts").click()
    page.get_by_text("Rows loaded as drafts: 2").wait_for()
    assert page.get_by_role("link", name="It happened").count() == 1
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
