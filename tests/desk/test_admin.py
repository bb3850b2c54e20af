"""The desk's pages: lists and forms open, relations are chosen by typing, deletion is safe."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from kb.desk.models import (
    Actor,
    Approval,
    AuditEntry,
    Comment,
    DismissedProposal,
    DistinctPair,
    ImportBatch,
    ImportedRow,
    ImportOrigin,
    PassageMark,
    Reference,
    Report,
    ReportMessage,
    ReportStep,
    ReviewRequest,
    Snapshot,
    Source,
    SourceCheck,
    SourceText,
    SuppressionRequest,
    Transfer,
    Upload,
)
from kb.desk.models.rights import RightsChange
from tests.desk.admin_forms import (
    ADMINS,
    WRONG_KEYS,
    add_url,
    change_url,
    fields_of,
    list_url,
    make_rows_of_every_kind,
    text_of,
)
from tests.make import make_actor, make_event, make_source, published

pytestmark = pytest.mark.django_db

# Written by the verbs alone, and shown on the page of review if at all.
NOT_SHOWN = {
    Approval,
    Comment,
    AuditEntry,
    DismissedProposal,
    DistinctPair,
    ImportBatch,
    ImportedRow,
    ImportOrigin,
    PassageMark,
    Reference,
    ReportMessage,
    ReportStep,
    ReviewRequest,
    Snapshot,
    SourceCheck,
    SourceText,
    SuppressionRequest,
    Transfer,
    Upload,
}


def test_index_lists_the_kinds_of_records(editor):
    response = editor.get(reverse("admin:index"))
    assert response.status_code == 200
    assert "Statements" in response.content.decode()


def test_every_desk_model_is_registered_or_an_inline():
    inlines = {inline.model for model_admin in ADMINS.values() for inline in model_admin.inlines}
    registered = {model_admin.model for model_admin in ADMINS.values()}
    models = set(apps.get_app_config("desk").get_models())
    assert models - registered - inlines == NOT_SHOWN | {Report, RightsChange}
    assert RightsChange in admin.site._registry  # with a list that nobody can edit
    assert Report in admin.site._registry  # with a page of its own
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
    make_rows_of_every_kind()
    response = editor.get(list_url(kind), {"q": "a"})
    assert response.status_code == 200
    assert editor.get(add_url(kind)).status_code == 200
    response = editor.get(change_url(ADMINS[kind].model.objects.first()))
    assert response.status_code == 200
    assert 'name="_publish"' in response.content.decode()
    assert 'style="' not in response.content.decode()


@pytest.mark.parametrize("kind", ADMINS)
def test_list_query_count_does_not_grow_with_rows(editor, queries, kind):
    make_rows_of_every_kind(2)
    with queries() as few:
        editor.get(list_url(kind))
    make_rows_of_every_kind(9)
    with queries() as many:
        editor.get(list_url(kind))
    assert len(few) == len(many), f"{few}\n\n{many}"


@pytest.mark.parametrize("kind", ADMINS)
def test_anonymous_visitors_are_sent_to_sign_in(reader, kind):
    for url in (list_url(kind), add_url(kind)):
        assert reader.get(url).status_code == 302


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


@pytest.mark.parametrize("kind", ADMINS)
def test_browser_proposes_no_slug(editor, kind):
    # Django's script would drop the letters that ASCII does not have.
    form = editor.get(add_url(kind)).context["adminform"]
    assert list(form.prepopulated_fields) == []


def test_slug_of_a_title_in_two_scripts_ends_with_the_id(editor):
    fields = fields_of(editor.get(add_url("actor"))) | {"actor_kind": "group", "_save": "1"}
    editor.post(add_url("actor"), fields | {"name": "人工智能（AI）研究组"})
    actor = Actor.objects.get()
    assert actor.slug == f"ai-{actor.public_id}"


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


@pytest.mark.parametrize("key", WRONG_KEYS)
@pytest.mark.slow
def test_hand_written_addresses_do_not_fail(editor, key):
    make_rows_of_every_kind()
    fields = {"action": "delete_selected", "_selected_action": key}
    assert editor.post(list_url("event"), fields, follow=True).status_code == 200
    for name in ("incidents__id__exact", "id__in", "id", "p", "o", "state__exact", "e", "all"):
        response = editor.get(list_url("event"), {name: key}, follow=True)
        assert response.status_code in (200, 400), name
    for url in (f"/admin/desk/event/{key}/change/", f"/admin/desk/event/{key}/delete/"):
        assert editor.get(url, follow=True).status_code in (200, 404)
