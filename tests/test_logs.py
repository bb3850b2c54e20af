"""Log lines: structured, with the request's id, and without any text that a person wrote."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import DatabaseError, ProgrammingError
from django.test import Client
from django.urls import reverse

from kb import logs
from kb.record.wall import WallError, is_wall_violation
from tests.make import make_event, published

FORMATTERS = [logs.KeyValueFormatter(), logs.JsonFormatter()]


def make_record(message="a thing happened", **extra):
    record = logging.LogRecord("kb.test", logging.INFO, __file__, 1, message, (), None)
    for name, value in extra.items():
        setattr(record, name, value)
    return record


class Records(logging.Handler):
    """Collects the records of a logger, which passes none of them on to pytest's handlers."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        # Formatted at once, while the request is being answered.
        self.records.append((record, FORMATTERS[1].format(record)))

    def of(self, event):
        return [record for record, _line in self.records if record.getMessage() == event]

    def entries(self, event):
        entries = [json.loads(line) for _record, line in self.records]
        return [entry for entry in entries if entry["event"] == event]


@pytest.fixture
def records():
    handler = Records()
    logging.getLogger("kb").addHandler(handler)
    yield handler
    logging.getLogger("kb").removeHandler(handler)


# --- The line ----------------------------------------------------------------------------------


def test_key_value_lines_quote_what_could_end_them_early():
    record = make_record(fields={"id": "ab12cd34", "note": 'two words\nlevel="error"', "n": 3})
    line = FORMATTERS[0].format(record)
    assert "\n" not in line
    assert 'level=info logger=kb.test event="a thing happened" id=ab12cd34' in line
    assert 'note="two words\\nlevel=\\"error\\"" n=3' in line


def test_json_lines_have_the_same_fields():
    record = make_record(fields={"id": "ab12cd34", "n": 3})
    entry = json.loads(FORMATTERS[1].format(record))
    assert entry["event"] == "a thing happened"
    assert (entry["id"], entry["n"], entry["level"]) == ("ab12cd34", 3, "info")


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_fields_cannot_replace_the_fixed_ones(formatter):
    line = formatter.format(make_record(fields={"level": "critical"}))
    assert "critical" not in line


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_an_error_is_logged_by_type_and_place_without_its_message(formatter, settings):
    settings.DEBUG = False
    try:
        raise DatabaseError("DETAIL: Key (name)=(Jane Doe) already exists.")
    except DatabaseError as error:
        line = formatter.format(make_record(exc_info=(type(error), error, error.__traceback__)))
    assert "Jane Doe" not in line
    assert "DatabaseError" in line
    assert "test_logs.py" in line


# --- The request's id --------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_response_has_a_request_id(reader):
    first, second = (reader.get("/method/dates/")["X-Request-ID"] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.django_db
def test_a_well_formed_id_of_the_proxy_is_used(reader):
    response = reader.get("/method/dates/", headers={"X-Request-ID": "edge-7.b_2"})
    assert response["X-Request-ID"] == "edge-7.b_2"


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "a b", "x" * 65, 'a" level="error', "a\u00e9"])
def test_any_other_id_is_replaced(reader, header):
    assert reader.get("/method/dates/", headers={"X-Request-ID": header})["X-Request-ID"] != header


@pytest.mark.django_db
def test_refused_requests_have_an_id_too(reader):
    assert reader.get("/timeline/?from=%ZZ")["X-Request-ID"]
    assert reader.post("/timeline/")["X-Request-ID"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/timeline/", "/timeline.json"])
def test_a_failure_shows_its_id_to_the_reader_and_in_the_log(monkeypatch, caplog, path):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("kb.record.publication_version.current_version", broken)
    client = Client(raise_request_exception=False)
    response = client.get(path, headers={"X-Request-ID": "from-the-proxy"})
    assert response.status_code == 500
    assert "from-the-proxy" in response.text
    assert "a secret detail" not in response.text


@pytest.mark.django_db
def test_the_log_line_of_a_request_has_its_id(reader, records, settings):
    settings.SLOW_REQUEST_MS = 1
    reader.get("/timeline/?q=secret", headers={"X-Request-ID": "abc"})
    (entry,) = records.entries("slow request")
    assert (entry["request"], entry["view"], entry["status"]) == ("abc", "timeline", 200)
    assert "secret" not in str(entry)


# --- Events ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_slow_requests_can_be_left_out(reader, records, settings):
    settings.SLOW_REQUEST_MS = 0
    reader.get("/timeline/")
    assert records.of("slow request") == []


@pytest.mark.django_db
def test_publishing_is_logged_once_it_is_committed(records, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = published(make_event("A very personal title"))
        assert records.of("revision published") == []
    fields = [record.fields for record in records.of("revision published")]
    assert {"change": "first", "kind": "event", "id": event.public_id, "number": 1} in fields
    assert [record.fields["action"] for record in records.of("desk action")] != []
    assert "personal" not in str([line for _record, line in records.records])


@pytest.mark.django_db
def test_a_refused_sign_in_is_logged_without_what_was_typed(client, records):
    client.post(reverse("account_login"), {"login": "jane", "password": "hunter22"})
    (record,) = records.of("sign-in refused")
    assert record.fields == {"reason": "wrong credentials"}
    assert "jane" not in str(records.records)


def test_a_write_for_a_reader_is_a_wall_violation():
    assert is_wall_violation(WallError("…"))
    assert is_wall_violation(DatabaseError("not authorized"))
    assert not is_wall_violation(DatabaseError("no such table: record_x"))
    assert not is_wall_violation(ValueError("not authorized"))


@pytest.mark.parametrize(("code", "is_violation"), [("42501", True), ("42P01", False)])
def test_a_right_that_postgresql_refuses_is_a_wall_violation(code, is_violation):
    class Refused(Exception):
        sqlstate = code

    error = ProgrammingError("permission denied for table desk_source")
    error.__cause__ = Refused()
    assert is_wall_violation(error) is is_violation
