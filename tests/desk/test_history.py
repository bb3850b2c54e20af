"""The log of the desk: every save is in it, two versions compare in words, one comes back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from kb.desk.documents import MODELS
from kb.desk.models import Actor, Affiliation, AuditEntry, Citation, ImportBatch, Stance
from kb.desk.row_snapshots import current_names, snapshot_changes, snapshots_by_id
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, send_for_review, withdraw
from kb.desk.verbs.restoring import restore
from kb.desk.verbs.saving import StaleVersion
from kb.desk.verbs.transfers.merge import merge
from kb.record.models import AppendOnly
from tests.desk.admin_forms import (
    WRONG_KEYS,
    add_url,
    change_url,
    fields_of,
    make_rows_of_every_kind,
    text_of,
)
from tests.make import make_actor, make_event, make_source, make_statement, published
from tests.story import load_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def history_url(thing):
    return reverse(f"admin:desk_{thing.kind}_history", args=[thing.pk])


def save(editor, thing, **fields):
    sent = fields_of(editor.get(change_url(thing))) | fields | {"_save": "1"}
    response = editor.post(change_url(thing), sent)
    assert response.status_code == 302, text_of(response)
    thing.refresh_from_db()
    return thing


def log_of(thing):
    return list(AuditEntry.objects.of(thing.public_id))


def test_versions_are_listed_compared_and_restored(editor, editor_user):
    statement = save(editor, make_statement("We did it."), text="We did it once.")
    save(editor, statement, text="We did it twice.", said="2023-12-16")
    assert [(edition.done, edition.version, edition.saved_by) for edition in log_of(statement)] == [
        ("saved", 3, editor_user),
        ("saved", 2, editor_user),
    ]
    response = editor.get(history_url(statement))
    page = text_of(response)
    assert "Saved , version 3" in " ".join(page.split()).replace("Saved,", "Saved ,")
    assert "<del>" in response.content.decode()
    assert "once." in page and "twice." in page
    assert "was <del>15 December 2023" in response.content.decode()
    assert "is now <ins>16 December 2023" in response.content.decode()
    assert 'style="' not in response.content.decode()


def test_every_action_is_logged(editor, editor_user, tmp_path):
    fields = fields_of(editor.get(add_url("actor"))) | {
        "name": "Acme", "actor_kind": "organisation", "_save": "1"}  # fmt: skip
    editor.post(add_url("actor"), fields)
    actor = Actor.objects.get()
    send_for_review(actor, by=editor_user)
    publish(actor, by=editor_user, note="At last.")
    withdraw(actor, by=editor_user, note="Never mind.")
    assert [(edition.done, edition.note) for edition in log_of(actor)] == [
        ("withdrawn", "Never mind."),
        ("published", "At last."),
        ("sent", ""),
        ("added", ""),
    ]
    assert [edition.state is None for edition in log_of(actor)] == [True, True, True, False]
    path = tmp_path / "some.csv"
    path.write_text("kind,title,date,sources\nevent,It happened,2023,A paper\n")
    call_command("import_csv", str(path), verbosity=0)
    assert ImportBatch.objects.count() == 1
    assert set(AuditEntry.objects.filter(done="imported").values_list("kind", flat=True)) == {
        "event",
        "source",
    }


def test_snapshots_of_sample_story_equal_stored_rows():
    load_story()
    for model in MODELS.values():
        things = list(model.objects.all())
        states = snapshots_by_id(things)
        for thing in things:
            editions = [edition for edition in log_of(thing) if edition.state is not None]
            assert (editions[0].state, editions[0].version) == (
                states[thing.public_id],
                thing.version,
            )


def test_logging_query_count_does_not_grow_with_rows(queries):
    make_rows_of_every_kind(2)
    with queries() as few:
        record(list(MODELS["statement"].objects.all()), "saved", by=None)
    make_rows_of_every_kind(9)
    with queries() as many:
        record(list(MODELS["statement"].objects.all()), "saved", by=None)
    # Each has one that fetches the statements themselves.
    assert len(few) == len(many)
    assert sum(statement.startswith("INSERT") for statement in many) == 1


def test_log_cannot_be_edited_or_deleted():
    actor = make_actor()
    record([actor], "saved", by=None)
    edition = AuditEntry.objects.get()
    for forbidden in (edition.save, edition.delete, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnly):
            forbidden()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(note="x")


def test_inline_rows_are_compared_by_name(editor):
    source, other = make_source("The Daily"), make_source("The Weekly")
    statement = save(editor, make_statement(source=source), headline="One")
    save(editor, statement, **{"citations-0-source": other.pk})
    response = editor.get(history_url(statement))
    assert "Citations" in text_of(response)
    page = response.content.decode()
    assert "Daily" in page and "Weekly" in page
    # A new name of what is named is no change of what names it.
    type(other).objects.filter(pk=other.pk).update(title="The Monthly")
    states = [edition.state for edition in log_of(statement)]
    names = current_names(states)
    assert snapshot_changes("statement", states[0], states[0], names) == []
    assert names[other.public_id] == "The Monthly"


def test_shared_row_is_in_history_of_both_records(editor):
    person, firm = make_actor("Jodi", actor_kind="person"), make_actor("ByteDance")
    save(editor, person, **{
        "affiliations-TOTAL_FORMS": "1", "affiliations-0-id": "",
        "affiliations-0-person": person.pk, "affiliations-0-organisation": firm.pk,
        "affiliations-0-title": "spokesperson"})  # fmt: skip
    assert log_of(person)[0].state["affiliations"][0]["title"] == "spokesperson"
    followed = log_of(firm)[0]
    firm.refresh_from_db()
    assert (followed.done, followed.version) == ("followed", firm.version)
    assert followed.state["people"][0]["person"]["name"] == "Jodi"
    save(editor, person, **{"affiliations-0-title": "chief"})
    page = text_of(editor.get(history_url(firm)))
    assert "Jodi · " in page and "chief" in page


def test_two_chosen_versions_are_compared(editor):
    actor = make_actor("One")
    for name in ("Two", "Three", "Four"):
        save(editor, actor, name=name)
    last, _, first = log_of(actor)
    response = editor.get(history_url(actor), {"old": first.pk, "new": last.pk})
    page = response.content.decode()
    assert "From version 2 to version 4" in page
    assert [pieces for _label, pieces in response.context["compared"]] == [
        [("old", "Two"), ("new", "Four")]
    ]
    same = editor.get(history_url(actor), {"old": last.pk, "new": last.pk})
    assert "These two versions are identical" in text_of(same)


def test_record_older_than_log_shows_note(editor):
    actor = make_actor()
    assert "before this log started" in text_of(editor.get(history_url(actor)))
    published(actor)
    assert "are not available" in text_of(editor.get(history_url(actor)))


@pytest.mark.parametrize("key", WRONG_KEYS)
def test_invalid_keys_and_versions_do_not_fail(editor, key):
    actor = make_actor()
    record([actor], "saved", by=None)
    assert editor.get(f"/admin/desk/actor/{key}/history/", follow=True).status_code in (200, 404)
    for name in ("old", "new", "page"):
        assert editor.get(history_url(actor), {name: key}).status_code == 200
    for sent in ({"edition": key}, {"edition": AuditEntry.objects.get().pk, "version": key}):
        assert editor.post(history_url(actor), sent, follow=True).status_code == 200
    actor.refresh_from_db()
    assert actor.version == 1


def test_earlier_version_is_restored_as_draft(editor, editor_user):
    source = make_source()
    statement = published(make_statement("We did it.", source=source))
    save(editor, statement, text="We did it.", headline="Then")
    then = snapshots_by_id([statement])[statement.public_id]
    edition = log_of(statement)[0]
    nonsense = {"text": "Nonsense.", "said": "1999", "headline": "Now", "speaker": "",
                "speaker_label": "somebody", "attribution": "unnamed",
                "citations-0-DELETE": "on"}  # fmt: skip
    save(editor, statement, **nonsense)
    Citation.objects.create(statement=statement, source=make_source())
    sent = {"edition": edition.pk, "version": statement.version}
    page = text_of(editor.post(history_url(statement), sent, follow=True))
    assert "restored to version 2" in page
    assert snapshots_by_id([statement])[statement.public_id] == then
    statement.refresh_from_db()
    assert (statement.version, statement.state) == (4, "published")
    assert [log_of(statement)[0].done, log_of(statement)[0].note] == [
        "restored",
        "restored from version 2",
    ]
    assert statement.updated_by == editor_user


def test_stale_restore_is_refused(editor):
    actor = save(editor, make_actor("One"), name="Two")
    edition = log_of(actor)[0]
    save(editor, actor, name="Three")
    response = editor.post(
        history_url(actor), {"edition": edition.pk, "version": actor.version - 1}, follow=True
    )
    assert "Someone else saved" in text_of(response)
    with pytest.raises(StaleVersion):
        restore(actor, edition, by=None, version=1)
    actor.refresh_from_db()
    assert actor.name == "Three"


def test_version_naming_deleted_source_is_not_restored(editor):
    source = make_source("Gone")
    statement = save(editor, make_statement(source=source), headline="Then")
    edition = log_of(statement)[0]
    Citation.objects.all().delete()
    source.delete()
    response = editor.post(
        history_url(statement), {"edition": edition.pk, "version": statement.version}, follow=True
    )
    assert "refers to the source “Gone”, which was deleted" in text_of(response)
    statement.refresh_from_db()
    assert statement.version == 2


def test_restored_version_names_merge_target(editor):
    target, duplicate = make_actor("Kept"), make_actor("Double")
    statement = save(editor, make_statement(speaker=duplicate), headline="Then")
    edition = log_of(statement)[0]
    merge(duplicate, into=target, by=None, note="")
    statement.refresh_from_db()
    restored = restore(statement, edition, by=None, version=statement.version)
    assert restored.speaker == target


def test_taken_slug_is_reported():
    source = make_source(url="https://a.example/1")
    record([source], "saved", by=None)
    edition = log_of(source)[0]
    type(source).objects.filter(pk=source.pk).update(url="")
    make_source(url="https://a.example/1")
    with pytest.raises(ActionRefused, match="already exists"):
        restore(source, edition, by=None, version=1)


def test_restore_leaves_rows_of_other_records():
    person, firm = make_actor("Jodi", actor_kind="person"), make_actor("ByteDance")
    record([firm], "saved", by=None)
    role = Affiliation.objects.create(person=person, organisation=firm, title="head")
    restore(firm, log_of(firm)[0], by=None, version=1)
    assert Affiliation.objects.get() == role


def test_restored_stances_keep_their_keys():
    make_rows_of_every_kind()
    stance = Stance.objects.get()
    question = stance.proposition
    record([question], "saved", by=None)
    before = snapshots_by_id([question])
    Stance.objects.all().delete()
    restore(question, log_of(question)[0], by=None, version=1)
    assert snapshots_by_id([question]) == before
    assert Stance.objects.get().pk == stance.pk


def test_permissions_to_read_and_restore(reader, django_user_model):
    event = make_event()
    record([event], "saved", by=None)
    assert reader.get(history_url(event)).status_code == 302
    stranger = django_user_model.objects.create_user("stranger", is_staff=True)
    client = Client()
    client.force_login(stranger)
    for answer in (client.get(history_url(event)), client.post(history_url(event), {})):
        assert answer.status_code == 403
    stranger.groups.add(Group.objects.get(name="Contributor"))
    assert client.get(history_url(event)).status_code == 200
