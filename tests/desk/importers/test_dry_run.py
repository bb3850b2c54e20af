"""Plans: what is added, changed, left alone or refused."""

from __future__ import annotations

import io
import json

import pytest

from kb.desk.importers.dry_run import (
    ADD,
    CHANGE,
    REFUSE,
    SAME,
    count_by_action,
    counts_summary,
)
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.models import Event, ImportBatch, Statement
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, actions, loaded, planned, table

pytestmark = pytest.mark.django_db


def test_unchanged_file_changes_nothing():
    loaded(table(EVENT, STATEMENT))
    assert actions(table(EVENT, STATEMENT)) == [SAME, SAME]
    loaded(table(EVENT, STATEMENT))
    assert Event.objects.count() == Statement.objects.count() == 1
    assert actions(table(EVENT), origin="another") == [ADD]


def test_changed_row_changes_draft():
    loaded(table(EVENT))
    changed = table({**EVENT, "title": "It happened twice", "actors": "OpenAI (acted)"})
    assert actions(changed) == [CHANGE]
    loaded(changed)
    event = Event.objects.get()
    assert (event.title, event.version) == ("It happened twice", 2)
    assert [part.actor.name for part in event.participations.all()] == ["OpenAI"]
    assert actions(changed) == [SAME]


@pytest.mark.parametrize("how", [{"version": 5}, {"state": WorkflowState.PUBLISHED}])
def test_edited_draft_is_never_overwritten(how):
    loaded(table(EVENT))
    Event.objects.update(**how)
    (outcome,) = planned(table({**EVENT, "title": "Other"}))
    assert outcome.action == REFUSE
    assert "was edited or published since" in outcome.reasons[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"date": "12/05/2023"}, "12 May"),
        ({"date": "30 February 2023"}, "February"),
        ({"kind": "rumour"}, "Choose one of: event, statement"),
        ({"standing": "true"}, "standing"),
        ({"source_urls": "javascript:alert(1)"}, "javascript"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"title": ""}, "title"),
        ({"incidents": "y" * 300}, "is too long"),
    ],
)
def test_invalid_row_stops_file(change, expected):
    content = table(STATEMENT, {**EVENT, **change})
    outcomes = planned(content)
    assert [outcome.action for outcome in outcomes] == [ADD, REFUSE]
    assert any(expected in reason for reason in outcomes[1].reasons), outcomes[1].reasons
    with pytest.raises(ActionRefused):
        load_rows(outcomes, origin="here", name="a file", sha256="")
    assert not Statement.objects.exists()
    assert not ImportBatch.objects.exists()


def test_repeated_id_is_refused():
    outcomes = planned(table(EVENT, {**EVENT, "title": "Other"}))
    assert counts_summary(count_by_action(outcomes)) == "1 will add, 1 refused"
    assert outcomes[1].reasons == ["The id “e1” is already used in row 2."]


def test_words_of_the_date_become_its_wording_only_if_they_are_cited():
    row = EVENT | {"as_written": "", "cited_words": "It was tested in MID-2023."}
    (outcome,) = planned(table(row))
    assert (outcome.entry.happened.phrase, outcome.details) == ("mid-2023", [])
    (outcome,) = planned(table(row | {"cited_words": "It was tested in summer."}))
    assert (outcome.entry.happened.phrase, outcome.details) == ("", [])


def test_column_as_written_is_taken_with_a_warning_if_it_is_not_cited():
    (outcome,) = planned(table(EVENT))
    assert outcome.action == ADD
    assert outcome.entry.happened.phrase == "in the middle of this year"
    assert "Please check: No citation contains the wording" in outcome.warnings[0]
    assert "Please check" in str(outcome)


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"date": "2102-03-04"}, "more than two years in the future"),
        (
            {"date": "2023-06", "as_written": "May 2023", "cited_words": "May 2023"},
            "is read as",
        ),
    ],
)
def test_doubtful_date_is_a_warning(fields, warning):
    (outcome,) = planned(table(EVENT | {"as_written": ""} | fields))
    assert outcome.action == ADD
    assert warning in outcome.warnings[0]


def test_event_after_the_report_of_it_is_a_warning():
    def line(date, **more):
        source = {"title": "Daily report", "published": {"edtf": "2012-03-05"}}
        entry = {"kind": "event", "id": "e1", "title": "It happened", "date": {"edtf": date}}
        return json.dumps(entry | {"citations": [{"source": source}], **more}).encode()

    def read(content):
        return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))

    (outcome,) = planned(line("2012-03-06"), read)
    assert "“Daily report” reports this but was published before it" in outcome.warnings[0]
    for content in (line("2012-03-05"), line("2012-03-06", standing="announced")):
        assert planned(content, read)[0].details == []
