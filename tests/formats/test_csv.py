"""CSV: all of the filtered set, one row an entry, and no cell that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generate import fill
from kb.formats.csv import COLUMNS, guard_cell, join_values, split_values, unguard_cell
from kb.record.export import BATCH_SIZES
from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


def table(reader, query=""):
    response = reader.get(f"/timeline.csv{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_holds_the_whole_set_whatever_the_page_size(reader):
    fill(sum(BATCH_SIZES[:2]) + 3)
    head, *rows = table(reader, "?size=5")
    assert tuple(head) == COLUMNS
    assert len(rows) == sum(BATCH_SIZES[:2]) + 3
    assert len({row[0] for row in rows}) == len(rows)


def test_raw_is_exactly_what_the_record_holds(reader):
    published(make_statement("=1+1"))
    answer = reader.get("/timeline.csv?raw=1")
    content = b"".join(answer.streaming_content)
    assert not content.startswith(b"\xef\xbb\xbf")
    _, row = csv.reader(io.StringIO(content.decode(), newline=""))
    assert row[COLUMNS.index("text")] == "=1+1"
    assert reader.get("/timeline.csv?raw=yes").json()["errors"]["raw"]
    assert "raw" in reader.get("/timeline.jsonl?raw=1").json()["errors"]


@given(st.lists(st.text(alphabet="ab;\\ '=\n", min_size=1).map(str.strip).filter(bool)))
def test_values_of_one_cell_come_apart_again(values):
    assert split_values(join_values(values)) == (values or [""])


@given(st.text())
def test_a_guard_comes_off_again(text):
    assert unguard_cell(guard_cell(text)) == text


def test_a_filter_holds_here_too(reader):
    published(make_event("Wanted", actors=((make_actor("Acme", slug="acme"), "acted"),)))
    published(make_event("Unwanted"))
    _, row = table(reader, "?actor=acme")
    assert row[COLUMNS.index("title")] == "Wanted"
    assert row[COLUMNS.index("actors")] == "Acme (acted)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted'"])
def test_no_cell_is_a_formula(reader, text):
    published(make_statement(text))
    _, row = table(reader)
    assert row[COLUMNS.index("text")] == f"'{text}"


def test_lines_and_quotes_survive(reader):
    published(make_statement('He said "no",\nthen left; “indeed”.'))
    _, row = table(reader)
    assert row[COLUMNS.index("text")] == 'He said "no",\nthen left; “indeed”.'


def test_an_empty_set_has_its_head(reader):
    assert table(reader, "?kind=event") == [list(COLUMNS)]


def test_what_cannot_be_read_is_refused(reader):
    assert reader.get("/timeline.csv?colour=red").status_code == 400
