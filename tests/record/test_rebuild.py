"""Rebuilding the index in batches: what is wrong becomes right, what is right is left alone."""

from __future__ import annotations

import gc
import io
import sqlite3
import subprocess
import sys
from contextlib import closing
from secrets import token_urlsafe
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from kb.desk.models import EntryLink
from kb.desk.verbs.publishing import publish
from kb.record import entry_comparisons
from kb.record import rebuild as rebuild_module
from kb.record.apps import renew_words
from kb.record.management.commands import rebuild_index as command
from kb.record.models import AddressIndex, ClaimInput, Entry, EntryChange, Epoch, Facet
from kb.record.publication_version import has_older_words
from kb.record.rebuild import rebuild_index
from kb.text.normalise import FOLD_EDITION
from tests.local_server import LocalServer
from tests.make import make_actor, make_event, make_proposition, make_statement, published
from tests.record.test_pending_index import index_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def events():
    """Two events of which one follows the other, a third of its own, and a contested claim."""
    first = make_event(happened="2023-12-15")
    second = make_event(happened="2023-12")
    EntryLink.objects.create(event=second, link_kind="follows", to_event=first, inferred=True)
    alone = make_event(actors=((make_actor("Jo Doe"), "acted"),))
    return [published(event) for event in (first, second, alone)]


def rebuild():
    """Rebuild in batches; return the ids that the change log has afterwards."""
    EntryChange.objects.all().delete()
    assert rebuild_index(in_batches=True) == Entry.objects.count()
    return set(EntryChange.objects.values_list("public_id", flat=True))


def test_right_index_is_neither_written_nor_noted_as_changed(events):
    rows, number = index_rows(), Epoch.objects.get().number
    assert rebuild() == set()
    assert index_rows() == rows
    assert Epoch.objects.get().number == number + 1  # of its end


@pytest.mark.parametrize(
    "values",
    [{"search_text": "wrong"}, {"first_month": 7}, {"latest": None}, {"known_since": "2001-01-01"}],
)
def test_wrong_column_is_corrected_and_noted(events, values):
    rows = index_rows()
    event = events[2]
    Entry.objects.filter(public_id=event.public_id).update(**values)
    assert rebuild() == {event.public_id}
    assert index_rows() == rows


def test_migrate_renews_words_of_an_earlier_edition(events):
    rows = index_rows()
    Entry.objects.update(search_text="earlier words")
    renew_words("default", apps)
    assert "earlier words" in str(index_rows())
    Epoch.objects.update(fold_edition=FOLD_EDITION - 1)
    assert has_older_words()
    renew_words("default", apps, verbosity=0)
    assert index_rows() == rows
    assert not has_older_words()


def test_words_are_not_renewed_before_the_index_has_an_edition(events):
    Epoch.objects.update(fold_edition=FOLD_EDITION - 1)
    before = SimpleNamespace(
        get_model=lambda *names: SimpleNamespace(_meta=SimpleNamespace(get_fields=list))
    )
    renew_words("default", before)
    renew_words("default", None)
    assert has_older_words()


def test_wrong_place_of_linked_entry_is_corrected(events):
    rows = index_rows()
    first, second, _alone = events
    key = Entry.objects.get(public_id=second.public_id).sort_key
    Entry.objects.filter(public_id=second.public_id).update(sort_key="0" + key[1:-1] + "z")
    assert rebuild() == {second.public_id}
    assert index_rows() == rows
    keys = dict(Entry.objects.values_list("public_id", "sort_key"))
    assert keys[first.public_id] < keys[second.public_id]


def test_missing_and_superfluous_facets_are_corrected(events):
    rows = index_rows()
    _first, second, alone = events
    Facet.objects.filter(entry__public_id=second.public_id, name="after").delete()
    entry = Entry.objects.get(public_id=alone.public_id)
    Facet.objects.create(entry=entry, name="topic", value="bbbbbbbb")
    assert rebuild() == {second.public_id, alone.public_id}
    assert index_rows() == rows


def test_missing_entry_and_address_are_added(events):
    rows = index_rows()
    first = events[0]
    Entry.objects.filter(public_id=first.public_id).delete()
    AddressIndex.objects.filter(public_id=first.public_id).delete()
    assert first.public_id in rebuild()
    assert index_rows() == rows


def test_rows_of_what_is_not_live_are_removed(events):
    rows = index_rows()
    draft = make_statement()
    entry = Entry.objects.get(public_id=events[2].public_id)
    values = {field.attname: getattr(entry, field.attname) for field in Entry._meta.fields}
    values |= {"id": None, "public_id": draft.public_id, "sort_key": "9"}
    Entry.objects.create(**values)
    AddressIndex.objects.create(
        public_id=draft.public_id, kind="statement", slug="gone", reversed_slug="enog"
    )
    claim = make_proposition()
    Facet.objects.create(entry=entry, name="contested", value=claim.public_id)
    ClaimInput.objects.create(claim=claim.public_id, record="bbbbbbbb")
    assert rebuild() == {draft.public_id, events[2].public_id}
    assert index_rows() == rows


@pytest.fixture
def small_batches(monkeypatch):
    """Few revisions in each range, and a transaction for each entry."""
    monkeypatch.setattr(entry_comparisons, "BATCH_SIZE", 3)
    monkeypatch.setattr(entry_comparisons, "PART_SIZE", 1)
    monkeypatch.setattr(rebuild_module, "SECONDS_IN_LOCK", 0)
    monkeypatch.setattr(rebuild_module, "SECONDS_OF_PAUSE", 0)


def spoil(events):
    """Give these entries wrong words, and take a facet from each."""
    public_ids = [event.public_id for event in events]
    Entry.objects.filter(public_id__in=public_ids).update(search_text="wrong")
    Facet.objects.filter(entry__public_id__in=public_ids, name="source").delete()


def test_linked_entries_of_different_ranges_are_made_anew(events, small_batches):
    rows = index_rows()
    Facet.objects.all().delete()
    Entry.objects.all().delete()
    assert rebuild() == {event.public_id for event in events}
    assert index_rows() == rows


def test_interrupted_rebuild_leaves_whole_entries_and_is_continued(
    events, small_batches, monkeypatch
):
    rows = index_rows()
    spoil(events)
    store = rebuild_module.store
    stored = []

    def store_two(prepared):
        store(prepared)
        stored.append(prepared)
        if len(stored) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(rebuild_module, "store", store_two)
    EntryChange.objects.all().delete()
    with pytest.raises(KeyboardInterrupt):
        rebuild_index(in_batches=True)
    noted = set(EntryChange.objects.values_list("public_id", flat=True))
    right = set(Entry.objects.exclude(search_text="wrong").values_list("public_id", flat=True))
    with_source = set(
        Facet.objects.filter(name="source").values_list("entry__public_id", flat=True)
    )
    assert len(right) == 1
    assert right == with_source == noted  # the second one is as it was before
    monkeypatch.undo()
    assert rebuild() == {event.public_id for event in events} - right
    assert index_rows() == rows


def test_transaction_ends_after_the_part_in_which_its_time_is_over(
    events, small_batches, monkeypatch
):
    spoil(events)
    number = Epoch.objects.get().number
    rebuild()
    versions_of_parts = Epoch.objects.get().number - number
    spoil(events)
    monkeypatch.setattr(rebuild_module, "SECONDS_IN_LOCK", 60)
    monkeypatch.setattr(entry_comparisons, "BATCH_SIZE", 1_000)
    number = Epoch.objects.get().number
    rebuild()
    assert versions_of_parts - (Epoch.objects.get().number - number) == len(events) - 1


@pytest.mark.parametrize("times", [1, rebuild_module.MAX_COMPARED])
def test_what_is_published_between_comparing_and_writing_is_compared_again(
    events, monkeypatch, times
):
    spoil(events)
    event = events[2]
    titles = [f"Title {number}" for number in range(times)]

    def publish_next():
        if titles:
            event.refresh_from_db()
            event.title = titles.pop()
            event.save()
            publish(event, by=None)

    def compare_slowly(keys, known):
        comparison = compare_range(keys, known)
        publish_next()
        return comparison

    def compare_all_slowly(processes):
        for comparison in comparisons(processes):
            publish_next()
            yield comparison

    compare_range, comparisons = rebuild_module.compare_range, rebuild_module.comparisons
    monkeypatch.setattr(rebuild_module, "compare_range", compare_slowly)
    monkeypatch.setattr(rebuild_module, "comparisons", compare_all_slowly)
    rebuild()
    assert not titles
    rows = index_rows()
    monkeypatch.undo()
    Facet.objects.all().delete()
    Entry.objects.all().delete()
    rebuild_index()
    assert index_rows() == rows


def test_command_reports_progress_and_leaves_the_garbage_collector_as_it_was(
    events, small_batches, monkeypatch
):
    monkeypatch.setattr(command, "ENTRIES_PER_LINE", 2)
    thresholds = gc.get_threshold()
    output = io.StringIO()
    call_command("rebuild_index", stdout=output)
    lines = output.getvalue().splitlines()
    assert [line.partition(" entries")[0] for line in lines] == ["2 of 3", "Indexed 3"]
    assert gc.get_threshold() == thresholds


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="opens the file of SQLite")
def test_several_processes_correct_the_same(tmp_path):
    server = LocalServer(tmp_path, KB_SECRET_KEY=token_urlsafe(50))
    server.copy_tables()
    command = [sys.executable, "-m", "bench.generate", "1200"]
    subprocess.run(command, env=server.environment, check=True, capture_output=True)
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields)
    query = f"SELECT {columns} FROM record_entry ORDER BY id"
    with closing(sqlite3.connect(tmp_path / "record.sqlite3")) as database:
        rows = database.execute(query).fetchall()
        facets = database.execute("SELECT count(*) FROM record_facet").fetchone()
        with database:
            database.execute("UPDATE record_entry SET last_month = 7 WHERE id % 5 = 0")
            database.execute("DELETE FROM record_facet WHERE entry_id % 7 = 0 AND name = 'source'")
    output = server.manage("rebuild_index", "--processes", "2")
    assert "Indexed 1200 entries." in output
    with closing(sqlite3.connect(tmp_path / "record.sqlite3")) as database:
        assert database.execute(query).fetchall() == rows
        assert database.execute("SELECT count(*) FROM record_facet").fetchone() == facets
