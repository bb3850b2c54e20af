"""Files as other programs write them, in ``tests/samples``: each is loaded or refused in words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.desk.importers.undo import undo_import
from kb.desk.models import Actor, Event, ImportBatch

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2] / "samples"
# Years before the first, a list of links that is no timeline, and a date without commas.
REFUSED = {
    "refused-before-christ.json": "refused",
    "refused-list-of-links.json": "not a TimelineJS file",
    "refused-date-without-commas.json": "refused",
}
# How many slides each of the others has.
LOADED = {
    "bridge-table.csv": 4,
    "bridge-version-2.json": 4,
    "bridge-version-3.json": 5,
    "eras-and-groups.json": 3,
    "welcome-slides.json": 2,
    "without-title.json": 2,
}


def test_every_sample_is_used():
    names = {path.name for path in (SAMPLES / "timelinejs").iterdir()}
    assert names == {*REFUSED, *LOADED}


@pytest.mark.parametrize("name", REFUSED)
def test_invalid_timeline_is_refused(name):
    with pytest.raises(CommandError, match=REFUSED[name]):
        call_command("import_timelinejs", str(SAMPLES / "timelinejs" / name))
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", LOADED)
def test_timeline_is_loaded(name, capsys):
    path = str(SAMPLES / "timelinejs" / name)
    call_command("import_timelinejs", path)
    events = Event.objects.all()
    assert len(events) == LOADED[name]
    assert f"Loaded as drafts: {len(events)} added" in capsys.readouterr().out
    assert not any("<" in event.title or "<" in event.summary for event in events)
    call_command("import_timelinejs", path, dry_run=True)
    assert f"Would load: {len(events)} unchanged" in capsys.readouterr().out


def test_incidents_of_another_database_are_loaded(tmp_path, capsys):
    """A column of its own is said to be ours; others are passed over, or mean the same."""
    incidents = [
        json.loads(line)
        for line in (SAMPLES / "incidents.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for incident in incidents:
        parties = [f"{name} (acted)" for name in incident["deployers"]]
        incident["parties"] = [*parties, *(f"{name} (affected)" for name in incident["harmed"])]
    out = io.StringIO()
    lines = csv.DictWriter(out, list(incidents[0]))
    lines.writeheader()
    for incident in incidents:
        lines.writerow({name: "; ".join(map(str, value)) if isinstance(value, list) else value
                        for name, value in incident.items()})  # fmt: skip
    path = tmp_path / "incidents.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    options = {"column": ["actors=parties"], "origin": "aiid"}
    call_command("import_csv", str(path), dry_run=True, **options)
    assert "Would load: 12 will add." in capsys.readouterr().out
    call_command("import_csv", str(path), **options)
    assert Event.objects.count() == len(incidents) == 12
    call_command("import_csv", str(path), dry_run=True, **options)
    assert "Would load: 12 unchanged." in capsys.readouterr().out
    undo_import(ImportBatch.objects.get())
    assert not Event.objects.exists()
    assert not Actor.objects.exists()
