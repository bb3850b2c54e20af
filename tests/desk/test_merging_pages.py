"""Merging, splitting, undoing and deleting through the pages of the desk."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.urls import reverse

from kb.desk.models import Actor, ActorName, Affiliation, AuditEntry, Source, Statement, Transfer
from kb.desk.verbs.transfers.merge import merge
from kb.desk.verbs.transfers.related_rows import related_rows
from kb.record.models import Revision
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
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TOGETHER = int(os.environ.get("MERGES_AT_ONCE", "6"))
LIST = "/admin/desk/transfer/"


def url_of(thing, what):
    return reverse(f"admin:desk_{thing.kind}_{what}", args=[thing.pk])


def transfer_url(transfer):
    return reverse("admin:desk_transfer_change", args=[transfer.pk])


def looked_at(client, thing, into):
    """What the form of a preview would send."""
    page = client.get(url_of(thing, "merge"), {"into": into.pk})
    assert 'style="' not in page.content.decode()
    return {"into": into.pk, "seen": page.context.get("plan_digest", "")}


def member(django_user_model, group, name):
    user = django_user_model.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_actors_are_merged_and_merge_is_undone(editor, reader):
    target, duplicate = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    statement = published(make_statement(speaker=duplicate))
    duplicate.refresh_from_db()
    assert "Merge into…" in text_of(editor.get(change_url(duplicate)))
    page = text_of(editor.get(url_of(duplicate, "merge")))
    assert "Similar records" in page and "Acme" in page
    page = text_of(editor.get(url_of(duplicate, "merge"), {"into": target.pk}))
    assert "Statements by it: 1" in page and statement.headline in page
    assert "is kept as another name of “Acme”" in page
    assert f"statement “{statement.headline}”" in page
    sent = looked_at(editor, duplicate, target) | {"note": "One company."}
    response = editor.post(url_of(duplicate, "merge"), sent, follow=True)
    assert response.redirect_chain == [(change_url(target), 302)]
    assert "was merged into “Acme”" in text_of(response)
    assert reader.get(f"/actors/{duplicate.slug}/")["Location"] == f"/actors/{target.slug}/"
    done = Transfer.objects.get()
    assert "This record was merged into “Acme”" in text_of(editor.get(change_url(duplicate)))
    assert "Acme Inc." in text_of(editor.get(LIST))
    page = text_of(editor.get(transfer_url(done)))
    assert "Statements by it: 1" in page and "1 row is restored" in page
    page = text_of(editor.post(transfer_url(done), {"_undo": "1"}, follow=True))
    assert "Give a reason why it was wrong" in page
    sent = {"_undo": "1", "note": "Two companies."}
    assert "Rows restored: 1" in text_of(editor.post(transfer_url(done), sent, follow=True))
    assert reader.get(f"/actors/{duplicate.slug}/").status_code == 200
    assert "Two companies." in reader.get("/changes/").content.decode()
    page = text_of(editor.post(transfer_url(done), sent, follow=True))
    assert "This has already been undone" in page


@pytest.mark.parametrize("kind", ADMINS)
def test_every_kind_can_be_merged_and_split(editor, kind):
    make_rows_of_every_kind(2)
    thing, into = ADMINS[kind].model.objects.order_by("pk")[:2]
    sent = looked_at(editor, thing, into) | {"across": "on"}
    assert editor.post(url_of(thing, "merge"), sent).status_code == 302
    done = Transfer.objects.get()
    assert editor.get(transfer_url(done)).status_code == 200
    assert editor.post(transfer_url(done), {"_undo": "1"}).status_code == 302
    done.refresh_from_db()
    assert done.undone_at
    assert editor.get(url_of(thing, "split")).status_code == 200


def test_merge_without_preview_shows_preview_first(editor):
    target, duplicate = make_actor(), make_actor()
    page = text_of(editor.post(url_of(duplicate, "merge"), {"into": target.pk}))
    assert "Check the preview again" in page
    sent = looked_at(editor, duplicate, target)
    make_statement(speaker=duplicate)
    assert "Check the preview again" in text_of(editor.post(url_of(duplicate, "merge"), sent))
    assert not Transfer.objects.exists()


def test_refused_merge_shows_reasons_and_keeps_note(editor):
    person = published(make_actor("Ann", actor_kind="person"))
    firm = published(make_actor("Firm", actor_kind="organisation"))
    draft = make_actor("Draft", actor_kind="person")
    assert "cannot be merged into itself" in text_of(
        editor.get(url_of(person, "merge"), {"into": person.pk})
    )
    assert "Publish “Draft” first" in text_of(
        editor.get(url_of(person, "merge"), {"into": draft.pk})
    )
    sent = looked_at(editor, person, firm) | {"note": "My <b>long</b> reason."}
    response = editor.post(url_of(person, "merge"), sent)
    assert "Merge although the kinds differ" in text_of(response)
    assert "My <b>long</b> reason." in text_of(response)
    assert "<b>long</b>" not in response.content.decode()
    assert editor.post(url_of(person, "merge"), sent | {"across": "on"}).status_code == 302
    source = make_source()
    sent = {"into": source.pk + 10**6}
    assert "Choose the record to merge" in text_of(editor.post(url_of(firm, "merge"), sent))


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_invalid_keys_and_values_do_not_fail(editor, key):
    actor, other = make_actor(), make_actor()
    make_statement(speaker=actor)
    for name in ("merge", "split"):
        url = f"/admin/desk/actor/{key}/{name}/"
        assert editor.get(url, follow=True).status_code in (200, 404)
    assert editor.get(f"{LIST}{key}/change/", follow=True).status_code in (200, 404)
    assert editor.get(url_of(actor, "merge"), {"into": key}).status_code == 200
    for sent in ({"into": key}, {"into": other.pk, "seen": key}):
        assert editor.post(url_of(actor, "merge"), sent).status_code == 200
    sent = {"name": "New", "row": [key, f"desk.statement:{key}"], "version": key, "_split": "1"}
    assert editor.post(url_of(actor, "split"), sent).status_code == 200
    assert not Transfer.objects.exists()


def test_note_with_invalid_character_is_refused(editor):
    target, duplicate = make_actor(), make_actor()
    sent = looked_at(editor, duplicate, target) | {"note": "a\u202eb"}
    assert "Note:" in text_of(editor.post(url_of(duplicate, "merge"), sent))
    assert not Transfer.objects.exists()


def test_author_proposes_merge_and_editor_carries_it_out(reader, django_user_model):
    author = member(django_user_model, "Contributor", "author")
    chief = member(django_user_model, "Publisher", "chief")
    target, duplicate = published(make_actor()), published(make_actor())
    assert reader.get(url_of(duplicate, "merge")).status_code == 302
    page = author.get(url_of(duplicate, "merge"), {"into": target.pk})
    assert "Propose the merge" in page.content.decode()
    sent = looked_at(author, duplicate, target) | {"note": "Same."}
    author.post(url_of(duplicate, "merge"), sent)
    asked = Transfer.objects.get()
    assert asked.done_at is None
    assert "already been proposed" in text_of(author.post(url_of(duplicate, "merge"), sent))
    assert author.post(transfer_url(asked), {"_do": "1"}).status_code == 403
    page = chief.get(transfer_url(asked))
    assert "Published" not in page.context["status"]
    sent = {"_do": "1", "seen": page.context["plan_digest"]}
    assert chief.post(transfer_url(asked), sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.asked_by.username, asked.done_by.username) == ("author", "chief")
    assert author.post(transfer_url(asked), {"_undo": "1", "note": "No."}).status_code == 403
    stranger = django_user_model.objects.create_user("stranger", is_staff=True)
    reader.force_login(stranger)
    for url in (url_of(target, "merge"), url_of(target, "split"), transfer_url(asked), LIST):
        assert reader.get(url).status_code == 403


def test_two_person_rule_requires_second_account_for_merge(settings, django_user_model):
    settings.TWO_PERSONS = True
    first, second = (member(django_user_model, "Publisher", name) for name in ("first", "second"))
    target, duplicate = published(make_actor("Kept")), published(make_actor("Double"))
    sent = looked_at(first, duplicate, target) | {"note": "Same."}
    first.post(url_of(duplicate, "merge"), sent)
    asked = Transfer.objects.get()
    page = first.get(transfer_url(asked))
    assert 'name="_do"' not in page.content.decode()
    assert first.post(transfer_url(asked), {"_do": "1"}).status_code == 403
    page = second.get(transfer_url(asked))
    assert "The URL of “" in text_of(page)
    second.post(transfer_url(asked), {"_do": "1", "seen": page.context["plan_digest"]})
    asked.refresh_from_db()
    assert asked.done_by.username == "second"
    # A draft is nobody else's business.
    draft = make_actor("Draft")
    first.post(url_of(draft, "merge"), looked_at(first, draft, target))
    assert Transfer.objects.filter(origin=draft.public_id, done_at__isnull=False).exists()


def test_proposal_is_declined(editor, django_user_model):
    author = member(django_user_model, "Contributor", "author")
    target, duplicate = published(make_actor()), published(make_actor())
    author.post(
        url_of(duplicate, "merge"), looked_at(author, duplicate, target) | {"note": "Same."}
    )
    asked = Transfer.objects.get()
    assert "Declined" in text_of(editor.post(transfer_url(asked), {"_decline": "1"}, follow=True))
    page = text_of(editor.post(transfer_url(asked), {"_do": "1"}, follow=True))
    assert "already been decided" in page
    duplicate.refresh_from_db()
    assert duplicate.state == "published"


def test_actor_is_split_after_preview(editor, django_user_model):
    both = make_actor("John Smith", actor_kind="person")
    mine, other = make_statement(speaker=both), make_statement(speaker=both)
    page = editor.get(url_of(both, "split"))
    rows = re.findall(r'name="row"[^>]* value="([^"]+)"', page.content.decode())
    assert rows == [f"desk.statement:{mine.pk}", f"desk.statement:{other.pk}"]
    both.refresh_from_db()
    sent = {"name": "", "row": rows[1], "version": both.version, "note": ""}
    assert "New name" in text_of(editor.post(url_of(both, "split"), sent | {"_look": "1"}))
    sent["name"] = "John Smith (poet)"
    page = editor.post(url_of(both, "split"), sent | {"_look": "1"})
    assert "1 row would move to “John Smith (poet)”" in text_of(page)
    assert 'name="_split"' in page.content.decode()
    stale = sent | {"_split": "1", "version": both.version + 1}
    assert "saved this after" in text_of(editor.post(url_of(both, "split"), stale))
    response = editor.post(url_of(both, "split"), sent | {"_split": "1"}, follow=True)
    assert "was split from" in text_of(response)
    new = Actor.objects.get(name="John Smith (poet)")
    assert [related.row for related in related_rows(new)] == [other]
    done = Transfer.objects.get()
    editor.post(transfer_url(done), {"_undo": "1"})
    assert not Actor.objects.filter(pk=new.pk).exists()
    page = text_of(editor.get(transfer_url(done)))
    assert "Undone" in page
    whole = {"name": "New", "group": "Statements by it", "_split": "1"}
    both.refresh_from_db()
    editor.post(url_of(both, "split"), whole | {"version": both.version})
    assert len(related_rows(Actor.objects.get(name="New"))) == 2


def test_two_person_rule_requires_second_account_for_split(settings, django_user_model):
    settings.TWO_PERSONS = True
    first, second = (member(django_user_model, "Publisher", name) for name in ("first", "second"))
    both = published(make_actor("Both"))
    statement = published(make_statement(speaker=both))
    both.refresh_from_db()
    sent = {"name": "New", "row": f"desk.statement:{statement.pk}", "version": both.version,
            "note": "Two.", "_split": "1"}  # fmt: skip
    first.post(url_of(both, "split"), sent)
    asked = Transfer.objects.get()
    assert "Statements by it: 1" in text_of(second.get(transfer_url(asked)))
    second.post(transfer_url(asked), {"_do": "1"})
    statement.refresh_from_db()
    assert statement.speaker.name == "New"
    document = Revision.objects.current().get(public_id=statement.public_id).document
    assert document["voice"]["speaker"] == statement.speaker.public_id


def test_transfer_list_query_count_does_not_grow(editor, queries):
    def merged(times):
        for _ in range(times):
            merge(make_actor(), into=make_actor(), by=None, note="")

    merged(2)
    with queries() as few:
        editor.get(LIST)
    merged(8)
    with queries() as many:
        editor.get(LIST)
    assert len(few) == len(many)


# --- With others at work -------------------------------------------------------------------------


def test_form_opened_before_merge_does_not_restore_old_name(editor):
    target, duplicate = make_actor("Kept"), make_actor("Double")
    statement = make_statement("We did it.", speaker=duplicate)
    opened = fields_of(editor.get(change_url(statement))) | {"text": "Mine.", "_save": "1"}
    editor.post(url_of(duplicate, "merge"), looked_at(editor, duplicate, target))
    page = editor.post(change_url(statement), opened)
    assert "Someone else saved" in text_of(page)
    assert "Kept" in text_of(page) and "Mine." in text_of(page)
    # Saved again as it is, the form still names what was merged, and is told what to choose.
    again = fields_of(page) | {"_save": "1"}
    assert "was merged into “Kept”. Choose “Kept”" in text_of(
        editor.post(change_url(statement), again)
    )
    statement.refresh_from_db()
    assert statement.speaker == target


def test_merged_record_is_not_offered_or_accepted(editor, statement_fields):
    target, duplicate = make_actor("Acme"), make_actor("Acme Inc.")
    merge(duplicate, into=target, by=None, note="")
    query = {"app_label": "desk", "model_name": "statement", "field_name": "speaker"}
    for address in ("/admin/autocomplete/", "/admin/desk/actor/choices/"):
        options = editor.get(address, query | {"term": "Acme"}).json()["results"]
        assert [option["text"] for option in options] == ["Acme"]
    sent = statement_fields | {"speaker": duplicate.pk, "addressees": [duplicate.pk], "_save": "1"}
    page = text_of(editor.post(add_url("statement"), sent))
    # For both fields, each time at the field and in the list of errors.
    assert page.count("was merged into “Acme”. Choose “Acme”") == 4


@pytest.mark.django_db(transaction=True)
def test_merge_and_simultaneous_saves_lose_nothing(editor_user):
    """Half the forms name what is merged away: none of them brings it back, none is lost unsaid."""
    target, duplicate = make_actor("Kept"), make_actor("Double")
    statements = [make_statement("We did it.", speaker=duplicate) for _ in range(TOGETHER)]
    clients = [Client() for _ in range(TOGETHER + 1)]
    for client in clients:
        client.force_login(editor_user)
    opened = [
        fields_of(clients[0].get(change_url(statement))) | {"text": "Mine.", "_save": "1"}
        for statement in statements
    ]
    new = fields_of(clients[0].get(add_url("statement")))
    new |= {"speaker": duplicate.pk, "attribution": "named", "headline": "New", "form": "verbatim",
            "text": "New.", "said": "2023", "_save": "1"}  # fmt: skip
    together = Barrier(len(clients))

    def act(number):
        together.wait()
        try:
            if number == TOGETHER:
                for _ in range(20):
                    sent = looked_at(clients[number], duplicate, target)
                    answer = clients[number].post(url_of(duplicate, "merge"), sent)
                    if answer.status_code == 302:
                        return answer
                return answer
            if number % 2:
                return clients[number].post(change_url(statements[number]), opened[number])
            sent = new | {"headline": f"New {number}", "slug": f"new-{number}"}
            return clients[number].post(add_url("statement"), sent)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(act, range(len(clients))))
    assert answers[-1].status_code == 302
    assert related_rows(duplicate) == []
    for number, answer in enumerate(answers[:-1]):
        stored = (
            Statement.objects.filter(pk=statements[number].pk, text="Mine.").exists()
            if number % 2
            else Statement.objects.filter(headline=f"New {number}").exists()
        )
        assert stored == (answer.status_code == 302)
        if not stored:
            assert ("Mine." if number % 2 else "New.") in text_of(answer)
    versions = AuditEntry.objects.filter(done="saved").count()
    assert versions == sum(answer.status_code == 302 for answer in answers[1:-1:2])


# --- Deleting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ADMINS)
def test_record_with_dependents_is_never_deleted(editor, kind):
    make_rows_of_every_kind()
    model = ADMINS[kind].model
    before = {
        model: model._base_manager.count() for model in (ADMINS[kind].model for kind in ADMINS)
    }
    for thing in model.objects.all():
        rests = [
            related
            for related in related_rows(thing)
            if any(owner != thing for owner in related.owners())
        ]
        if not rests:
            continue
        url = url_of(thing, "delete")
        for answer in (editor.get(url), editor.post(url, {"post": "yes"})):
            page = text_of(answer)
            assert "cannot be deleted because other records refer to it" in page
            assert "Merge it into another" in page
        chosen = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
        assert "other records refer to it" in text_of(editor.post(list_url(kind), chosen))
    assert before == {model: model._base_manager.count() for model in before}


def test_selected_records_are_deleted_together_and_logged(editor):
    source = make_source("Gone")
    event = make_event(source=source)
    actor = make_actor()
    ActorName.objects.create(actor=actor, name="Its own name")
    editor.post(url_of(event, "delete"), {"post": "yes"})
    editor.post(url_of(actor, "delete"), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [source.pk], "post": "yes"}
    editor.post(list_url("source"), chosen)
    assert not Source.objects.exists() and not Actor.objects.exists()
    assert set(AuditEntry.objects.filter(done="deleted").values_list("public_id", flat=True)) == {
        record.public_id for record in (source, event, actor)
    }


def test_blocking_role_links_to_its_page(editor):
    person, firm = make_actor("Jodi", actor_kind="person"), make_actor("Firm")
    Affiliation.objects.create(person=person, organisation=firm, title="head")
    answer = editor.get(url_of(firm, "delete"))
    assert "1 × Affiliated people" in text_of(answer)
    assert change_url(person) in answer.content.decode()
