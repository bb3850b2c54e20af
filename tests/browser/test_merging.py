"""Two rows for one thing: merged by an editor, followed by a reader, taken back; and the history.

The ``page`` fixture fails at the end of each test if the Content-Security-Policy stopped anything.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.models import Actor, Transfer
from tests.browser.test_desk import axe, choose, sign_in
from tests.make import make_actor, make_source, make_statement, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_a_merge_and_its_undo(page, editor_user, browser, live_server):
    kept = published(make_actor("ByteDance", actor_kind="organisation"))
    double = published(make_actor("Bytedance Ltd.", actor_kind="organisation"))
    published(make_statement("We did it.", headline="Said it", speaker=double))
    reading = browser.new_context(base_url=live_server.url).new_page()
    sign_in(page)
    page.goto(f"/admin/desk/actor/{double.pk}/change/")
    page.get_by_role("link", name="Merge into…").click()
    assert axe(page) == []
    choose(page, "into", "ByteDance")
    page.get_by_role("button", name="Preview merge").click()
    main = page.locator("main")
    expect(main).to_contain_text("Statements by it: 1", use_inner_text=True)
    expect(main).to_contain_text("redirects to “ByteDance”", use_inner_text=True)
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
    assert axe(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_label("Why the two are the same").fill("One company, written in two ways.")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "was merged into “ByteDance”", use_inner_text=True
    )

    assert reading.goto(f"/actors/{double.slug}/").ok
    assert reading.url.endswith(f"/actors/{kept.slug}/")
    expect(reading.locator("main")).to_contain_text("Bytedance Ltd.", use_inner_text=True)
    assert (
        "Said it" in reading.locator("main").inner_text()
        or reading.locator("main", has_text="We did it.").count()
    )

    page.get_by_role("link", name="View details or undo").click()
    assert axe(page) == []
    page.get_by_label("Why it was wrong").fill("Two companies.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Rows restored: 1", use_inner_text=True)
    page.get_by_role("link", name="Merges and splits").first.click()
    expect(page.locator("#result_list")).to_contain_text("undone", use_inner_text=True)
    assert axe(page) == []

    assert reading.goto(f"/actors/{double.slug}/").ok
    assert reading.url.endswith(f"/actors/{double.slug}/")
    expect(reading.locator("h1")).to_have_text("Bytedance Ltd.")
    reading.context.close()

    # What is two: one of the rows goes over.
    page.goto(f"/admin/desk/actor/{double.pk}/split/")
    assert axe(page) == []
    page.get_by_label("Name of the new record").fill("ByteDance (Singapore)")
    page.get_by_label("Why these are two records").fill("Another company.")
    page.get_by_label("Said it", exact=True).check()
    page.get_by_role("button", name="Preview changes").click()
    expect(main).to_contain_text("1 row would move", use_inner_text=True)
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
    page.get_by_role("button", name="Split").click()
    expect(page.locator(".messagelist")).to_contain_text("was split from", use_inner_text=True)
    assert Actor.objects.get(name="ByteDance (Singapore)").statements.count() == 1
    assert Transfer.objects.count() == 2


def test_an_earlier_version_is_read_compared_and_restored(page, editor_user):
    statement = make_statement("We did it.", headline="Said it", source=make_source("The Daily"))
    sign_in(page)
    change = f"/admin/desk/statement/{statement.pk}/change/"
    for words in ("We did it once.", "We never did it."):
        page.goto(change)
        page.locator("#id_text").fill(words)
        page.get_by_role("button", name="Save draft").click()
        page.locator(".messagelist").wait_for()
    page.goto(change)
    page.get_by_role("link", name="History").click()
    expect(page.locator(".compared ins").first).to_contain_text("never", use_inner_text=True)
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("main")).to_contain_text("From version 2 to version 3", use_inner_text=True)
    assert axe(page) == []
    page.get_by_role("button", name="Restore version 2").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "restored to version 2", use_inner_text=True
    )
    expect(page.locator("#id_text")).to_have_value("We did it once.")
    # And what something rests on is not deleted; the page says what.
    page.goto(f"/admin/desk/source/{statement.citations.get().source_id}/delete/")
    expect(page.locator("main")).to_contain_text("1 × Citations of it", use_inner_text=True)
    assert axe(page) == []
