"""What a reader does, from timeline to source, and an editor, from sign-in to timeline."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from tests.story import load_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story():
    load_story()


def test_a_reader_filters_to_an_event_and_follows_its_source(page, story):
    page.goto("/timeline/")
    page.get_by_role("checkbox", name=re.compile("^ByteDance")).first.check()
    page.get_by_label("From").fill("2023-04")
    page.get_by_label(re.compile("^(Until|To)$")).fill("2023-09")
    page.get_by_role("button", name=re.compile(r"^Show (\d+ )?results?$")).click()
    expect(page).to_have_url(re.compile("actor=bytedance"))
    expect(page.locator("body")).to_contain_text("certainly")
    expect(page.locator("body")).to_contain_text("possibly")
    page.get_by_role("link", name=re.compile("inspection", re.I)).first.click()
    expect(page).to_have_url(re.compile("/events/"))
    page.locator("main a[href^='/sources/']").first.click()
    expect(page).to_have_url(re.compile("/sources/"))
    expect(page.locator("h1")).to_be_visible()


def test_an_editor_adds_a_statement_and_sees_it_on_the_timeline(page, story):
    get_user_model().objects.create_superuser("editor", password="a long pass phrase")
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()

    page.goto("/admin/desk/actor/add/")
    page.get_by_label("Name", exact=False).first.fill("Rosa Example")
    page.locator("#id_actor_kind").select_option("person")
    page.locator("input[name=_save]").click()

    page.goto("/admin/desk/statement/add/")
    choose(page, "speaker", "Rosa Example")
    page.locator("#id_attribution").select_option("named")
    page.locator("#id_form").select_option("verbatim")
    page.locator("#id_headline").fill("Rosa Example on the record")
    page.locator("#id_text").fill("This is what I said.")
    page.locator("#id_said").fill("15 Dec 2023")
    choose(page, "citations-0-source", "Unexpectedly")
    page.locator("#id_citations-0-exact").fill("This is what I said.")
    page.locator("[name=_publish]").click()
    expect(page.locator(".messagelist")).to_contain_text("ublished")

    page.goto("/timeline/?by=rosa-example")
    expect(page.locator("main")).to_contain_text("This is what I said.")
    entries = page.request.get("/timeline.json?by=rosa-example").json()["entries"]
    assert [entry["text"] for entry in entries] == ["This is what I said."]
    assert entries[0]["date"]["edtf"] == "2023-12-15"


def choose(page, field, text):
    """Choose the first match in an autocomplete of the admin."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option--highlighted", has_text=text).click()
