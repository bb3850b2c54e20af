"""The forms of the desk, in a browser: what their scripts do for an editor.

The ``page`` fixture fails at the end of each test if the Content-Security-Policy stopped anything.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.models import Actor
from tests.browser.test_desk import axe, sign_in
from tests.make import make_actor, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def type_in(page, field, text):
    """Type in the autocomplete of a field and wait for its list."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.keyboard.type(text)
    page.locator(".select2-results__option:not(.loading-results)").first.wait_for()
    expect(page.locator(".select2-results__option", has_text=text).last).to_be_visible()


def test_person_is_created_in_the_box_with_the_keyboard(page, editor_user):
    make_actor("Ann Bellamy", actor_kind="person")
    sign_in(page)
    page.goto("/admin/desk/statement/add/")
    page.locator("#id_headline").fill("She did it")
    type_in(page, "speaker", "Ann Bell")
    options = page.locator(".select2-results__option")
    expect(options.first).to_contain_text("Ann Bellamy person · 0 entries")
    expect(options.nth(1)).to_have_text("Create person “Ann Bell”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = page.locator(".field-speaker .select2-selection__rendered").first
    expect(chosen).to_contain_text("Ann Bell")
    expect(page.locator("#id_speaker-created")).to_contain_text(
        "Person “Ann Bell” was created as a draft."
    )
    actor = Actor.objects.get(name="Ann Bell")
    assert page.locator("#id_speaker").input_value() == str(actor.pk)
    assert page.locator("#id_headline").input_value() == "She did it"
    # The card of the preview has the new name.
    page.locator(".card-host .voice, .card-host", has_text="Ann Bell").first.wait_for()
    assert axe(page) == []


def test_taken_name_is_created_after_a_question(page, editor_user):
    sign_in(page)
    page.goto("/admin/desk/statement/add/")
    type_in(page, "addressees", "Foo Works")
    make_actor("Foo Works")  # by another editor, after the list was shown
    page.locator(".select2-results__option", has_text="Create organisation").click()
    status = page.locator("#id_addressees-created")
    expect(status).to_contain_text("This name exists already: “Foo Works”")
    assert Actor.objects.count() == 1
    status.get_by_role("button", name="Create another").click()
    expect(status).to_contain_text("was created as a draft")
    expect(page.locator(".field-addressees .select2-selection__choice")).to_contain_text(
        "Foo Works"
    )
    assert Actor.objects.count() == 2


def test_row_of_an_inline_creates_too(page, editor_user):
    make_source()
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.get_by_text("Add another Participant").click()
    type_in(page, "actor", "Foo Works Ltd.")
    page.locator(".select2-results__option", has_text="Create organisation").click()
    expect(page.locator("#id_participations-0-actor-created")).to_contain_text("as a draft")
    assert page.locator("#id_participations-0-actor").input_value() == str(Actor.objects.get().pk)
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
