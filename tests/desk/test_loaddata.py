"""A fixture of the desk ends on the record, and never overwrites an editor."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.desk.models import Event
from kb.desk.verbs.publishing import publish
from kb.record.models import Entry, Revision

pytestmark = pytest.mark.django_db


def fixture(tmp_path, **event):
    rows = [
        {"model": "desk.source", "fields": {
            "public_id": "sbcdfghj", "slug": "source", "source_kind": "article", "title": "News",
            "published": "2023-12-15", "created_at": "2026-11-24T00:00:00Z",
            "updated_at": "2026-11-24T00:00:00Z"}},
        {"model": "desk.event", "fields": {
            "public_id": "kbcdfghj", "slug": "event", "title": "It happened",
            "happened": "2023-04", "happened_phrase": "in April", "standing": "reported",
            "created_at": "2026-11-24T00:00:00Z", "updated_at": "2026-11-24T00:00:00Z", **event}},
        {"model": "desk.citation", "pk": 1, "fields": {
            "event": ["event"], "source": ["source"], "exact": "It happened in April."}},
        {"model": "desk.accountof", "pk": 1, "fields": {
            "event": ["event"], "source": ["source"]}},
    ]  # fmt: skip
    path = tmp_path / "story.json"
    path.write_text(json.dumps(rows))
    return str(path)


def load(path):
    call_command("loaddata", path, verbosity=0)


def test_fixture_is_loaded_and_published(tmp_path):
    load(fixture(tmp_path))
    assert Event.objects.get().state == "published"
    entry = Entry.objects.get()
    assert entry.earliest.isoformat() == "2023-04-01"
    assert entry.revision.document["date"]["phrase"] == "in April"


def test_loading_twice_changes_nothing(tmp_path):
    path = fixture(tmp_path)
    load(path)
    before = list(Revision.objects.values())
    load(path)
    assert list(Revision.objects.values()) == before
    assert Event.objects.get().state == "published"


def test_loading_over_edited_record_is_refused_with_its_name(tmp_path):
    path = fixture(tmp_path)
    load(path)
    event = Event.objects.get()
    event.title, event.version = "It did happen", 2
    event.save()
    publish(event, by=None)
    with pytest.raises(CommandError, match="“It happened”"):
        load(path)
    assert Event.objects.get().title == "It did happen"


def test_invalid_row_is_named_and_nothing_is_loaded(tmp_path):
    with pytest.raises(CommandError, match=r"row 2: .*standing: "):
        load(fixture(tmp_path, standing="rumoured"))
    assert not Event.objects.exists()


def test_invalid_date_is_named_and_nothing_is_loaded(tmp_path):
    with pytest.raises(CommandError, match=r"12/05/2023"):
        load(fixture(tmp_path, happened="12/05/2023"))
    assert not Event.objects.exists()


def test_claim_with_one_position_is_refused_with_its_name(tmp_path):
    path = fixture(tmp_path)
    rows = json.loads(Path(path).read_text())
    dates = {"created_at": "2026-11-24T00:00:00Z", "updated_at": "2026-11-24T00:00:00Z"}
    rows += [
        {"model": "desk.incident", "fields": {
            "public_id": "jbcdfghj", "slug": "story", "title": "Story", **dates}},
        {"model": "desk.proposition", "fields": {
            "public_id": "pbcdfghj", "slug": "claim", "text": "Is it so?", "question": "whether",
            "incident": ["story"], **dates}},
        {"model": "desk.stance", "pk": 1, "fields": {
            "proposition": ["claim"], "source": ["source"], "position": "reports",
            "exact": "It happened in April."}},
    ]  # fmt: skip
    Path(path).write_text(json.dumps(rows))
    with pytest.raises(CommandError, match="“Is it so.”: Readers would see 1 of the 2 positions"):
        load(path)
    assert not Event.objects.exists()
