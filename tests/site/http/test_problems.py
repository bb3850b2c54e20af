"""Errors for programs are problem details, and what is published is open to every site."""

from __future__ import annotations

import jsonschema
import pytest
from django.conf import settings
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
    """The problem of an answer, once it has all that a problem of this name must have."""
    content, kind = answer.json(), problems.PROBLEM_KINDS[name]
    assert answer["Content-Type"] == "application/problem+json"
    jsonschema.validate(content, SCHEMA)
    assert content["type"].endswith(f"/api/#{kind.anchor}")
    assert content["status"] == answer.status_code == kind.status
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "no-store"
    assert 'rel="service-desc"' in answer["Link"]
    return content


def test_it_works(reader):
    content = problem_of(reader.get("/timeline.json?kind=rumour&colour=red"), "bad-parameter")
    assert set(content["errors"]) == {"kind", "colour"}
    assert "event, statement" in content["errors"]["kind"]
    assert content["instance"] == "/timeline.json"


@pytest.mark.parametrize("path", ["/nowhere.json", "/events/no-such.csl.json", "/a/b.csv"])
def test_what_is_not_there_is_a_problem_where_a_program_asks(reader, path):
    problem_of(reader.get(path), "not-found")


def test_missing_data_file_costs_no_search_for_similar_addresses(reader, queries):
    published(make_event(slug="the-checks-begin"))
    with queries(3):  # the publication version, what has this address, and what had it
        content = problem_of(reader.get("/events/the-check-begins.json"), "not-found")
    assert "nearest" not in content
    with queries(0):
        problem_of(reader.get("/incidnets/the-check-begins.json"), "not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/events/the-check-begins/",
        "/events/The Check Begins/",
        "/evnets/the-checks-begin/",
        "/statements/the-checks-begin/",
        "/foo/the-check-begins/",
        "/foo/bar/the-check-begins",
        "/the-check-begins/",
        "/zh-hans/foo/the-check-begins/",
    ],
)
def test_missing_page_lists_records_with_a_similar_address(reader, path):
    published(make_event("The checks begin", slug="the-checks-begin"))
    answer = reader.get(path)
    assert answer.status_code == 404
    prefix = "/zh-hans" if path.startswith("/zh") else ""
    assert f'href="{prefix}/events/the-checks-begin/">The checks begin<' in answer.content.decode()


@pytest.mark.parametrize(
    "path", [f"/{settings.ADMIN_PATH}the-checks-begin/", "/the-checks-begin.php", "/!!!/"]
)
def test_other_missing_addresses_are_compared_with_nothing(reader, queries, path):
    published(make_event("The checks begin", slug="the-checks-begin"))
    with queries(0):
        answer = reader.get(path)
    assert answer.status_code in (302, 404)
    assert b"The checks begin" not in answer.content


def test_a_withdrawn_record_leaves_its_tombstone(reader):
    event = published(make_event("Entered twice"))
    withdraw(event, by=None, note="It was entered twice.")
    for suffix in ("json", "bib"):
        content = problem_of(reader.get(f"/events/{event.slug}.{suffix}"), "withdrawn")
        assert content["withdrawn"]["id"] == event.public_id
        assert content["withdrawn"]["reason"] == "It was entered twice."


def test_a_merged_record_leads_on_in_the_same_format(reader):
    event, twin = published(make_event()), published(make_event())
    merge(twin, into=event, by=None, note="One of two.")
    for suffix in ("json", "ris"):
        answer = reader.get(f"/events/{twin.slug}.{suffix}")
        assert answer.status_code == 301
        assert answer["Location"] == f"/events/{event.slug}.{suffix}"
        assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_can_be_changed(method):
    strict = Client(enforce_csrf_checks=True)
    answer = getattr(strict, method)("/timeline.json")
    problem_of(answer, "method-not-allowed")
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("query", "name"),
    [("q=%00", "bad-request"), ("q=%zz", "bad-request"), ("q=" + "a" * 9000, "address-too-long")],
)
def test_hostile_input_is_a_problem_too(reader, query, name):
    problem_of(reader.get("/timeline.json", QUERY_STRING=query), name)


def test_a_fault_of_ours_is_a_problem_without_the_database(monkeypatch):
    def broken(*_):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("kb.record.publication_version.current_version", broken)
    answer = Client(raise_request_exception=False).get("/timeline.json")
    content = problem_of(answer, "server-error")
    assert "gone" not in str(content)


def test_other_sites_may_ask_first(reader):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = reader.options("/timeline.json", headers=asked)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", ["/", "/timeline/", "/nowhere/", "/admin/", "/robots.txt"])
def test_pages_and_the_desk_are_open_to_no_other_site(reader, path):
    for answer in (reader.get(path), reader.options(path)):
        assert "Access-Control-Allow-Origin" not in answer
        assert answer.get("Content-Type", "") != "application/problem+json"
