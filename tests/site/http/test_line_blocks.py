"""Finished blocks of lines give the bytes that rendering every row gives, after any history."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from kb.dates import FuzzyDate
from kb.desk.models import EntryLink
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import withdraw
from kb.record import export, kept_lines, line_export
from kb.record.models import Entry
from kb.site.http import line_files
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = pytest.mark.django_db
LIST = "/timeline.csv"
DATES = (
    "",
    "2023",
    "2023-04",
    "2023-04-05",
    "2023-04-06",
    FuzzyDate("2023-04-05", time="10:00"),
    FuzzyDate("2023-04-05", time="11:00", zone="Europe/Berlin"),
    FuzzyDate("2023-04-07", time="10:00", zone="UTC"),
    "2024-01-01/..",
)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    """An empty folder for lines, with short batches, so that there are many blocks."""
    settings.DATA_DIR = tmp_path
    settings.EXPORT_FILES_MB = 0
    settings.EXPORT_LINES_MB = 100
    monkeypatch.setattr(line_files, "MIN_LINES", 1)
    for module in (export, line_export):
        monkeypatch.setattr(module, "BATCH_SIZES", (1, 2, 3))
        monkeypatch.setattr(module, "MAX_BATCH_SIZE", 6)
    return tmp_path / "export-lines"


def download(reader, address=LIST):
    return b"".join(reader.get(address).streaming_content)


def assert_exact(reader, settings, addresses=(LIST,)):
    """Check an export that makes blocks, and then one that is joined from them."""
    for address in addresses:
        settings.EXPORT_LINES_MB = 0
        expected = download(reader, address)
        settings.EXPORT_LINES_MB = 100
        assert download(reader, address) == expected
        assert download(reader, address) == expected


def stored_blocks(folder):
    with closing(sqlite3.connect(folder / "csv-en.sqlite3")) as connection:
        return set(connection.execute("SELECT first, size, mark, lines FROM block"))


def opened(folder):
    """Bring the file to the present state, as the next export does."""
    state = kept_lines.current_line_state()
    path = folder / "csv-en.sqlite3"
    kept_lines.LineFile(path, line_files.line_edition(), state, 10**9).close()


class History:
    """Changes of a record by chance."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.source = make_source("Source", publisher=make_actor("Outlet"))
        self.actor = make_actor("Somebody")
        self.events, self.withdrawn = [], []

    def add(self):
        date = self.random.choice(DATES)
        event = make_event(source=self.source, actors=((self.actor, "acted"),), happened=date)
        self.events.append(published(event))

    def change_date(self):
        event = self.random.choice(self.events)
        event.happened = self.random.choice(DATES)
        event.save()
        self.publish_or_undo(event)

    def link(self):
        first, second = self.random.sample(self.events, 2)
        kind = self.random.choice(("follows", "part_of"))
        EntryLink.objects.get_or_create(
            event=first, to_event=second, defaults={"link_kind": kind, "inferred": True}
        )
        self.publish_or_undo(first)

    def remove_links(self):
        event = self.random.choice(self.events)
        EntryLink.objects.filter(event=event).delete()
        published(event)

    def withdraw(self):
        event = self.random.choice(self.events)
        if EntryLink.objects.filter(to_event=event).exists() or len(self.events) < 3:
            return
        withdraw(event, by=None, note="Not true.")
        self.events.remove(event)
        self.withdrawn.append(event)

    def publish_again(self):
        if self.withdrawn:
            event = self.withdrawn.pop()
            event.refresh_from_db()
            self.events.append(published(event))

    def rename(self):
        row = self.random.choice((self.source, self.actor))
        name = "title" if row is self.source else "name"
        setattr(row, name, f"Name {self.random.random()}")
        row.save()
        published(row)

    def publish_or_undo(self, event):
        """Publish the event; without its links if they contradict its date."""
        try:
            published(event)
        except ActionRefused:
            EntryLink.objects.filter(event=event).delete()
            EntryLink.objects.filter(to_event=event).delete()
            published(event)

    def step(self):
        steps = (
            self.add, self.add, self.change_date, self.link, self.link, self.remove_links,
            self.withdraw, self.publish_again, self.rename,
        )  # fmt: skip
        self.random.choice(steps)()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_blocks_are_exact_after_any_history(reader, settings, folder, seed):
    history = History(seed)
    for _ in range(14):
        history.add()
    for _ in range(12):
        for _ in range(history.random.randint(1, 3)):
            history.step()
        assert_exact(reader, settings)
    assert stored_blocks(folder)
    assert_exact(reader, settings, (f"{LIST}?order=newest", "/timeline.csv?raw=1"))


def test_second_export_reads_no_lines(reader, monkeypatch):
    for _ in range(8):
        published(make_event())
    first = download(reader)
    monkeypatch.setattr(kept_lines.LineFile, "lines", lambda *arguments: pytest.fail("read"))
    assert download(reader) == first


def test_publication_at_the_end_keeps_the_blocks_before_it(reader, settings, folder):
    for day in range(1, 13):
        published(make_event(happened=f"2023-04-{day:02}"))
    download(reader)
    before = stored_blocks(folder)
    published(make_event(happened="2023-05-01"))
    assert_exact(reader, settings)
    assert len(before - stored_blocks(folder)) == 1


def test_date_at_the_far_end_of_links_removes_the_block(reader, settings, folder):
    early = published(make_event(happened="2023-01"))
    middle, late = make_event(happened=""), make_event("Late", happened="2023-04")
    for event, to_event in ((middle, early), (late, middle)):
        EntryLink.objects.create(event=event, to_event=to_event, link_kind="follows", inferred=True)
        published(event)
    for date in ("2023-03-15", "2023-04", "2023-04", "2024"):
        published(make_event(happened=date))
    assert_exact(reader, settings)
    (block,) = [block for block in stored_blocks(folder) if b"Late" in block[3]]
    assert early.public_id.encode() not in block[3]
    early.happened = "2023-01-20"
    early.save()
    published(early)
    opened(folder)
    assert block not in stored_blocks(folder)
    assert_exact(reader, settings)


def test_torn_block_is_not_used(reader, settings, folder):
    published(make_event("One"))
    published(make_statement())
    download(reader)
    with closing(sqlite3.connect(folder / "csv-en.sqlite3")) as connection:
        connection.execute("UPDATE block SET lines = 'others', mark = x'00'")
        connection.commit()
    assert_exact(reader, settings)


def test_blocks_without_their_lines_are_not_stored(reader, folder, monkeypatch):
    monkeypatch.setattr(kept_lines.LineFile, "keep", lambda *arguments: None)
    published(make_event("One"))
    assert b"One" in download(reader)
    assert stored_blocks(folder) == set()


def test_withdrawn_words_are_in_no_block(reader, settings, folder):
    gone = published(make_event("Secret words"))
    published(make_event("Stays"))
    download(reader)
    withdraw(gone, by=None, note="Not true.")
    opened(folder)
    assert not any(b"Secret" in lines for _first, _size, _mark, lines in stored_blocks(folder))
    assert Entry.objects.count() == 1
