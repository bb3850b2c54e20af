"""Merges and splits through the verbs: nothing is lost, everything can be taken back."""

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
# Counted, stamped, or a log of what was done.
NOT_LOGICAL = {"version", "updated_at", "updated_by", "created_at", "created_by", "taken_at"}
LOGS = {"desk.auditentry", "desk.transfer", "desk.reference"}


def checksum() -> dict:
    """Every row of the desk by table and key, without what counts or stamps; links by their ends.

    Lists in documents are sets here: their order follows the desk's when they are published next.
    """
    found = {}
    for model in apps.get_app_config("desk").get_models(include_auto_created=True):
        label = model._meta.label_lower
        for row in [] if label in LOGS else model._base_manager.all():
            fields = Serializer().serialize([row])[0]["fields"]
            if model._meta.auto_created:
                found[label, json.dumps(fields, default=str)] = 1
                continue
            kept = {name: one for name, one in fields.items() if name not in NOT_LOGICAL}
            found[label, row.pk] = json.dumps(unordered(kept), sort_keys=True, default=str)
    return found


def unordered(value):
    if isinstance(value, dict):
        return {name: unordered(one) for name, one in value.items()}
    if isinstance(value, list):
        return sorted(
            (unordered(one) for one in value), key=lambda one: json.dumps(one, default=str)
        )
    return value


def current(thing) -> dict:
    return Revision.objects.current().get(public_id=thing.public_id).document


def everything_about(actor, other):
    """Rows of every kind that name an actor, some of them doubled by another's."""
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


def test_it_works():
    kept, double = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    statement = everything_about(double, kept)
    double.refresh_from_db()
    before = checksum()
    done = merge(double, into=kept, by=None, note="The same.")
    assert related_rows(double) == []
    assert current(statement)["voice"]["speaker"] == kept.public_id
    assert {one.name for one in kept.other_names.all()} == {"AKA", "Acme Inc."}
    undo_transfer(done, by=None, note="Not the same.")
    assert checksum() == before
    assert current(statement)["voice"]["speaker"] == double.public_id
    assert current(double)["title"] == "Acme Inc."
    assert Revision.objects.current().get(public_id=double.public_id).change == Change.CORRECTION


def test_what_is_public_afterwards_is_what_the_desk_says():
    kept, double = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    ActorName.objects.create(actor=double, name="A.I.")
    firm = published(make_actor("Firm"))
    Affiliation.objects.create(person=double, organisation=firm, title="head")
    publish(double, by=None)
    merge(Actor.objects.get(pk=double.pk), into=kept, by=None, note="The same.")
    assert unpublished_changes(Actor.objects.get(pk=kept.pk)) == []
    revision = Revision.objects.current().get(public_id=kept.public_id)
    assert revision.note == "“Acme Inc.” was merged into “Acme”: The same."
    assert {one["name"] for one in revision.document["other_names"]} == {"Acme Inc.", "A.I."}


def test_edits_that_nobody_has_published_stay_unpublished():
    kept, double = published(make_actor("Acme")), published(make_actor("Acme Inc."))
    statement = published(make_statement(speaker=double))
    ActorName.objects.create(actor=double, name="Unpublished name")
    Actor.objects.filter(pk=kept.pk).update(summary="Unpublished words")
    statement.text = "Unpublished text"
    statement.save()
    double.refresh_from_db()
    done = merge(double, into=kept, by=None, note="The same.")
    public = json.dumps([current(kept), current(statement)])
    assert "Unpublished" not in public
    undo_transfer(done, by=None, note="No.")
    public = json.dumps([current(kept), current(statement), current(double)])
    assert "Unpublished" not in public


@pytest.mark.parametrize("make", [make_actor, make_source, make_event, make_statement])
def test_every_kind_redirects_round_every_corner(reader, make):
    first, second, third = (published(make()) for _ in range(3))
    one = merge(first, into=second, by=None, note="Same.")
    two = merge(type(first).objects.get(pk=second.pk), into=third, by=None, note="Same.")
    plural = f"/{first.kind}s"
    for gone in (first, second):
        answer = reader.get(f"{plural}/{gone.slug}/")
        assert (answer.status_code, answer["Location"]) == (301, f"{plural}/{third.slug}/")
    with pytest.raises(ActionRefused, match="Undo what came after it first"):
        undo_transfer(one, by=None, note="No.")
    undo_transfer(two, by=None, note="No.")
    assert reader.get(f"{plural}/{first.slug}/")["Location"] == f"{plural}/{second.slug}/"
    undo_transfer(one, by=None, note="No.")
    assert reader.get(f"{plural}/{first.slug}/").status_code == 200
    # And the other way round, which leaves no loop.
    merge(type(first).objects.get(pk=second.pk), into=first, by=None, note="Same.")
    answer = reader.get(f"{plural}/{second.slug}/", follow=True)
    assert answer.redirect_chain == [(f"{plural}/{first.slug}/", 301)]


def test_a_draft_needs_no_reason_and_moves_nothing_in_public():
    kept, double = published(make_source("One")), make_source("Two")
    event = make_event(source=double)
    revisions = Revision.objects.count()
    done = merge(double, into=kept, by=None, note="")
    assert event.citations.get().source == kept
    assert Revision.objects.count() == revisions
    undo_transfer(done, by=None)
    assert event.citations.get().source == double
    double.refresh_from_db()
    assert double.state == WorkflowState.DRAFT


def test_the_same_citation_twice_is_kept_once_and_comes_back():
    kept, double = make_source(), make_source()
    event = make_event(cited=False)
    for source in (kept, double):
        Citation.objects.create(event=event, source=source, exact="Word for word.")
    before = checksum()
    done = merge(double, into=kept, by=None, note="")
    assert event.citations.count() == 1
    undo_transfer(done, by=None)
    assert checksum() == before


def test_what_cannot_be_merged():
    actor, source = make_actor(actor_kind="person"), make_source()
    firm = make_actor(actor_kind="organisation")
    for into, said in (
        (source, "same kind"),
        (actor, "into itself"),
        (firm, "say that they are one"),
    ):
        with pytest.raises(ActionRefused, match=said):
            merge(actor, into=into, by=None, note="Why.")
    merge(actor, into=firm, by=None, note="", across=True)
    with pytest.raises(ActionRefused, match="withdrawn or merged already"):
        merge(actor, into=make_actor(actor_kind="person"), by=None, note="Why.")
    with pytest.raises(ActionRefused, match="choose what is there instead"):
        merge(make_actor(actor_kind="person"), into=actor, by=None, note="Why.")
    with pytest.raises(ActionRefused, match="Publish"):
        merge(published(make_actor()), into=make_actor(), by=None, note="Why.")


def test_what_would_derive_from_itself_is_refused():
    far = make_source("Far")
    middle = make_source("Middle", derives_from=far, derivation="rewrite")
    near = make_source("Near", derives_from=middle, derivation="rewrite")
    for thing, into in ((near, far), (far, near)):
        with pytest.raises(ActionRefused, match="by way of others"):
            merge(thing, into=into, by=None, note="Why.")
    merge(near, into=middle, by=None, note="")


def test_what_moved_meanwhile_has_to_be_looked_at_again():
    kept, double = make_actor(), make_actor()
    seen = prepare_merge(double, kept).preview_token
    make_statement(speaker=double)
    with pytest.raises(ActionRefused, match="look at what would move again"):
        merge(double, into=kept, by=None, note="", preview_token=seen)


def test_what_was_merged_is_not_published_again_and_is_found_as_what_it_is_now():
    kept, double = published(make_actor()), published(make_actor())
    merge(double, into=kept, by=None, note="Same.")
    double.refresh_from_db()
    assert "undo that merge instead" in " ".join(publish_errors(double))
    assert merged_row(double) == kept


def test_an_undo_leaves_what_was_changed_since_and_says_so():
    kept, double, third = (published(make_actor(name)) for name in ("Kept", "Double", "Third"))
    mine, other, gone = (make_statement(speaker=double) for _ in range(3))
    done = merge(double, into=kept, by=None, note="Same.")
    type(other).objects.filter(pk=other.pk).update(speaker=third)
    gone.citations.all().delete()
    gone.delete()
    found = undo_transfer(done, by=None, note="No.")
    assert any("names another speaker since" in one for one in found.unchanged)
    assert any("was deleted since" in one for one in found.unchanged)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.speaker, other.speaker) == (double, third)
    with pytest.raises(ActionRefused, match="undone already"):
        undo_transfer(done, by=None, note="Again.")


def test_a_document_published_again_since_keeps_its_new_words_and_gets_the_old_name_back():
    kept, double = published(make_actor()), published(make_actor())
    statement = published(make_statement(speaker=double))
    done = merge(double, into=kept, by=None, note="Same.")
    statement.refresh_from_db()
    statement.text = "Newer words."
    statement.save()
    publish(statement, by=None)
    undo_transfer(done, by=None, note="No.")
    document = current(statement)
    assert (document["text"], document["voice"]["speaker"]) == ("Newer words.", double.public_id)


def test_of_several_merges_the_middle_one_can_be_undone():
    kept = published(make_actor("Kept"))
    doubles = [published(make_actor(f"Double {n}")) for n in range(3)]
    statements = [published(make_statement(speaker=one)) for one in doubles]
    done = [merge(one, into=kept, by=None, note="Same.") for one in doubles]
    undo_transfer(done[1], by=None, note="No.")
    assert [current(one)["voice"]["speaker"] for one in statements] == [
        kept.public_id,
        doubles[1].public_id,
        kept.public_id,
    ]
    names = {one["name"] for one in current(kept)["other_names"]}
    assert names == {"Double 0", "Double 2"}


def test_a_split_takes_along_what_was_chosen_in_public_too(reader):
    both = published(make_actor("John Smith", actor_kind="person"))
    his, hers = (published(make_statement(speaker=both)) for _ in range(2))
    both.refresh_from_db()
    before = checksum()
    rows = [f"desk.statement:{hers.pk}"]
    done, new = split(both, name="John Smith (poet)", rows=rows, by=None, note="Namesakes.")
    assert new.actor_kind == "person"
    assert [current(one)["voice"]["speaker"] for one in (his, hers)] == [
        both.public_id,
        new.public_id,
    ]
    assert reader.get(f"/actors/{new.slug}/").status_code == 200
    undo_transfer(done, by=None, note="They are one.")
    answer = reader.get(f"/actors/{new.slug}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/actors/{both.slug}/")
    after = {key: one for key, one in checksum().items() if key != ("desk.actor", new.pk)}
    assert after == before
    assert current(hers)["voice"]["speaker"] == both.public_id


def test_a_split_draft_is_deleted_again_by_undoing(reader):
    event = make_event("Two things")
    incident = make_incident()
    event.incidents.add(incident)
    Citation.objects.create(event=event, source=make_source())
    before = checksum()
    rows = [f"desk.citation:{event.citations.last().pk}"]
    done, new = split(event, name="The other thing", rows=rows, by=None, note="")
    assert list(new.incidents.all()) == [incident]
    assert (event.citations.count(), new.citations.count()) == (1, 1)
    undo_transfer(done, by=None)
    assert checksum() == before
    assert not Event.objects.filter(title="The other thing").exists()


def test_what_cannot_be_split():
    event = published(make_event())
    rows = [f"desk.citation:{event.citations.get().pk}"]
    cases = [
        ({"name": " ", "rows": rows, "note": "Why."}, "The new name"),
        ({"name": "a\u202eb", "rows": rows, "note": "Why."}, "The new name"),
        ({"name": "New", "rows": [], "note": "Why."}, "nothing is chosen"),
        ({"name": "New", "rows": ["desk.actor:1"], "note": "Why."}, "look at what would move"),
        ({"name": "New", "rows": rows, "note": ""}, "readers are told"),
        ({"name": "New", "rows": rows, "note": "Why."}, "no supporting citation"),
    ]
    for given, said in cases:
        with pytest.raises(ActionRefused, match=said):
            split(event, by=None, **given)
    assert Event.objects.count() == 1
    event.summary = "Not published."
    event.save()
    with pytest.raises(ActionRefused, match="edited since it was published"):
        split(event, name="New", rows=rows, by=None, note="Why.")


def test_a_split_with_more_on_it_by_now_is_merged_instead():
    both = make_actor("Both")
    statement = make_statement(speaker=both)
    rows = [f"desk.statement:{statement.pk}"]
    done, new = split(both, name="New", rows=rows, by=None, note="")
    make_statement(speaker=new)
    with pytest.raises(ActionRefused, match="1 more rest on “New”"):
        undo_transfer(done, by=None)


def test_the_log_says_who_moved_what(editor_user):
    kept, double = make_actor("Kept"), make_actor("Double")
    statement = make_statement(speaker=double)
    merge(double, into=kept, by=editor_user, note="Same.")
    statement.refresh_from_db()
    lines = AuditEntry.objects.of(statement.public_id)
    assert [(one.done, one.saved_by, one.version) for one in lines] == [
        ("followed", editor_user, statement.version)
    ]
    assert lines[0].state["speaker"]["id"] == kept.public_id
    transfer = Transfer.objects.get()
    assert {"table": "desk.statement", "key": statement.pk,
            "fields": {"speaker_id": [double.pk, kept.pk]}} in transfer.moved["rows"]  # fmt: skip


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_any_sequence_of_merges_can_be_taken_back(seed):
    """Random merges and undos among a few things; undone to the last, nothing is different."""
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
        standing = list(Transfer.objects.in_effect())
        try:
            if standing and dice.random() < 0.4:
                undo_transfer(dice.choice(standing), by=None, note="No.")
            else:
                model, pool = dice.choice(pools)
                one, other = dice.sample(pool, 2)
                thing, into = (model.objects.get(pk=each.pk) for each in (one, other))
                merge(thing, into=into, by=None, note="Same.", across=True)
        except ActionRefused:
            continue
    assert Transfer.objects.exists()
    for done in Transfer.objects.in_effect().order_by("-pk"):
        undo_transfer(done, by=None, note="No.")
    assert checksum() == before
