"""The order of day and month in figures: given for a file, or proposed where the dates prove it."""

from __future__ import annotations

import io

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE, plan_import
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.load import load_rows
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused
from kb.desk.models import Event, Request, Statement
from tests.desk.importers.files import table, timeline

pytestmark = pytest.mark.django_db


def planned_in(order, content, kind="csv"):
    notes = FileNotes()
    options = ReadOptions(order=order)
    rows = list(read_rows(io.BytesIO(content), kind, ADMIN_LIMITS, options, notes))
    return list(plan_import(rows, origin="here")), notes.sentences()


def dates(*texts):
    return table(*({"id": str(n), "title": f"Event {n}", "date": t} for n, t in enumerate(texts)))


@pytest.mark.parametrize(
    ("order", "text", "edtf"),
    [
        ("day_first", "12/05/2023", "2023-05-12"),
        ("month_first", "12/05/2023", "2023-12-05"),
        ("month_first", "1/2/2018 0:00", "2018-01-02"),
        ("day_first", "1.2.2018", "2018-02-01"),
        ("day_first", "5 May 2023", "2023-05-05"),
    ],
)
def test_order_that_is_given_holds(order, text, edtf):
    (outcome,), _notes = planned_in(order, dates(text))
    assert outcome.action == ADD
    assert outcome.entry.happened.edtf == edtf


def test_date_against_the_given_order_is_refused():
    outcomes, _notes = planned_in("month_first", dates("25/12/2023", "12/05/2023"))
    assert [outcome.action for outcome in outcomes] == [REFUSE, ADD]
    assert "25/12/2023" in str(outcomes[0])


def test_order_holds_for_all_dates_of_a_row():
    outcomes, _notes = planned_in("month_first", table(
        {"id": "1", "kind": "event", "title": "Pump fails", "start": "04/05/2023",
         "end": "04/07/2023"},
        {"id": "2", "kind": "request", "asked": "Foo Works", "outcome": "no_reply",
         "no_reply_by": "04/05/2023"},
        {"id": "3", "kind": "statement", "title": "It fails", "text": "So.", "speaker": "Ann Bee",
         "date": "2023", "sources": "A report", "cited_dates": "04/05/2023"},
    ))  # fmt: skip
    load_rows(outcomes, origin="here", name="a file", sha256="0" * 64)
    assert Event.objects.get().happened.edtf == "2023-04-05/2023-04-07"
    assert Request.objects.get().no_reply_by.edtf == "2023-04-05"
    assert Statement.objects.get().citations.get().said.edtf == "2023-04-05"


def test_ids_do_not_depend_on_the_order():
    content = b"title,date\nPump fails,12/05/2023\n"
    rows = [planned_in(order, content)[0][0].row for order in ("", "day_first", "month_first")]
    assert len({row.external_id for row in rows}) == 1
    assert len({row.digest for row in rows}) == 3


def test_order_leaves_rows_without_figures_alone():
    content = dates("5 May 2023")
    assert planned_in("", content)[0][0].row == planned_in("day_first", content)[0][0].row


@pytest.mark.parametrize(
    ("texts", "option"),
    [
        (("25/12/2023", "12/05/2023", "1/2/2023"), "--dates day-first"),
        (("12/25/2023", "12/05/2023 18:05"), "--dates month-first"),
    ],
)
def test_order_that_the_dates_prove_is_proposed(texts, option):
    _outcomes, (note,) = planned_in("", dates(*texts))
    assert option in note
    assert f"{texts[0]} in row 2" in note


@pytest.mark.parametrize(
    "texts", [("12/05/2023",), ("25/12/2023",), ("25/12/2023", "5/5/2023"), ("2023-05-12",)]
)
def test_nothing_is_proposed_without_proof_or_need(texts):
    assert planned_in("", dates(*texts))[1] == []


def test_dates_that_prove_both_orders_are_reported():
    _outcomes, (note,) = planned_in("", dates("25/12/2023", "12/26/2023", "12/05/2023"))
    assert "25/12/2023 in row 2" in note and "12/26/2023 in row 3" in note
    assert "--dates" not in note


def test_no_other_kind_of_file_has_an_order():
    with pytest.raises(FileRefused, match="Only tables have"):
        planned_in("day_first", timeline(), "timelinejs")
