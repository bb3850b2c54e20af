"""A form that somebody else has overtaken is refused, with both texts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib import admin
from django.db import connections
from django.test import Client

from kb.desk.admin.edit_conflicts import with_new_rows
from kb.desk.models import Citation
from kb.desk.verbs.saving import StaleVersion, bump_version_or_fail
from kb.record.models import Revision
from tests.desk.admin_forms import change_url, fields_of, text_of
from tests.make import make_actor, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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


def test_with_new_rows_keeps_every_field(rf):
    sent = rf.post("/", {
        "c-TOTAL_FORMS": "3", "c-INITIAL_FORMS": "2", "c-0-id": "7", "c-0-exact": "gone",
        "c-1-id": "8", "c-1-exact": "kept", "c-2-id": "", "c-2-exact": "new",
        "other": "x",
    }).POST.copy()  # fmt: skip
    sent[f"c-{'9' * 5000}-exact"] = "of no row"
    moved = with_new_rows(sent, "c", {"8"})
    assert moved["c-INITIAL_FORMS"] == "1"
    assert [moved[f"c-{n}-exact"] for n in range(3)] == ["kept", "gone", "new"]
    assert [moved[f"c-{n}-id"] for n in range(3)] == ["8", "", ""]
    assert moved["other"] == "x"
    assert with_new_rows(sent, "c", {"7", "8"}) is sent
