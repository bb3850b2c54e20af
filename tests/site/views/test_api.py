"""The OpenAPI description matches the code and is complete."""

from __future__ import annotations

import re

import jsonschema
import pytest
from django.test import RequestFactory
from django.urls import resolve
from schemathesis.specs.openapi.definitions import OPENAPI_31

from kb.formats import FORMATS, LIST_KINDS, formats_for
from kb.record.answers import EntryList
from kb.record.filters import PARAMETERS
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.other_operations import SCHEMA_NAMES
from kb.site.http import problems
from tests import addresses
from tests.make import make_event, published

pytestmark = pytest.mark.django_db
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@pytest.fixture
def described(reader) -> dict:
    return reader.get("/api/openapi.json").json()


def operations(described: dict) -> dict[str, dict]:
    return {path: item["get"] for path, item in described["paths"].items()}


@pytest.mark.slow
def test_openapi_description_is_valid(reader, described):
    jsonschema.Draft202012Validator(OPENAPI_31).validate(described)
    answer = reader.get("/api/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = reader.get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_description_has_exactly_the_api_addresses(described):
    def is_for_machines(address):
        request = RequestFactory().get(address.path())
        return problems.is_api_request(request)

    expected = {
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address.route)
        for address in addresses.public()
        if is_for_machines(address)
    }
    assert set(described["paths"]) == expected
    assert all(set(item) & METHODS == {"get"} for item in described["paths"].values())


def example(path: str) -> str:
    """A path of the description with a value for each argument."""
    return re.sub(r"\{\w+\}", "a", path.replace("{number}", "1"))


@pytest.mark.slow
def test_every_format_of_every_kind_is_described(described):
    for kind in (*LIST_KINDS, *ENTRY_KINDS):
        for form in formats_for(kind):
            matching = [
                candidate
                for path, candidate in operations(described).items()
                if resolve(example(path)).url_name == f"{kind}-{form.name}"
            ]
            (operation,) = matching
            assert list(operation["responses"]["200"]["content"]) == [form.media_type]
            assert form.label in operation["summary"]


def test_every_filter_is_described_with_its_values(described):
    parameters = described["components"]["parameters"]
    assert list(parameters) == list(PARAMETERS)
    for name, parameter in PARAMETERS.items():
        assert str(parameter.label) in parameters[name]["description"]
        assert str(parameter.field.help_text), name
        assert str(parameter.field.help_text) in parameters[name]["description"]
    named = {
        reference["$ref"].rpartition("/")[2] for reference in of_list(described, "/timeline.json")
    }
    assert named == set(parameters)


def of_list(described: dict, path: str) -> list[dict]:
    return [
        parameter for parameter in operations(described)[path]["parameters"] if "$ref" in parameter
    ]


def test_parameters_fixed_by_address_are_not_described(described):
    named = {reference["$ref"] for reference in of_list(described, "/incidents/{slug}.json")}
    assert "#/components/parameters/incident" not in named
    assert "#/components/parameters/actor" in named


def test_operation_ids_are_unique(described):
    names = [operation["operationId"] for operation in operations(described).values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_reference_resolves(described):
    def pointers(part):
        if isinstance(part, dict):
            for name, value in part.items():
                if name == "$ref":
                    yield value
                else:
                    yield from pointers(value)
        elif isinstance(part, list):
            for item in part:
                yield from pointers(item)

    for pointer in set(pointers(described)):
        target = described
        for step in pointer.removeprefix("#/").split("/"):
            target = target[step]
        assert target


@pytest.mark.slow
def test_examples_are_accepted(reader, described):
    for name, parameter in described["components"]["parameters"].items():
        if "example" in parameter:
            example = parameter["example"]
            values = example if isinstance(example, list) else [example]
            query = "&".join(f"{name}={value}" for value in values)
            assert reader.get(f"/timeline.json?{query}").status_code == 200, name


def test_every_problem_is_described_and_explained_on_the_page(reader, described):
    page = reader.get("/api/").content.decode()
    statuses = {str(kind.status) for kind in problems.PROBLEM_KINDS.values()}
    responses = described["components"]["responses"]
    assert {name.removeprefix("Problem") for name in responses} == statuses
    for kind in problems.PROBLEM_KINDS.values():
        assert f'id="{kind.anchor}"' in page


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_every_schema_is_valid_at_its_address(reader, name):
    answer = reader.get(f"/api/schemas/{name}.json")
    assert answer["Content-Type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$id"].endswith(f"/api/schemas/{name}.json")
    jsonschema.Draft202012Validator.check_schema(schema)


def test_unknown_schema_is_a_problem(reader):
    answer = reader.get("/api/schemas/nothing.json")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_answers_match_published_schema(reader):
    published(make_event())
    schema = reader.get("/api/schemas/entries.json").json()
    assert schema["$ref"].endswith(EntryList.__name__)
    jsonschema.validate(reader.get("/timeline.json").json(), schema)


def test_catalogue_links_to_description(reader):
    answer = reader.get("/.well-known/api-catalog")
    assert answer["Content-Type"].startswith("application/linkset+json")
    assert 'rel="api-catalog"' in answer["Link"]
    (service,) = [link for link in answer.json()["linkset"] if "service-desc" in link]
    path = service["service-desc"][0]["href"].partition("//")[2].partition("/")[2]
    assert reader.get(f"/{path}").json()["openapi"].startswith("3.1")


def test_every_answer_links_to_description(reader):
    published(make_event(slug="the-checks"))
    for path in ("/timeline.json", "/timeline.csv", "/events/the-checks.json", "/nowhere.json"):
        link = reader.get(path)["Link"]
        assert '</api/openapi.json>; rel="service-desc"' in link
        assert '</api/>; rel="service-doc"' in link


def test_list_page_links_to_adjacent_pages(reader):
    for _ in range(3):
        published(make_event())
    first = reader.get("/timeline.json?size=1")
    second = follow(reader, first, "next")
    assert set(rels(second)) >= {"first", "prev", "next"}
    assert follow(reader, second, "prev").json()["entries"] == first.json()["entries"]
    third = follow(reader, second, "next")
    assert "next" not in rels(third)
    assert follow(reader, third, "first").json()["entries"] == first.json()["entries"]


def rels(answer) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="([\w-]+)"', answer["Link"])}


def follow(reader, answer, rel):
    return reader.get("/" + rels(answer)[rel].partition("//")[2].partition("/")[2])


def test_api_page_lists_every_parameter_and_format(reader, queries):
    with queries() as ran:
        page = reader.get("/api/").content.decode()
    assert len(ran) <= 3, ran
    for name in PARAMETERS:
        assert f'id="parameter-{name}"' in page
        assert f'name="{name}"' in page, "the form has it too"
    for form in FORMATS.values():
        assert f"<code>.{form.suffix}</code>" in page
    for form in formats_for("timeline"):
        assert f'formaction="/timeline.{form.suffix}"' in page


def test_api_page_is_translated(reader):
    page = reader.get("/zh-hans/api/").content.decode()
    assert "参数" in page
    # What machines read exists once.
    assert 'formaction="/timeline.json"' in page
