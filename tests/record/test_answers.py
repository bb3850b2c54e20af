"""Every answer keeps to the schema that is published for it, and the schemas to their dialect."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

import jsonschema
import pytest

from kb.record.answers import EntryList, EventEntry, RequestEntry, StatementEntry
from kb.record.facets import MAX_OPTIONS
from kb.record.schema import DIALECT, SchemaHint, json_schema_for
from tests.make import make_actor, make_event, published
from tests.story import load_story

ENTRIES = {"event": EventEntry, "statement": StatementEntry, "request": RequestEntry}
QUERIES = ["", "?known=2023-12-16", "?from=2023-04&until=2023-12", "?q=nothing-like-it", "?size=3"]


class Inner(TypedDict):
    """Inside."""

    name: Annotated[str, SchemaHint("A ``name``.", pattern="^a", example="abc")]


class Outer(TypedDict):
    inner: Inner | None
    all: list[Inner]
    by_name: dict[str, list[int]]
    kind: Literal["outer"]
    extra: NotRequired[bool]


def test_it_works():
    schema = json_schema_for("Outer", Outer)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["$ref"] == "#/$defs/Outer"
    outer, inner = schema["$defs"]["Outer"], schema["$defs"]["Inner"]
    assert outer["required"] == ["inner", "all", "by_name", "kind"]
    assert inner["description"] == "Inside."
    assert inner["properties"]["name"] == {
        "type": "string",
        "description": "A `name`.",
        "pattern": "^a",
        "examples": ["abc"],
    }
    whole = {"inner": None, "all": [{"name": "abc"}], "by_name": {"x": [1]}, "kind": "outer"}
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**whole, "kind": "inner"}, schema)


def test_only_our_own_check_refuses_fields_that_are_not_named():
    more = {"name": "abc", "colour": "red"}
    jsonschema.validate(more, json_schema_for("Inner", Inner))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(more, json_schema_for("Inner", Inner, closed=True))


def test_two_structures_of_one_name_are_refused():
    with pytest.raises(TypeError, match="Inner"):
        json_schema_for("Both", Inner, another())


def another() -> type:
    class Inner(TypedDict):
        size: int

    return Inner


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
def test_every_answer_of_the_sample_story_keeps_to_its_schema(reader):
    load_story()
    lists = json_schema_for("List", EntryList, closed=True)
    entries = []
    for query in QUERIES:
        answer = reader.get(f"/timeline.json{query}").json()
        jsonschema.validate(answer, lists)
        entries += answer["entries"]
    for entry in {entry["id"]: entry for entry in entries}.values():
        answer = reader.get(f"{entry['url'].rstrip('/')}.json").json()
        jsonschema.validate(answer, json_schema_for("Entry", ENTRIES[entry["kind"]], closed=True))


@pytest.mark.django_db
@pytest.mark.slow
def test_a_filter_with_many_values_lists_the_most_frequent_and_says_how_many_more(reader):
    actors = [make_actor(f"Actor {number:03}") for number in range(MAX_OPTIONS + 3)]
    published(make_event(actors=tuple((actor, "acted") for actor in actors)))
    last = actors[-1].slug
    answer = reader.get("/timeline.json").json()
    assert len(answer["facets"]["actor"]) == MAX_OPTIONS
    assert answer["unlisted"]["actor"] == 3
    # What is chosen is never among those left out.
    chosen = reader.get(f"/timeline.json?actor={last}").json()
    assert last in [option["value"] for option in chosen["facets"]["actor"]]
