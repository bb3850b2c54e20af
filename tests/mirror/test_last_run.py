"""A further run makes only what has changed, reads one state, and ends as a first one would."""

from __future__ import annotations

import random
from contextlib import nullcontext
from contextvars import Context
from pathlib import Path

import pytest

from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish, withdraw
from kb.mirror import export as export_module
from kb.mirror import last_run as last_run_module
from kb.mirror.export import ExportFailed, ExportOptions, ExportReport, export_site
from kb.mirror.folder import MirrorFolder
from kb.mirror.manifest import MANIFEST, SIGNATURE
from kb.record.frozen.freezing import freeze
from kb.record.query import TimelineQuery
from kb.record.wall import reading_publicly
from tests.make import make_event, make_incident, make_statement, published

pytestmark = [pytest.mark.wall, pytest.mark.one_database]
FEW = ("/events/began.md", "/timeline.csv", "/record/checkpoint")


@pytest.fixture(autouse=True)
def _served_as_by_the_program(settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.LANGUAGES = [("en", "English")]


@pytest.fixture
def few(monkeypatch) -> None:
    """Let a mirror have a few data files only, and progress be told of each."""
    monkeypatch.setattr(export_module._Export, "_starts", lambda export: iter(FEW))
    monkeypatch.setattr(export_module._Export, "_add_own_pages", lambda export: None)
    monkeypatch.setattr(export_module, "PROGRESS_STEP", 1)
    published(make_event("It began", slug="began"))


def run(folder: Path, *, allow_shrinking: bool = True, **options) -> ExportReport:
    return export_site(
        MirrorFolder(folder), ExportOptions(allow_shrinking=allow_shrinking), **options
    )


def content(folder: Path) -> dict[str, bytes]:
    """The files of a mirror but for the list of them, which names the time."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if path.is_file() and name not in (MANIFEST, SIGNATURE)
    }


def publish_elsewhere(title: str) -> None:
    """Publish as another process does, while this one serves a reader."""
    Context().run(lambda: published(make_event(title)))


def test_unchanged_record_is_not_made_again(few, tmp_path):
    mirror = tmp_path / "mirror"
    assert (run(mirror).addresses, run(mirror).unchanged) == (3, 3)
    before = content(mirror)
    published(make_event("It went on"))
    report = run(mirror)
    assert report.unchanged == 0
    assert content(mirror)["record/checkpoint"] != before["record/checkpoint"]
    assert content(mirror)["events/began.md"] == (mirror / "events/began.md").read_bytes()


def test_file_that_is_missing_is_made_again(few, tmp_path):
    mirror = tmp_path / "mirror"
    run(mirror)
    before = content(mirror)
    (mirror / "timeline.csv").unlink()
    (mirror / "events/began.md").write_text("another size")
    assert run(mirror).unchanged == 1
    assert content(mirror) == before


def test_another_program_makes_everything_again(few, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    run(mirror)
    monkeypatch.setattr(last_run_module, "program_key", lambda: "a later one")
    assert run(mirror).unchanged == 0
    assert run(mirror).unchanged == 3
    (tmp_path / ".mirror.work/last-run.sqlite3").write_bytes(b"no database")
    assert run(mirror).unchanged == 0


def test_dry_run_and_failed_run_keep_the_last_one(few, tmp_path, monkeypatch):
    mirror = tmp_path / "mirror"
    run(mirror)
    published(make_event("It went on"))
    export_site(MirrorFolder(mirror), ExportOptions(dry_run=True))
    with monkeypatch.context() as patch, pytest.raises(ExportFailed, match="no-such-page"):
        starts = ("/no-such-page.md", *FEW)
        patch.setattr(export_module._Export, "_starts", lambda export: iter(starts))
        run(mirror)
    assert run(mirror).unchanged == 0
    assert b"It went on" in content(mirror)["timeline.csv"]


def test_run_reads_one_state_whatever_is_published_meanwhile(few, tmp_path):
    mirror = tmp_path / "mirror"
    numbers: list[int] = []

    def publish_more(addresses: int, unchanged: int) -> None:
        numbers.append(addresses)
        publish_elsewhere(f"Meanwhile {addresses}")

    first = run(mirror, progress=publish_more)
    assert numbers == [1, 2, 3]
    assert b"Meanwhile" not in content(mirror)["timeline.csv"]
    size = int(content(mirror)["record/checkpoint"].split(b"\n")[1])
    again = run(mirror)
    assert again.publication == first.publication + 3
    assert int(content(mirror)["record/checkpoint"].split(b"\n")[1]) > size
    assert all(b"Meanwhile %d" % number in content(mirror)["timeline.csv"] for number in numbers)


def test_run_that_sees_two_states_begins_again(few, tmp_path, monkeypatch):
    # Several servers of readers: a snapshot of one says nothing of another.
    monkeypatch.setattr(export_module, "one_snapshot", nullcontext)
    mirror = tmp_path / "mirror"
    seen: list[int] = []

    def publish_once(addresses: int, unchanged: int) -> None:
        seen.append(addresses)
        if len(seen) == 1:
            publish_elsewhere("Meanwhile")

    run(mirror, progress=publish_once)
    assert seen == [1, 1, 2, 3]
    assert b"Meanwhile" in content(mirror)["timeline.csv"]
    before = content(mirror)
    with pytest.raises(ExportFailed, match="changed during the export"):
        run(mirror, progress=lambda addresses, unchanged: publish_elsewhere("Always"))
    assert content(mirror) == before


@pytest.mark.slow
def test_further_runs_end_as_a_first_one_would(tmp_path, monkeypatch):
    # A file of an entry that stays states the version that it was made from.
    monkeypatch.setattr(export_module, "is_entry_file", lambda address: False)
    chance = random.Random(5)  # repeatable
    story = published(make_incident("A story", slug="story"))
    event = published(make_event("It began", slug="began"))
    statement = published(make_statement("We did it.", slug="words"))
    gone = published(make_event("It was seen", slug="seen"))

    def publish_new() -> None:
        row = make_event("It went on", slug="went-on")
        row.incidents.add(story)
        published(row)

    def correct() -> None:
        event.title = "It had begun"
        event.save()
        publish(event, by=None, change="correction", note="It began earlier.")

    def remove_words() -> None:
        request = ask_for_suppression(statement, by=None, part="words", reason="court_order")
        confirm_suppression(request, by=None)

    def cite_list() -> None:
        with reading_publicly():
            freeze(TimelineQuery.parse(""), "somebody")

    def withdraw_entry() -> None:
        withdraw(gone, by=None, note="Nobody saw it.")

    changes = [publish_new, correct, remove_words, cite_list, withdraw_entry]
    chance.shuffle(changes)
    mirror = tmp_path / "mirror"
    run(mirror)
    for number, steps in enumerate((changes[:2], changes[2:4], changes[4:])):
        for step in steps:
            step()
        run(mirror)
        first = tmp_path / f"first-{number}"
        run(first)
        assert content(mirror) == content(first)
    again = run(mirror)
    assert (again.written, again.deleted) == (0, 0)
    assert again.unchanged > again.addresses * 0.8
    assert content(mirror) == content(first)
