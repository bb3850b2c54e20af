"""The change log has each changed entry once, in the transaction that changes it."""

import pytest
from django.db import transaction

from kb.record import index_changes
from kb.record.index_changes import note_changes, note_everything, noting_changes
from kb.record.models import Entry, EntryChange
from kb.record.publication_version import bump_version
from tests.make import make_actor, make_event, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_log():
    """Without the line of a migration, which is only there in a new database."""
    EntryChange.objects.all().delete()


def lines():
    return list(EntryChange.objects.order_by("pk").values_list("public_id", flat=True))


def test_a_block_writes_each_entry_once_at_its_end():
    with noting_changes():
        note_changes({"b", "a"})
        with noting_changes():
            note_changes({"a"})
        assert lines() == []
    assert lines() == ["a", "b"]


def test_without_a_block_changes_are_written_at_once():
    note_changes(["a"])
    note_changes([])
    assert lines() == ["a"]


def test_one_line_stands_for_everything():
    with noting_changes(everything=True):
        note_changes({"a", "b"})
    note_everything()
    assert lines() == ["", ""]


def test_very_many_changes_are_one_line(monkeypatch):
    monkeypatch.setattr(index_changes, "MAX_NOTED", 2)
    note_changes({"a", "b"})
    note_changes({"a", "b", "c"})
    assert lines() == ["a", "b", ""]


def test_a_failed_block_writes_nothing():
    with pytest.raises(RuntimeError), transaction.atomic(), noting_changes():
        note_changes({"a"})
        raise RuntimeError
    note_changes({"b"})
    assert lines() == ["b"]


def test_lines_have_the_publication_version():
    number = bump_version()
    note_changes({"a"})
    assert EntryChange.objects.get(public_id="a").version == number


def test_publishing_notes_the_entry_and_those_that_name_what_changed():
    source = make_source()
    event, other = (published(make_event(source=source)) for _ in range(2))
    source.publisher = published(make_actor())
    written = len(lines())
    source.save()
    published(source)
    assert set(lines()[written:]) == {event.public_id, other.public_id}
    assert Entry.objects.count() == 2
