"""Actions of the lists: each shows what would change, and why the rest does not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.http import urlencode

from kb.desk.admin import list_actions
from kb.desk.models import AuditEntry, Event, Source
from kb.desk.models.base import WorkflowState
from kb.desk.verbs import bulk_publishing
from kb.record.models import Revision
from tests.desk.admin_forms import change_url, list_url, text_of
from tests.desk.displayed_forms import hidden_fields
from tests.make import make_event, make_incident, make_source, make_statement, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(bulk_publishing, "SECONDS_OF_PAUSE", 0)


def bulk_url(action, *rows, **parameters):
    pairs = [("do", action), *parameters.items()]
    pairs += [("row", f"{row.kind}:{row.pk}") for row in rows]
    return f"{reverse('admin:desk_approval_bulk')}?{urlencode(pairs)}"


def choose(client, kind, action, *rows):
    """Choose rows of a list and an action, and return the page that opens."""
    fields = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(list_url(kind), fields, follow=True)


def actions_of(client, kind):
    form = client.get(list_url(kind)).context["action_form"]
    return {value for value, _label in form.fields["action"].choices if value}


@pytest.mark.slow
def test_chosen_rows_are_published_from_the_list(editor):
    source = published(make_source())
    rows = [make_event(f"Event {number}", source=source) for number in range(2)]
    unchanged = published(make_event("Known", source=source))
    page = choose(editor, "event", "open_package", *rows, unchanged)
    assert "Publish 2" in page.content.decode()
    assert "Readers already see this version" in text_of(page)
    url = page.wsgi_request.get_full_path()
    editor.post(url, hidden_fields(page) | {"_publish": "1"})
    assert Event.objects.published().count() == 3


@pytest.mark.slow
def test_changes_of_chosen_published_rows_are_published_and_withdrawn_rows_are_not(editor):
    changed, withdrawn = (published(make_event(title)) for title in ("Old", "Gone"))
    Event.objects.filter(pk=changed.pk).update(title="New")
    Event.objects.filter(pk=withdrawn.pk).update(state=WorkflowState.WITHDRAWN)
    page = choose(editor, "event", "open_package", changed, withdrawn)
    assert "Publish 1" in page.content.decode()
    assert "It was withdrawn" in text_of(page)
    url = page.wsgi_request.get_full_path()
    editor.post(url, hidden_fields(page) | {"_publish": "1"})
    revisions = Revision.objects.filter(public_id=changed.public_id)
    assert [revision.title for revision in revisions.order_by("number")] == ["Old", "New"]


@pytest.mark.slow
def test_actions_depend_on_kind_and_permission(editor, client, django_user_model):
    everything = {"open_package", "add_to_incident", "add_to_topic", "choose_reliability"}
    assert everything | {"withdraw"} <= actions_of(editor, "event")
    assert not everything - {"open_package"} & actions_of(editor, "source")
    member = django_user_model.objects.create_user("member", is_staff=True)
    member.groups.add(Group.objects.get(name="Contributor"))
    client.force_login(member)
    assert everything <= actions_of(client, "event")
    assert "withdraw" not in actions_of(client, "event")


def test_too_many_chosen_rows_are_refused(editor, monkeypatch):
    monkeypatch.setattr(list_actions, "MAX_CHOSEN_ROWS", 1)
    page = choose(editor, "event", "open_package", make_event(), make_event())
    assert "Choose at most 1 record" in text_of(page)


class TestGroups:
    @pytest.mark.slow
    def test_incident_is_previewed_then_added(self, editor, editor_user):
        incident = make_incident("A tale")
        event, statement, has_it = make_event(), make_statement(), make_event("In it")
        has_it.incidents.add(incident)
        rows = (event, statement, has_it)
        assert "Add 3" not in editor.get(bulk_url("incident", *rows)).content.decode()
        url = bulk_url("incident", *rows, to=incident.pk)
        page = editor.get(url)
        assert "Add 2 to “A tale”" in text_of(page) + page.content.decode()
        assert "It is in “A tale” already" in text_of(page)
        assert not event.incidents.exists()
        result = editor.post(url, hidden_fields(page), follow=True)
        assert "2 records were changed" in text_of(result)
        for row in (event, statement):
            row.refresh_from_db()
            assert list(row.incidents.all()) == [incident]
            assert (row.version, row.updated_by) == (2, editor_user)
            assert AuditEntry.objects.of(row.public_id).first().done == "saved"
        has_it.refresh_from_db()
        assert has_it.version == 1

    def test_value_must_be_chosen(self, editor):
        event = make_event()
        url = bulk_url("topic", event)
        assert "Choose a value first" in text_of(editor.post(url, {"to": "99"}, follow=True))

    def test_source_cannot_be_added(self, editor):
        page = text_of(editor.get(bulk_url("topic", make_source())))
        assert "Only events, statements and requests" in page


def test_reliability_needs_an_account(editor):
    source = make_source()
    told = make_event("Told", source=source, standing="undisputed")
    told.according_to.create(source=source)
    bare = make_event("Bare", source=source, standing="undisputed")
    url = bulk_url("standing", told, bare, to="reported")
    page = editor.get(url)
    assert "It is not recorded whose account this is" in text_of(page)
    editor.post(url, hidden_fields(page))
    told.refresh_from_db()
    bare.refresh_from_db()
    assert (told.standing, bare.standing) == ("reported", "undisputed")


class TestWithdrawing:
    @pytest.mark.slow
    def test_page_shows_what_depends_on_a_record(self, editor):
        first = published(make_event("First"))
        second = make_event("Second")
        second.links.create(link_kind="follows", to_event=first, inferred=True)
        published(second)
        page = editor.get(bulk_url("withdraw", first))
        assert change_url(second) in page.content.decode()
        first.refresh_from_db()
        assert first.state == WorkflowState.PUBLISHED

    @pytest.mark.slow
    def test_only_source_of_an_entry_is_refused_and_the_rest_goes(self, editor):
        event, other = published(make_event("Kept")), published(make_event("Goes"))
        source = event.citations.get().source
        url = bulk_url("withdraw", other, source)
        assert "This is the only source of “Kept”" in text_of(editor.get(url))
        result = editor.post(url, {"note": "It was entered twice."}, follow=True)
        assert "1 record was withdrawn" in text_of(result)
        other.refresh_from_db()
        assert other.state == WorkflowState.WITHDRAWN
        assert Source.objects.get(pk=source.pk).state == WorkflowState.PUBLISHED

    def test_note_is_kept_when_it_is_refused(self, editor):
        event = published(make_event())
        url = bulk_url("withdraw", event)
        assert "Give a reason" in text_of(editor.post(url, {"note": " "}))
        page = editor.post(url, {"note": "hid\u202eden"})
        assert page.status_code == 200 and "hid" in page.content.decode()
        event.refresh_from_db()
        assert event.state == WorkflowState.PUBLISHED


@pytest.mark.parametrize("query", ["", "do=nothing", "do=delete&row=event:1"])
def test_unknown_action_is_not_found(editor, query):
    assert editor.get(f"{reverse('admin:desk_approval_bulk')}?{query}").status_code == 404


def test_strange_rows_are_left_out(editor):
    url = f"{reverse('admin:desk_approval_bulk')}?do=topic&row=event:x&row=&row=nothing:1"
    assert "No records are chosen" in text_of(editor.get(url))


@pytest.mark.slow
def test_withdrawal_preview_needs_constant_queries(editor, queries):
    counts = []
    for number in (2, 6):
        rows = [published(make_event()) for _ in range(number)]
        with queries() as ran:
            editor.get(bulk_url("withdraw", *rows))
        counts.append(len(ran))
    assert counts[0] == counts[1]
