"""The forms of the desk, in a browser: what their scripts do for an editor.

The ``page`` fixture fails at the end of each test if the Content-Security-Policy stopped anything.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from kb.desk.models import Actor, Citation, Event, Statement
from tests.browser.readers import eventually
from tests.browser.test_desk import axe, sign_in
from tests.make import make_actor, make_event, make_source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def type_in(page, field, text):
    """Type in the autocomplete of a field and wait for the list of these letters.

    The box that opens gets the focus a moment later, and lists all rows before anything is typed.
    """
    page.locator(f".field-{field} .select2-selection").first.click()
    box = page.locator(".select2-search__field:focus")
    box.wait_for()
    page.keyboard.type(text)
    expect(box).to_have_value(text)
    page.locator(".select2-results__option .create-line", has_text=f"“{text}”").first.wait_for()


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
    expect(page.locator("#id_speaker")).to_have_value(str(actor.pk))
    expect(page.locator("#id_headline")).to_have_value("She did it")
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
    expect(page.locator("#id_participations-0-actor")).to_have_value(str(Actor.objects.get().pk))
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)


# --- Layout --------------------------------------------------------------------------------


def box(page, selector):
    return page.locator(selector).bounding_box()


def test_card_is_beside_the_form_and_below_it_in_a_smaller_window(page, editor_user):
    sign_in(page)
    page.goto(f"/admin/desk/statement/add/?source={make_source().pk}")
    page.locator(".card-host .when-words", has_text="15 December 2023").wait_for()
    for width in (1200, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        card, text = box(page, ".card-preview"), box(page, "#id_text")
        assert card["x"] >= text["x"] + text["width"]
        assert card["y"] < text["y"] + text["height"]
        assert not page.evaluate(WIDE)
    for width in (1199, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert box(page, ".card-preview")["y"] > box(page, "#citations-group")["y"]
        assert not page.evaluate(WIDE)
    assert axe(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    assert axe(page) == []


def test_buttons_stay_in_view_and_hide_no_field_with_focus(page, editor_user):
    sign_in(page)
    page.goto("/admin/desk/statement/add/")
    bar = box(page, ".submit-row")
    assert bar["y"] + bar["height"] <= 900
    for field in ("headline", "channel", "citations-0-exact", "citations-0-wording"):
        page.locator(f"#id_{field}").focus()
        focused = box(page, f"#id_{field}")
        assert focused["y"] + focused["height"] <= box(page, ".submit-row")["y"] + 1


def test_sixty_citations_are_lines_that_open(page, editor_user):
    source = make_source("The Daily")
    event = make_event(source=source)
    Citation.objects.bulk_create(
        Citation(event=event, source=source, exact=f"It stopped {n}. " * 9) for n in range(59)
    )
    sign_in(page)
    page.goto(f"/admin/desk/event/{event.pk}/change/")
    expect(page.locator("#citations-group .inline-related:not(.empty-form)")).to_have_count(60)
    assert box(page, "#citations-group")["height"] <= 3000
    exact = page.locator("#id_citations-30-exact")
    expect(exact).to_be_hidden()
    summary = page.locator("#citations-30 > details > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(exact).to_be_visible()
    page.get_by_text("Add another Citation").click()
    expect(page.locator("#id_citations-60-exact")).to_be_visible()
    page.locator("#citations-60 .inline-deletelink").click()
    expect(page.locator("#id_citations-60-exact")).to_have_count(0)
    assert axe(page) == []


def test_focus_goes_to_the_first_error_also_in_a_closed_part(page, editor_user):
    source = make_source()
    event = make_event(source=source)
    for number in range(3):
        Citation.objects.create(event=event, source=source, exact=f"It stopped {number}.")
    sign_in(page)
    page.goto(f"/admin/desk/event/{event.pk}/change/")
    page.locator("#id_happened_time").evaluate("field => { field.value = 'x'; }")
    page.locator("#id_citations-2-position").evaluate("field => { field.value = '-5'; }")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#id_happened_time")).to_be_focused()
    expect(page.locator(".error-links li")).to_have_count(2)
    page.locator(".error-links a").last.click()
    expect(page.locator("#id_citations-2-position")).to_be_focused()
    assert axe(page) == []


# --- Keys and defaults ---------------------------------------------------------------------


def test_statement_is_typed_saved_and_published_with_the_keyboard(page, editor_user):
    make_actor("Ann Bell", actor_kind="person")
    sign_in(page)
    page.goto(f"/admin/desk/statement/add/?source={make_source().pk}")
    page.locator("#id_citations-0-exact").fill("“The pump was off,” said Ann Bell.")
    type_in(page, "speaker", "Ann Bell")
    page.keyboard.press("Enter")
    expect(page.locator("#id_headline")).to_have_value("Ann Bell: The pump was off")
    expect(page.locator("#id_attribution")).to_have_value("named")
    expect(page.locator("#id_form")).to_have_value("verbatim")
    expect(page.locator("#id_form-why")).to_have_text("The words are in the cited passage.")
    # What the editor types stays, whatever follows from other fields.
    page.locator("#id_headline").press("End")
    page.locator("#id_headline").press_sequentially("!")
    page.locator("#id_text").fill("The pump was")
    page.locator(".card-host .quotation", has_text="The pump was").wait_for()
    expect(page.locator("#id_headline")).to_have_value("Ann Bell: The pump was off!")
    expect(page.locator("#id_headline-why")).to_have_count(0)
    assert axe(page) == []
    page.locator("#id_text").press("Control+s")
    page.get_by_text("was added successfully").wait_for()
    assert Statement.objects.get().state == "draft"
    page.locator("#id_text").press("Control+Enter")
    page.get_by_text("was published").wait_for()
    assert "/statement/add/?source=" in page.url
    assert Statement.objects.get().state == "published"


def test_keys_leave_other_combinations_alone(page, editor_user):
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("It happened")
    for keys in ("s", "Enter", "Control+Shift+s", "Control+a"):
        page.locator("#id_summary").press(keys)
    assert page.url.endswith("/event/add/")
    assert not Event.objects.exists()


# --- Text that the browser keeps -------------------------------------------------------------

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('desk-form:')).length"


def accept_leaving(page):
    page.on("dialog", lambda dialog: dialog.accept())


# What the script of the page reads with the key of the account.
STORED_TEXT = """async (text) => {
  const { key: base64, account } = document.querySelector(".draft-offer").dataset;
  const usages = ["encrypt", "decrypt"];
  const secret = await crypto.subtle.importKey("raw", bytesOf(base64), "AES-GCM", false, usages);
  const key = `desk-form:${account}:${location.pathname}${location.search}`;
  const draft = await openDraft(secret, key);
  return JSON.stringify(draft?.fields ?? "").includes(text);
}"""


def wait_until_kept(page, text=""):
    """Wait until the browser has stored the form, with this text in it."""
    page.locator(".draft-kept:not([hidden])").wait_for()
    # Not `wait_for_function`: the promise of an async function is true at once.
    eventually(page.evaluate, STORED_TEXT, text)


def stored_texts(page):
    """Return everything that this browser keeps for the host, as one text."""
    return page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_unsent_form_is_offered_back_with_its_rows(page, editor_user):
    speaker = make_actor("Ann Bell", actor_kind="person")
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/statement/add/")
    page.get_by_text("Add another Citation").click()
    page.locator("#id_citations-1-exact").fill("It was off, she said.")
    page.locator("#id_citations-1-quoted").check()
    page.locator("#id_headline").fill("It was off")
    type_in(page, "speaker", "Ann Bell")
    page.keyboard.press("Enter")
    page.locator(".card-host", has_text="Ann Bell").wait_for()
    wait_until_kept(page, "Ann Bell")
    page.reload()
    offer = page.locator(".draft-offer")
    expect(offer).to_contain_text("This browser has text for this form that was not saved:")
    expect(page.locator("#id_headline")).to_have_value("")
    assert axe(page) == []
    offer.get_by_role("button", name="Put it back").click()
    expect(page.locator("#id_headline")).to_have_value("It was off")
    expect(page.locator("#id_citations-1-exact")).to_have_value("It was off, she said.")
    expect(page.locator("#id_citations-1-quoted")).to_be_checked()
    expect(page.locator("#id_speaker")).to_have_value(str(speaker.pk))
    expect(page.locator(".field-speaker .select2-selection__rendered").first).to_contain_text(
        "Ann Bell"
    )
    expect(offer).to_be_hidden()


def test_page_that_nobody_typed_in_leaves_the_kept_text_alone(page, editor_user):
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("It happened")
    wait_until_kept(page, "It happened")
    page.reload()
    page.locator(".draft-offer").wait_for()
    # As scripts do that fill in or start a field.
    page.evaluate("window.django.jQuery('#id_standing').trigger('change')")
    page.evaluate("document.querySelector('#id_title').dispatchEvent(new Event('input', "
                  "{bubbles: true}))")  # fmt: skip
    page.wait_for_timeout(1500)  # longer than the pause before a text is stored
    assert page.evaluate(STORED_TEXT, "It happened")
    page.locator("#id_title").press_sequentially("Another")
    wait_until_kept(page, "Another")


def test_kept_text_goes_when_it_is_saved_or_discarded(page, editor_user):
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("It happened")
    wait_until_kept(page)
    # Refused: the text stays, and is not offered beside itself.
    page.get_by_role("button", name="Save draft").click()
    page.locator(".errornote").wait_for()
    assert page.evaluate(KEPT) == 1
    expect(page.locator(".draft-offer")).to_be_hidden()
    page.locator("#id_standing").select_option("reported")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("was added successfully").wait_for()
    assert page.evaluate(KEPT) == 0
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("It happened again")
    wait_until_kept(page)
    page.reload()
    page.get_by_role("button", name="Discard it").click()
    assert page.evaluate(KEPT) == 0
    page.reload()
    expect(page.locator(".draft-offer")).to_be_hidden()


def test_kept_text_is_never_shown_to_another_account(page, editor_user, django_user_model):
    django_user_model.objects.create_superuser("second", password="second-password")
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("A secret")
    wait_until_kept(page)
    page.get_by_role("button", name="Log out").click()
    sign_in(page, "second")
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").wait_for()
    expect(page.locator(".draft-offer")).to_be_hidden()
    assert page.evaluate(KEPT) == 0


def test_sign_out_removes_kept_texts_and_nothing_of_readers_pages(page, editor_user):
    accept_leaving(page)
    page.goto("/")
    page.evaluate("localStorage.setItem('last-visit-here', 'stays')")
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("A secret")
    wait_until_kept(page)
    assert "A secret" not in stored_texts(page)
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Password").wait_for()
    assert page.evaluate(KEPT) == 0
    assert "last-visit-here" in stored_texts(page)
    page.go_back()
    page.get_by_label("Password").wait_for()
    expect(page.locator("#id_title")).to_have_count(0)


def test_text_survives_the_end_of_a_session_for_the_same_account(page, editor_user):
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("A secret")
    wait_until_kept(page, "A secret")
    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_label("Password").wait_for()
    assert page.evaluate(KEPT) == 1
    assert "A secret" not in stored_texts(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#id_title")).to_have_value("A secret")


def test_sign_in_of_another_account_removes_kept_texts(page, editor_user, django_user_model):
    django_user_model.objects.create_superuser("second", password="second-password")
    accept_leaving(page)
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").fill("A secret")
    wait_until_kept(page)
    page.context.clear_cookies()
    sign_in(page, "second")
    assert page.evaluate(KEPT) == 0


def test_old_and_readable_texts_are_removed_before_anybody_signs_in(page, editor_user):
    page.goto("/admin/login/")
    for name, at in (("old", 0), ("fresh", "Date.now()")):
        draft = f"JSON.stringify({{at: {at}, sealed: 'x', iv: 'x'}})"
        page.evaluate(f"localStorage.setItem('desk-form:1:{name}', {draft})")
    page.evaluate("localStorage.setItem('desk-form:1:plain', JSON.stringify({at: Date.now()}))")
    page.reload()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('desk'))") == [
        "desk-form:1:fresh"
    ]


def test_text_of_an_older_version_is_compared_before_it_is_saved(page, editor_user):
    event = make_event("It happened")
    accept_leaving(page)
    sign_in(page)
    page.goto(f"/admin/desk/event/{event.pk}/change/")
    page.locator("#id_title").fill("It happened twice")
    wait_until_kept(page)
    Event.objects.filter(pk=event.pk).update(title="It happened once", version=2)
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Differences between the saved version and your form").wait_for()
    expect(page.locator("#id_title")).to_have_value("It happened twice")


# --- Invisible characters --------------------------------------------------------------------


def test_invisible_characters_are_named_taken_out_and_put_back(page, editor_user):
    sign_in(page)
    page.goto("/admin/desk/statement/add/")
    text = "We\u00ad did\u200b it\u00ad.\u202e"
    page.locator("#id_text").fill(text)
    line = page.locator("#id_text-invisible")
    expect(line).to_contain_text(
        "Invisible characters: soft hyphen (2), zero-width space (1), mark of direction (1)."
    )
    assert axe(page) == []
    line.get_by_role("button", name="Take them out").click()
    expect(page.locator("#id_text")).to_have_value("We did it.")
    expect(page.locator("#id_text")).to_be_focused()
    line.get_by_role("button", name="Undo").click()
    expect(page.locator("#id_text")).to_have_value(text)
    expect(line).to_contain_text("soft hyphen (2)")
    page.locator("#id_text").fill("We did it.")
    expect(page.locator("#id_text-invisible")).to_have_count(0)


# --- Doubles ---------------------------------------------------------------------------------


def test_double_is_merged_from_the_list(page, editor_user):
    make_actor("Foo Works")
    make_actor("foo works")
    make_source("First", url="https://example.org/a")
    make_source("Second", url="http://www.example.org/a/")
    sign_in(page)
    page.goto("/admin/desk/transfer/")
    page.get_by_role("link", name="Probable doubles").click()
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
    assert axe(page) == []
    page.get_by_role("button", name="Merge “foo works” into “Foo Works”").click()
    expect(page.locator(".messagelist")).to_contain_text("“foo works” was merged into “Foo Works”.")
    expect(page.locator(".doubles tbody tr")).to_have_count(1)


def test_pair_is_marked_as_different_and_proposed_again(page, editor_user):
    make_actor("Foo Works")
    make_actor("foo works")
    sign_in(page)
    page.goto("/admin/desk/transfer/doubles/")
    page.get_by_role("button", name="Mark “foo works” and “Foo Works” as different").press("Enter")
    expect(page.get_by_text("No probable doubles.")).to_be_visible()
    page.get_by_role("link", name="Pairs marked as different").click()
    expect(page.locator(".doubles tbody tr")).to_have_count(1)
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert not page.evaluate(WIDE)
    assert axe(page) == []
    page.get_by_role("button", name="Propose “Foo Works” and “foo works” again").click()
    expect(page.get_by_text("No pairs are marked as different.")).to_be_visible()
    page.goto("/admin/desk/transfer/doubles/")
    expect(page.locator(".doubles tbody tr")).to_have_count(1)
