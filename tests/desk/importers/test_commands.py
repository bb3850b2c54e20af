"""The commands that import a file and undo an import."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from kb.desk.models import Event, ImportBatch
from tests.desk.importers.files import EVENT, table

pytestmark = pytest.mark.django_db


def test_commands_report_load_and_undo(tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(table(EVENT))
    bad.write_bytes(table({**EVENT, "date": "whenever"}))
    call_command("import_csv", str(good), dry_run=True)
    assert "Would load: 1 will add." in capsys.readouterr().out
    assert not Event.objects.exists()
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_csv", str(bad))
    assert "refused" in capsys.readouterr().out
    call_command("import_csv", str(good))
    number = ImportBatch.objects.get().pk
    assert f"import_undo {number}" in capsys.readouterr().out
    call_command("import_undo", str(number))
    assert not Event.objects.exists()
    for other in (number, 0):
        with pytest.raises(CommandError):
            call_command("import_undo", str(other))
    for command in ("import_csv", "import_timelinejs"):
        with pytest.raises(CommandError, match="Cannot read"):
            call_command(command, str(tmp_path / "nothing"))
