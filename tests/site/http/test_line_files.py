"""Exports joined from kept lines are those that are rendered, whatever was published meanwhile."""

from __future__ import annotations

import sqlite3

import pytest

from bench.generate import fill
from kb.desk.models import EntryLink
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
from kb.desk.verbs.publishing import publish, withdraw
from kb.record import kept_lines
from kb.record.models import Entry, EntryChange, Revision
from kb.record.past import files
from kb.record.time_limit import ReaderLeft
from kb.site.http import line_files
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db
EXPORTS = ("/timeline.csv", "/timeline.csv?raw=1", "/timeline.jsonl")
LISTS = (
    "/timeline.csv?order=newest",
    "/timeline.csv?order=changed",
    "/timeline.csv?kind=statement",
    "/timeline.csv?from=2024&until=2025",
    "/timeline.jsonl?from=2024&until=2025",
    "/timeline.csv?known=2024-06-01",
    "/timeline.csv?known_after=2024-01-01&known=2025-06-01",
    "/timeline.ics",
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    """An empty folder, in which the lines of every list are kept and no finished export is."""
    settings.DATA_DIR = tmp_path
    settings.EXPORT_FILES_MB = 0
    settings.EXPORT_LINES_MB = 100
    monkeypatch.setattr(line_files, "MIN_LINES", 1)
    return tmp_path / "export-lines"


def download(reader, address):
    return b"".join(reader.get(address).streaming_content)


def rendered(reader, settings, address):
    """The export as it is without kept lines."""
    settings.EXPORT_LINES_MB = 0
    export = download(reader, address)
    settings.EXPORT_LINES_MB = 100
    return export


def assert_exact(reader, settings, addresses=EXPORTS):
    """Check exports that lines are rendered for, and then the same joined from kept lines."""
    for address in addresses:
        expected = rendered(reader, settings, address)
        assert download(reader, address) == expected
        assert download(reader, address) == expected


def stored_lines(folder, name="csv-en"):
    with sqlite3.connect(folder / f"{name}.sqlite3") as connection:
        return [entry for (entry,) in connection.execute("SELECT entry FROM line")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_joined_exports_are_those_that_are_rendered(reader, settings, folder, seed):
    fill(120, seed=seed, hostile=True)
    assert_exact(reader, settings, (*EXPORTS, *LISTS))
    assert len(stored_lines(folder)) == len(stored_lines(folder, "jsonl-en")) == 120


def test_second_export_renders_no_line(reader, monkeypatch):
    published(make_event("One"))
    first = download(reader, "/timeline.csv")
    monkeypatch.setattr(
        "kb.record.line_export.rows_for_entries", lambda *arguments: pytest.fail("rendered")
    )
    assert download(reader, "/timeline.csv") == first


def test_reader_who_leaves_while_lines_are_rendered_ends_the_work(reader, settings, monkeypatch):
    """Also between two queries, where other pages get their turn."""
    for number in range(30):
        published(make_event(f"Event {number}"))
    expected = rendered(reader, settings, "/timeline.csv")
    rows = []

    def until_the_reader_leaves(items):
        for item in items:
            rows.append(item)
            if len(rows) == 12:
                raise ReaderLeft("The reader has closed the connection.")
            yield item

    with monkeypatch.context() as patch:
        patch.setattr("kb.record.line_export.with_checks", until_the_reader_leaves)
        with pytest.raises(BrokenPipeError):
            download(reader, "/timeline.csv")
        assert len(rows) == 12
    assert download(reader, "/timeline.csv") == expected


def test_new_name_is_in_the_lines_of_all_that_name_the_actor(reader, settings):
    outlet, person = make_actor("Old outlet"), make_actor("Old person")
    source = make_source("Old source", publisher=outlet)
    statement = published(make_statement(speaker=person, source=source))
    published(make_event("About it", source=source, actors=((person, "acted"),)))
    published(make_event("Other"))
    assert_exact(reader, settings)
    for row, name in ((outlet, "name"), (person, "name"), (source, "title")):
        setattr(row, name, "=New; name")
        row.save()
        published(row)
        assert_exact(reader, settings)
    assert statement.public_id.encode() in download(reader, "/timeline.csv")
    assert b"New" in download(reader, "/timeline.csv")


def test_withdrawn_entry_leaves_the_export_and_the_file(reader, settings, folder):
    gone, stays = published(make_event("Secret words")), published(make_event("Stays"))
    EntryLink.objects.create(event=stays, to_event=gone, link_kind="follows", inferred=True)
    published(stays)
    assert_exact(reader, settings)
    withdraw(gone, by=None, note="Not true.")
    assert_exact(reader, settings)
    assert b"Secret words" not in download(reader, "/timeline.csv")
    kept = Entry.objects.values_list("pk", flat=True)
    assert set(stored_lines(folder)) == set(kept)


def test_publication_removes_the_lines_that_depend_on_it_alone(reader, folder):
    source = make_source("Named")
    named = published(make_event("One", source=source))
    published(make_event("Two"))
    download(reader, "/timeline.csv")
    before = set(stored_lines(folder))
    source.title = "Renamed"
    source.save()
    published(source)
    state = kept_lines.current_line_state()
    file = kept_lines.LineFile(folder / "csv-en.sqlite3", line_files.line_edition(), state, 10**9)
    assert file.is_usable
    file.close()
    pk = Entry.objects.get(public_id=named.public_id).pk
    assert before - set(stored_lines(folder)) == {pk}


def test_file_of_another_edition_is_emptied(reader, settings, folder, monkeypatch):
    published(make_event("One"))
    download(reader, "/timeline.csv")
    with sqlite3.connect(folder / "csv-en.sqlite3") as connection:
        connection.execute("UPDATE line SET head = 'of another edition,'")
        connection.execute("UPDATE state SET edition = 'another'")
    assert_exact(reader, settings)


@pytest.mark.parametrize("column", ["noted_at", "published_at"])
def test_file_of_another_record_is_emptied(reader, settings, folder, column):
    published(make_event("One"))
    download(reader, "/timeline.csv")
    with sqlite3.connect(folder / "csv-en.sqlite3") as connection:
        connection.execute("UPDATE line SET head = 'of another record,'")
        connection.execute(f"UPDATE state SET {column} = '2020-01-01T00:00:00+00:00'")
    assert_exact(reader, settings)


@pytest.mark.parametrize(("column", "model"), [("change", EntryChange), ("revision", Revision)])
def test_file_of_a_later_state_is_left_alone(reader, settings, folder, column, model):
    published(make_event("One"))
    download(reader, "/timeline.csv")
    later = model.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    with sqlite3.connect(folder / "csv-en.sqlite3") as connection:
        connection.execute("UPDATE line SET head = 'later,'")
        connection.execute(f"UPDATE state SET {column} = {later}")
    assert_exact(reader, settings, ["/timeline.csv"])
    with sqlite3.connect(folder / "csv-en.sqlite3") as connection:
        assert connection.execute("SELECT head FROM line").fetchall() == [("later,",)]


@pytest.mark.parametrize("content", [b"", b"torn", b"SQLite format 3\0" + b"\xff" * 5_000])
def test_torn_file_is_replaced(reader, settings, folder, content):
    published(make_event("One"))
    download(reader, "/timeline.csv")
    for path in folder.iterdir():
        path.unlink()
    (folder / "csv-en.sqlite3").write_bytes(content)
    assert_exact(reader, settings)
    assert len(stored_lines(folder)) == 1


def test_folder_that_cannot_be_written_costs_only_time(reader, settings, folder):
    published(make_event("One"))
    folder.write_text("a file")
    assert_exact(reader, settings)


def test_only_the_owner_can_open_the_lines(reader, folder):
    published(make_event("One"))
    download(reader, "/timeline.csv")
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0] * len(
        list(folder.iterdir())
    )


def test_full_file_takes_no_more_lines(reader, settings, folder):
    published(make_event("One"))
    expected = rendered(reader, settings, "/timeline.csv")
    settings.EXPORT_LINES_MB = 0.001
    assert download(reader, "/timeline.csv") == expected
    assert stored_lines(folder) == []


def test_full_disk_takes_no_lines(reader, folder, monkeypatch):
    monkeypatch.setattr(kept_lines, "RESERVE", 2**80)
    published(make_event("One"))
    assert b"One" in download(reader, "/timeline.csv")
    assert stored_lines(folder) == []


def test_short_list_keeps_no_lines(reader, folder, monkeypatch):
    monkeypatch.setattr(line_files, "MIN_LINES", 2)
    published(make_event("One"))
    download(reader, "/timeline.csv")
    assert not folder.exists()


@pytest.mark.parametrize("part", ["title", "words"])
def test_lines_with_removed_words_are_overwritten_and_never_joined(reader, settings, folder, part):
    actor = make_actor("Zanzobar Works")
    source = make_source("A report", published="2023-04-01")
    statement = make_statement("Zanzobar keeps books.", speaker=actor, source=source)
    published(statement)
    assert b"Zanzobar" in download(reader, "/timeline.csv")
    row = actor if part == "title" else statement
    part = "names" if part == "title" else part
    request = ask_for_suppression(row, by=None, part=part, reason="court_order", everywhere=True)
    confirm_suppression(request, by=None)
    if part == "words":
        assert b"keeps books" not in b"".join(file.read_bytes() for file in folder.iterdir())
    assert_exact(reader, settings)
    export = download(reader, "/timeline.csv")
    assert (b"Zanzobar Works" if part == "names" else b"keeps books") not in export


def test_lines_are_not_those_of_an_earlier_day(reader, settings, folder, monkeypatch):
    monkeypatch.setattr(files, "WAIT_SECONDS", 600)
    event = published(make_event("First title", source=make_source("A report")))
    moment = Revision.objects.order_by("-pk").first().published_at.isoformat()
    event.title = "Corrected title"
    event.save()
    publish(event, by=None, change="correction", note="It was wrong.")
    assert b"Corrected title" in download(reader, "/timeline.csv")
    then = b"".join(reader.get("/timeline.csv", {"on": moment}).streaming_content)
    assert b"First title" in then and b"Corrected title" not in then
    assert b"Corrected title" in download(reader, "/timeline.csv")
