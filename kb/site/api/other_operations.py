"""The parts of the API that are neither lists nor entries: their operations, and JSON Schemas."""

from __future__ import annotations

from django.conf import settings

from kb.formats import FORMATS
from kb.record.answers import (
    ActorIndex,
    EntryList,
    EventEntry,
    IncidentIndex,
    PositionIndex,
    Problem,
    RequestEntry,
    SourceIndex,
    StatementEntry,
)
from kb.record.answers.removals import RemovalList
from kb.record.documents import documents_json_schema
from kb.record.schema import json_schema_for
from kb.site.api.openapi import PUBLISHED_ON, JsonObject, static_operation
from kb.site.http.parameters import MAX_CURSOR_DIGITS, MAX_DIGITS
from kb.site.http.probe_paths import HEALTHZ
from kb.site.pages.corrections import CORRECTION_CHANGES

LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
SCHEMA = "application/schema+json"
# The schemas of answers by name: title and type.
SCHEMAS = {
    "entries": ("One page of a list of entries", EntryList),
    "event": ("An event", EventEntry),
    "statement": ("A statement", StatementEntry),
    "request": ("A request for comment", RequestEntry),
    "actors": ("One page of the index of actors", ActorIndex),
    "sources": ("One page of the index of sources", SourceIndex),
    "incidents": ("One page of the index of incidents", IncidentIndex),
    "claim": ("One page of the positions on a claim", PositionIndex),
    "removed": ("One page of the removals by order", RemovalList),
    "problem": ("Why a request failed", Problem),
}
_PUBLIC_ID: JsonObject = {"type": "string", "pattern": "^[a-z0-9]{6,12}$"}
_FIELD: JsonObject = {"type": "string", "pattern": "^[a-z_]{1,40}(/[0-9]{1,4})?$"}
# The name of the schema of the stored documents, which backups consist of.
DOCUMENT = "document"
SCHEMA_NAMES = (*SCHEMAS, DOCUMENT)


def named_schema(name: str) -> JsonObject:
    """The JSON Schema of this name. Raises KeyError if there is none."""
    if name == DOCUMENT:
        schema = documents_json_schema()
    else:
        title, answer = SCHEMAS[name]
        schema = json_schema_for(title, answer)
    return {"$id": f"{settings.SITE_URL}/api/schemas/{name}.json", **schema}


def api_linkset() -> JsonObject:
    """The catalogue of APIs (RFC 9727), which says where the description of the API is."""
    site = settings.SITE_URL
    return {
        "linkset": [
            {
                "anchor": f"{site}/.well-known/api-catalog",
                "item": [{"href": f"{site}/timeline.json", "type": "application/json"}],
            },
            {
                "anchor": f"{site}/timeline.json",
                "service-desc": [{"href": f"{site}/api/openapi.json", "type": "application/json"}],
                "service-doc": [{"href": f"{site}/api/", "type": "text/html"}],
                "status": [{"href": site + HEALTHZ, "type": "text/plain"}],
            },
        ]
    }


def other_operations() -> dict[str, JsonObject]:
    """The operation of each address that is neither a list nor an entry, by URL name."""
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "Name of the schema.",
        "schema": {"enum": list(SCHEMA_NAMES)},
    }
    return {
        "changes-atom": static_operation(
            "changes_atom",
            "Corrections, withdrawals and merges as Atom",
            FORMATS["atom"].media_type,
            schema={"type": "string"},
            parameters=[*_changes_parameters(), PUBLISHED_ON],
        ),
        "removed": static_operation(
            "removed",
            "Records and versions that were removed by order: ids and codes",
            "application/json",
            parameters=[_after()],
        ),
        "openapi": static_operation("openapi", "This description", "application/json"),
        "api-schema": static_operation(
            "api_schema", "JSON Schema of a response", SCHEMA, parameters=[name], statuses=[404]
        ),
        "api-catalog": static_operation("api_catalog", "Links to the API descriptions", LINKSET),
        "proof": static_operation(
            "proof",
            "Proof of one field of a version, or a list of the proofs of all fields",
            "application/json",
            parameters=_proof_parameters(),
            statuses=[404, 410],
        ),
        "version-proof": static_operation(
            "version_proof",
            "Proofs of all fields of a version, with their values",
            "application/json",
            parameters=[
                _in_path("public_id", "Id of the record.", _PUBLIC_ID),
                _in_path("number", "Number of the version.", {"type": "integer", "minimum": 1}),
            ],
            statuses=[404, 410],
        ),
        "oembed": static_operation(
            "oembed",
            "Embed code for the URL of a page (oEmbed)",
            "application/json",
            parameters=_oembed_parameters(),
            statuses=[404, 501],
        ),
    }


def _in_path(name: str, description: str, schema: JsonObject) -> JsonObject:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def _proof_parameters() -> list[JsonObject]:
    number: JsonObject = {"type": "integer", "minimum": 0, "maximum": 10**MAX_DIGITS - 1}
    described: dict[str, tuple[str, JsonObject]] = {
        "id": ("Id of the record.", _PUBLIC_ID),
        "version": ("Number of the version. The default is the current one.", number),
        "field": ("Name of a field. Without it, a list of all fields with their values.", _FIELD),
        "size": ("Size of an earlier checkpoint that the proof leads to.", number),
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": name == "id",
            "description": description,
            "allowEmptyValue": name != "id",
            "schema": schema,
        }
        for name, (description, schema) in described.items()
    ]


def _changes_parameters() -> list[JsonObject]:
    cursor = {"type": "string", "pattern": f"^[0-9]{{1,{MAX_CURSOR_DIGITS}}}$"}
    described: dict[str, tuple[str, JsonObject]] = {
        "change": ("Kind of change.", {"enum": list(CORRECTION_CHANGES)}),
        "after": ("Cursor from a link to the next page.", cursor),
    }
    return [
        {
            "name": name,
            "in": "query",
            "description": description,
            "allowEmptyValue": True,
            "schema": schema,
        }
        for name, (description, schema) in described.items()
    ]


def _after() -> JsonObject:
    return {
        "name": "after",
        "in": "query",
        "description": "Cursor from the address of the next page.",
        "allowEmptyValue": True,
        "schema": {"type": "string", "pattern": f"^[0-9]{{1,{MAX_CURSOR_DIGITS}}}$"},
    }


def _oembed_parameters() -> list[JsonObject]:
    size = {"type": "integer", "minimum": 1}
    described: dict[str, tuple[str, JsonObject]] = {
        "url": ("URL of a page of this site.", {"type": "string", "minLength": 1}),
        "format": (
            "Response format. The default is JSON. With xml, errors are also returned as text/xml.",
            {"enum": ["json"]},
        ),
        "maxwidth": ("Maximum width of the frame in pixels.", size),
        "maxheight": ("Maximum height of the frame in pixels.", size),
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": name == "url",
            "description": description,
            "schema": schema,
        }
        for name, (description, schema) in described.items()
    ]
