"""Merges and splits by the verbs: nothing is lost, and each can be undone."""

from __future__ import annotations

import json
import os
import random

import pytest
from django.apps import apps
from django.core.serializers.python import Serializer

from kb.desk.models import (
    Actor,
    ActorName,
    Affiliation,
    AuditEntry,
    Citation,
    Event,
    Source,
    Transfer,
)
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, publish_errors
from kb.desk.verbs.reviewing import unpublished_changes
from kb.desk.verbs.transfers.merge import merge, merged_row, prepare_merge
from kb.desk.verbs.transfers.related_rows import related_rows
from kb.desk.verbs.transfers.split import split
from kb.desk.verbs.transfers.undo import undo_transfer
from kb.record.models import Revision
from kb.record.vocabulary import Change
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEQUENCES = int(os.environ.get("MERGE_SEQUENCES", "8"))
# Counters, time stamps and authors.
AUTOMATIC_FIELDS = {"version", "updated_at", "updated_by", "created_at", "created_by", "taken_at"}
LOGS = {"desk.auditentry", "desk.transfer", "desk.reference"}


def checksum() -> dict:
    """Return every row of the desk by table and key, without automatic fields and logs.

    Lists are sorted, because their order in documents follows the desk at the next publication.
    """
    rows = {}
    for model in apps.get_app_config("desk").get_models(include_auto_created=True):
        label = model._meta.label_lower
        for row in [] if label in LOGS else model._base_manager.all():
            fields = Serializer().serialize([row])[0]["fields"]
            if model._meta.auto_created:
                rows[label, json.dumps(fields, default=str)] = 1
                continue
            values = {name: fields[name] for name in fields.keys() - AUTOMATIC_FIELDS}
            rows[label, row.pk] = json.dumps(unordered(values), sort_keys=True, default=str)
    return rows


def unordered(value):
    if isinstance(value, dict):
        return {name: unordered(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [unordered(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, default=str))
    return value


def current(thing) -> dict:
    return Revision.objects.current().get(public_id=thing.public_id).document


def everything_about(actor, other):
    """Make rows of every kind that name an actor, and duplicates of some for another actor."""
    source = published(make_source(publisher=actor))
    make_source(derives_from=source, derivation="wire_copy", publisher=other)
    event = make_event(actors=((actor, "acted"), (other, "acted")), source=source)
    event = published(event)
    statement = make_statement(speaker=actor, on_behalf_of=actor, source=source, about=(event,))
    statement.addressees.set([actor, other])
    reply = make_statement("No.", speaker=other, source=source, in_reply_to=statement)
    reply.addressees.add(actor)
    question = make_proposition()
    make_stance(question, "denies", statement=statement)
    make_stance(question, "reports", source=source)
    Affiliation.objects.create(person=make_actor(), organisation=actor, title="head")
    Affiliation.objects.create(person=actor, organisation=other, title="unit")
    ActorName.objects.create(actor=actor, name="AKA")
    ActorName.objects.create(actor=other, name="AKA")
    make_actor(part_of=actor)
    Actor.objects.filter(pk=other.pk).update(part_of=actor)
    return published(statement)


def test_merge_and_undo_restore_every_row():
    target, duplicate = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    statement = everything_about(duplicate, target)
    duplicate.refresh_from_db()
    before = checksum()
    transfer = merge(duplicate, into=target, by=None, note="The same.")
    assert related_rows(duplicate) == []
    assert current(statement)["voice"]["speaker"] == target.public_id
    assert set(target.other_names.values_list("name", flat=True)) == {"AKA", "Acme Inc."}
    undo_transfer(transfer, by=None, note="Not the same.")
    assert checksum() == before
    assert current(statement)["voice"]["speaker"] == duplicate.public_id
    assert current(duplicate)["title"] == "Acme Inc."
    assert Revision.objects.current().get(public_id=duplicate.public_id).change == Change.CORRECTION


def test_merged_document_equals_the_desk_row():
    target, duplicate = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    ActorName.objects.create(actor=duplicate, name="A.I.")
    firm = published(make_actor("Firm"))
    Affiliation.objects.create(person=duplicate, organisation=firm, title="head")
    publish(duplicate, by=None)
    merge(Actor.objects.get(pk=duplicate.pk), into=target, by=None, note="The same.")
    assert unpublished_changes(Actor.objects.get(pk=target.pk)) == []
    revision = Revision.objects.current().get(public_id=target.public_id)
    assert revision.note == "“Acme Inc.” was merged into “Acme”: The same."
    assert {name["name"] for name in revision.document["other_names"]} == {"Acme Inc.", "A.I."}


def test_unpublished_titles_stay_out_of_public_notes():
    target, duplicate = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    published(make_statement(speaker=duplicate))
    for row in (target, duplicate):
        row.name = "Secret"
        row.save()
    transfer = merge(duplicate, into=target, by=None, note="The same.")
    undo_transfer(transfer, by=None, note="They are not.")
    revisions = Revision.objects.all()
    assert any("Acme Inc." in revision.note for revision in revisions)
    assert not any("Secret" in f"{revision.note} {revision.document}" for revision in revisions)


def test_unpublished_edits_stay_unpublished():
    target, duplicate = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    statement = published(make_statement(speaker=duplicate))
    ActorName.objects.create(actor=duplicate, name="Unpublished name")
    Actor.objects.filter(pk=target.pk).update(summary="Unpublished words")
    statement.text = "Unpublished text"
    statement.save()
    duplicate.refresh_from_db()
    transfer = merge(duplicate, into=target, by=None, note="The same.")
    public = json.dumps([current(target), current(statement)])
    assert "Unpublished" not in public
    undo_transfer(transfer, by=None, note="No.")
    public = json.dumps([current(target), current(statement), current(duplicate)])
    assert "Unpublished" not in public


@pytest.mark.parametrize("make", [make_actor, make_source, make_event, make_statement])
def test_chained_merges_redirect_to_the_last_target(reader, make):
    first, second, third = (published(make()) for _ in range(3))
    first_merge = merge(first, into=second, by=None, note="Same.")
    second_merge = merge(type(first).objects.get(pk=second.pk), into=third, by=None, note="Same.")
    plural = f"/{first.kind}s"
    for merged in (first, second):
        answer = reader.get(f"{plural}/{merged.slug}/")
        assert (answer.status_code, answer["Location"]) == (301, f"{plural}/{third.slug}/")
    with pytest.raises(ActionRefused, match="Undo the later changes first"):
        undo_transfer(first_merge, by=None, note="No.")
    undo_transfer(second_merge, by=None, note="No.")
    assert reader.get(f"{plural}/{first.slug}/")["Location"] == f"{plural}/{second.slug}/"
    undo_transfer(first_merge, by=None, note="No.")
    assert reader.get(f"{plural}/{first.slug}/").status_code == 200
    # A merge in the other direction makes no redirect loop.
    merge(type(first).objects.get(pk=second.pk), into=first, by=None, note="Same.")
    answer = reader.get(f"{plural}/{second.slug}/", follow=True)
    assert answer.redirect_chain == [(f"{plural}/{first.slug}/", 301)]


def test_merging_a_draft_needs_no_note_and_adds_no_revision():
    target, duplicate = published(make_source("One")), make_source("Two")
    event = make_event(source=duplicate)
    revisions = Revision.objects.count()
    transfer = merge(duplicate, into=target, by=None, note="")
    assert event.citations.get().source == target
    assert Revision.objects.count() == revisions
    undo_transfer(transfer, by=None)
    assert event.citations.get().source == duplicate
    duplicate.refresh_from_db()
    assert duplicate.state == WorkflowState.DRAFT


def test_duplicate_citation_is_dropped_and_restored_by_undo():
    target, duplicate = make_source(), make_source()
    event = make_event(cited=False)
    for source in (target, duplicate):
        Citation.objects.create(event=event, source=source, exact="Word for word.")
    before = checksum()
    transfer = merge(duplicate, into=target, by=None, note="")
    assert event.citations.count() == 1
    undo_transfer(transfer, by=None)
    assert checksum() == before


def test_merge_is_refused():
    actor, source = make_actor(actor_kind="person"), make_source()
    firm = make_actor(actor_kind="organisation")
    for into, reason in (
        (source, "same kind"),
        (actor, "into itself"),
        (firm, "Confirm that they are the same"),
    ):
        with pytest.raises(ActionRefused, match=reason):
            merge(actor, into=into, by=None, note="Why.")
    merge(actor, into=firm, by=None, note="", across=True)
    with pytest.raises(ActionRefused, match="already been withdrawn or merged"):
        merge(actor, into=make_actor(actor_kind="person"), by=None, note="Why.")
    with pytest.raises(ActionRefused, match="Choose another record"):
        merge(make_actor(actor_kind="person"), into=actor, by=None, note="Why.")
    with pytest.raises(ActionRefused, match="Publish"):
        merge(published(make_actor()), into=make_actor(), by=None, note="Why.")


def test_merge_into_an_indirect_source_is_refused():
    far = make_source("Far")
    middle = make_source("Middle", derives_from=far, derivation="rewrite")
    near = make_source("Near", derives_from=middle, derivation="rewrite")
    for thing, into in ((near, far), (far, near)):
        with pytest.raises(ActionRefused, match="through other records"):
            merge(thing, into=into, by=None, note="Why.")
    merge(near, into=middle, by=None, note="")


def test_outdated_preview_is_refused():
    target, duplicate = make_actor(), make_actor()
    preview_token = prepare_merge(duplicate, target).preview_token
    make_statement(speaker=duplicate)
    with pytest.raises(ActionRefused, match="Check the preview again"):
        merge(duplicate, into=target, by=None, note="", preview_token=preview_token)


def test_merged_row_cannot_be_published():
    target, duplicate = published(make_actor()), published(make_actor())
    merge(duplicate, into=target, by=None, note="Same.")
    duplicate.refresh_from_db()
    assert "Undo the merge instead" in " ".join(publish_errors(duplicate))
    assert merged_row(duplicate) == target


def test_undo_keeps_and_reports_later_changes():
    target, duplicate, third = (published(make_actor(name)) for name in ("Kept", "Double", "Third"))
    unchanged, changed, deleted = (make_statement(speaker=duplicate) for _ in range(3))
    transfer = merge(duplicate, into=target, by=None, note="Same.")
    type(changed).objects.filter(pk=changed.pk).update(speaker=third)
    deleted.citations.all().delete()
    deleted.delete()
    result = undo_transfer(transfer, by=None, note="No.")
    assert any("it now has another speaker" in line for line in result.unchanged)
    assert any("has been deleted" in line for line in result.unchanged)
    unchanged.refresh_from_db()
    changed.refresh_from_db()
    assert (unchanged.speaker, changed.speaker) == (duplicate, third)
    with pytest.raises(ActionRefused, match="already been undone"):
        undo_transfer(transfer, by=None, note="Again.")


def test_undo_keeps_the_text_of_a_later_publication():
    target, duplicate = published(make_actor()), published(make_actor())
    statement = published(make_statement(speaker=duplicate))
    transfer = merge(duplicate, into=target, by=None, note="Same.")
    statement.refresh_from_db()
    statement.text = "Newer words."
    statement.save()
    statement.citations.update(exact="Newer words.")
    publish(statement, by=None)
    undo_transfer(transfer, by=None, note="No.")
    document = current(statement)
    assert (document["text"], document["voice"]["speaker"]) == ("Newer words.", duplicate.public_id)


def test_middle_one_of_several_merges_can_be_undone():
    target = published(make_actor("Kept"))
    duplicates = [published(make_actor(f"Double {n}")) for n in range(3)]
    statements = [published(make_statement(speaker=actor)) for actor in duplicates]
    transfers = [merge(actor, into=target, by=None, note="Same.") for actor in duplicates]
    undo_transfer(transfers[1], by=None, note="No.")
    assert [current(statement)["voice"]["speaker"] for statement in statements] == [
        target.public_id,
        duplicates[1].public_id,
        target.public_id,
    ]
    names = {name["name"] for name in current(target)["other_names"]}
    assert names == {"Double 0", "Double 2"}


def test_split_moves_chosen_rows_in_published_documents(reader):
    both = published(make_actor("John Smith", actor_kind="person"))
    first, second = (published(make_statement(speaker=both)) for _ in range(2))
    both.refresh_from_db()
    before = checksum()
    rows = [f"desk.statement:{second.pk}"]
    transfer, new = split(both, name="John Smith (poet)", rows=rows, by=None, note="Namesakes.")
    assert new.actor_kind == "person"
    assert [current(statement)["voice"]["speaker"] for statement in (first, second)] == [
        both.public_id,
        new.public_id,
    ]
    assert reader.get(f"/actors/{new.slug}/").status_code == 200
    undo_transfer(transfer, by=None, note="They are one.")
    answer = reader.get(f"/actors/{new.slug}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/actors/{both.slug}/")
    after = checksum()
    del after["desk.actor", new.pk]
    assert after == before
    assert current(second)["voice"]["speaker"] == both.public_id


def test_undo_deletes_the_new_draft_of_a_split(reader):
    event = make_event("Two things")
    incident = make_incident()
    event.incidents.add(incident)
    Citation.objects.create(event=event, source=make_source())
    before = checksum()
    rows = [f"desk.citation:{event.citations.last().pk}"]
    transfer, new = split(event, name="The other thing", rows=rows, by=None, note="")
    assert list(new.incidents.all()) == [incident]
    assert (event.citations.count(), new.citations.count()) == (1, 1)
    undo_transfer(transfer, by=None)
    assert checksum() == before
    assert not Event.objects.filter(title="The other thing").exists()


def test_split_is_refused():
    event = published(make_event())
    rows = [f"desk.citation:{event.citations.get().pk}"]
    cases = [
        ({"name": " ", "rows": rows, "note": "Why."}, "New name"),
        ({"name": "a\u202eb", "rows": rows, "note": "Why."}, "New name"),
        ({"name": "New", "rows": [], "note": "Why."}, "Choose the rows to move"),
        ({"name": "New", "rows": ["desk.actor:1"], "note": "Why."}, "Check the preview"),
        ({"name": "New", "rows": rows, "note": ""}, "Readers see it"),
        ({"name": "New", "rows": rows, "note": "Why."}, "supporting citation is missing"),
    ]
    for arguments, reason in cases:
        with pytest.raises(ActionRefused, match=reason):
            split(event, by=None, **arguments)
    assert Event.objects.count() == 1
    event.summary = "Not published."
    event.save()
    with pytest.raises(ActionRefused, match="has unpublished edits"):
        split(event, name="New", rows=rows, by=None, note="Why.")


def test_split_with_new_related_rows_cannot_be_undone():
    both = make_actor("Both")
    statement = make_statement(speaker=both)
    rows = [f"desk.statement:{statement.pk}"]
    transfer, new = split(both, name="New", rows=rows, by=None, note="")
    make_statement(speaker=new)
    with pytest.raises(ActionRefused, match="More records now refer to “New”"):
        undo_transfer(transfer, by=None)


def test_audit_log_names_who_moved_the_row(editor_user):
    target, duplicate = make_actor("Kept"), make_actor("Double")
    statement = make_statement(speaker=duplicate)
    merge(duplicate, into=target, by=editor_user, note="Same.")
    statement.refresh_from_db()
    entries = AuditEntry.objects.of(statement.public_id)
    assert [(entry.done, entry.saved_by, entry.version) for entry in entries] == [
        ("followed", editor_user, statement.version)
    ]
    assert entries[0].state["speaker"]["id"] == target.public_id
    transfer = Transfer.objects.get()
    keys = {"speaker_id": [duplicate.pk, target.pk]}
    moved = {"table": "desk.statement", "key": statement.pk, "fields": keys}
    assert moved in transfer.moved["rows"]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_random_sequence_of_merges_can_be_undone(seed):
    """Merge and undo at random, then undo everything: each row is as before."""
    dice = random.Random(seed)
    actors = [make_actor(f"Actor {n}") for n in range(4)]
    sources = [make_source(f"Source {n}", publisher=actors[n % 4]) for n in range(3)]
    events = [
        make_event(actors=[(dice.choice(actors), "acted")], source=dice.choice(sources))
        for _ in range(3)
    ]
    for _ in range(4):
        statement = make_statement(
            speaker=dice.choice(actors),
            source=dice.choice(sources),
            about=dice.sample(events, 2),
            in_reply_to=None,
        )
        statement.addressees.set(dice.sample(actors, 2))
    for actor in actors[1:]:
        ActorName.objects.create(actor=actor, name=dice.choice(["AKA", "Alias"]))
        Affiliation.objects.create(person=actor, organisation=actors[0], title="head")
    for thing in dice.sample([*actors, *sources, *events], 5):
        publish(type(thing).objects.get(pk=thing.pk), by=None)
    before = checksum()
    pools = [(Actor, actors), (Source, sources), (Event, events)]
    for _ in range(8):
        in_effect = list(Transfer.objects.in_effect())
        try:
            if in_effect and dice.random() < 0.4:
                undo_transfer(dice.choice(in_effect), by=None, note="No.")
            else:
                model, pool = dice.choice(pools)
                pair = dice.sample(pool, 2)
                thing, into = (model.objects.get(pk=row.pk) for row in pair)
                merge(thing, into=into, by=None, note="Same.", across=True)
        except ActionRefused:
            continue
    assert Transfer.objects.exists()
    for transfer in Transfer.objects.in_effect().order_by("-pk"):
        undo_transfer(transfer, by=None, note="No.")
    assert checksum() == before
