"""Real files of others, beside the repository: each is loaded or refused in words."""

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

# Others' texts, read where they lie.
REAL = Path(__file__).parents[4] / "shared/data"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real files in {REAL}")
# Years before the first, a list of links that is no timeline, and a date without commas.
REFUSED = {
    "cosmo.json": "refused",
    "cosmo-mixed.json": "refused",
    "popular_timelines.json": "not a timeline of TimelineJS",
    "_example.json": "refused",
}


@needs_real
@pytest.mark.parametrize("path", sorted((REAL / "timelinejs").glob("*")), ids=lambda one: one.name)
def test_real_timelines(path, capsys):
    refused = next((said for name, said in REFUSED.items() if path.name.endswith(name)), None)
    if refused:
        with pytest.raises(CommandError, match=refused):
            call_command("import_timelinejs", str(path))
        assert not Event.objects.exists()
        return
    call_command("import_timelinejs", str(path))
    events = Event.objects.all()
    assert f"Loaded as drafts: {len(events)} added" in capsys.readouterr().out
    assert not any("<" in event.title for event in events)
    call_command("import_timelinejs", str(path), dry_run=True)
    assert f"Would load: {len(events)} unchanged" in capsys.readouterr().out


@needs_real
def test_the_incidents_of_another_database(tmp_path, capsys):
    """A column of its own is said to be ours; others are passed over, or mean the same."""
    found = [
        json.loads(line)
        for line in (REAL / "aiid/aiid_incidents.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for one in found:
        parties = [f"{name} (acted)" for name in one["deployers"]]
        one["parties"] = [*parties, *(f"{name} (affected)" for name in one["harmed"])]
    out = io.StringIO()
    lines = csv.DictWriter(out, list(found[0]))
    lines.writeheader()
    for one in found:
        lines.writerow({name: "; ".join(map(str, value)) if isinstance(value, list) else value
                        for name, value in one.items()})  # fmt: skip
    path = tmp_path / "incidents.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    given = {"column": ["actors=parties"], "origin": "aiid"}
    call_command("import_csv", str(path), dry_run=True, **given)
    assert "Would load: 889 will add." in capsys.readouterr().out
    call_command("import_csv", str(path), **given)
    assert Event.objects.count() == len(found) == 889
    call_command("import_csv", str(path), dry_run=True, **given)
    assert "Would load: 889 unchanged." in capsys.readouterr().out
    undo_import(ImportBatch.objects.get())
    assert not Event.objects.exists()
    assert not Actor.objects.exists()
