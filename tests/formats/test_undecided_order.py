"""Formats with a place for it mark the same runs of entries whose order is not stated."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby

import pytest

from kb.dates import FuzzyDate
from kb.desk.models import EntryLink
from kb.record import export
from tests.formats.reading import ids
from tests.make import make_event, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SENTENCE = "Order not stated"


def at(day, time="", zone=""):
    return published(make_event(happened=FuzzyDate(day, time=time, zone=zone)))


def sample():
    """Publish entries with two runs, of one date and of mixed zones, and others in stated order."""
    at("2023-12")
    days = [at("2023-12-10") for _ in range(3)]
    earlier, later = at("2023-12-12"), make_event(happened="2023-12-12")
    EntryLink.objects.create(event=later, to_event=earlier, link_kind="follows", inferred=True)
    published(later)
    stated = [at("2023-12-15", time, "Z") for time in ("18:05", "20")]
    clocks = [*stated, at("2023-12-15", "19:00")]
    at("2023-12-20", "20:00", "Z")
    for _ in range(2):
        at("")
    return [{event.public_id for event in run} for run in (days, clocks)]


def whole(reader, suffix, query=""):
    return b"".join(reader.get(f"/timeline.{suffix}{query}").streaming_content).decode()


def runs_of(rows):
    """The runs of rows that name the first entry of theirs."""
    groups = groupby(rows, key=lambda row: row["order_not_stated_from"] or "")
    return [[row["id"] for row in group] for first, group in groups if first]


def runs_in_csv(text):
    return runs_of(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def runs_in_lines(text):
    return runs_of(map(json.loads, text.splitlines()))


@pytest.mark.parametrize("order", ["oldest", "newest"])
@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_all_formats_mark_the_same_runs(reader, monkeypatch, order, batch_size):
    monkeypatch.setattr(export, "BATCH_SIZES", (batch_size,))
    expected = sample()
    query = f"?order={order}"
    page = reader.get(f"/timeline.json{query}").json()
    runs = [run["entries"] for run in page["order_not_stated"]]
    assert [set(run) for run in runs] == (expected if order == "oldest" else expected[::-1])
    assert runs_of(page["entries"]) == runs
    assert runs_in_lines(whole(reader, "jsonl", query)) == runs
    assert runs_in_csv(whole(reader, "csv", query)) == runs


def test_row_names_the_first_entry_of_its_run(reader):
    sample()
    rows = reader.get("/timeline.json").json()["entries"]
    starts = [row["order_not_stated_from"] for row in rows]
    days, clocks = rows[0]["id"], rows[5]["id"]
    assert starts == [*[days] * 3, None, None, *[clocks] * 3, None, None, None, None]


def test_sentence_is_with_the_same_entries_in_texts(reader):
    expected = set.union(*sample())
    slides = json.loads(whole(reader, "timelinejs.json"))["events"]
    marked = {slide["unique_id"] for slide in slides if SENTENCE in slide["text"]["text"]}
    assert marked == expected
    sections = whole(reader, "md").split("\n## ")[1:]
    in_order = zip(ids(reader, "md", "/timeline"), sections, strict=True)
    assert {public_id for public_id, section in in_order if SENTENCE in section} == expected


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_single_entry_and_order_of_change_have_no_run(reader, suffix):
    event, _other = at("2023-12-10"), at("2023-12-10")
    content = reader.get(f"/events/{event.slug}.{suffix}")
    text = b"".join(content) if content.streaming else content.content
    assert json.loads(text)["order_not_stated_from"] is None
    assert runs_in_lines(whole(reader, "jsonl", "?order=changed")) == []


def test_run_that_is_too_long_for_memory_is_cut(reader, monkeypatch):
    monkeypatch.setattr(export, "MAX_BATCH_SIZE", 10)
    for _ in range(25):
        at("2023-12-10")
    runs = runs_in_lines(whole(reader, "jsonl"))
    assert [len(run) for run in runs] == [10, 10, 5]
