"""Packages: what goes, what goes along, what is refused, and how many pages it takes."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from kb.desk.admin import packages as package_pages
from kb.desk.models import Actor, Approval, Comment, Event, ImportBatch, ImportedRow, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs import bulk_publishing
from kb.desk.verbs.publishing import send_for_review
from kb.record.models import Revision
from tests.desk.admin_forms import change_url, text_of
from tests.desk.displayed_forms import hidden_fields
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_source,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db
PACKAGE = reverse("admin:desk_approval_package")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk_publishing, "SECONDS_OF_PAUSE", 0)


@pytest.fixture
def source():
    return make_source("Machine Heart")


@pytest.fixture
def people(django_user_model):
    """An author and a reader, both superusers."""
    return [django_user_model.objects.create_superuser(name) for name in ("author", "reader")]


def press(client, url, button):
    """Open the page, press its button, and return the page that follows."""
    fields = hidden_fields(client.get(url))
    return client.post(url, fields | {button: "1"}, follow=True)


def saved_by(account, *models):
    for model in models:
        model.objects.update(created_by=account, updated_by=account)


@pytest.mark.slow
def test_twelve_drafts_of_an_incident_take_two_pages(editor):
    incident, source = make_incident("A tale"), make_source()
    for number in range(12):
        event = make_event(f"Event {number}", source=source, actors=((make_actor(), "acted"),))
        event.incidents.add(incident)
    url = f"{PACKAGE}?incident={incident.pk}"
    page = editor.get(url)
    # The incident itself, its events, their actors and the source.
    assert "Publish 26" in page.content.decode()
    result = editor.post(url, hidden_fields(page) | {"_publish": "1"}, follow=True)
    assert len(result.redirect_chain) == 1
    assert "26 records were published" in text_of(result)
    assert "Nothing here waits" in text_of(result)
    assert Event.objects.published().count() == 12


class TestPlan:
    def test_refused_row_is_listed_with_a_link_to_mend_it(self, editor, source):
        good, bad = (make_event(title, source=source) for title in ("Good", "Bad"))
        bad.citations.update(bearing="disputes")
        page = editor.get(f"{PACKAGE}?source={source.pk}")
        assert "A supporting citation is missing" in text_of(page)
        assert change_url(bad) in page.content.decode()
        result = editor.post(
            page.wsgi_request.get_full_path(), hidden_fields(page) | {"_publish": "1"}, follow=True
        )
        good.refresh_from_db()
        bad.refresh_from_db()
        assert (good.state, bad.state) == (WorkflowState.PUBLISHED, WorkflowState.DRAFT)
        assert "2 records were published" in text_of(result)

    def test_problem_of_a_row_that_goes_along_links_to_that_row(self, editor, source):
        actor = make_actor("Foo Works", summary="# Heading\n[x](javascript:alert(1))")
        make_event("It happened", source=source, actors=((actor, "acted"),))
        page = editor.get(f"{PACKAGE}?source={source.pk}")
        assert f'<a href="{change_url(actor)}">Foo Works</a>' in page.content.decode()

    def test_fields_of_a_new_row_are_not_shown_as_changes(self, editor, source):
        make_event("It happened", source=source)
        page = editor.get(f"{PACKAGE}?source={source.pk}").content.decode()
        assert '<dd class="compared">It happened</dd>' in page
        assert "is now" not in page

    def test_row_is_left_out(self, editor, source):
        event, other = (make_event(title, source=source) for title in ("Stays", "Goes"))
        press(editor, f"{PACKAGE}?source={source.pk}&without=event:{event.pk}", "_publish")
        event.refresh_from_db()
        other.refresh_from_db()
        assert (event.state, other.state) == (WorkflowState.DRAFT, WorkflowState.PUBLISHED)

    def test_import_is_a_package(self, editor, source):
        event = make_event("Imported", source=source)
        make_event("Entered by hand", source=source)
        batch = ImportBatch.objects.create(origin="file", name="a.csv", sha256="")
        ImportedRow.objects.create(batch=batch, origin="file", external_id="1", kind="event",
            public_id=event.public_id, version=1, digest="", is_new=True)  # fmt: skip
        page = text_of(editor.get(f"{PACKAGE}?import={batch.pk}"))
        assert "Imported" in page and "Entered by hand" not in page

    def test_long_package_comes_in_parts(self, editor, source, monkeypatch):
        monkeypatch.setattr(package_pages, "MAX_PACKAGE_ROWS", 2)
        for number in range(3):
            make_event(f"Event {number}", source=published(source))
        page = text_of(editor.get(f"{PACKAGE}?source={source.pk}"))
        assert "1 more record follows" in page

    @pytest.mark.parametrize("query", ["source=x", "source=99", "incident=", "import=9"])
    def test_unknown_package_is_not_found(self, editor, query):
        assert editor.get(f"{PACKAGE}?{query}").status_code == 404

    def test_strange_fields_are_ignored(self, editor, source):
        tokens = ["", "event", "event:1:1:x", "nothing:1:1:" + "a" * 64, "event:x:1:" + "a" * 64]
        response = editor.post(
            f"{PACKAGE}?source={source.pk}", {"_publish": "1", "asked": tokens}, follow=True
        )
        assert response.status_code == 200
        assert not Revision.objects.exists()


class TestChangedSince:
    def test_newer_version_is_not_published(self, editor, source):
        event = make_event("As shown", source=source)
        url = f"{PACKAGE}?source={source.pk}"
        fields = hidden_fields(editor.get(url))
        Event.objects.filter(pk=event.pk).update(title="Newer", version=event.version + 1)
        result = editor.post(url, fields | {"_publish": "1"}, follow=True)
        assert "Someone changed “Newer” after you opened the page" in text_of(result)
        assert not Event.objects.published().exists()

    def test_changed_citation_counts_as_a_change(self, editor, source):
        event = make_event("As shown", source=source)
        url = f"{PACKAGE}?source={source.pk}"
        fields = hidden_fields(editor.get(url))
        event.citations.update(exact="Other words.")
        assert "Someone changed" in text_of(
            editor.post(url, fields | {"_publish": "1"}, follow=True)
        )

    def test_changed_row_that_goes_along_is_not_published(self, editor, source):
        actor = make_actor("Foo Works")
        make_event("It happened", source=source, actors=((actor, "acted"),))
        url = f"{PACKAGE}?source={source.pk}"
        fields = hidden_fields(editor.get(url))
        Actor.objects.update(name="Bar Works")
        result = editor.post(url, fields | {"_publish": "1"}, follow=True)
        assert "Someone changed “Bar Works”" in text_of(result)
        assert not Event.objects.published().exists()

    def test_row_that_was_not_shown_does_not_go_along(self, editor, source):
        event = make_event("It happened", source=source)
        url = f"{PACKAGE}?source={source.pk}"
        fields = hidden_fields(editor.get(url))
        fields.pop("along", None)
        fields["asked"] = [token for token in fields["asked"] if token.startswith("event")]
        result = editor.post(url, fields | {"_publish": "1"}, follow=True)
        assert "was not on the page" in text_of(result)
        event.refresh_from_db()
        assert event.state == WorkflowState.DRAFT


class TestTwoPersons:
    @pytest.fixture(autouse=True)
    def rule(self, settings):
        settings.TWO_PERSONS = True

    @pytest.fixture
    def statement(self, people, source):
        """A statement with a new speaker, a new addressee and a new source."""
        statement = make_statement("We did.", source=source, speaker=make_actor("Jodi Seth"))
        statement.addressees.add(make_actor("The Verge"))
        saved_by(people[0], Actor, Statement, type(source))
        statement.refresh_from_db()
        send_for_review(statement, by=people[0])
        return statement

    @pytest.mark.slow
    def test_approver_of_statement_with_three_new_things_opens_three_pages(
        self, client, people, statement
    ):
        client.force_login(people[1])
        pages = [client.get(reverse("admin:desk_approval_changelist"))]
        url = reverse("admin:desk_statement_review", args=[statement.pk])
        assert url in pages[0].content.decode()
        pages.append(client.get(url))
        assert "Approve and publish 4" in pages[1].content.decode()
        for name in ("Jodi Seth", "The Verge", "Machine Heart"):
            assert name in text_of(pages[1])
        fields = hidden_fields(pages[1])
        pages.append(client.post(url, fields | {"_approve_publish": "1"}, follow=True))
        assert len(pages) <= 3
        assert len(pages[2].redirect_chain) == 1
        assert "was approved and published" in text_of(pages[2])
        assert Revision.objects.live().count() == 4

    def test_approval_covers_what_goes_along(self, client, people, statement):
        client.force_login(people[1])
        press(client, reverse("admin:desk_statement_review", args=[statement.pk]), "_approve")
        assert Approval.objects.count() == 4

    def test_approval_is_refused_if_what_goes_along_has_changed(self, client, people, statement):
        client.force_login(people[1])
        url = reverse("admin:desk_statement_review", args=[statement.pk])
        fields = hidden_fields(client.get(url))
        Actor.objects.filter(name="Jodi Seth").update(summary="A spokesperson.")
        response = client.post(url, fields | {"_approve": "1"}, follow=True)
        assert "“Jodi Seth”: Someone saved this after you opened it" in text_of(response)
        assert not Approval.objects.exists()

    @pytest.mark.slow
    def test_package_is_sent_and_approved_by_two_people(self, client, people, source):
        for number in range(3):
            make_event(f"Event {number}", source=source)
        saved_by(people[0], Event, type(source))
        url = f"{PACKAGE}?source={source.pk}"
        client.force_login(people[0])
        page = client.get(url).content.decode()
        assert "Send 4 for review" in page and 'name="_publish"' not in page
        press(client, url, "_review")
        client.force_login(people[1])
        page = client.get(f"{url}&sent=1")
        assert "Approve and publish 4" in page.content.decode()
        result = press(client, f"{url}&sent=1", "_publish")
        assert "4 records were published" in text_of(result)
        assert Event.objects.published().count() == 3

    def test_reviewer_approves_without_publishing(self, client, people, source, django_user_model):
        make_event("It happened", source=source)
        saved_by(people[0], Event, type(source))
        member = django_user_model.objects.create_user("member", is_staff=True)
        member.groups.add(Group.objects.get(name="Reviewer"))
        client.force_login(member)
        url = f"{PACKAGE}?source={source.pk}"
        page = client.get(url)
        assert "Approve 2" in page.content.decode()
        assert 'name="_publish"' not in page.content.decode()
        press(client, url, "_approve")
        assert Approval.objects.filter(approved_by=member).count() == 2
        assert client.post(url, hidden_fields(page) | {"_publish": "1"}).status_code == 403

    @pytest.mark.slow
    def test_package_is_sent_back_with_one_remark(self, client, people, source):
        events = [make_event(f"Event {number}", source=published(source)) for number in range(2)]
        saved_by(people[0], Event)
        for event in events:
            event.refresh_from_db()
            send_for_review(event, by=people[0])
        client.force_login(people[1])
        url = f"{PACKAGE}?source={source.pk}&sent=1"
        fields = hidden_fields(client.get(url))
        page = client.post(url, fields | {"_request_changes": "1", "remark": " "})
        assert "Say in a remark" in text_of(page)
        page = client.post(
            url, fields | {"_request_changes": "1", "remark": "Which day?"}, follow=True
        )
        assert "2 records were sent back" in text_of(page)
        assert Event.objects.filter(state=WorkflowState.DRAFT).count() == 2
        assert Comment.objects.change_requests().count() == 2

    def test_remark_that_was_not_used_stays_on_the_page(self, client, people, source):
        event = make_event("It happened", source=published(source))
        saved_by(people[0], Event)
        event.refresh_from_db()
        send_for_review(event, by=people[0])
        client.force_login(people[1])
        url = f"{PACKAGE}?source={source.pk}&sent=1"
        fields = hidden_fields(client.get(url)) | {"_review": "1", "remark": "Half a remark"}
        assert "Half a remark" in text_of(client.post(url, fields))

    def test_own_work_waits_for_someone_else(self, client, people, source):
        make_event("It happened", source=published(source))
        saved_by(people[0], Event)
        client.force_login(people[0])
        page = text_of(client.get(f"{PACKAGE}?source={source.pk}"))
        assert "Needs the approval of someone else" in page


def test_reader_without_permission_cannot_open_a_package(client, django_user_model, source):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(f"{PACKAGE}?source={source.pk}").status_code == 403


@pytest.mark.slow
def test_planning_a_row_costs_the_same_in_a_long_package(editor, queries, source):
    published(source)
    counts = []
    for number in (2, 4, 8):
        while Event.objects.count() < number:
            make_event(source=source)
        with queries() as ran:
            editor.get(f"{PACKAGE}?source={source.pk}")
        counts.append(len(ran))
    assert (counts[2] - counts[1]) <= 2 * (counts[1] - counts[0])
