"""Tables of timeline programs under their own column names become events."""

from __future__ import annotations

import pytest

from kb.desk.importers.dry_run import ADD, REFUSE
from kb.desk.models import Event
from tests.desk.importers.files import loaded, planned, read_csv

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("head", "cells", "edtf"),
    [
        ("date,headline,text", "2023-04-03,Pump fails,So it was.", "2023-04-03"),
        ("startDate,endDate,headline,text", "2023-04-03,2023-04-07,Pump fails,So it was.",
         "2023-04-03/2023-04-07"),
        ("start_date,end_date,headline,text", "2023-04-03,,Pump fails,So it was.", "2023-04-03"),
        ("title,start,end,description", "Pump fails,2023-04-03,2023-04-07,So it was.",
         "2023-04-03/2023-04-07"),
        ("Title,Start,End,Description", "Pump fails,2023,2024,So it was.", "2023/2024"),
        ("title,from,to,description", "Pump fails,April 2023,mid-2023,So it was.",
         "2023-04/2023-08~"),
        ("headline,from,to,text", "Pump fails,2023-04,2023-04,So it was.", "2023-04"),
        ("title,date,end,description", "Pump fails,2023,2024,So it was.", "2023/2024"),
    ],
)  # fmt: skip
def test_table_of_a_timeline_gives_events(head, cells, edtf):
    loaded(f"{head}\n{cells}\n".encode())
    event = Event.objects.get()
    assert (event.title, event.summary) == ("Pump fails", "So it was.")
    assert event.happened.edtf == edtf


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("headline,text,speaker,date", "It fails,The pump fails.,Ann Bee,2023"),
        ("kind,headline,text,date", "statement,It fails,The pump fails.,2023"),
        ("headline,text,summary,date", "It fails,The pump fails.,So it was.,2023"),
        ("title,text,from,to", "It fails,The pump fails.,Ann Bee,Foo Works"),
    ],
)
def test_text_beside_columns_of_statements_is_a_statement(head, cells):
    (row,) = read_csv(f"{head}\n{cells}\n".encode())
    assert (row.kind, row.text, row.start) == ("statement", "The pump fails.", "")


def test_to_is_the_addressee_in_a_table_with_speakers():
    (row,) = read_csv(b"title,from,to,text,speaker\nA,2023,Foo Works,Yes.,Ann Bee\n")
    assert (row.to, row.end) == (("Foo Works",), "")


def test_refusal_says_how_to_map_a_text_that_makes_a_statement():
    content = b"title,date,text\nPump fails,2023,So it was.\n"
    (outcome,) = planned(content)
    assert outcome.action == REFUSE
    assert "--column summary=text" in str(outcome)
    rows = read_csv(content, {"summary": "text"})
    assert [(row.kind, row.summary) for row in rows] == [("event", "So it was.")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",2024,", "no start"),
        ("2024,2023,", "2024/2023"),
        ("2023-04-03T09:00,2023-04-04T10:00,", "Only a single day has a time"),
        ("2023-04-03T09:00,2023-04-03T10:00,", "Only a single day has a time"),
        ("2023-04-03T09:00+08:00,2023-04-03T09:00Z,", "different time zones"),
        ("2023-04-03T09:00+08:00,2023-04-03T10:00,", "Only the start states a time zone"),
        ("2023-04-03T09:00,2023-04-03T09:00Z,", "Only the end states a time zone"),
        ("2023-04-03,whenever,", "“whenever”"),
        ("2023,2024,2022", "Keep one"),
    ],
)
def test_end_that_does_not_fit_is_refused(cells, reason):
    (outcome,) = planned(f"title,start,end,date\nPump fails,{cells}\n".encode())
    assert outcome.action == REFUSE
    assert reason in str(outcome)


def test_changed_end_changes_the_row():
    loaded(b"id,title,start,end\n1,Pump fails,2023,2024\n")
    (outcome,) = planned(b"id,title,start,end\n1,Pump fails,2023,2025\n")
    assert outcome.action == "will change"
    (outcome,) = planned(b"id,title,start,end\n2,Pump fails,2023-04-03T09:00,2023-04-03T09:00\n")
    assert (outcome.action, outcome.entry.happened.time) == (ADD, "09:00")
