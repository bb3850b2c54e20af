"""What other entries depend on is indexed again: at once for few, in batches for many."""

from __future__ import annotations

import random

import pytest
from django.core.management import call_command
from django.utils import timezone

from kb.desk.verbs.publishing import publish, withdraw
from kb.record import pending_index, search_index
from kb.record.models import (
    AddressIndex,
    ClaimInput,
    Entry,
    Epoch,
    Facet,
    PendingDependants,
    Revision,
)
from kb.record.pending_index import (
    IndexedElsewhere,
    PendingBatches,
    continue_after_restart,
    drain,
    pending_count,
)
from kb.record.rebuild import rebuild_index
from tests.lists import LIST_MODELS, list_rows
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


def index_rows():
    """Everything in the index, without keys."""
    columns = [
        field.name for field in Entry._meta.concrete_fields if field.name not in ("id", "revision")
    ]
    return (
        sorted(map(repr, Entry.objects.values_list(*columns, "revision__number"))),
        sorted(Facet.objects.values_list("entry__public_id", "name", "value")),
        sorted(AddressIndex.objects.values_list("public_id", "kind", "slug", "reversed_slug")),
        sorted(ClaimInput.objects.values_list("claim", "record")),
        *list_rows(),
    )


def rebuilt_rows():
    """The same, of an index that is made from nothing."""
    for model in (Entry, Facet, AddressIndex, ClaimInput, PendingDependants, *LIST_MODELS):
        model.objects.all().delete()
    rebuild_index()
    return index_rows()


def rename(actor, name):
    actor.refresh_from_db()
    actor.name = name
    actor.save()
    publish(actor, by=None)


@pytest.fixture
def few_at_once(monkeypatch):
    """Two dependants are already too many to be indexed at once; batches have three."""
    monkeypatch.setattr(search_index, "MAX_DEPENDANTS_AT_ONCE", 1)
    monkeypatch.setattr(pending_index, "MIN_BATCH", 3)
    monkeypatch.setattr(pending_index, "MAX_BATCH", 3)
    monkeypatch.setattr(pending_index, "SECONDS_OF_PAUSE", 0)


def test_few_dependants_are_found_by_the_new_name_at_once():
    actor = make_actor("Before")
    published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    assert pending_count() == 0
    assert Entry.objects.filter(search_text__contains="afterwards").count() == 1


def test_many_dependants_are_left_pending_and_found_by_the_new_name_later(few_at_once):
    actor = make_actor("Before")
    for _ in range(4):
        published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    assert pending_count() == 4
    assert not Entry.objects.filter(search_text__contains="afterwards").exists()
    number = Epoch.objects.get().number
    assert drain() == 4
    assert pending_count() == 0
    assert Entry.objects.filter(search_text__contains="afterwards").count() == 4
    assert Epoch.objects.get().number > number + 1  # a version for each batch


def test_rename_that_was_interrupted_is_continued(few_at_once):
    actor = make_actor("Before")
    for _ in range(5):
        published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    assert PendingBatches().index_next() == 3  # then the process ends
    assert pending_count() == 2
    call_command("index_pending", verbosity=0)
    assert pending_count() == 0
    rows = index_rows()
    assert rows == rebuilt_rows()


def test_entries_that_another_process_indexes_are_left_to_it_until_it_stops(
    few_at_once, monkeypatch
):
    actor = make_actor("Before")
    for _ in range(5):
        published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    assert PendingBatches().index_next() == 3
    monkeypatch.setattr(pending_index, "_worker", lambda: "another machine:1")
    with pytest.raises(IndexedElsewhere):
        PendingBatches().index_next()
    assert pending_count() == 2
    long_ago = timezone.now() - pending_index.LEASE
    PendingDependants.objects.update(worked_at=long_ago)
    assert PendingBatches().index_next() == 2


def test_command_waits_for_the_process_that_indexes(few_at_once, monkeypatch):
    actor = make_actor("Before")
    for _ in range(5):
        published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    PendingBatches().index_next()
    monkeypatch.setattr(pending_index, "_worker", lambda: "another machine:1")
    looks = []

    def sleep(seconds):
        if seconds == pending_index.SECONDS_BETWEEN_LOOKS:
            looks.append(pending_count())
            PendingDependants.objects.update(worked_at=timezone.now() - pending_index.LEASE)

    monkeypatch.setattr(pending_index.time, "sleep", sleep)
    assert drain() == 2
    assert looks == [2]


def test_batch_sees_what_was_published_while_it_was_prepared(few_at_once, monkeypatch):
    actor = make_actor("Before")
    events = [published(make_event(actors=((actor, "acted"),))) for _ in range(2)]
    rename(actor, "Afterwards")
    prepare = pending_index.PendingBatches._prepare
    titles = ["A title of today"]

    def prepare_slowly(self, public_ids):
        prepared = prepare(self, public_ids)
        if titles:
            events[0].title = titles.pop()
            events[0].save()
            publish(events[0], by=None)
        return prepared

    monkeypatch.setattr(pending_index.PendingBatches, "_prepare", prepare_slowly)
    drain()
    rows = index_rows()
    assert any("a title of today" in row for row in rows[0])
    assert rows == rebuilt_rows()


def test_withdrawn_entry_is_not_indexed_again(few_at_once):
    actor = make_actor("Before")
    events = [published(make_event(actors=((actor, "acted"),))) for _ in range(3)]
    rename(actor, "Afterwards")
    withdraw(events[0], by=None, note="Wrong.")
    drain()
    assert not Entry.objects.filter(public_id=events[0].public_id).exists()
    assert Entry.objects.filter(search_text__contains="afterwards").count() == 2


def test_second_rename_begins_again(few_at_once):
    actor = make_actor("Before")
    for _ in range(5):
        published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    PendingBatches().index_next()
    rename(actor, "Much later")
    assert pending_count() == 5
    drain()
    assert Entry.objects.filter(search_text__contains="much later").count() == 5


def test_change_of_a_summary_concerns_no_other_entry(few_at_once):
    actor = make_actor("Before")
    for _ in range(3):
        published(make_event(actors=((actor, "acted"),)))
    actor.refresh_from_db()
    actor.summary = "A company."
    actor.save()
    publish(actor, by=None)
    assert pending_count() == 0


def test_publishing_again_makes_no_revision_of_what_names_the_record():
    actor = make_actor("Before")
    event = published(make_event(actors=((actor, "acted"),)))
    rename(actor, "Afterwards")
    assert Revision.objects.filter(public_id=event.public_id).count() == 1


def test_first_page_of_the_desk_says_how_many_entries_are_pending(few_at_once, editor):
    actor = make_actor("Before")
    for _ in range(2):
        published(make_event(actors=((actor, "acted"),)))
    assert "not indexed again yet" not in editor.get("/admin/").text
    rename(actor, "Afterwards")
    assert "2 of these entries are not indexed again yet" in editor.get("/admin/").text


def test_actor_that_only_a_position_names_is_found_by_its_new_name():
    actor = make_actor("Before")
    statement = make_statement()
    proposition = make_proposition(question="who", events=(published(make_event()),))
    make_stance(proposition, "asserts", statement=statement, actor=actor)
    published(actor)
    published(statement)
    published(proposition)
    rename(actor, "Afterwards")
    row = Entry.objects.get(public_id=statement.public_id)
    assert "afterwards" in row.search_text


def test_claim_that_asks_who_follows_what_its_actors_are_part_of():
    whole, part = published(make_actor("Whole")), published(make_actor("Part"))
    event = published(make_event())
    proposition = make_proposition(question="who", events=(event,))
    for actor in (whole, part):
        statement = published(make_statement())
        make_stance(proposition, "asserts", statement=statement, actor=actor)
    published(proposition)
    contested = Facet.objects.filter(name="standing", value="contested")
    assert contested.count() == 1
    part.part_of = whole
    part.save()
    publish(part, by=None)
    assert contested.count() == 0
    rows = index_rows()
    assert rows == rebuilt_rows()


class History:
    """A random sequence of publications, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.actors = [published(make_actor(f"Actor {n}")) for n in range(4)]
        self.sources = [published(make_source(publisher=self.actors[n])) for n in range(3)]
        self.events, self.statements, self.claims, self.withdrawn = [], [], [], []

    def step(self):
        choose = self.random.choice
        action = choose((
            self.add_event, self.add_statement, self.add_request, self.add_claim, self.rename,
            self.move_actor, self.correct_source, self.withdraw_event, self.retitle, self.republish,
            self.withdraw_claim, self.change_kind, self.restore_event,
        ))  # fmt: skip
        action(choose)

    def add_event(self, choose):
        actors = ((choose(self.actors), "acted"),)
        self.events.append(published(make_event(actors=actors, source=choose(self.sources))))

    def add_statement(self, choose):
        about = (choose(self.events),) if self.events else ()
        statement = make_statement(
            source=choose(self.sources), speaker=choose(self.actors), about=about
        )
        self.statements.append(published(statement))

    def add_request(self, choose):
        published(make_request(source=choose(self.sources), asked=(choose(self.actors),)))

    def add_claim(self, choose):
        if not self.events or len(self.statements) < 2:
            return
        claim = make_proposition(
            question="who", incident=published(make_incident()), events=(choose(self.events),)
        )
        for statement in self.random.sample(self.statements, 2):
            make_stance(claim, "asserts", statement=statement, actor=choose(self.actors))
        self.claims.append(published(claim))

    def rename(self, choose):
        rename(choose(self.actors), f"Renamed {self.random.random()}")

    def move_actor(self, choose):
        part, whole = sorted(self.random.sample(self.actors, 2), key=lambda actor: actor.pk)
        part.refresh_from_db()
        part.part_of = whole
        part.save()
        publish(part, by=None)

    def correct_source(self, choose):
        source = choose(self.sources)
        source.refresh_from_db()
        source.published = f"2023-0{self.random.randint(1, 9)}"
        source.publisher = choose(self.actors)
        source.save()
        publish(source, by=None, change="correction", note="The date was wrong.")

    def withdraw_event(self, choose):
        if self.events:
            event = self.events.pop(self.random.randrange(len(self.events)))
            event.refresh_from_db()
            withdraw(event, by=None, note="It did not happen.")
            self.withdrawn.append(event)

    def restore_event(self, choose):
        if self.withdrawn:
            event = self.withdrawn.pop()
            event.refresh_from_db()
            self.events.append(published(event))

    def withdraw_claim(self, choose):
        if self.claims:
            claim = self.claims.pop()
            claim.refresh_from_db()
            withdraw(claim, by=None, note="It was no question.")

    def change_kind(self, choose):
        actor = choose(self.actors)
        actor.refresh_from_db()
        actor.actor_kind = choose(("person", "organisation", "publication"))
        actor.save()
        publish(actor, by=None)

    def retitle(self, choose):
        if self.events:
            event = choose(self.events)
            event.refresh_from_db()
            event.happened = f"2022-{self.random.randint(10, 12)}"
            event.save()
            publish(event, by=None)

    def republish(self, choose):
        for claim in self.claims:
            claim.refresh_from_db()
            publish(claim, by=None)


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [1, 200])
@pytest.mark.parametrize("seed", range(4))
def test_incremental_index_equals_a_rebuilt_one_after_random_histories(seed, at_once, monkeypatch):
    monkeypatch.setattr(search_index, "MAX_DEPENDANTS_AT_ONCE", at_once)
    monkeypatch.setattr(pending_index, "SECONDS_OF_PAUSE", 0)
    history = History(seed)
    for number in range(40):
        history.step()
        if number % 7 == 0:
            PendingBatches().index_next()
    drain()
    rows = index_rows()
    rebuild_index()
    assert index_rows() == rows  # a right index is left as it is
    assert rebuilt_rows() == rows


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_server_continues_after_its_start(few_at_once, monkeypatch):
    monkeypatch.setattr(pending_index, "SECONDS_AFTER_START", 0)
    published(make_event())
    PendingDependants.objects.create(name="kind", value="event")
    continue_after_restart().join(timeout=60)
    assert pending_count() == 0
