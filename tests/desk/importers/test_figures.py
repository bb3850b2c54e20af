"""Figures of imported events: checked as in the form, stored, changed and undone with the event."""

from __future__ import annotations

import io
import json

import pytest

from kb.desk.importers.dry_run import ADD, CHANGE, REFUSE, SAME
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import Event, Figure, ImportBatch, Source
from tests.desk.importers.files import EVENT, actions, loaded, planned, table
from tests.make import published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FIGURES = {
    "figure_labels": "people injured; damage", "figure_numbers": "40; 2000000",
    "figure_ends": "; 3000000", "figure_bounds": "at_least; ", "figure_units": "; USD",
    "figure_words": "at least 40 people; two to three million dollars",
}  # fmt: skip


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def stored():
    return [
        (figure.label, figure.number_bound, figure.number_low, figure.number_high, figure.unit,
         figure.source.title)
        for figure in Figure.objects.select_related("source")
    ]  # fmt: skip


EXPECTED = [
    ("people injured", "at_least", 40, None, "", "A story"),
    ("damage", "exact", 2_000_000, 3_000_000, "USD", "A story"),
]


def test_figures_of_a_row_are_stored_and_shown(reader):
    loaded(table(EVENT | FIGURES))
    assert stored() == EXPECTED
    published(Event.objects.get())
    row = reader.get("/timeline.json").json()["entries"][0]
    assert [figure["words"] for figure in row["figures"]] == [
        "at least 40 people injured",
        "damage: 2,000,000–3,000,000 USD",
    ]
    assert "at least 40 people injured" in b"".join(reader.get("/timeline.csv")).decode()


def test_figures_of_json_lines_are_those_of_the_list(reader):
    loaded(table(EVENT | FIGURES))
    published(Event.objects.get())
    lines = b"".join(reader.get("/timeline.jsonl"))
    loaded(lines, read_jsonl, origin="elsewhere")
    assert stored() == EXPECTED * 2
    assert actions(lines, read_jsonl, "elsewhere") == [SAME]


def test_figure_of_json_lines_may_have_another_source():
    entry = {"kind": "event", "id": "1", "title": "It burns", "date": {"edtf": "2023"},
             "figures": [{"label": "hurt", "number": 4, "source": "A count"}]}  # fmt: skip
    loaded(json.dumps(entry).encode(), read_jsonl)
    assert stored() == [("hurt", "exact", 4, None, "", "A count")]


def test_changed_figures_replace_the_earlier_ones_until_undone():
    first = table(EVENT | FIGURES)
    loaded(first)
    assert actions(first) == [SAME]
    second = table(EVENT | {"figure_labels": "people injured", "figure_numbers": "41"})
    assert actions(second) == [CHANGE]
    loaded(second)
    assert stored() == [("people injured", "exact", 41, None, "", "A story")]
    undo_import(ImportBatch.objects.latest("pk"))
    assert stored() == EXPECTED
    undo_import(ImportBatch.objects.earliest("pk"))
    assert not Figure.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"figure_numbers": "2–3 million"}, "figure_numbers: “2–3 million” value must be a decim"),
        ({"figure_numbers": ""}, "figure_numbers: The number is missing."),
        ({"figure_numbers": "3", "figure_ends": "2"}, "figure_ends: The lower number is greater"),
        ({"figure_bounds": "roughly"}, "figure_bounds: Value 'roughly' is not a valid choice."),
        ({"figure_labels": ""}, "figure_labels: This field cannot be blank."),
        ({"figure_sources": "Nowhere"}, "figure_sources: “Nowhere” is not a source of this row."),
        ({"sources": "", "source_urls": "", "account_records": ""}, "figure_sources: empty."),
        ({"kind": "request", "account_records": ""}, "figure_labels: Only an event has figures."),
    ],
)
def test_figure_that_the_form_refuses_is_refused_with_its_column(fields, words):
    figure = {"figure_labels": "hurt", "figure_numbers": "4"}
    outcomes = planned(table(EVENT | figure | fields, EVENT | {"id": "e2"}))
    assert [outcome.action for outcome in outcomes] == [REFUSE, ADD]
    assert words in " ".join(outcomes[0].reasons)
