"""All of a file or nothing: whatever fails, whenever, and whoever else is at work."""

from __future__ import annotations

import os

import pytest
from django.db import DatabaseError, connection

from kb.desk.importers.dry_run import plan_import
from kb.desk.importers.load import load_rows
from kb.desk.importers.undo import undo_import
from kb.desk.models import Actor, Event, ImportBatch, ImportedRow, Statement
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, STATEMENT, actions, loaded, planned, table
from tests.make import make_event

pytestmark = pytest.mark.django_db
# Every how manieth statement fails; 1 tries each.
STEP = int(os.environ.get("TEST_FAULT_STEP", "7"))


class Fault(DatabaseError):
    """The database went away."""


class FailsAt:
    """Lets so many statements through, and then none."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE")):
            return execute(sql, params, many, context)
        self.left -= 1
        if self.left < 0:
            raise Fault(sql[:60])
        return execute(sql, params, many, context)


def everything():
    return [
        list(model.objects.order_by("pk").values_list("pk", "version", "updated_at"))
        for model in (Actor, Event, Statement)
    ] + [ImportBatch.objects.count(), ImportedRow.objects.count()]


def faults(do):
    """Have each statement of ``do`` fail in turn, until it goes through; return how many."""
    for number in range(0, 10_000, STEP):
        before = everything()
        try:
            with connection.execute_wrapper(FailsAt(number)):
                do()
        except Fault:
            assert everything() == before
        else:
            return number
    raise AssertionError("it never ends")


def many(rows, **other):
    lines = [{**EVENT, "id": f"e{n}", "title": f"Event {n}", "actors": f"Actor {n}"}
             for n in range(rows)]  # fmt: skip
    return [{**line, **other} for line in lines] + [STATEMENT]


@pytest.mark.slow
def test_failure_at_any_statement_stores_nothing(record_property):
    event = make_event("Mine")
    outcomes = planned(table(*many(8)))
    changed = table(*many(8, summary="Other", actors="OpenAI"))
    statements = [
        faults(lambda: load_rows(outcomes_again(outcomes), origin="here", name="", sha256=""))
    ]
    assert Event.objects.count() == 9
    statements += [
        faults(lambda: loaded(changed)),
        faults(lambda: undo_import(ImportBatch.objects.latest("pk"))),
        faults(lambda: undo_import(ImportBatch.objects.get(undone_at=None))),
    ]
    record_property("failures injected", sum(number // STEP for number in statements))
    assert min(statements) > 20
    assert list(Event.objects.all()) == [event]


def outcomes_again(outcomes):
    """Planned anew, since storing gives keys to what it was given."""
    return plan_import([outcome.row for outcome in outcomes], origin="here")


@pytest.mark.slow
def test_one_invalid_row_of_ten_thousand_stops_load():
    rows = int(os.environ.get("TEST_IMPORT_ROWS", "1000"))
    lines = [{"id": str(n), "title": f"Event {n}", "date": "2023"} for n in range(rows)]
    lines[-2]["date"] = "whenever"
    with pytest.raises(ActionRefused, match="whenever"):
        load_rows(planned(table(*lines)), origin="here", name="", sha256="")
    assert not Event.objects.exists()


def test_query_count_does_not_grow_with_rows(queries):
    with queries() as few:
        loaded(table(*many(10)))
    with queries() as more:
        loaded(table(*[{**line, "id": f"x{number}"} for number, line in enumerate(many(80))]))
    assert len(more) <= len(few) + 3


def test_changes_between_plan_and_load_are_not_overwritten():
    loaded(table(EVENT))
    outcomes = planned(table({**EVENT, "title": "Other"}))
    Event.objects.update(version=2, title="An editor was here")
    with pytest.raises(ActionRefused, match="edited or published"):
        load_rows(outcomes, origin="here", name="", sha256="")
    assert Event.objects.get().title == "An editor was here"


def test_second_load_of_same_plan_is_refused():
    first, second = planned(table(EVENT, STATEMENT)), planned(table(EVENT, STATEMENT))
    load_rows(first, origin="here", name="", sha256="")
    with pytest.raises(ActionRefused, match="another import"):
        load_rows(second, origin="here", name="", sha256="")
    assert actions(table(EVENT, STATEMENT)) == ["unchanged", "unchanged"]
    assert Event.objects.count() == 1
