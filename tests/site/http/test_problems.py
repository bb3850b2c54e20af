"""Errors of the API are problem details, and public data has CORS headers."""

from __future__ import annotations

import jsonschema
import pytest
from django.test import Client

from kb.desk.verbs.publishing import withdraw
from kb.desk.verbs.transfers.merge import merge
from kb.record.answers import Problem
from kb.record.schema import json_schema_for
from kb.site.http import problems
from tests.make import make_event, published

pytestmark = pytest.mark.django_db
SCHEMA = json_schema_for("Problem", Problem, closed=True)


def problem_of(answer, name: str) -> dict:
    """The content of a problem response, checked for the parts of every problem."""
    content, kind = answer.json(), problems.PROBLEM_KINDS[name]
    assert answer["Content-Type"] == "application/problem+json"
    jsonschema.validate(content, SCHEMA)
    assert content["type"].endswith(f"/api/#{kind.anchor}")
    assert content["status"] == answer.status_code == kind.status
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    assert 'rel="service-desc"' in answer["Link"]
    return content


def test_error_is_problem_json(reader):
    content = problem_of(reader.get("/timeline.json?kind=rumour&colour=red"), "bad-parameter")
    assert set(content["errors"]) == {"kind", "colour"}
    assert "event, statement" in content["errors"]["kind"]
    assert content["instance"] == "/timeline.json"


@pytest.mark.parametrize("path", ["/nowhere.json", "/events/no-such.csl.json", "/a/b.csv"])
def test_missing_api_address_is_a_problem(reader, path):
    problem_of(reader.get(path), "not-found")


def test_missing_record_problem_names_no_similar_addresses(reader, queries):
    published(make_event(slug="the-checks-begin"))
    with queries() as ran:
        content = problem_of(reader.get("/events/the-check-begins.json"), "not-found")
    assert "nearest" not in content
    assert not [sql for sql in ran if "addressindex" in sql]


def test_withdrawn_record_problem_has_tombstone(reader):
    event = published(make_event("Entered twice"))
    withdraw(event, by=None, note="It was entered twice.")
    for suffix in ("json", "bib"):
        content = problem_of(reader.get(f"/events/{event.slug}.{suffix}"), "withdrawn")
        assert content["withdrawn"]["id"] == event.public_id
        assert content["withdrawn"]["reason"] == "It was entered twice."


def test_merged_record_redirects_in_same_format(reader):
    event, twin = published(make_event()), published(make_event())
    merge(twin, into=event, by=None, note="One of two.")
    for suffix in ("json", "ris"):
        answer = reader.get(f"/events/{twin.slug}.{suffix}")
        assert answer.status_code == 301
        assert answer["Location"] == f"/events/{event.slug}.{suffix}"
        assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_unsafe_methods_return_405(method):
    strict = Client(enforce_csrf_checks=True)
    answer = getattr(strict, method)("/timeline.json")
    problem_of(answer, "method-not-allowed")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("query", "name"),
    [("q=%00", "bad-request"), ("q=%zz", "bad-request"), ("q=" + "a" * 9000, "address-too-long")],
)
def test_hostile_input_is_a_problem(reader, query, name):
    problem_of(reader.get("/timeline.json", QUERY_STRING=query), name)


def test_server_error_problem_needs_no_database(monkeypatch):
    def broken(*_):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("kb.record.publication_version.current_version", broken)
    answer = Client(raise_request_exception=False).get("/timeline.json")
    content = problem_of(answer, "server-error")
    assert "gone" not in str(content)


def test_cors_preflight_is_answered(reader):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = reader.options("/timeline.json", headers=asked)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", ["/", "/timeline/", "/nowhere/", "/admin/", "/robots.txt"])
def test_pages_and_desk_have_no_cors_headers(reader, path):
    for answer in (reader.get(path), reader.options(path)):
        assert "Access-Control-Allow-Origin" not in answer
        assert answer.get("Content-Type", "") != "application/problem+json"
