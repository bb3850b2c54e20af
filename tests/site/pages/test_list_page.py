"""The lists of records as files: `/actors.json`, `/sources.bib` and so on."""

from __future__ import annotations

import csv
import io
import json

import bibtexparser
import jsonschema
import pytest
import rispy
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb.formats import RECORD_LISTS, formats_for
from kb.formats.csv import unguard_cell
from kb.record.schema import json_schema_for
from kb.site.api.openapi import ANSWERS
from tests.formats.reading import body
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EVERY = [(name, form.suffix) for name in RECORD_LISTS for form in formats_for(name)]


@pytest.fixture
def record():
    paper = published(make_actor("The Paper", slug="paper", actor_kind="publication"))
    acme = published(make_actor("=Acme; Inc.", slug="acme"))
    news = make_source("News", slug="news", publisher=paper, byline="R. Example", language="en",
                       url="https://example.org/news", published="2023-12-15")  # fmt: skip
    published(make_source("Undated", slug="undated", published=""))
    story = make_incident("The story", slug="story", summary="What *came* of it.")
    first = make_event(happened="2023-04", source=news, actors=((acme, "acted"),))
    statement = make_statement(said="2023-12-15", source=news, about=(first,), on_behalf_of=acme)
    claim = make_proposition(incident=story, events=(first,))
    make_stance(claim, "asserts", statement=statement)
    make_stance(claim, "denies", source=news, exact="as printed")
    for record in (first, statement):
        record.incidents.add(story)
    for record in (news, story, first, statement, claim):
        published(record)


def lines(answer):
    return [json.loads(line) for line in body(answer).decode().splitlines()]


def table(answer):
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"), newline="")))


def test_list_is_available_as_file(reader, record):
    for name, suffix in EVERY:
        answer = reader.get(f"/{name}.{suffix}")
        assert (answer.status_code, bool(body(answer))) == (200, True)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Content-Disposition"].endswith(f'filename="{name}.{suffix}"')


@pytest.mark.parametrize("name", RECORD_LISTS)
def test_every_answer_matches_schema(reader, record, name):
    answer = reader.get(f"/{name}.json").json()
    jsonschema.validate(answer, json_schema_for(name, ANSWERS[name], closed=True))
    assert answer["count"] == len(answer[name]) > 0
    assert lines(reader.get(f"/{name}.jsonl")) == answer[name]


def test_rows_have_expected_fields(reader, record):
    acme, *_others, paper = reader.get("/actors.json").json()["actors"]
    assert (acme["name"], acme["entries"], acme["url"]) == ("=Acme; Inc.", 2, "/actors/acme/")
    assert paper["entries"] == 0
    news, undated = reader.get("/sources.json").json()["sources"]
    assert (news["publisher"]["name"], news["link"]) == ("The Paper", "https://example.org/news")
    assert (news["published"]["edtf"], news["entries"]) == ("2023-12-15", 2)
    assert (undated["publisher"], undated["published"]["edtf"]) == (None, "")
    (story,) = reader.get("/incidents.json").json()["incidents"]
    assert (story["first"]["edtf"], story["last"]["edtf"]) == ("2023-04", "2023-12-15")
    assert (story["entries"], story["sources"], story["contested"]) == (2, 1, 1)


def test_csv_is_escaped_unless_raw(reader, record):
    acme = table(reader.get("/actors.csv"))[0]
    assert (acme["name"], unguard_cell(acme["name"])) == ("'=Acme; Inc.", "=Acme; Inc.")
    raw = reader.get("/actors.csv?raw=1")
    assert body(raw).startswith(b"id,name,")
    assert table(reader.get("/actors.csv?raw=1"))[0]["name"] == "=Acme; Inc."
    news = table(reader.get("/sources.csv"))[0]
    assert (news["publisher"], news["published"], news["edtf"]) == (
        "The Paper", "15 December 2023", "2023-12-15",
    )  # fmt: skip
    (story,) = table(reader.get("/incidents.csv"))
    assert (story["first"], story["last"]) == ("April 2023", "15 December 2023")
    assert reader.get("/actors.csv?raw=maybe").status_code == 400


def test_a_bibliography_of_all_sources(reader, record):
    library = bibtexparser.parse_string(body(reader.get("/sources.bib")).decode())
    assert not library.failed_blocks
    view, news, _undated = library.entries
    assert "2 sources" in view["note"]
    assert (news["url"], news["title"]) == ("https://example.org/news", "{News}")
    assert "The Paper" in str(news.fields)
    _view, news, undated = rispy.loads(body(reader.get("/sources.ris")).decode())
    assert (news["title"], undated["title"]) == ("News", "Undated")
    _view, news, _undated = json.loads(body(reader.get("/sources.csl.json")))
    assert news["issued"] == {"date-parts": [[2023, 12, 15]]}
    own = body(reader.get("/sources/news.csl.json"))
    assert json.loads(own) in ([news], news), "as on its own page"


def test_file_matches_page(reader, record):
    for name, query in (
        ("actors", "q=acme"), ("actors", "kind=publication"), ("sources", "q=paper"),
        ("sources", "order=entries"), ("incidents", "q=came"), ("incidents", "q=nothing"),
    ):  # fmt: skip
        shown = [row["id"] for row in reader.get(f"/{name}/?{query}").context["rows"]]
        assert [row["id"] for row in reader.get(f"/{name}.json?{query}").json()[name]] == shown
        assert [row["id"] for row in lines(reader.get(f"/{name}.jsonl?{query}"))] == shown
        assert [row["id"] for row in table(reader.get(f"/{name}.csv?{query}"))] == shown


@pytest.mark.parametrize("order", ["name", "entries", "newest"])
def test_pages_contain_every_row_once(reader, monkeypatch, order):
    for number, title in enumerate("EDCBA"):
        story = published(make_incident(title))
        for _ in range(number % 3):
            event = make_event()
            event.incidents.add(story)
            published(event)
    whole = [row["id"] for row in lines(reader.get(f"/incidents.jsonl?order={order}"))]
    monkeypatch.setattr("kb.site.pages.list_selection.PAGE_SIZE_WITH_CHARTS", 2)
    ids, address, last = [], f"/incidents.json?order={order}", None
    while address:
        answer = reader.get(address)
        assert answer.json()["count"] == 5
        assert ('rel="next"' in answer["Link"]) == bool(answer.json()["next"])
        ids += [row["id"] for row in answer.json()["incidents"]]
        address, last = answer.json()["next"], answer.json()
    assert ids == whole
    back = reader.get(last["previous"]).json()
    assert [row["id"] for row in back["incidents"]] == whole[2:4]


def test_cursor_is_valid_whatever_the_search(reader, record):
    """A change of the search keeps the page."""
    acme = reader.get("/actors.json?q=acme").json()["actors"][0]["id"]
    rest = reader.get(f"/actors.json?kind=publication&after={acme}").json()
    assert [row["name"] for row in rest["actors"]] == ["The Paper"]


@pytest.mark.parametrize("query", ["colour=red", "kind=dragon", "after=nobody", "order=random"])
def test_invalid_parameter_is_a_problem(reader, query):
    for suffix in ("json", "csv"):
        answer = reader.get(f"/actors.{suffix}?{query}")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert answer.json()["errors"].keys() == {query.split("=")[0]}


def test_accept_conditional_requests_and_head(reader, record, queries):
    answer = reader.get("/sources/", headers={"Accept": "application/x-bibtex"})
    assert answer["Content-Location"] == "/sources.bib"
    assert "Accept" in answer["Vary"]
    page = reader.get("/sources/?q=news").text
    assert '<link rel="alternate" href="/sources.csv?q=news" type="text/csv' in page
    etag = reader.get("/sources.csv")["ETag"]
    with queries(1):
        assert reader.get("/sources.csv", headers={"If-None-Match": etag}).status_code == 304
    for name, suffix in EVERY:
        assert not body(reader.head(f"/{name}.{suffix}"))


@pytest.mark.parametrize("name", RECORD_LISTS)
def test_query_count_is_constant(reader, name):
    make = {"actors": make_actor, "sources": make_source, "incidents": make_incident}[name]

    def cost(suffix):
        with CaptureQueriesContext(connection) as captured:
            body(reader.get(f"/{name}.{suffix}"))
        return len(captured)

    published(make())
    few = [cost(suffix) for suffix in ("json", "csv")]
    for _ in range(20):
        published(make())
    assert [cost(suffix) for suffix in ("json", "csv")] == few


@pytest.mark.parametrize("order", ["name", "entries", "newest"])
@pytest.mark.parametrize("narrowed", ["", "&kind=person", "&q=made"])
def test_page_is_a_range_of_an_index(reader, monkeypatch, order, narrowed):
    """No page sorts the rows of a list, nor counts its entries."""
    for number in range(12):
        published(make_actor(f"Made {number}", actor_kind=("person", "group")[number % 2]))
    monkeypatch.setattr("kb.site.pages.list_selection.PAGE_SIZE", 2)
    first = reader.get(f"/actors/?order={order}{narrowed}")
    third = reader.get(first.context["pages"]["next"]).context["pages"]["next"]
    with CaptureQueriesContext(connection) as captured:
        reader.get(third)
    queries = [query["sql"] for query in captured if "record_listedrecord" in query["sql"]]
    assert not [sql for sql in queries if "record_facet" in sql]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Without statistics, which other tests leave behind and which are not of these rows.
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")
            for sql in queries:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = " / ".join(row[3] for row in cursor.fetchall())
                assert "TEMP B-TREE" not in plan, plan
                assert "SCAN record_listedrecord" not in plan, plan


def test_incidents_say_in_which_order_they_are(reader):
    published(make_incident("The story", slug="story"))
    for order, words in (
        ("", "most recently changed first"),
        ("?order=newest", "most recently changed first"),
        ("?order=name", "by title"),
        ("?order=entries", "most entries first"),
    ):
        page = reader.get(f"/incidents/{order}").content.decode()
        assert page.count(f"All published incidents, {words}.") >= 2, order
