"""A day at the desk, in a browser: from the address of a page to the record, by two people.

The ``page`` fixture fails at the end of each test if the Content-Security-Policy stopped anything.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from kb.desk.models import Actor, Event, Source, Statement
from kb.desk.models.base import WorkflowState
from kb.text.ip_addresses import allowed_network
from tests.make import make_event, make_incident, make_source, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = b"""<!doctype html><html lang="en"><head><title>The Paper: it happened</title>
<meta property="og:title" content="It happened on Friday">
<meta property="og:site_name" content="The Paper">
<meta property="article:published_time" content="2023-12-15T08:00:00Z"></head>
<body><p>A story.</p></body></html>"""
SAYINGS = ["We did it.", "We would do it again.", "We have said all there is to say."]
NAMED = """[...document.querySelectorAll("select.admin-autocomplete + .select2")].every(
    box => box.querySelector(".select2-selection").hasAttribute("aria-label"))"""
SERIOUS = ("serious", "critical")


class OnePage(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *args):
        pass


@pytest.fixture
def paper(settings):
    """The address of a page on this machine, which the desk may fetch."""
    settings.FETCH_PAGES = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), OnePage)
    settings.FETCH_ALLOWED = [allowed_network(f"127.0.0.1:{server.server_port}")]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/story"
    server.shutdown()
    server.server_close()


def sign_in(page, name="editor"):
    """``editor`` is the account of ``editor_user``; the others are made here alike."""
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"{name}-password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Log out").wait_for()


def make_author_and_chief(user_model):
    """A contributor "author" and a publisher "chief", for ``sign_in``."""
    for name, group in (("author", "Contributor"), ("chief", "Publisher")):
        user = user_model.objects.create_user(name, password=f"{name}-password", is_staff=True)
        user.groups.add(Group.objects.get(name=group))


def choose(page, field, text):
    """Choose by typing, as in every relation of the desk."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.locator(".select2-search__field:visible").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def axe(page):
    """What is seriously wrong, looked for in a second tab: axe itself sets inline styles."""
    tab = page.context.new_page()
    tab.goto(page.url)
    tab.wait_for_function(NAMED)
    violations = Axe().run(tab).response["violations"]
    tab.close()
    # Select2, which comes with Django's admin, puts more than items into its list of the chosen.
    return [
        (violation["id"], node["html"][:120])
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
        if "select2-selection__rendered" not in node["html"][:60]
    ]


def test_from_an_address_to_three_statements_and_an_event(page, editor_user, paper):
    make_incident("A story")
    sign_in(page)
    page.goto("/admin/desk/source/")
    page.get_by_role("link", name="Add from a URL").click()
    assert axe(page) == []
    page.get_by_label("URL of the page").fill(paper)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#id_title")).to_have_value("It happened on Friday")
    expect(page.locator("#id_published")).to_have_value("2023-12-15")
    # A publisher who is not on the desk yet, made with the source.
    expect(page.locator("#id_new_publisher")).to_have_value("The Paper")
    page.get_by_role("button", name="Save and continue editing").click()

    page.get_by_role("link", name="Add a statement from this source").click()
    assert axe(page) == []
    # A speaker who is not on the desk yet, added beside the form.
    page.locator("#id_headline").fill("Said 0")
    with page.expect_popup() as opened:
        page.locator("#add_id_speaker").click()
    popup = opened.value
    popup.locator("#id_actor_kind").select_option("person")
    popup.locator("#id_name").fill("Ann Bee")
    popup.get_by_role("button", name="Save").click()
    page.locator(".field-speaker .select2-selection__rendered", has_text="Ann Bee").wait_for()
    expect(page.locator("#id_headline")).to_have_value("Said 0")
    choose(page, "incidents", "A story")
    for number, words in enumerate(SAYINGS):
        expect(page.locator("#id_said")).to_have_value("2023-12-15")
        expect(page.locator("#citations-0")).to_contain_text(
            "It happened on Friday", use_inner_text=True
        )
        if number:
            choose(page, "speaker", "Ann Bee")
        page.locator("#id_headline").fill(f"Said {number}")
        page.locator("#id_text").fill(words)
        page.locator("#id_citations-0-bearing").select_option("supports")
        page.locator("#id_citations-0-exact").fill(words)
        page.locator(".card-host .quotation", has_text=words).wait_for()
        page.locator(".card-host .sources", has_text="[1] The Paper").wait_for()
        again = number < len(SAYINGS) - 1
        # By key: the card above the button is still growing, and a pointer would miss it.
        name = "Save and next from this source" if again else "Publish"
        page.get_by_role("button", name=name, exact=True).press("Enter")
        # The next form looks the same; only its message says that this one was sent.
        saved = f"Said {number} was saved" if again else "was published"
        expect(page.locator(".messagelist")).to_contain_text(saved)
    expect(page.locator(".messagelist")).to_contain_text("was published", use_inner_text=True)

    page.goto(f"/admin/desk/source/{Source.objects.get(url=paper).pk}/change/")
    page.get_by_role("link", name="Add an event from this source").click()
    page.locator("#id_title").fill("It happened")
    page.locator("#id_standing").select_option("undisputed")
    page.locator("#id_happened").fill("mid-2023")
    page.locator(".card-host .when-words", has_text="Mid-2023").wait_for()
    page.locator("output.reading", has_text="Read as Mid-2023 (1 May – 31 August)").wait_for()
    page.locator("#id_citations-0-bearing").select_option("supports")
    expect(page.locator("#according_to-0")).to_contain_text(
        "It happened on Friday", use_inner_text=True
    )
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was published", use_inner_text=True)

    assert Statement.objects.filter(speaker__name="Ann Bee").count() == len(SAYINGS)
    assert Event.objects.get().citations.get().source.url == paper
    assert Actor.objects.filter(name="Ann Bee").count() == 1
    assert Source.objects.get(url=paper).publisher.name == "The Paper"


def test_a_date_that_cannot_be_read_is_said_while_typing(page, editor_user):
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.locator("#id_happened").fill("12/05/2023")
    page.locator("output.reading.problem", has_text="12 May").wait_for()


def test_reading_of_relative_words_is_proposed_while_typing(page, editor_user):
    source = make_source(published="2023-12-18")
    sign_in(page)
    page.goto(f"/admin/desk/event/add/?source={source.pk}")
    page.locator("#id_title").fill("It happened")
    page.locator("#id_citations-0-exact").fill("It happened about a year ago.")
    page.locator("#id_happened").fill("about a year ago")
    page.locator("output.reading", has_text="about June 2022 to June 2023").wait_for()
    page.get_by_role("button", name="Use this reading").click()
    page.get_by_text("The reading is filled in but not saved.").wait_for()
    expect(page.locator("#id_happened")).to_have_value("2022-06~/2023-06~")
    expect(page.locator("#id_happened_phrase")).to_have_value("about a year ago")
    assert not Event.objects.exists()


def test_refusal_of_relative_words_has_a_button(page, editor_user):
    source = make_source(published="2023-12-18")
    sign_in(page)
    page.goto(f"/admin/desk/event/add/?source={source.pk}")
    page.locator("#id_title").fill("It happened")
    page.locator("#id_happened").fill("about a year ago")
    page.get_by_role("button", name="Save draft").click()
    page.locator(".errorlist", has_text="a source of 18 December 2023").wait_for()
    page.locator(".errorlist").get_by_role("button", name="Use this reading").click()
    expect(page.locator("#id_happened")).to_have_value("2022-06~/2023-06~")


def test_two_people_review_and_a_correction_is_listed(
    page, browser, live_server, settings, django_user_model
):
    settings.TWO_PERSONS = True
    make_author_and_chief(django_user_model)
    event = published(make_event("It happened", source=published(make_source())))
    change, review = (f"/admin/desk/event/{event.pk}/{action}/" for action in ("change", "review"))

    sign_in(page, "author")
    page.goto(change)
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.locator("#id_title").fill("It happened twice")
    page.get_by_role("button", name="Save draft").click()

    context = browser.new_context(base_url=live_server.url)
    chief = context.new_page()
    sign_in(chief, "chief")
    chief.goto(review)
    expect(chief.locator(".compared ins")).to_contain_text("twice", use_inner_text=True)
    assert axe(chief) == []
    chief.get_by_role("button", name="Approve", exact=True).click()
    chief.get_by_label("Kind of change").select_option("correction")
    chief.get_by_role("button", name="Publish").click()
    expect(chief.locator(".messagelist")).to_contain_text("needs a note", use_inner_text=True)
    expect(chief.get_by_label("Kind of change")).to_have_value("correction")
    chief.get_by_label("Note shown to readers").fill("It was twice, not once.")
    chief.get_by_role("button", name="Publish").click()
    expect(chief.locator(".messagelist")).to_contain_text("was published", use_inner_text=True)
    chief.goto("/changes/")
    expect(chief.locator("main")).to_contain_text("It was twice, not once.", use_inner_text=True)
    context.close()
    event.refresh_from_db()
    assert event.state == WorkflowState.PUBLISHED


def test_the_queue_leads_to_what_waits(page, editor_user):
    event = make_event("It happened")
    Event.objects.filter(pk=event.pk).update(state=WorkflowState.IN_REVIEW)
    sign_in(page)
    page.get_by_role("link", name="Review queue").first.click()
    assert axe(page) == []
    page.get_by_role("link", name="It happened").click()
    expect(page.locator("main")).to_contain_text("What readers would see", use_inner_text=True)


def test_a_form_with_something_in_it_asks_before_it_is_left(page, editor_user):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    sign_in(page)
    page.goto("/admin/desk/event/add/")
    page.goto("/admin/desk/event/")
    assert asked == []
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").press_sequentially("It happened")
    page.goto("/admin/desk/event/")
    assert asked == ["beforeunload"]
    page.goto("/admin/desk/event/add/")
    page.locator("#id_title").press_sequentially("It happened")
    page.locator("#id_standing").select_option("reported")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("was added successfully").wait_for()
    assert asked == ["beforeunload"]
