"""The API's description: a page, OpenAPI, JSON Schemas and a catalogue."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_safe

from kb.site.api.api_page import api_context
from kb.site.api.openapi import openapi_description
from kb.site.api.other_operations import (
    LINKSET,
    SCHEMA,
    SCHEMA_NAMES,
    api_linkset,
    named_schema,
    other_operations,
)
from kb.site.http.decorators import reader_page, static_response

READERS_URLS = "kb.site.urls"


@reader_page
def api(request: HttpRequest) -> HttpResponse:
    """The page for people, with a form to try the API."""
    return render(request, "api/api.html", {**api_context(request)})


@require_safe
def openapi(request: HttpRequest) -> HttpResponseBase:
    """OpenAPI 3.1, as JSON."""
    description = openapi_description(_reader_patterns(), other_operations())
    return static_response(request, _json(description), "application/json")


@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponseBase:
    """The JSON Schema of one kind of answer, or of the documents of the record."""
    if name not in SCHEMA_NAMES:
        raise Http404
    return static_response(request, _json(named_schema(name)), SCHEMA)


@require_safe
def catalog(request: HttpRequest) -> HttpResponseBase:
    """The catalogue at the address where programs look for it (RFC 9727)."""
    response = static_response(request, _json(api_linkset()), LINKSET)
    response.headers["Link"] = f'<{settings.SITE_PATH}/.well-known/api-catalog>; rel="api-catalog"'
    return response


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1)


def _reader_patterns() -> list[URLPattern | URLResolver]:
    """The URL patterns of the readers' site, without those of the desk."""
    for resolver in get_resolver().url_patterns:
        if not isinstance(resolver, URLResolver):
            continue
        if getattr(resolver.urlconf_module, "__name__", "") == READERS_URLS:
            return list(resolver.url_patterns)
    return []
