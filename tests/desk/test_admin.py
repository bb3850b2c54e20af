"""The desk's pages: they open, they keep what was typed, and they publish."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser
from threading import Barrier

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connections
from django.test import Client
from django.urls import reverse

from kb.desk.admin.base import DeskAdmin
from kb.desk.admin.edit_conflicts import with_new_rows
from kb.desk.models import (
    Actor,
    Approval,
    AuditEntry,
    Citation,
    Comment,
    ImportBatch,
    ImportedRow,
    Reference,
    ReviewRequest,
    Snapshot,
    Source,
    Statement,
    Transfer,
    Upload,
)
from kb.desk.verbs.saving import StaleVersion, bump_version_or_fail
from kb.record.models import Revision
from kb.record.vocabulary import Change
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_request,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db

ADMINS = {
    model._meta.model_name: model_admin
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, DeskAdmin)
}
# Written by the verbs alone, and shown on the page of review if at all.
NOT_SHOWN = {
    Approval,
    Comment,
    AuditEntry,
    ImportBatch,
    ImportedRow,
    Reference,
    ReviewRequest,
    Snapshot,
    Transfer,
    Upload,
}
WRONG_KEYS = ["abc", "-1", "10" * 15, "1e30", "²"]


def add_url(kind):
    return reverse(f"admin:desk_{kind}_add")


def list_url(kind):
    return reverse(f"admin:desk_{kind}_changelist")


def change_url(thing):
    return reverse(f"admin:desk_{thing._meta.model_name}_change", args=[thing.pk])


class FormReader(HTMLParser):
    """Reads out of a page what a browser would send back, the buttons left out."""

    def __init__(self, page):
        super().__init__()
        self.sent = {}
        self.select = self.textarea = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if tag == "input" and name and kind in ("text", "hidden", "checkbox", "number"):
            if kind != "checkbox" or "checked" in attributes:
                self.sent[name] = attributes.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self.textarea, self.sent[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attributes:
            self.sent.setdefault(self.select, []).append(attributes["value"])

    def handle_endtag(self, tag):
        if tag == "textarea":
            # The first line end after the tag is not part of the text.
            self.sent[self.textarea] = self.sent[self.textarea].removeprefix("\n")
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data.replace("\r\n", "\n")


def fields_of(response):
    """What a browser would send back: every field of the form, as it stands."""
    sent = FormReader(response.content.decode()).sent
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def text_of(response):
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def make_some(count=1):
    """Rows of every kind, with relations that a list or a form might follow."""
    for _ in range(count):
        incident = make_incident()
        publisher = make_actor(actor_kind="publication")
        source = make_source(publisher=publisher)
        make_source(derives_from=source, derivation="translation", publisher=publisher)
        actor = make_actor(part_of=publisher)
        event = make_event(actors=((actor, "acted"),), source=source)
        event.incidents.add(incident)
        statement = make_statement(about=(event,), source=source)
        make_stance(make_proposition(incident=incident), "denies", statement=statement)
        make_request(source=source)
    apps.get_model("desk", "topic").objects.bulk_create(
        apps.get_model("desk", "topic")(name=f"T{n}", slug=f"t-{incident.pk}-{n}")
        for n in range(count)
    )


@pytest.fixture
def statement_fields(editor):
    """A statement by a speaker who is new, with a citation, ready to be sent."""
    speaker, source = make_actor("Jodi Seth", actor_kind="person"), make_source()
    return fields_of(editor.get(add_url("statement"))) | {
        "speaker": speaker.pk,
        "attribution": "named",
        "headline": "ByteDance says it has a licence",
        "form": "verbatim",
        "text": "We are licensed.",
        "said": "mid-2023",
        "citations-0-source": source.pk,
        "citations-0-exact": "“We are licensed.”",
        "citations-0-locator": "paragraph 4",
    }


def test_statement_is_added_through_form_and_published(editor):
    response = editor.get(reverse("admin:index"))
    assert response.status_code == 200
    assert "Statements" in response.content.decode()


def test_every_desk_model_is_registered_or_an_inline():
    inlines = {inline.model for model_admin in ADMINS.values() for inline in model_admin.inlines}
    registered = {model_admin.model for model_admin in ADMINS.values()}
    models = set(apps.get_app_config("desk").get_models())
    assert models - registered - inlines == NOT_SHOWN
    assert not inlines & registered


@pytest.mark.parametrize("kind", ADMINS)
def test_every_relation_is_chosen_by_typing(kind, rf, editor_user):
    request = rf.get("/")
    request.user = editor_user
    model_admin = ADMINS[kind]
    for shown_admin in (model_admin, *model_admin.get_inline_instances(request)):
        for name in shown_admin.get_autocomplete_fields(request):
            remote = shown_admin.model._meta.get_field(name).remote_field.model
            assert ADMINS[remote._meta.model_name].search_fields


@pytest.mark.slow
@pytest.mark.parametrize("kind", ADMINS)
def test_every_list_and_form_opens(editor, kind):
    make_some()
    response = editor.get(list_url(kind), {"q": "a"})
    assert response.status_code == 200
    assert editor.get(add_url(kind)).status_code == 200
    response = editor.get(change_url(ADMINS[kind].model.objects.first()))
    assert response.status_code == 200
    assert 'name="_publish"' in response.content.decode()
    assert 'style="' not in response.content.decode()


@pytest.mark.parametrize("kind", ADMINS)
def test_list_query_count_does_not_grow_with_rows(editor, queries, kind):
    make_some(2)
    with queries() as few:
        editor.get(list_url(kind))
    make_some(9)
    with queries() as many:
        editor.get(list_url(kind))
    assert len(few) == len(many), f"{few}\n\n{many}"


@pytest.mark.parametrize("kind", ADMINS)
def test_anonymous_visitors_are_sent_to_sign_in(reader, kind):
    for url in (list_url(kind), add_url(kind)):
        assert reader.get(url).status_code == 302


def test_statement_form_groups_the_fields_of_its_voice(editor):
    page = text_of(editor.get(add_url("statement")))
    assert "Speaker → on behalf of → addressees → outlet" in page
    assert "For example: 15 December 2023" in page


def test_an_editor_adds_a_statement_by_a_new_speaker(editor, editor_user, statement_fields):
    popup = fields_of(editor.get(add_url("actor") + "?_popup=1")) | {
        "name": "A new speaker",
        "actor_kind": "person",
        "_popup": "1",
        "_save": "Save",
    }
    response = editor.post(add_url("actor"), popup)
    speaker = Actor.objects.get(name="A new speaker")
    assert speaker.slug == "a-new-speaker"
    assert f"&quot;{speaker.pk}&quot;" in response.content.decode()
    response = editor.post(
        add_url("statement"), statement_fields | {"speaker": speaker.pk, "_save": "1"}, follow=True
    )
    statement = Statement.objects.get()
    assert statement.speaker == speaker
    assert statement.created_by == statement.updated_by == editor_user
    assert statement.citations.get().locator == "paragraph 4"
    assert (statement.state, statement.version) == ("draft", 1)
    assert statement.slug == "bytedance-says-it-has-a-licence"
    assert "read as Mid-2023 (1 May – 31 August), using rule M6" in text_of(response)
    assert not Revision.objects.exists()
    page = text_of(editor.get(change_url(statement)))
    assert "Mid-2023 (1 May – 31 August)" in page


def test_publish_button_saves_publishes_and_lists_dependencies(editor, statement_fields):
    response = editor.post(add_url("statement"), statement_fields | {"_publish": "1"}, follow=True)
    statement = Statement.objects.get()
    assert statement.state == "published"
    page = text_of(response)
    assert "published as revision 1" in page
    assert "Also published:" in page
    assert "actor “Jodi Seth”" in page
    assert f'href="/statements/{statement.slug}/"' in response.content.decode()
    assert (
        f'href="/statements/{statement.slug}/"'
        in editor.get(change_url(statement)).content.decode()
    )


def test_refused_publication_keeps_draft_and_shows_reasons(editor, statement_fields):
    fields = statement_fields | {
        "citations-0-source": "",
        "citations-0-exact": "",
        "citations-0-locator": "",
    }
    response = editor.post(add_url("statement"), fields | {"_publish": "1"}, follow=True)
    statement = Statement.objects.get()
    assert statement.state == "draft"
    assert response.redirect_chain[-1][0] == change_url(statement)
    assert "supporting citation is missing" in text_of(response)
    assert not Revision.objects.exists()


def test_review_button_sends_statement_for_review(editor, statement_fields):
    editor.post(add_url("statement"), statement_fields | {"_review": "1"})
    statement = Statement.objects.get()
    assert statement.state == "in_review"
    assert 'name="_review"' not in editor.get(change_url(statement)).content.decode()


def test_publishing_again_uses_note_and_keeps_unused_note(editor):
    statement = published(make_statement("We did it."))
    fields = fields_of(editor.get(change_url(statement))) | {
        "text": "We did not.",
        "citations-0-exact": "We did not.",
        "publication_note": "Somebody misheard.",
        "publication_change": "correction",
    }
    editor.post(change_url(statement), fields | {"_continue": "1"})
    form = editor.get(change_url(statement))
    assert form.context["adminform"].form["publication_note"].value() == "Somebody misheard."
    response = editor.post(change_url(statement), fields_of(form) | {"_publish": "1"}, follow=True)
    revision = Revision.objects.current().get(public_id=statement.public_id)
    assert (revision.change, revision.note) == (Change.CORRECTION, "Somebody misheard.")
    assert "as revision 2" in text_of(response)
    form = editor.get(change_url(statement)).context["adminform"].form
    assert not form["publication_note"].value()


def test_correction_without_note_is_refused(editor):
    statement = published(make_statement("We did it."))
    fields = fields_of(editor.get(change_url(statement))) | {
        "text": "We did not.",
        "publication_change": "correction",
        "_publish": "1",
    }
    response = editor.post(change_url(statement), fields, follow=True)
    assert "A correction needs a note" in text_of(response)
    statement.refresh_from_db()
    assert statement.text == "We did not."
    assert Revision.objects.filter(public_id=statement.public_id).count() == 1


def test_stale_version_is_refused_and_typed_text_stays(editor):
    statement = make_statement("We did it.")
    fields = fields_of(editor.get(change_url(statement))) | {
        "text": "My long text.",
        "citations-0-exact": "My exact words.",
        "_save": "1",
    }
    theirs = fields_of(editor.get(change_url(statement)))
    theirs |= {"text": "Their text.", "citations-0-exact": "Their exact words.", "_save": "1"}
    assert editor.post(change_url(statement), theirs).status_code == 302

    response = editor.post(change_url(statement), fields)
    page = text_of(response)
    assert response.status_code == 200
    assert "Someone else saved" in page
    for text in ("My long text.", "Their text.", "My exact words.", "Their exact words."):
        assert text in page
    statement.refresh_from_db()
    assert (statement.text, statement.version) == ("Their text.", 2)
    assert statement.citations.get().exact == "Their exact words."
    # Having compared the two, the editor saves again.
    again = fields_of(response) | {"_save": "1"}
    assert again["text"] == "My long text."
    assert editor.post(change_url(statement), again).status_code == 302
    statement.refresh_from_db()
    assert (statement.text, statement.version) == ("My long text.", 3)
    assert statement.citations.get().exact == "My exact words."


def test_form_without_version_is_stale(editor):
    statement = make_statement("We did it.")
    fields = fields_of(editor.get(change_url(statement))) | {"text": "Mine.", "_save": "1"}
    for version in ("", "0", "1e30", "10" * 15, "x"):
        response = editor.post(change_url(statement), fields | {"version": version})
        assert "Someone else saved" in text_of(response)
    statement.refresh_from_db()
    assert statement.text == "We did it."


def test_simultaneous_save_is_refused_with_comparison(editor, monkeypatch):
    statement = make_statement("We did it.")
    fields = fields_of(editor.get(change_url(statement))) | {"text": "Mine.", "_publish": "1"}

    def beaten(thing, version):
        monkeypatch.setattr("kb.desk.admin.saving.bump_version_or_fail", bump_version_or_fail)
        raise_with = type(thing).objects.filter(pk=thing.pk)
        beaten.after = lambda: raise_with.update(text="Theirs.", version=version + 1)
        raise StaleVersion(thing, version + 1)

    monkeypatch.setattr("kb.desk.admin.saving.bump_version_or_fail", beaten)
    whole = admin.ModelAdmin.changeform_view

    def second_look(self, request, *args, **kwargs):
        if hasattr(beaten, "after"):
            beaten.after()
        return whole(self, request, *args, **kwargs)

    monkeypatch.setattr(admin.ModelAdmin, "changeform_view", second_look)
    page = text_of(editor.post(change_url(statement), fields))
    assert "Someone else saved" in page
    assert "Mine." in page and "Theirs." in page
    assert not Revision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_of_many_simultaneous_saves_wins_and_others_keep_their_text(editor, editor_user):
    statement = make_statement("We did it.")
    fields = fields_of(editor.get(change_url(statement))) | {"_save": "1"}
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(editor_user)
    together = Barrier(len(clients))

    def save(number):
        together.wait()
        try:
            return clients[number].post(change_url(statement), fields | {"text": f"By {number}."})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        responses = list(pool.map(save, range(len(clients))))
    won = [number for number, response in enumerate(responses) if response.status_code == 302]
    assert len(won) == 1
    statement.refresh_from_db()
    assert (statement.text, statement.version) == (f"By {won[0]}.", 2)
    for number, response in enumerate(responses):
        if number not in won:
            assert f"By {number}." in text_of(response)
            assert f"By {won[0]}." in text_of(response)


def test_text_of_deleted_citation_stays_in_form(editor):
    statement = make_statement()
    mine = fields_of(editor.get(change_url(statement)))
    mine |= {"citations-0-exact": "My exact words.", "_save": "1"}
    theirs = fields_of(editor.get(change_url(statement)))
    theirs |= {"citations-0-DELETE": "on", "_save": "1"}
    editor.post(change_url(statement), theirs)
    assert not Citation.objects.exists()
    response = editor.post(change_url(statement), mine)
    assert "My exact words." in text_of(response)
    editor.post(change_url(statement), fields_of(response) | {"_save": "1"})
    assert statement.citations.get().exact == "My exact words."


def test_citation_added_meanwhile_is_shown_and_stays(editor):
    statement = make_statement()
    mine = fields_of(editor.get(change_url(statement))) | {"text": "Mine.", "_save": "1"}
    Citation.objects.create(statement=statement, source=make_source("The Daily"))
    bump_version_or_fail(statement, statement.version)
    response = editor.post(change_url(statement), mine)
    assert "Citation added by someone else" in text_of(response)
    assert "The Daily" in text_of(response)
    editor.post(change_url(statement), fields_of(response) | {"_save": "1"})
    assert statement.citations.count() == 2


def test_role_saved_for_person_makes_organisation_stale(editor):
    person, firm = make_actor("Jodi", actor_kind="person"), make_actor("ByteDance")
    opened = fields_of(editor.get(change_url(firm))) | {"summary": "Mine.", "_save": "1"}
    fields = fields_of(editor.get(change_url(person))) | {
        "affiliations-TOTAL_FORMS": "1",
        "affiliations-0-id": "",
        "affiliations-0-person": person.pk,
        "affiliations-0-organisation": firm.pk,
        "affiliations-0-title": "spokesperson",
        "affiliations-0-since": "since April 2023",
        "_save": "1",
    }
    response = editor.post(change_url(person), fields, follow=True)
    assert "Since: read as In or after April 2023, using rule M18" in text_of(response)
    assert person.affiliations.get().organisation == firm
    assert "Someone else saved" in text_of(editor.post(change_url(firm), opened))


def test_line_ends_of_browser_do_not_change_text(editor):
    statement = make_statement("One.\nTwo.")
    fields = fields_of(editor.get(change_url(statement))) | {"text": "One.\r\nTwo.", "_save": "1"}
    editor.post(change_url(statement), fields)
    statement.refresh_from_db()
    assert statement.text == "One.\nTwo."


def test_repeated_name_gets_unique_slug(editor):
    make_actor("Doubao", slug="doubao")
    fields = fields_of(editor.get(add_url("actor"))) | {
        "name": "Doubao",
        "actor_kind": "product",
        "_save": "1",
    }
    editor.post(add_url("actor"), fields)
    second = Actor.objects.exclude(slug="doubao").get()
    assert second.slug == f"doubao-{second.public_id}"
    named = fields | {"name": "豆包"}
    editor.post(add_url("actor"), named)
    third = Actor.objects.get(name="豆包")
    assert third.slug == third.public_id


def test_published_record_cannot_be_deleted(editor):
    actor, draft = published(make_actor()), make_actor()
    delete = reverse("admin:desk_actor_delete", args=[actor.pk])
    assert editor.post(delete, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [actor.pk], "post": "yes"}
    assert editor.post(list_url("actor"), chosen).status_code == 403
    editor.post(reverse("admin:desk_actor_delete", args=[draft.pk]), {"post": "yes"})
    assert [stored.pk for stored in Actor.objects.all()] == [actor.pk]


def test_record_with_dependents_is_not_deleted_and_page_lists_them(editor):
    source = make_source()
    make_event(source=source)
    response = editor.post(reverse("admin:desk_source_delete", args=[source.pk]), {"post": "yes"})
    assert response.status_code == 200
    page = text_of(response)
    assert "cannot be deleted because other records refer to it" in page
    assert "1 × Citations of it" in page
    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.slow
@pytest.mark.parametrize("character", ["\x00", "\x01", "\u202e", "\x7f"])
@pytest.mark.parametrize("field", ["headline", "text", "said", "slug", "citations-0-exact"])
def test_control_characters_are_refused_with_message(editor, statement_fields, field, character):
    fields = statement_fields | {field: f"a{character}b", "_publish": "1"}
    response = editor.post(add_url("statement"), fields)
    # NUL does not get past the middleware.
    assert response.status_code == (400 if character == "\x00" else 200)
    assert not Statement.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("key", WRONG_KEYS)
def test_invalid_key_is_form_error(editor, statement_fields, key):
    for field in ("speaker", "about", "in_reply_to", "citations-0-source", "citations-0-id"):
        response = editor.post(add_url("statement"), statement_fields | {field: key, "_save": "1"})
        assert response.status_code == 200, field
    assert not Statement.objects.exists()


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_hand_written_addresses_do_not_fail(editor, key):
    make_some()
    fields = {"action": "delete_selected", "_selected_action": key}
    assert editor.post(list_url("event"), fields, follow=True).status_code == 200
    for name in ("incidents__id__exact", "id__in", "id", "p", "o", "state__exact", "e", "all"):
        response = editor.get(list_url("event"), {name: key}, follow=True)
        assert response.status_code in (200, 400), name
    for url in (f"/admin/desk/event/{key}/change/", f"/admin/desk/event/{key}/delete/"):
        assert editor.get(url, follow=True).status_code in (200, 404)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["TOTAL_FORMS", "INITIAL_FORMS"])
@pytest.mark.parametrize("value", ["", "x", "-1", "10" * 15, "1500"])
def test_broken_row_count_keeps_typed_rows(editor, name, value):
    statement = make_statement()
    fields = fields_of(editor.get(change_url(statement))) | {f"citations-{name}": value}
    response = editor.post(change_url(statement), fields | {"_save": "1"})
    assert response.status_code in (200, 302)
    assert statement.citations.exists()


def test_with_new_rows_keeps_every_field(rf):
    sent = rf.post("/", {
        "c-TOTAL_FORMS": "3", "c-INITIAL_FORMS": "2", "c-0-id": "7", "c-0-exact": "gone",
        "c-1-id": "8", "c-1-exact": "kept", "c-2-id": "", "c-2-exact": "new",
        "other": "x",
    }).POST  # fmt: skip
    moved = with_new_rows(sent, "c", {"8"})
    assert moved["c-INITIAL_FORMS"] == "1"
    assert [moved[f"c-{n}-exact"] for n in range(3)] == ["kept", "gone", "new"]
    assert [moved[f"c-{n}-id"] for n in range(3)] == ["8", "", ""]
    assert moved["other"] == "x"
    assert with_new_rows(sent, "c", {"7", "8"}) is sent
