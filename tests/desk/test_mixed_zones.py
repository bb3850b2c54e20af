"""A time of day without a zone beside one with a zone: refused in one entry, named between two."""

import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from kb.dates import FuzzyDate
from kb.desk.date_warnings import date_warnings
from kb.desk.importers.dry_run import REFUSE, plan_import
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.models import Affiliation, EntryLink, Request
from tests.desk.test_admin import add_url, fields_of, text_of
from tests.make import make_actor, make_event, make_incident, make_request, make_statement

pytestmark = pytest.mark.django_db
UTC, UNZONED = "2023-12-15T18:05Z", "2023-12-15T18:05"
DEPENDS = "which came first depends on the time zone of"


def at(text):
    day, _, clock = text.partition("T")
    return FuzzyDate(day, time=clock[:5], zone=clock[5:])


@pytest.fixture
def incident():
    return make_incident()


def event_at(text, incident, title=""):
    event = make_event(title, happened=at(text))
    event.incidents.add(incident)
    return event


def zone_warnings_of(entry):
    return [warning for warning in date_warnings(entry) if DEPENDS in warning]


@pytest.mark.parametrize(
    ("first", "last"), [(UTC, "2023-12-15T20:00"), (UNZONED, "2023-12-18T20:00+08:00")]
)
def test_start_and_end_of_one_entry_state_both_zones_or_none(first, last):
    request = Request(outcome="no_reply", asked_on=at(first), no_reply_by=at(last))
    with pytest.raises(ValidationError, match="states no time zone"):
        request.clean()
    person, paper = make_actor(actor_kind="person"), make_actor()
    role = Affiliation(person=person, organisation=paper, since=at(first), until=at(last))
    with pytest.raises(ValidationError, match="Enter the zone of both"):
        role.clean()


@pytest.mark.parametrize(
    ("first", "last"),
    [(UTC, "2023-12-15T20:00+08:00"), (UNZONED, "2023-12-15T20:00"), (UTC, "2023-12-16")],
)
def test_other_starts_and_ends_are_stored(first, last):
    Request(outcome="no_reply", asked_on=at(first), no_reply_by=at(last)).clean()


def test_form_shows_the_refusal_and_stores_nothing(editor):
    fields = fields_of(editor.get(add_url("request")))
    fields |= {
        "outcome": "no_reply", "asked": make_actor().pk, "asked_on": "2023-12-15T18:05Z",
        "no_reply_by": "2023-12-15T20:00", "_save": "1",
    }  # fmt: skip
    page = editor.post(add_url("request"), fields)
    assert "This time states no time zone, but the time of “asked on” does." in text_of(page)
    assert not Request.objects.exists()


def test_import_refuses_it():
    content = (
        b"id,kind,asked,outcome,date,no_reply_by\n"
        b"1,request,Baz,no_reply,2023-12-15T18:05Z,2023-12-15T20:00\n"
    )
    rows = list(read_rows(io.BytesIO(content), "csv", ADMIN_LIMITS))
    (outcome,) = plan_import(rows, origin="x")
    assert outcome.action == REFUSE
    assert "no_reply_by: This time states no time zone" in str(outcome)


def test_fixture_with_it_is_refused(tmp_path):
    fields = {
        "slug": "asked", "outcome": "no_reply", "asked_on": "2023-12-15", "asked_on_time": "18:05",
        "asked_on_zone": "Z", "no_reply_by": "2023-12-15", "no_reply_by_time": "20:00",
    }  # fmt: skip
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([{"model": "desk.request", "fields": fields}]))
    with pytest.raises(CommandError, match="states no time zone"):
        call_command("loaddata", path, verbosity=0)
    assert not Request.objects.exists()


def test_entries_of_one_incident_are_both_named(incident):
    event_at("2023-12-15T18:05+08:00", incident, "Pump stops")
    other = event_at("2023-12-15T12:00", incident, "Pump starts")
    (warning,) = zone_warnings_of(other)
    assert "“Pump starts” (15 December 2023, 12:00)" in warning
    assert "“Pump stops” (15 December 2023, 18:05 (UTC+8))" in warning
    assert "the time zone of “Pump starts”, which is not stated" in warning
    assert "Enter the zone if the source states it." in warning
    assert "add a link that says which came first" in warning


@pytest.mark.parametrize("other", ["2023-12-15T12:00Z", "2023-12-15", "2023-12-17T12:00"])
def test_order_that_no_zone_changes_has_no_warning(incident, other):
    event = event_at(UTC, incident)
    event_at(other, incident)
    assert zone_warnings_of(event) == []


def test_entries_of_other_incidents_are_not_compared(incident):
    event = event_at(UTC, incident)
    event_at(UNZONED, make_incident())
    assert zone_warnings_of(event) == []


@pytest.mark.parametrize("kind", ["part_of", "contradicts"])
def test_ends_of_a_link_that_states_no_order_are_compared(incident, kind):
    event, other = event_at(UTC, incident), event_at(UNZONED, make_incident())
    EntryLink.objects.create(event=event, to_event=other, link_kind=kind, inferred=True)
    assert len(zone_warnings_of(event)) == len(zone_warnings_of(other)) == 1


def test_answer_and_its_request_are_compared():
    statement = make_statement(said=at(UNZONED))
    request = make_request(outcome="answered", answer=statement, asked_on=at(UTC))
    assert len(zone_warnings_of(request)) == len(zone_warnings_of(statement)) == 1


def test_chain_of_links_that_states_the_order_ends_the_warning(incident):
    first, last = event_at(UTC, incident), event_at(UNZONED, incident)
    between = make_event(happened="2023-12-15")
    for later, earlier in ((between, first), (last, between)):
        EntryLink.objects.create(event=later, to_event=earlier, link_kind="follows", inferred=True)
    assert zone_warnings_of(first) == zone_warnings_of(last) == []


def test_reply_is_after_what_it_answers(incident):
    first, reply = (make_statement(said=at(text)) for text in (UTC, UNZONED))
    reply.in_reply_to = first
    reply.save()
    assert zone_warnings_of(first) == zone_warnings_of(reply) == []


def test_warning_costs_nothing_without_a_time(queries, incident):
    event = event_at("2023-12-15T18:05", incident)
    event.happened = FuzzyDate("2023-12-15")
    with queries(1):  # the citations
        assert list(date_warnings(event)) == []
