"""Times of day on the desk: forms, fixtures, the log, the backup, and the upgrade of the index."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from kb.dates import FuzzyDate
from kb.desk.backup import dump_lines, load_lines
from kb.desk.models import AuditEntry, Event
from kb.desk.row_snapshots import snapshots_by_id
from kb.desk.verbs.restoring import restore
from kb.record.models import Entry, Revision
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.desk.test_backup import empty
from tests.desk.test_history import save
from tests.desk.test_loaddata import fixture, load
from tests.make import make_event, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIMED = FuzzyDate("2023-12-15", "", "+08:00", "18:05")


def test_form_has_boxes_for_time_and_zone(editor):
    event = make_event(happened=TIMED)
    fields = fields_of(editor.get(change_url(event)))
    assert (fields["happened"], fields["happened_time"]) == ("2023-12-15", "18:05")
    assert "15 December 2023, 18:05 (UTC+8)" in text_of(editor.get(change_url(event)))
    for kind, name in (("event", "happened"), ("statement", "said"), ("source", "published")):
        assert f"{name}_time" in fields_of(editor.get(add_url(kind)))


def test_editor_changes_the_time_alone(editor):
    event = save(editor, make_event(happened=TIMED), happened_time="7 pm")
    assert event.happened == FuzzyDate("2023-12-15", "", "+08:00", "19")


def test_editor_types_a_timestamp_as_the_date(editor):
    event = save(editor, make_event(), happened="15 Dec 2023 8:21 p.m. UTC", happened_phrase="")
    assert (event.happened.time, event.happened.zone) == ("20:21", "Z")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"happened": "2023-12", "happened_time": "18:05"}, "needs a single day"),
        ({"happened": "2023-12-15", "happened_time": "18:65"}, "Hours go up to 23"),
        ({"happened": "2023-12-15", "happened_zone": "CST"}, "can mean UTC−6 or UTC+8"),
    ],
)
def test_time_that_cannot_be_is_refused_with_a_sentence(editor, fields, reason):
    event = make_event(happened="2023-04-03")
    sent = fields_of(editor.get(change_url(event))) | fields | {"_save": "1"}
    response = editor.post(change_url(event), sent)
    assert response.status_code == 200 and reason in text_of(response)
    event.refresh_from_db()
    assert event.happened == FuzzyDate("2023-04-03")


def test_fixture_with_a_time_is_loaded(tmp_path):
    load(fixture(tmp_path, happened="2023-12-15", happened_phrase="", happened_time="18:05"))
    assert Event.objects.get().happened == FuzzyDate("2023-12-15", time="18:05")
    assert Entry.objects.get().revision.document["date"]["time"] == "18:05"


@pytest.mark.parametrize(
    "fields",
    [{"happened_time": "25:00", "happened": "2023-12-15"}, {"happened_time": "18:05"}],
    ids=["no time", "no day"],
)
def test_fixture_with_an_impossible_time_stores_nothing(tmp_path, fields):
    with pytest.raises(CommandError, match="Nothing was loaded"):
        load(fixture(tmp_path, **fields))
    assert not Event.objects.exists()


def test_log_has_the_time_and_restores_it(editor, editor_user):
    event = save(editor, make_event(happened=TIMED), title="Changed")
    first = AuditEntry.objects.of(event.public_id).order_by("version").first()
    assert first is not None
    save(editor, event, happened="2023-12-16", happened_time="", happened_zone="")
    (snapshot,) = snapshots_by_id([event]).values()
    assert "time" not in snapshot["happened"]
    restore(event, first, by=editor_user, version=event.version)
    event.refresh_from_db()
    assert event.happened == TIMED


def test_backup_has_the_time_and_old_backups_lack_it():
    make_event(happened=TIMED)
    lines = list(dump_lines())
    assert b'"happened_time": "18:05"' in b"".join(lines)
    empty()
    load_lines(lines)
    assert Event.objects.get().happened == TIMED
    assert list(dump_lines()) == lines


def test_old_document_without_time_is_read(reader):
    event = published(make_event(happened="2023-12-15"))
    revision = Revision.objects.get(public_id=event.public_id)
    del revision.document["date"]["time"]
    revision.document["date"]["zone"] = "Washington"
    revision.save_base(raw=True)
    (row,) = reader.get("/timeline.json").json()["entries"]
    assert (row["date"]["time"], row["date"]["zone"]) == ("", "Washington")
    assert reader.get(f"/events/{event.slug}/").status_code == 200


@pytest.mark.parametrize("zone", ["", "Z", "+08:00", "-05:00", "Asia/Shanghai", "Washington"])
def test_upgrade_gives_the_keys_of_a_new_index(zone):
    for edtf in ("2023-12-15", "2023-12", "2023", "../2023-12-15", "2023-12-15/..", "", "1930"):
        published(make_event(happened=FuzzyDate(edtf, zone=zone)))
    keys = dict(Entry.objects.values_list("public_id", "sort_key"))
    migration = import_module("kb.record.migrations.0009_fill_sort_keys")
    backwards = migration.change_keys(migration.key_in_days)
    forwards = migration.change_keys(migration.key_in_seconds)
    editor = connection.SchemaEditorClass(connection)
    backwards(apps, editor)
    old = dict(Entry.objects.values_list("public_id", "sort_key"))
    assert all(len(key) == 16 + len(public_id) for public_id, key in old.items())
    forwards(apps, editor)
    assert dict(Entry.objects.values_list("public_id", "sort_key")) == keys
