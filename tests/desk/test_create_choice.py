"""An autocomplete shows what distinguishes its rows, and creates a row of the typed name."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from kb.desk.actor_kinds import FIELD_KINDS, likely_kinds
from kb.desk.models import Actor, ActorName, Affiliation, AuditEntry, Incident, Topic
from kb.desk.models.base import WorkflowState
from tests.desk.admin_forms import add_url, fields_of
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = pytest.mark.django_db


def choices(client, term, field="speaker", model="statement", target="actor", **more):
    address = reverse(f"admin:desk_{target}_choices")
    parameters = {"app_label": "desk", "model_name": model, "field_name": field, "term": term}
    return client.get(address, parameters | {"create": "1"} | more)


def lines(response):
    return [line["text"] for line in response.json()["results"]]


def create(client, name, kind="person", target="actor", **more):
    return client.post(reverse(f"admin:desk_{target}_create"), {"name": name, "kind": kind, **more})


@pytest.fixture
def contributor(client, django_user_model):
    """Signed in, with the right to see actors but not to add them."""
    user = django_user_model.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_actor"))
    client.force_login(user)
    return client


# --- The list ------------------------------------------------------------------------------


def test_exact_name_is_first_then_beginnings_then_others(editor):
    for name in ("A Bell Company", "Bell Works", "Bell", "Isabell"):
        make_actor(name)
    assert lines(choices(editor, "bell"))[:4] == ["Bell", "Bell Works", "A Bell Company", "Isabell"]


def test_other_name_counts_as_exact(editor):
    make_actor("Bell Works")
    firm = make_actor("Zed Holding")
    ActorName.objects.create(actor=firm, name="Bell")
    assert lines(choices(editor, "Bell"))[:2] == ["Zed Holding", "Bell Works"]


def test_nearly_written_name_is_listed_before_the_creation(editor):
    make_actor("ByteDance")
    make_actor("Baz Parts")
    assert lines(choices(editor, "Bytdance", "on_behalf_of")) == [
        "ByteDance",
        "Create organisation “Bytdance”",
        "Create government body “Bytdance”",
        "Create group “Bytdance”",
        "Create publication “Bytdance”",
        "Create person “Bytdance”",
    ]


def test_note_has_kind_role_and_number_of_entries(editor):
    speaker, firm = make_actor("Ann Bell", actor_kind="person"), make_actor("Foo Works")
    Affiliation.objects.create(person=speaker, organisation=firm, title="spokesperson")
    make_statement(speaker=speaker, on_behalf_of=speaker)
    make_event(actors=((speaker, "acted"), (speaker, "affected")))
    (line,) = choices(editor, "Ann Bell", create="").json()["results"]
    assert line == {
        "id": str(speaker.pk),
        "text": "Ann Bell",
        "note": "person · spokesperson, Foo Works · 2 entries",
    }


def test_notes_of_incidents_sources_and_entries(editor):
    incident, source = make_incident("A story"), make_source("A report", publisher=make_actor("P"))
    make_event("It happened", source=source).incidents.add(incident)
    asked = {"incidents": "incident", "about": "event"}
    notes = [
        choices(editor, term, field, target=asked[field], create="").json()["results"][0]["note"]
        for field, term in (("incidents", "story"), ("about", "happened"))
    ]
    answer = choices(editor, "report", "source", "citation", "source", create="").json()
    assert [*notes, answer["results"][0]["note"]] == [
        "1 entry",
        "April 2023",
        "P · 15 December 2023 · 1 entry",
    ]


def test_number_of_queries_does_not_grow_with_the_rows(editor, django_assert_num_queries):
    for number in range(12):
        make_statement(speaker=make_actor(f"Bell {number}", actor_kind="person"))
    # Session, account, count and page of the list, near names, counts, roles, kinds.
    with django_assert_num_queries(8):
        assert len(lines(choices(editor, "Bell", create=""))) == 12


def test_withdrawn_row_is_not_listed(editor):
    make_actor("Bell", state=WorkflowState.WITHDRAWN)
    assert lines(choices(editor, "Bell", create="")) == []


def test_creation_is_the_end_of_the_last_page_only(editor):
    for number in range(25):
        make_actor(f"Bell {number}")
    first, last = choices(editor, "Bell"), choices(editor, "Bell", page=2)
    assert first.json()["pagination"]["more"]
    assert not any(line.startswith("Create") for line in lines(first))
    assert lines(last)[-1].startswith("Create")


@pytest.mark.parametrize("term", ["", "  ", "x" * 201, "a\u202eb"])
def test_text_that_cannot_be_a_name_offers_no_creation(editor, term):
    assert lines(choices(editor, term)) == []


def test_taken_name_is_offered_as_another(editor):
    make_actor("Ann Bell", actor_kind="person")
    answer = choices(editor, "ann  bell").json()["results"]
    assert [line["text"] for line in answer][:2] == ["Ann Bell", "Create another person “ann bell”"]
    assert answer[1]["create"]["again"] is True


def test_account_without_the_right_is_offered_no_creation(contributor):
    assert lines(choices(contributor, "Ann Bell")) == []


def test_unknown_field_and_missing_right_are_refused(editor, client, django_user_model):
    assert choices(editor, "x", "nothing").status_code == 403
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert choices(client, "x").status_code == 403


def test_sources_are_not_made_of_a_name(editor):
    assert lines(choices(editor, "A report", "source", "citation", "source")) == []


# --- The kind ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field", "kind"),
    [
        ("Ann Bell", "speaker", "person"),
        ("Ludwig van Beethoven", "speaker", "person"),
        ("李明", "speaker", "person"),
        ("萨姆·奥特曼", "speaker", "person"),
        ("OpenAI", "speaker", "organisation"),
        ("Ministry of Commerce", "speaker", "government"),
        ("The Gotham Gazette", "speaker", "publication"),
        ("Foo Works", "on_behalf_of", "organisation"),
        ("字节跳动公司", "on_behalf_of", "organisation"),
        ("商务部", "on_behalf_of", "government"),
        ("Machine Heart", "publisher", "publication"),
        ("Foo University", "publisher", "organisation"),
        ("Securities Commission", "publisher", "government"),
        ("Foo", "person", "person"),
        ("Ann Bell", "organisation", "organisation"),
        ("Ann Bell", "actor", "person"),
        ("ByteDance", "actor", "organisation"),
    ],
)
def test_kind_is_guessed_from_the_field_and_the_name(name, field, kind):
    kinds = likely_kinds(name, field)
    assert kinds[0] == kind
    assert len(set(kinds)) == len(kinds)
    assert field not in FIELD_KINDS or set(kinds) == set(FIELD_KINDS[field])


# --- Creation ------------------------------------------------------------------------------


def test_new_row_is_a_draft_of_this_account_in_the_log(editor, editor_user):
    answer = create(editor, " Ann Bell ")
    actor = Actor.objects.get()
    assert answer.json() == {
        "id": str(actor.pk),
        "text": "Ann Bell",
        "message": "Person “Ann Bell” was created as a draft.",
        "open": "Open",
        "url": reverse("admin:desk_actor_change", args=[actor.pk]),
    }
    assert (actor.state, actor.slug, actor.actor_kind) == ("draft", "ann-bell", "person")
    assert actor.created_by == actor.updated_by == editor_user
    assert AuditEntry.objects.get(public_id=actor.public_id).saved_by == editor_user


@pytest.mark.parametrize(("target", "model"), [("incident", Incident), ("topic", Topic)])
def test_incidents_and_topics_are_created_too(editor, target, model):
    assert create(editor, "A story", "", target).status_code == 200
    assert str(model.objects.get()) == "A story"


@pytest.mark.parametrize("name", ["ann bell", "Änn  Bell", "AB"])
def test_taken_name_is_reported_and_created_on_request(editor, name):
    actor = make_actor("Ann Bell", actor_kind="person")
    ActorName.objects.create(actor=actor, name="AB")
    answer = create(editor, name)
    assert answer.status_code == 409
    assert "exists already: “Ann Bell” (person · 0 entries)" in answer.json()["problem"]
    assert Actor.objects.count() == 1
    assert create(editor, name, again="1").status_code == 200
    assert Actor.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "kind"), [("", "person"), ("a\u202eb", "person"), ("x" * 201, "person"), ("A", "xx")]
)
def test_name_that_cannot_be_stored_is_refused(editor, name, kind):
    answer = create(editor, name, kind)
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert not Actor.objects.exists()


def test_creation_needs_post_right_and_token(editor, contributor, editor_user):
    assert editor.get(reverse("admin:desk_actor_create")).status_code == 405
    assert create(contributor, "Ann Bell").status_code == 403
    strict = type(editor)(enforce_csrf_checks=True)
    strict.force_login(editor_user)
    assert create(strict, "Ann Bell").status_code == 403
    assert not Actor.objects.exists()


def test_nothing_but_actors_incidents_and_topics_is_created(editor):
    for target in ("source", "event", "statement", "request", "proposition"):
        assert create(editor, "A report", "", target).status_code == 403


def test_line_of_the_list_sent_as_a_value_is_refused(editor):
    form = fields_of(editor.get(add_url("statement"))) | {"speaker": "create:person", "_save": "1"}
    answer = editor.post(add_url("statement"), form)
    assert answer.status_code == 200
    assert "Select a valid choice" in answer.text
