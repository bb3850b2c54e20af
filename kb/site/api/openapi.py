"""The description of the API (OpenAPI 3.1), made from what answers: nothing is said here twice.

Addresses come from the URL patterns, parameters from the FilterSet, formats from their table and
the shapes of answers from the typed structures of ``kb.record.answers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern

from kb.formats import FORMATS, LIST_KINDS, RECORD_LISTS, Format
from kb.record.addresses import PLURALS
from kb.record.answers import (
    ActorIndex,
    EntryList,
    EventEntry,
    IncidentIndex,
    Problem,
    SourceIndex,
    StatementEntry,
)
from kb.record.schema import schema_components
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.api.parameters import PRINTABLE, list_parameters, slug_schema
from kb.site.charts.swimlanes import LANES
from kb.site.http.problems import MEDIA_TYPE, PROBLEM_KINDS, SUFFIXES, WITHOUT_SUFFIX
from kb.site.pages.record_lists import LISTS_BY_NAME
from kb.text.normalise import MAX_QUERY_LENGTH

VERSION = "1.0.0"
ANSWERS = {
    "timeline": EntryList,
    "event": EventEntry,
    "statement": StatementEntry,
    "actors": ActorIndex,
    "sources": SourceIndex,
    "incidents": IncidentIndex,
}
_ROOT = "#/components/schemas/"
_PART = re.compile(r"<(?:\w+:)?(\w+)>")
# What JSON formats of other people's making are described by, and what their JSON begins with.
_STANDARDS = {
    "feed.json": ("object", "https://www.jsonfeed.org/version/1.1/"),
    "timelinejs.json": ("object", "https://timeline.knightlab.com/docs/json-format.html"),
    "csl.json": ("array", "https://github.com/citation-style-language/schema"),
    "jsonld": ("object", "https://www.w3.org/TR/json-ld11/"),
}
_NOUNS = {
    "timeline": "Every entry",
    "incident": "Entries of an incident",
    "actor": "Entries in which an actor has a role",
    "source": "Entries that cite a source",
    "event": "One event",
    "statement": "One statement",
    "actors": "Every actor",
    "sources": "All sources",
    "incidents": "All incidents",
}


@dataclass(frozen=True)
class ApiAddress:
    """One address that programs read: its name, its path in OpenAPI's form, its parts."""

    name: str
    path: str
    parts: tuple[str, ...]

    @property
    def suffix(self) -> str:
        return self.path.rpartition("/")[2].partition(".")[2]

    @property
    def thing(self) -> str:
        """The kind of record, or the index, that the address is about; "" where it is neither."""
        first = self.path.strip("/").partition("/")[0].partition(".")[0]
        if not self.parts and first in RECORD_LISTS:
            return first
        kinds = {plural: kind for kind, plural in PLURALS.items()}
        return {"timeline": "timeline", **kinds}.get(first, "")


def api_addresses(patterns: Iterable[Any]) -> list[ApiAddress]:
    """Those of the site's URL patterns that programs read, in their order."""
    return list(_addresses(patterns))


def _addresses(patterns: Iterable[Any]) -> Iterator[ApiAddress]:
    for one in patterns:
        if not isinstance(one, URLPattern):
            continue
        route = str(one.pattern)
        path = "/" + _PART.sub(r"{\1}", route)
        if path.rpartition("/")[2].partition(".")[2] in SUFFIXES or path in WITHOUT_SUFFIX:
            yield ApiAddress(str(one.name), path, tuple(_PART.findall(route)))


def openapi_description(
    patterns: Iterable[Any], others: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """The whole description.

    ``others`` has the operation of each address that is neither a list nor an entry, by its name.
    """
    paths = {
        one.path: {"get": others[one.name] if one.name in others else _operation(one)}
        for one in api_addresses(patterns)
    }
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": [{"url": settings.SITE_URL}],
        "externalDocs": {"url": f"{settings.SITE_URL}/api/", "description": "For people"},
        "tags": [
            {
                "name": "Lists",
                "description": "Entries, filtered, in pages or whole.",
            },
            {"name": "Indexes", "description": "Actors, sources and incidents, found by name."},
            {"name": "Entries", "description": "One event or one statement."},
            {"name": "About", "description": "What describes or embeds the rest."},
        ],
        "paths": paths,
        "components": {
            "parameters": {one.name: one.openapi() for one in list_parameters()},
            "headers": _headers(),
            "responses": _problems(),
            "schemas": schema_components(*ANSWERS.values(), Problem, root=_ROOT),
        },
    }


def _info() -> dict[str, Any]:
    return {
        "title": settings.SITE_NAME,
        "version": VERSION,
        "summary": "Who did and said what, when, and how we know.",
        "description": (
            "Read-only, without a key, open to pages of every site. Every list can be had in every "
            "format with the same filters. HEAD and OPTIONS are answered wherever GET is. Fields "
            "may be added to answers at any time; none is removed, renamed or given another "
            "meaning."
        ),
    }


def _operation(address: ApiAddress) -> dict[str, Any]:
    """A list of entries, an index, or one entry, in one format."""
    form, thing = FORMATS[address.suffix], address.thing
    is_index = thing in RECORD_LISTS
    is_list = is_index or (thing in LIST_KINDS and thing in form.things)
    source = "The reference of a source"
    parameters = [_slug(part, thing) for part in address.parts]
    if is_index:
        parameters += _index_parameters(thing)
    elif is_list:
        parameters += [
            {"$ref": f"#/components/parameters/{one.name}"}
            for one in list_parameters()
            if one.name != thing
        ]
        parameters += [_lane()] if thing == "actor" else []
    if is_list:
        parameters += [_switch(name) for name in form.switches]
    return {
        "operationId": address.name.replace("-", "_"),
        "summary": (
            f"{_NOUNS[thing] if is_list or thing in ENTRY_KINDS else source} as {form.label}"
        ),
        "description": _said(form, is_list),
        "tags": ["Indexes" if is_index else "Lists" if is_list else "Entries"],
        "parameters": parameters,
        "responses": {
            "200": {
                "description": f"{form.label}",
                "headers": _with_headers("ETag", "Last-Modified", "Link", "Vary"),
                "content": {form.media_type: {"schema": _shape(form, thing, is_list)}},
            },
            **_refusals(400, 405, 414, 500),
            "304": _unchanged(),
            **({"301": _moved(), **_refusals(404, 410)} if address.parts else {}),
        },
    }


def _said(form: Format, is_list: bool) -> str:
    if not is_list:
        return "Its current version."
    if form.in_pages:
        return "One page of the list. The `Link` header leads to the pages beside it."
    return "The whole list, streamed, whatever the size of a page."


def _shape(form: Format, thing: str, is_list: bool) -> dict[str, Any]:
    if form.suffix == "json":
        kind = ANSWERS["timeline" if thing in LIST_KINDS else thing]
        return {"$ref": f"{_ROOT}{kind.__name__}"}
    if form.suffix in _STANDARDS:
        first, home = _STANDARDS[form.suffix]
        return {"type": first, "externalDocs": {"url": home}}
    return {"type": "string"}


def _slug(part: str, thing: str) -> dict[str, Any]:
    return {
        "name": part,
        "in": "path",
        "required": True,
        "description": f"The last part of the {thing}’s address.",
        "schema": slug_schema(thing),
    }


def _index_parameters(name: str) -> list[dict[str, Any]]:
    """The parameters of an index, as its directory has them."""
    directory = LISTS_BY_NAME[name]
    mark = {"type": "string", "format": f"{directory.kind}-id"}
    shapes: dict[str, tuple[str, dict[str, Any]]] = {
        "q": (
            "Words in the names of what is listed.",
            {"type": "string", "maxLength": MAX_QUERY_LENGTH, "pattern": PRINTABLE},
        ),
        "kind": ("Only this kind.", {"enum": list(directory.kinds)}),
        "order": (
            "; ".join(f"`{key}`: {words}" for key, words in directory.orders.items()) + ".",
            {"enum": list(directory.orders), "default": directory.order},
        ),
        "after": ("The page after the one with this id.", mark),
        "before": ("The page before the one with this id. Not together with after.", mark),
    }
    return [
        {
            "name": one,
            "in": "query",
            "description": shapes[one][0],
            "allowEmptyValue": True,
            "schema": shapes[one][1],
        }
        for one in directory.parameters()
    ]


def _switch(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": "On when it is 1.",
        "allowEmptyValue": True,
        "schema": {"enum": ["0", "1"]},
    }


def _lane() -> dict[str, Any]:
    return {
        "name": "lane",
        "in": "query",
        "description": "Only the entries in which the actor has this part.",
        "allowEmptyValue": True,
        "schema": {"enum": [key for _parameter, key, _label in LANES]},
    }


def _headers() -> dict[str, Any]:
    said = {
        "ETag": "Changes when the answer may have changed. Send it back as If-None-Match.",
        "Last-Modified": "When something was last published.",
        "Link": "rel=next, prev and first lead to other pages (RFC 8288); service-desc is this.",
        "Vary": "Which request headers the answer depends on.",
        "Allow": "The methods that are answered.",
    }
    return {
        name: {"description": words, "schema": {"type": "string"}} for name, words in said.items()
    }


def _with_headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems() -> dict[str, Any]:
    """One response for each status; kinds of problem that share one stand together."""
    found: dict[str, Any] = {}
    for status in sorted({one.status for one in PROBLEM_KINDS.values()}):
        kinds = [one for one in PROBLEM_KINDS.values() if one.status == status]
        found[f"Problem{status}"] = {
            "description": " Or: ".join(f"{one.title}. {one.meaning}" for one in kinds),
            **({"headers": _with_headers("Allow")} if status == 405 else {}),
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_ROOT}Problem"}}},
        }
    return found


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(one): {"$ref": f"#/components/responses/Problem{one}"} for one in statuses}


def _unchanged() -> dict[str, Any]:
    return {
        "description": "Not changed since the answer that had the ETag of If-None-Match.",
        "headers": _with_headers("ETag"),
    }


def _moved() -> dict[str, Any]:
    return {
        "description": "Merged with another record or given another address: where it is now.",
        "headers": {
            "Location": {"required": True, "schema": {"type": "string", "format": "uri-reference"}}
        },
    }


def static_operation(
    name: str,
    summary: str,
    media_type: str,
    *,
    schema: dict[str, Any] | None = None,
    parameters: Iterable[dict[str, Any]] = (),
    statuses: Iterable[int] = (),
) -> dict[str, Any]:
    """The operation of an address that is neither a list nor an entry."""
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
            **_refusals(*statuses, 400, 405, 414, 500),
        },
    }
