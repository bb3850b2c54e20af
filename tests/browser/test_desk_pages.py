"""Every kind of page of the desk under the strict policy; and one more statement, keys counted.

The ``page`` fixture fails at the end of each test if the Content-Security-Policy stopped anything.
"""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from kb.desk.models import Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.reviewing import add_comment
from tests.browser.test_desk import NAMED, axe, choose, sign_in
from tests.desk.admin_forms import ADMINS, make_rows_of_every_kind
from tests.make import make_event, make_incident, make_source, make_statement, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whose forms or pages are ours; the rest are Django's own.
OURS = ("index", "change", "review", "queue", "from", "package", "bulk")


def pages():
    """(kind of page, path) of the whole desk."""
    yield "index", reverse("admin:index")
    yield "queue", reverse("admin:desk_approval_changelist")
    yield "from", reverse("admin:desk_source_from")
    source = ADMINS["source"].model.objects.order_by("pk").first()
    yield "package", f"{reverse('admin:desk_approval_package')}?source={source.pk}"
    event = ADMINS["event"].model.objects.order_by("pk").first()
    for action in ("incident", "withdraw"):
        yield "bulk", f"{reverse('admin:desk_approval_bulk')}?do={action}&row=event:{event.pk}"
    yield "password", reverse("admin:password_change")
    yield "users", reverse("admin:auth_user_changelist")
    for kind, model_admin in ADMINS.items():
        row = model_admin.model.objects.order_by("pk").first()
        yield "list", reverse(f"admin:desk_{kind}_changelist")
        yield "add", reverse(f"admin:desk_{kind}_add")
        yield "popup", reverse(f"admin:desk_{kind}_add") + "?_popup=1"
        for name in ("change", "review", "history", "delete"):
            yield name, reverse(f"admin:desk_{kind}_{name}", args=[row.pk])


def test_every_page_keeps_to_the_policy_and_fits_a_phone(page, editor_user, subtests):
    make_rows_of_every_kind()
    event = make_event()
    add_comment(event, text="Which day?", by=editor_user, field="happened")
    type(event).objects.update(state=WorkflowState.IN_REVIEW)
    sign_in(page)
    page.set_viewport_size({"width": 390, "height": 844})
    looked_at = set()
    for kind, path in pages():
        with subtests.test(path):
            assert page.goto(path).status == 200
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            # Interact: fields, details and added rows run the admin's scripts and ours.
            closed = page.locator("details:not([open]) > summary:visible")
            while closed.count():
                closed.first.click()
            for link in page.locator(".add-row a").all():
                link.click()
            part = path if kind == "bulk" else "".join(path.split("/")[3:4])
            if kind in OURS and (kind, part) not in looked_at:
                looked_at.add((kind, part))
                page.wait_for_function(NAMED)
                assert axe(page) == []


def test_one_more_statement_from_the_same_source(page, editor_user):
    """At most one page beyond the form, and nothing that the last one said is typed again."""
    first = make_statement("We did it.", source=make_source("A story"))
    first.incidents.add(make_incident("A tale"))
    sign_in(page)
    page.goto(reverse("admin:desk_statement_change", args=[first.pk]))
    loads, keys = [], []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.get_by_role("button", name="from this source").click()
    page.locator("#citations-0", has_text="A story").wait_for()

    def typed(selector, text):
        expect(page.locator(selector), f"{selector} was filled in already").to_have_value("")
        page.locator(selector).press_sequentially(text)
        keys.append(text)

    choose(page, "speaker", str(first.speaker))
    page.locator("#id_attribution").select_option("named")
    typed("#id_headline", "They would do it again")
    typed("#id_text", "We would do it again.")
    typed("#id_citations-0-exact", "We would do it again.")
    page.get_by_role("button", name="from this source").click()
    page.get_by_text("You can add another one below").wait_for()
    second = Statement.objects.exclude(pk=first.pk).get()
    assert second.said == first.said and second.form == first.form
    assert second.citations.get().source == first.citations.get().source
    assert list(second.incidents.all()) == list(first.incidents.all())
    # The form of the second, and the empty one after it.
    assert len(loads) == 2
    assert sum(map(len, keys)) < 70


def test_a_speaker_is_added_beside_the_form_on_a_phone(page, editor_user):
    published(make_source())
    sign_in(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(reverse("admin:desk_statement_add"))
    page.locator("#id_headline").fill("What was typed before")
    with page.expect_popup() as opened:
        page.locator("#add_id_speaker").click()
    popup = opened.value
    popup.locator("#id_actor_kind").select_option("person")
    popup.locator("#id_name").fill("Ann Bee")
    popup.get_by_role("button", name="Save").click()
    page.locator(".field-speaker .select2-selection__rendered", has_text="Ann Bee").wait_for()
    expect(page.locator("#id_headline")).to_have_value("What was typed before")
    page.locator(".card-host .speaker", has_text="Ann Bee").wait_for()
