"""The API, described: for people at /api/, for programs as OpenAPI, JSON Schema and a catalogue."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_resolver, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kb.formats import FORMATS, LIST_KINDS, RECORD_LISTS, formats_for
from kb.record.addresses import PLURALS, data_path
from kb.record.answers import (
    ActorIndex,
    EntryList,
    EventEntry,
    IncidentIndex,
    Problem,
    SourceIndex,
    StatementEntry,
)
from kb.record.documents import documents_json_schema
from kb.record.filters import MAX_PAGE_SIZE, MAX_VALUES
from kb.record.query import PAGE_SIZE
from kb.record.schema import json_schema_for
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.openapi import openapi_description, static_operation
from kb.site.api.parameters import list_parameters
from kb.site.http.decorators import reader_page, static_response
from kb.site.http.parameters import MAX_CURSOR_DIGITS
from kb.site.http.problems import PROBLEM_KINDS
from kb.site.http.representations import data_licence
from kb.site.pages.corrections import CORRECTION_CHANGES as CORRECTIONS
from kb.site.pages.page_meta import page_head

LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
SCHEMA = "application/schema+json"
SCHEMAS = {
    "entries": ("One page of a list of entries", EntryList),
    "event": ("An event", EventEntry),
    "statement": ("A statement", StatementEntry),
    "actors": ("One page of the index of actors", ActorIndex),
    "sources": ("One page of the index of sources", SourceIndex),
    "incidents": ("One page of the index of incidents", IncidentIndex),
    "problem": ("Why a request was not answered", Problem),
}
# What the record itself holds, by which the whole of it is kept and moved.
DOCUMENT = "document"
READERS = "kb.site.urls"
# The parameters that the form on the page begins with; the rest are a click away.
FIRST = ("q", "kind", "from", "until", "order", "size")


@reader_page
def api(request: HttpRequest) -> HttpResponse:
    """The page for people, with a form to try it, printed from what answers."""
    said = _(
        "Read-only access to the whole record for programs. No key is needed, and any site can "
        "call it."
    )
    parameters = list_parameters()
    ctx = {
        "title": _("API"),
        "said": said,
        "site": settings.SITE_URL,
        "licence": data_licence(),
        "things": [_thing(one) for one in (*LIST_KINDS, *ENTRY_KINDS, *RECORD_LISTS)],
        "parameters": parameters,
        "first": [one for name in FIRST for one in parameters if one.name == name],
        "others": [one for one in parameters if one.name not in FIRST],
        "files": [
            {"label": one.label, "path": data_path(reverse(f"timeline-{one.name}"))}
            for one in formats_for("timeline")
        ],
        "all_files": list(FORMATS.values()),
        "problems": list(PROBLEM_KINDS.values()),
        "schemas": [*SCHEMAS, DOCUMENT],
        "limits": {"size": PAGE_SIZE, "most": MAX_PAGE_SIZE, "values": MAX_VALUES},
        "head": page_head(request, _("API"), said),
        "nav": "api",
    }
    return render(request, "api/api.html", ctx)


def _thing(kind: str) -> dict[str, Any]:
    """One row of the table of addresses: what is there, and in which formats."""
    words = {
        "timeline": _("All entries"),
        "incident": _("Entries of an incident"),
        "actor": _("Entries in which an actor has a role"),
        "source": _("Entries that cite a source"),
        "event": _("One event"),
        "statement": _("One statement"),
        "actors": _("All actors"),
        "sources": _("All sources"),
        "incidents": _("All incidents"),
    }
    path = f"/{PLURALS[kind]}/<{_('address')}>" if kind in PLURALS else f"/{kind}"
    return {"path": path, "words": words[kind], "formats": formats_for(kind)}


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as JSON."""
    return static_response(
        request, _json(openapi_description(_patterns(), _settled())), "application/json"
    )


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """The JSON Schema of one kind of answer, or of every document of the record."""
    if name == DOCUMENT:
        found = documents_json_schema()
    elif name in SCHEMAS:
        found = json_schema_for(SCHEMAS[name][0], SCHEMAS[name][1])
    else:
        raise Http404
    found = {"$id": f"{settings.SITE_URL}/api/schemas/{name}.json", **found}
    return static_response(request, _json(found), SCHEMA)


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    """Where the description is, at the address where programs look for it (RFC 9727)."""
    site = settings.SITE_URL
    linkset = [
        {
            "anchor": f"{site}/.well-known/api-catalog",
            "item": [{"href": f"{site}/timeline.json", "type": "application/json"}],
        },
        {
            "anchor": f"{site}/timeline.json",
            "service-desc": [{"href": f"{site}/api/openapi.json", "type": "application/json"}],
            "service-doc": [{"href": f"{site}/api/", "type": "text/html"}],
            "status": [{"href": f"{site}/healthz", "type": "text/plain"}],
        },
    ]
    response = static_response(request, _json({"linkset": linkset}), LINKSET)
    response["Link"] = '</.well-known/api-catalog>; rel="api-catalog"'
    return response


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _patterns() -> list[Any]:
    """Every URL pattern of the site, the desk's apart."""
    for one in get_resolver().url_patterns:
        if getattr(getattr(one, "urlconf_module", None), "__name__", "") == READERS:
            return list(one.url_patterns)
    return []


def _changes_parameters() -> list[dict[str, Any]]:
    mark = {"type": "string", "pattern": f"^[0-9]{{1,{MAX_CURSOR_DIGITS}}}$"}
    found = {
        "change": ("The kind of change.", {"enum": list(CORRECTIONS)}),
        "after": ("The mark of the page before. Links to the next have it.", mark),
    }
    shared = {"in": "query", "allowEmptyValue": True}
    return [
        {"name": name, "description": words, "schema": one, **shared}
        for name, (words, one) in found.items()
    ]


def _oembed_parameters() -> list[dict[str, Any]]:
    size = {"type": "integer", "minimum": 1}
    found: dict[str, tuple[str, dict[str, Any]]] = {
        "url": ("The address of a page of this site.", {"type": "string", "minLength": 1}),
        "format": (
            "JSON unless given. For xml the answer, refusals too, is text/xml.",
            {"enum": ["json"]},
        ),
        "maxwidth": ("The greatest width of the frame, in pixels.", size),
        "maxheight": ("The greatest height of the frame, in pixels.", size),
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": name == "url",
            "description": words,
            "schema": schema,
        }
        for name, (words, schema) in found.items()
    ]


def _settled() -> dict[str, dict[str, Any]]:
    """The operation of each address that is neither a list nor an entry, by its name."""
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "Which shape.",
        "schema": {"enum": [*SCHEMAS, DOCUMENT]},
    }
    return {
        "changes-atom": static_operation(
            "changes_atom",
            "Corrections, withdrawals and merges as Atom",
            FORMATS["atom"].media_type,
            schema={"type": "string"},
            parameters=_changes_parameters(),
        ),
        "openapi": static_operation("openapi", "This description", "application/json"),
        "api-schema": static_operation(
            "api_schema", "The JSON Schema of an answer", SCHEMA, parameters=[name], statuses=[404]
        ),
        "api-catalog": static_operation("api_catalog", "Where the API is described", LINKSET),
        "oembed": static_operation(
            "oembed",
            "What to frame for the address of a page (oEmbed)",
            "application/json",
            parameters=_oembed_parameters(),
            statuses=[404, 501],
        ),
    }
