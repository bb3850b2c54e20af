"""The pages of the desk on which words are removed by order, and what programs are told."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kb.desk.full_backup.writing import write_backup
from kb.desk.models import SuppressionRequest
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.record.models import Revision, Suppression
from tests.desk.full_backup.test_restoring import restore_file
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db
WORDS = "Zanzobar keeps the ledger of Quillmore."


@pytest.fixture
def second(django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("second"))
    return client


def remove(row, part="words", **options):
    request = ask_for_suppression(row, by=None, part=part, reason="minor", **options)
    return confirm_suppression(request, by=None)


def test_one_person_asks_and_another_confirms(editor, second):
    statement = published(make_statement(WORDS))
    path = f"/admin/desk/statement/{statement.pk}/suppress/"
    page = editor.get(path).content.decode()
    steps = [page.index(text) for text in ("1. Add", "2. Ask", "3. and 4.", "5. Remove")]
    assert steps == sorted(steps)
    assert "Choose the reason" in editor.post(path, {"step": "text", "part": "words"}).text
    fields = {"step": "text", "part": "words", "reason": "court_order"}
    answer = editor.post(path, fields, follow=True)
    assert "A second person has to confirm it." in answer.text
    request = SuppressionRequest.objects.get()
    address = f"/admin/desk/suppressionrequest/{request.pk}/change/"
    assert "second person" in editor.post(address, {"_confirm": "1"}, follow=True).text
    assert Suppression.objects.count() == 0
    receipt = second.post(address, {"_confirm": "1"}, follow=True).text
    assert "Cannot be reached from here" in receipt and "Backups made before" in receipt
    assert "Zanzobar" not in receipt
    assert Suppression.objects.get().part == "words"
    request.refresh_from_db()
    assert str(request.confirmed_by) == "second"


def test_initials_of_an_actor_are_a_step_of_their_own(editor, second):
    actor = published(make_actor("Zanzobar Quillmore"))
    fields = {"step": "shorten", "form": "role", "replacement": "a clerk", "reason": "privacy"}
    editor.post(f"/admin/desk/actor/{actor.pk}/suppress/", fields)
    request = SuppressionRequest.objects.get()
    assert (request.part, request.form, request.everywhere) == ("names", "role", True)
    second.post(f"/admin/desk/suppressionrequest/{request.pk}/change/", {"_confirm": "1"})
    assert Revision.objects.get(public_id=actor.public_id).title == "a clerk"


def test_removed_json_has_ids_and_codes_and_no_words(reader):
    statement = published(make_statement(WORDS))
    remove(statement)
    answer = reader.get("/removed.json")
    (row,) = answer.json()["removed"]
    assert row["id"] == statement.public_id
    assert (row["part"], row["version"], row["versions"]) == ("words", None, [1])
    assert row["reason"] == "minor"
    assert "Zanzobar" not in answer.text
    assert answer.json()["next"] is None


def test_search_engines_are_asked_not_to_list_a_page(reader):
    event = published(make_event("A quiet thing"))
    remove(event, "noindex")
    path = f"/events/{event.slug}/"
    assert reader.get(path).headers["X-Robots-Tag"] == "noindex"
    sitemap = reader.get("/sitemap-events-1.xml")
    assert sitemap.status_code == 404 or path.encode() not in b"".join(sitemap.streaming_content)
    event.refresh_from_db()
    event.title = "A quiet matter"
    event.save()
    published(event)
    assert reader.get(path).headers["X-Robots-Tag"] == "noindex"


def test_a_restore_removes_again_what_was_removed_after_the_backup(reader, tmp_path):
    statement = published(make_statement(WORDS))
    write_backup(tmp_path / "a.zip")
    remove(statement)
    restore_file(tmp_path / "a.zip")
    texts = json.dumps(list(Revision.objects.values("document", "title", "note")))
    assert "Zanzobar" not in texts
    assert "Zanzobar" not in reader.get("/timeline.json").text
    assert not reader.get("/timeline.json?q=Quillmore").json()["entries"]
    assert Suppression.objects.get().public_id == statement.public_id


def test_the_command_carries_out_a_request_for_a_second_person(editor_user, second, capsys):
    statement = published(make_statement(WORDS))
    request = ask_for_suppression(statement, by=editor_user, part="words", reason="erasure")
    call_command("suppress")
    assert f"{request.pk}: statement" in capsys.readouterr().out
    with pytest.raises(CommandError, match="second person"):
        call_command("suppress", confirm=request.pk, by="editor")
    call_command("suppress", confirm=request.pk, by="second")
    assert "cannot be reached" in capsys.readouterr().out
    assert Suppression.objects.count() == 1
