"""Large imports in several transactions: whatever interrupts them, they go on or are undone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from kb.desk.importers import prepared_import, runs, undo
from kb.desk.importers.dry_run import SAME, batched
from kb.desk.importers.load import load_rows
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    Actor,
    AuditEntry,
    EntryLink,
    Event,
    ImportBatch,
    ImportedRow,
    Incident,
    Proposition,
    Source,
    Stance,
    Statement,
    Topic,
    Upload,
)
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, actions, planned, table
from tests.desk.importers.test_positions import POSITION, REPORT
from tests.make import make_actor, make_event

pytestmark = pytest.mark.django_db

ROWS = [
    *({**EVENT, "id": f"e{n}", "title": f"Row {n}", "follows": f"e{n + 1}" if n < 3 else ""}
      for n in range(4)),
    *({**STATEMENT, "id": f"s{n}", "to": f"Actor {n}", "answers": f"e{n}"} for n in range(3)),
    {**REPORT, "id": "report"},
    {**POSITION, "id": "position"},
]  # fmt: skip
CONTENT = table(*ROWS)
# After every how manieth piece the process is killed; 1 tries each.
STEP = int(os.environ.get("TEST_FAULT_STEP", "3"))
MODELS = (Actor, Event, Incident, Proposition, Source, Statement, Topic)


class Killed(BaseException):
    """The process ended: nothing more of it is carried out."""


@pytest.fixture(autouse=True)
def parts(monkeypatch):
    """Two rows at a time, each piece in a transaction of its own, and no waiting."""
    monkeypatch.setattr(runs, "MAX_ROWS_AT_ONCE", 3)
    monkeypatch.setattr(runs, "MAX_SECONDS", 0)
    monkeypatch.setattr(runs, "PAUSE", 0)
    monkeypatch.setattr(runs, "MAX_WAIT", 0)
    monkeypatch.setattr(undo, "RECORDS_AT_ONCE", 2)
    monkeypatch.setattr(prepared_import, "batched", lambda items: batched(items, 2))


def load(content=CONTENT, sha256="0" * 64, **options):
    return load_rows(
        planned(content), origin="here", name="a file", sha256=sha256,
        again=lambda: planned(content), **options,
    )  # fmt: skip


def end_lease():
    ImportBatch.objects.exclude(active_at=None).update(
        active_at=ImportBatch.objects.latest("pk").active_at - 2 * runs.LEASE
    )


def killed_after(transactions, do):
    """Do it in a process that is killed after so many pieces; False if it needs fewer."""
    left = transactions

    def sleep(_seconds):
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs.time, "sleep", sleep)
        patch.setattr(runs.ImportRun, "give_up", lambda run: None)
        try:
            do()
        except Killed:
            return True
    return False


def contents():
    """What is stored, without keys and versions."""
    links = {(str(link.owner), link.link_kind, str(link.target))
             for link in EntryLink.objects.all()}  # fmt: skip
    positions = sorted(
        (stance.position, str(stance.statement or stance.source)) for stance in Stance.objects.all()
    )
    names = [sorted(map(str, model.objects.all())) for model in MODELS]
    rows = sorted(ImportedRow.objects.values_list("external_id", "kind", "digest", "is_new"))
    return names, links, len(links) == EntryLink.objects.count(), positions, rows


def at_once(monkeypatch, do):
    with monkeypatch.context() as patch:
        patch.setattr(runs, "MAX_ROWS_AT_ONCE", 1_000)
        return do()


def test_rows_are_the_same_in_parts_and_at_once(monkeypatch):
    batch = at_once(monkeypatch, load)
    expected, logged = contents(), AuditEntry.objects.count()
    at_once(monkeypatch, lambda: undo_import(batch))
    before = AuditEntry.objects.count()
    batch = load()
    assert contents() == expected
    assert AuditEntry.objects.count() - before == logged
    assert (batch.unfinished, batch.rows_done) == ("", len(ROWS))
    assert set(actions(CONTENT)) == {SAME}


@pytest.mark.slow
def test_import_that_was_killed_anywhere_goes_on_when_the_file_is_loaded_again():
    load()
    expected = contents()
    undo_import(ImportBatch.objects.get())
    pieces = 0
    while killed_after(pieces, load):
        batch = ImportBatch.objects.get(undone_at=None)
        assert batch.unfinished == "loading"
        end_lease()
        again = load()
        assert (again.pk, again.unfinished) == (batch.pk, "")
        assert contents() == expected, pieces
        assert set(actions(CONTENT)) == {SAME}
        undo_import(again)
        assert not any(model.objects.exists() for model in (*MODELS, ImportedRow))
        pieces += STEP
    assert pieces > 8


@pytest.mark.slow
def test_import_that_was_killed_anywhere_can_be_undone():
    actor = make_actor("ByteDance")
    pieces = 0
    while killed_after(pieces, load):
        end_lease()
        batch = ImportBatch.objects.get(undone_at=None)
        undo_import(batch)
        assert batch.unfinished == ""
        assert [model.objects.count() for model in MODELS] == [1, 0, 0, 0, 0, 0, 0]
        assert list(Actor.objects.all()) == [actor]
        assert not ImportedRow.objects.exists()
        pieces += STEP
    assert pieces > 8


@pytest.mark.slow
def test_undoing_that_was_killed_anywhere_goes_on():
    pieces = 0
    while True:
        batch = load()
        if not killed_after(pieces, lambda batch=batch: undo_import(batch)):
            break
        end_lease()
        batch.refresh_from_db()
        assert (batch.unfinished, batch.undone_at) == ("undoing", None)
        with pytest.raises(ActionRefused, match="Undo it completely"):
            load()
        undo_import(batch)
        assert batch.undone_at
        assert not any(model.objects.exists() for model in (*MODELS, ImportedRow))
        pieces += STEP
    assert pieces > 8


@pytest.mark.parametrize("is_killed", [False, True])
def test_changed_drafts_are_restored(is_killed, monkeypatch):
    first = at_once(monkeypatch, load)
    expected = contents()
    changed = table(*({**row, "summary": "Other", "incidents": "Another case"} for row in ROWS))
    if is_killed:
        assert killed_after(4, lambda: load(changed, sha256="1" * 64))
        end_lease()
    second = load(changed, sha256="1" * 64)
    assert set(Event.objects.values_list("summary", flat=True)) == {"Other"}
    assert undo_import(second)[1] >= len(ROWS)
    assert contents() == expected
    undo_import(first)
    assert not Event.objects.exists()


def test_other_file_of_the_origin_is_refused_until_an_unfinished_import_is_undone():
    assert killed_after(2, load)
    other = table({**EVENT, "id": "other"})
    with pytest.raises(ActionRefused, match=r"is being loaded: \d of 9 rows"):
        load(other, sha256="1" * 64)
    end_lease()
    with pytest.raises(ActionRefused, match=r"was interrupted after \d of 9 rows.*same file again"):
        load(other, sha256="1" * 64)
    undo_import(ImportBatch.objects.get())
    load(other, sha256="1" * 64)
    assert Event.objects.count() == 1


def test_import_at_work_is_neither_continued_nor_undone_by_others():
    assert killed_after(2, load)
    with pytest.raises(ActionRefused, match="is being loaded"):
        load()
    with pytest.raises(ActionRefused, match="is being loaded"):
        undo_import(ImportBatch.objects.get())
    # An import of another origin waits too: both may name the same new actor.
    with pytest.raises(ActionRefused, match="is being loaded"):
        load_rows(planned(CONTENT, origin="there"), origin="there", name="", sha256="")


def test_run_that_was_taken_over_stores_nothing_more(monkeypatch):
    other_runs = []

    def sleep(_seconds):
        if not other_runs:
            other_runs.append(ImportBatch.objects.update(runner="another"))

    monkeypatch.setattr(runs.time, "sleep", sleep)
    with pytest.raises(runs.RunTakenOver, match="taken over"):
        load()
    assert ImportBatch.objects.get().rows_done == 2
    assert Event.objects.count() == 2


def test_refused_import_leaves_nothing(monkeypatch):
    with pytest.raises(ActionRefused, match="no row of this file has the id"):
        load(table(*ROWS, {**EVENT, "id": "last", "follows": "nowhere"}))
    assert not any(model.objects.exists() for model in (*MODELS, ImportBatch, ImportedRow))


def test_name_that_an_editor_adds_meanwhile_is_used(monkeypatch):
    actors = []

    def sleep(_seconds):
        if not actors:
            actors.append(make_actor("Actor 2"))

    monkeypatch.setattr(runs.time, "sleep", sleep)
    load()
    assert Actor.objects.filter(name="Actor 2").get() == actors[0]
    assert Statement.objects.filter(addressees=actors[0]).exists()
    assert set(actions(CONTENT)) == {SAME}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_other_editors_save_between_the_pieces(monkeypatch):
    other = make_event("Mine")
    saved = []

    def save():
        try:
            saved.append(Event.objects.filter(pk=other.pk).update(summary=f"{len(saved)}"))
        finally:
            connection.close()

    def sleep(_seconds):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(save).result(timeout=15)

    monkeypatch.setattr(runs.time, "sleep", sleep)
    batch = load()
    assert len(saved) >= len(ROWS) // 2
    undo_import(batch)
    assert len(saved) > len(ROWS)
    assert list(Event.objects.all()) == [other]


def test_busy_database_leaves_an_import_that_goes_on(monkeypatch):
    def sleep(_seconds):
        raise OperationalError("database is locked") from busy()

    monkeypatch.setattr(runs.time, "sleep", sleep)
    with pytest.raises(runs.ImportInterrupted, match="was interrupted after 2 of 9.*is busy"):
        load()
    monkeypatch.undo()
    assert load().unfinished == ""
    assert set(actions(CONTENT)) == {SAME}


def busy():
    import sqlite3

    problem = sqlite3.OperationalError("database is locked")
    problem.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return problem


@pytest.mark.parametrize("how", ["edited", "cited", "in a list"])
def test_undoing_is_refused_before_anything_is_undone(how):
    batch = load()
    expected = contents()
    other = make_event("Mine", cited=False)
    if how == "edited":
        Event.objects.filter(title="Row 3").update(version=2)
    elif how == "cited":
        other.citations.create(source=Source.objects.get())
    else:
        other.incidents.add(Incident.objects.get())
    with pytest.raises(ActionRefused, match="edited" if how == "edited" else "now refers to"):
        undo_import(batch)
    other.delete()
    assert contents() == expected
    batch.refresh_from_db()
    assert (batch.unfinished, batch.undone_at) == ("", None)


def test_undoing_that_is_refused_meanwhile_says_so_and_goes_on(monkeypatch):
    batch = load()
    others = []

    def sleep(_seconds):
        if not others:
            others.append(make_event("Mine", cited=False))
            others[0].incidents.add(Incident.objects.get())

    monkeypatch.setattr(runs.time, "sleep", sleep)
    with pytest.raises(runs.ImportInterrupted, match="Undoing import .* was interrupted") as stop:
        undo_import(batch)
    assert "“Mine” now refers to a record of this import" in str(stop.value)
    others[0].delete()
    undo_import(batch)
    assert not any(model.objects.exists() for model in (*MODELS, ImportedRow))


# --- The desk and the commands -----------------------------------------------------------


def killed_on_the_desk(editor):
    form = {"file": SimpleUploadedFile("cases.csv", CONTENT), "kind": "", "origin": ""}
    editor.post("/admin/desk/importbatch/add/", {**form, "columns": ""})
    upload = Upload.objects.get()
    path = f"/admin/desk/importbatch/upload/{upload.pk}/load/"
    assert killed_after(2, lambda: editor.post(path))
    return path, ImportBatch.objects.get()


def test_unfinished_import_is_continued_on_the_desk(editor):
    path, batch = killed_on_the_desk(editor)
    page = editor.get(f"/admin/desk/importbatch/{batch.pk}/change/")
    assert "is being loaded: 6 of 9 rows" in page.text
    assert "Continue this import" not in page.text
    end_lease()
    page = editor.get(f"/admin/desk/importbatch/{batch.pk}/change/")
    assert f"Import {batch.pk} was interrupted after 6 of 9 rows." in page.text
    assert "Continue this import" in page.text
    assert "Undo this import" in page.text
    assert "Publish all of this import" not in page.text
    assert "unfinished" in editor.get("/admin/desk/importbatch/").text
    page = editor.post(path, {"partly": "1"}, follow=True)
    assert "Rows loaded as drafts: 9." in page.text
    assert set(actions(CONTENT, origin="cases")) == {SAME}
    page = editor.get(f"/admin/desk/importbatch/{batch.pk}/change/")
    assert "interrupted" not in page.text
    assert "Publish all of this import" in page.text


def test_unfinished_import_is_undone_on_the_desk(editor):
    _path, batch = killed_on_the_desk(editor)
    end_lease()
    page = editor.post(f"/admin/desk/importbatch/{batch.pk}/undo/", follow=True)
    assert "Import undone." in page.text
    assert not Event.objects.exists()
    assert Upload.objects.get().batch is None  # it can be loaded again


def test_discarded_file_of_an_unfinished_import_does_not_deny_what_it_loaded(editor):
    path, batch = killed_on_the_desk(editor)
    end_lease()
    page = editor.post(path.replace("/load/", "/discard/"), follow=True)
    assert "What it has loaded stays until you undo the import." in page.text
    assert "Nothing was saved" not in page.text
    assert "To continue, load the same file again under the same origin." in page.text
    assert batch.rows.exists()


def test_command_goes_on_and_says_what_is_unfinished(tmp_path, monkeypatch, capsys):
    path = tmp_path / "cases.csv"
    path.write_bytes(CONTENT)

    def sleep(_seconds):
        raise OperationalError("database is locked") from busy()

    with monkeypatch.context() as patch:
        patch.setattr(runs.time, "sleep", sleep)
        with pytest.raises(CommandError) as stop:
            call_command("import_csv", str(path), verbosity=0)
    assert "was interrupted after 2 of 9 rows" in str(stop.value)
    assert "Run the same command again to continue" in str(stop.value)
    assert "Nothing was saved" not in str(stop.value)
    call_command("import_csv", str(path), verbosity=0)
    assert "Loaded as drafts" in capsys.readouterr().out
    assert set(actions(CONTENT, origin="cases")) == {SAME}
    assert ImportBatch.objects.get().unfinished == ""
