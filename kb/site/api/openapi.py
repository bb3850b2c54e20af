"""The description of the API (OpenAPI 3.1), generated from the code that answers.

Addresses come from the URL patterns, parameters from the FilterSet, formats from their table and
schemas from the typed structures of ``kb.record.answers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver

from kb.formats import CLAIM, FORMATS, FROZEN, LIST_KINDS, RECORD_LISTS, Format
from kb.record.addresses import PLURALS
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
from kb.record.initials import INITIALS
from kb.record.schema import schema_components
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.parameters import PRINTABLE, list_parameters, slug_schema
from kb.site.charts.swimlanes import LANES
from kb.site.http.parameters import MAX_CURSOR_DIGITS
from kb.site.http.problems import MEDIA_TYPE, PROBLEM_KINDS, SUFFIXES, WITHOUT_SUFFIX
from kb.site.pages.record_lists import LISTS_BY_NAME
from kb.text.normalise import MAX_QUERY_LENGTH

# A part of the description, which has no more precise type.
JsonObject = dict[str, Any]
Pattern = URLPattern | URLResolver
VERSION = "1.0.0"
ANSWERS = {
    "timeline": EntryList,
    "event": EventEntry,
    "statement": StatementEntry,
    "request": RequestEntry,
    "actors": ActorIndex,
    "sources": SourceIndex,
    "incidents": IncidentIndex,
    CLAIM: PositionIndex,
    FROZEN: EntryList,
}
_ROOT = "#/components/schemas/"
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
# The JSON formats that have a specification of their own: the type of their root, and where it is.
_SPECIFICATIONS = {
    "feed.json": ("object", "https://www.jsonfeed.org/version/1.1/"),
    "timelinejs.json": ("object", "https://timeline.knightlab.com/docs/json-format.html"),
    "csl.json": ("array", "https://github.com/citation-style-language/schema"),
    "jsonld": ("object", "https://www.w3.org/TR/json-ld11/"),
}
_NOUNS = {
    "timeline": "All entries",
    "incident": "Entries of an incident",
    "actor": "Entries in which an actor has a role",
    "source": "Entries that cite a source",
    "event": "One event",
    "statement": "One statement",
    "request": "One request for comment",
    "actors": "All actors",
    "sources": "All sources",
    "incidents": "All incidents",
    CLAIM: "Positions on a claim",
    FROZEN: "Entries of a frozen list",
}


@dataclass(frozen=True)
class ApiAddress:
    """An address of the API: its URL name, its path as in OpenAPI, the names of its arguments."""

    name: str
    path: str
    arguments: tuple[str, ...]

    @property
    def suffix(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[2]

    @property
    def subject(self) -> str:
        """The kind of record or the list that the address is about; "" if it is neither."""
        first = self.path.strip("/").partition("/")[0].partition(".")[0]
        if not self.arguments and first in RECORD_LISTS:
            return first
        kinds = {plural: kind for kind, plural in PLURALS.items()}
        others = {"timeline": "timeline", "claims": CLAIM, "views": FROZEN}
        return {**kinds, **others}.get(first, "")


def api_addresses(patterns: Iterable[Pattern]) -> list[ApiAddress]:
    """The URL patterns of the site that belong to the API, in their order."""
    return list(_addresses(patterns))


def _addresses(patterns: Iterable[Pattern]) -> Iterator[ApiAddress]:
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            continue
        route = str(pattern.pattern)
        path = "/" + _ARGUMENT.sub(r"{\1}", route)
        if path.rpartition("/")[2].partition(".")[2] in SUFFIXES or path in WITHOUT_SUFFIX:
            yield ApiAddress(str(pattern.name), path, tuple(_ARGUMENT.findall(route)))


def openapi_description(
    patterns: Iterable[Pattern], others: Mapping[str, JsonObject]
) -> JsonObject:
    """The whole description.

    ``others`` holds, by URL name, the operations of addresses that are neither lists nor entries.
    """
    paths = {
        address.path: {"get": others.get(address.name) or _operation(address)}
        for address in api_addresses(patterns)
    }
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": settings.SITE_URL}],
        "externalDocs": {"url": f"{settings.SITE_URL}/api/", "description": "For people"},
        "tags": [
            {
                "name": "Lists",
                "description": "Filtered lists of entries, paginated or complete.",
            },
            {"name": "Indexes", "description": "Search actors, sources and incidents by name."},
            {"name": "Entries", "description": "One event or one statement."},
            {"name": "Claims", "description": "Who takes which position on a claim."},
            {"name": "About", "description": "API descriptions and embedding."},
        ],
        "paths": paths,
        "components": {
            "parameters": {parameter.name: parameter.openapi() for parameter in list_parameters()},
            "headers": _headers(),
            "responses": _problems(),
            "schemas": schema_components(*ANSWERS.values(), Problem, root=_ROOT),
        },
    }


def _info() -> JsonObject:
    return {
        "title": settings.SITE_NAME,
        "version": VERSION,
        "summary": "Who did and said what, and when, with sources.",
        "description": (
            "Read-only, without an API key, and open to any site (CORS). Every list is available "
            "in every format with the same filters. HEAD and OPTIONS are supported wherever GET "
            "is. Tracking parameters that other services add to links, such as `utm_source` and "
            "`fbclid`, are ignored; every other unknown parameter is an error. Fields may be added "
            "to responses at any time; none is removed, renamed or given another meaning."
        ),
    }


def _operation(address: ApiAddress) -> JsonObject:
    """A list of entries, an index, or one entry, in one format."""
    form, subject = FORMATS[address.suffix], address.subject
    if subject == CLAIM:
        return _claim_operation(address, form)
    if subject == FROZEN:
        return _frozen_operation(address, form)
    is_index = subject in RECORD_LISTS
    is_list = is_index or (subject in LIST_KINDS and subject in form.things)
    is_reference = not is_list and subject not in ENTRY_KINDS
    noun = "Bibliographic reference of a source" if is_reference else _NOUNS[subject]
    parameters = [_slug(argument, subject) for argument in address.arguments]
    if is_index:
        parameters += _index_parameters(subject)
    elif is_list:
        parameters += [
            {"$ref": f"#/components/parameters/{parameter.name}"}
            for parameter in list_parameters()
            if parameter.name != subject
        ]
        parameters += [_lane()] if subject == "actor" else []
    if is_index or not is_list:
        parameters += [PUBLISHED_ON]
    if is_list:
        parameters += [_switch(name) for name in form.switches]
    tag = "Indexes" if is_index else "Lists" if is_list else "Entries"
    summary, description = f"{noun} as {form.label}", _description(form, is_list)
    return _format_operation(address, form, tag, (summary, description), parameters)


def _claim_operation(address: ApiAddress, form: Format) -> JsonObject:
    """The positions on a claim in a format, or its versions in a feed."""
    parameters = [_slug(argument, "proposition") for argument in address.arguments]
    parameters += [{"$ref": "#/components/parameters/known"}, PUBLISHED_ON]
    if form.in_pages:
        cursor = {"type": "integer", "minimum": 0, "maximum": 10**MAX_CURSOR_DIGITS - 1}
        description = "From the address of another page."
        parameters.append(_query_parameter("after", description, cursor))
    parameters += [_switch(name) for name in form.switches]
    noun = "Versions of a claim" if form.order == "changed" else _NOUNS[CLAIM]
    words = (f"{noun} as {form.label}", _description(form, is_list=True))
    return _format_operation(address, form, "Claims", words, parameters)


# Every operation on the record takes it, also those without filters.
PUBLISHED_ON: JsonObject = {"$ref": "#/components/parameters/on"}


def _frozen_operation(address: ApiAddress, form: Format) -> JsonObject:
    """The entries of a frozen list in a format, or the reference to it."""
    identifier = {"type": "string", "pattern": "^[a-z0-9]{8,12}$"}
    parameters: list[JsonObject] = [
        {
            "name": address.arguments[0],
            "in": "path",
            "required": True,
            "description": "Id of the frozen list.",
            "schema": identifier,
        }
    ]
    if FROZEN not in form.things:
        words = (f"Bibliographic reference of a frozen list as {form.label}", "It never changes.")
        return _format_operation(address, form, "Lists", words, parameters)
    if form.in_pages:
        page: JsonObject = {"type": "integer", "minimum": 1, "maximum": 99_999}
        parameters.append(_query_parameter("page", "Number of the page, from 1.", page))
    parameters += [_switch(name) for name in form.switches]
    words = (f"{_NOUNS[FROZEN]} as {form.label}", _description(form, is_list=True))
    return _format_operation(address, form, "Lists", words, parameters)


def _query_parameter(name: str, description: str, schema: JsonObject) -> JsonObject:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "allowEmptyValue": True,
        "schema": schema,
    }


def _format_operation(
    address: ApiAddress,
    form: Format,
    tag: str,
    words: tuple[str, str],
    parameters: list[JsonObject],
) -> JsonObject:
    """An operation that answers in a format; ``words`` are its summary and its description."""
    summary, description = words
    return {
        "operationId": address.name.replace("-", "_"),
        "summary": summary,
        "description": description,
        "tags": [tag],
        "parameters": parameters,
        "responses": {
            "200": {
                "description": f"{form.label}",
                "headers": _with_headers("ETag", "Last-Modified", "Link", "Vary"),
                "content": {form.media_type: {"schema": _schema(form, address.subject)}},
            },
            **_problem_references(400, 405, 414, 500),
            "304": _unchanged(),
            **({"301": _moved(), **_problem_references(404, 410)} if address.arguments else {}),
        },
    }


def _description(form: Format, is_list: bool) -> str:
    if not is_list:
        return "The current version."
    if form.in_pages:
        return "One page of the list. The `Link` header links to the adjacent pages."
    return "The complete list, streamed, regardless of the page size."


def _schema(form: Format, subject: str) -> JsonObject:
    if form.suffix == "json":
        answer = ANSWERS["timeline" if subject in LIST_KINDS else subject]
        return {"$ref": f"{_ROOT}{answer.__name__}"}
    if form.suffix in _SPECIFICATIONS:
        root_type, url = _SPECIFICATIONS[form.suffix]
        return {"type": root_type, "externalDocs": {"url": url}}
    return {"type": "string"}


def _slug(name: str, subject: str) -> JsonObject:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": f"Slug of the {subject}.",
        "schema": slug_schema(subject),
    }


def _index_parameters(name: str) -> list[JsonObject]:
    """The parameters of a list of records."""
    record_list = LISTS_BY_NAME[name]
    cursor = {"type": "string", "format": f"{record_list.kind}-id"}
    described: dict[str, tuple[str, JsonObject]] = {
        "q": (
            "Words in the names of the listed records.",
            {"type": "string", "maxLength": MAX_QUERY_LENGTH, "pattern": PRINTABLE},
        ),
        "kind": ("Only records of this kind.", {"enum": list(record_list.kinds)}),
        "letter": (
            "Only records whose names begin with this letter; with a digit or another script.",
            {"enum": list(INITIALS)},
        ),
        "order": (
            "; ".join(f"`{key}`: {label}" for key, label in record_list.orders.items()) + ".",
            {"enum": list(record_list.orders), "default": record_list.order},
        ),
        "after": ("The page after the record with this id.", cursor),
        "before": (
            "The page before the record with this id. Cannot be combined with “after”.",
            cursor,
        ),
    }
    return [
        _query_parameter(parameter, *described[parameter]) for parameter in record_list.parameters()
    ]


def _switch(name: str) -> JsonObject:
    return _query_parameter(name, "Set to 1 to enable.", {"enum": ["0", "1"]})


def _lane() -> JsonObject:
    lanes: JsonObject = {"enum": [key for _parameter, key, _label in LANES]}
    return _query_parameter("lane", "Only entries in which the actor has this role.", lanes)


def _headers() -> JsonObject:
    descriptions = {
        "ETag": "Changes when the response may have changed. Send it back as If-None-Match.",
        "Last-Modified": "Time of the latest publication.",
        "Link": (
            "rel=next, prev and first link to other pages (RFC 8288); service-desc links to this "
            "description."
        ),
        "Vary": "Request headers on which the response depends.",
        "Allow": "Allowed methods.",
    }
    return {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in descriptions.items()
    }


def _with_headers(*names: str) -> JsonObject:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems() -> JsonObject:
    """One response for each status, which describes all kinds of problem with that status."""
    responses: JsonObject = {}
    for status in sorted({kind.status for kind in PROBLEM_KINDS.values()}):
        kinds = [kind for kind in PROBLEM_KINDS.values() if kind.status == status]
        responses[f"Problem{status}"] = {
            "description": " Or: ".join(f"{kind.title}. {kind.meaning}" for kind in kinds),
            **({"headers": _with_headers("Allow")} if status == 405 else {}),
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_ROOT}Problem"}}},
        }
    return responses


def _problem_references(*statuses: int) -> JsonObject:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _unchanged() -> JsonObject:
    return {
        "description": "Not changed since the response with the ETag in If-None-Match.",
        "headers": _with_headers("ETag"),
    }


def _moved() -> JsonObject:
    return {
        "description": (
            "Merged with another record or moved to another URL. Location gives the new URL."
        ),
        "headers": {
            "Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}}
        },
    }


def static_operation(
    name: str,
    summary: str,
    media_type: str,
    *,
    schema: JsonObject | None = None,
    parameters: Iterable[JsonObject] = (),
    statuses: Iterable[int] = (),
) -> JsonObject:
    """The operation of an address that is neither a list nor an entry.

    ``statuses`` are those of problems besides the ones of every address.
    """
    return {
        "operationId": name.replace("-", "_"),
        "summary": summary,
        "tags": ["About"],
        "parameters": list(parameters),
        "responses": {
            "200": {
                "description": summary,
                "headers": _with_headers("ETag", "Link"),
                "content": {media_type: {"schema": schema or {"type": "object"}}},
            },
            "304": _unchanged(),
            **_problem_references(*statuses, 400, 405, 414, 500),
        },
    }
