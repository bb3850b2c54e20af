"""Every file is read, or refused with a sentence; no bytes and no encoding raise another error."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.importers.encodings import ENCODINGS
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused, ImportRow
from kb.text.encodings import text_codec
from tests.desk.importers.files import read_timelinejs, slide, timeline
from tests.text.hostile import MARKUP, TEXT_CHARSETS, bodies, pages

BEGINNINGS = (
    b"", b"title,date\n", b"Year,Headline,Text\n2023,", b'{"events": [', b"var timeline = {",
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=",
    b"2023-01-02: ", b'{"kind": "event", "title": "', b"<?xml", b"%PDF", b"PK\x03\x04",
)  # fmt: skip
files = st.builds(lambda start, rest: start + rest, st.sampled_from(BEGINNINGS), bodies)
encodings = st.sampled_from(["", *ENCODINGS, *filter(text_codec, TEXT_CHARSETS)])
names = st.sampled_from(["a.csv", "a.mw", "a.ics"])


@given(content=files, encoding=encodings, name=names)
def test_kind_of_any_file_is_found_or_refused(content, encoding, name):
    try:
        kind = detect_kind(io.BytesIO(content), ADMIN_LIMITS, name, encoding)
    except FileRefused as problem:
        assert str(problem).endswith(".")
    else:
        assert kind in READERS


@pytest.mark.parametrize("kind", READERS)
@given(content=files, encoding=encodings)
def test_rows_of_any_file_are_read_or_refused(kind, content, encoding):
    options = ReadOptions(encoding=encoding)
    try:
        rows = list(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS, options))
    except FileRefused as problem:
        assert re.search(r"[.)]$", str(problem))
    else:
        assert all(isinstance(row, ImportRow) for row in rows)


@given(pages)
def test_any_markup_in_a_timeline_is_read(html):
    (row,) = read_timelinejs(timeline(slide(headline=f"A {html}", text=f"B {html}")))
    assert row.title.startswith("A")


@pytest.mark.parametrize("markup", MARKUP, ids=lambda markup: repr(markup[:20]))
def test_headline_with_markup_that_is_cut_off_is_read(markup):
    (row,) = read_timelinejs(timeline(slide(headline=f"Pump fails {markup}")))
    assert row.title.startswith("Pump fails")


def test_utf_16_that_is_chosen_needs_no_mark():
    content = "title,date\nPump fails,2023\n".encode("utf-16-be")
    assert detect_kind(io.BytesIO(content), ADMIN_LIMITS, "a.csv", "utf-16") == "csv"
    options = ReadOptions(encoding="utf-16")
    (row,) = read_rows(io.BytesIO(content), "csv", ADMIN_LIMITS, options)
    assert row.title == "Pump fails"


@pytest.mark.parametrize("kind", ["csv", "timelinejs", "ical", "markwhen", "jsonl"])
def test_file_that_is_not_utf_16_is_not_said_to_start_as_it(kind):
    content, options = b"title,date\nPump fails,2023\n", ReadOptions(encoding="utf-16")
    with pytest.raises(FileRefused, match="The file is not in the encoding utf-16"):
        list(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS, options))
    with pytest.raises(FileRefused, match="The file is not in the encoding utf-16"):
        detect_kind(io.BytesIO(content), ADMIN_LIMITS, "a.csv", "utf-16")
