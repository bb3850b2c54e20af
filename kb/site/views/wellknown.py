"""robots.txt, the sitemap, security.txt and the web manifest."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from kb.site.http.decorators import reader_page, static_response
from kb.site.pages.sitemap import max_files, sitemap_file, sitemap_index
from kb.site.pages.wellknown import robots_text, security_text, web_manifest

PLAIN_TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    return static_response(request, robots_text(), PLAIN_TEXT)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponseBase:
    """Whom to tell about a vulnerability; 404 if the settings name no contact."""
    text = security_text()
    if text is None:
        raise Http404
    return static_response(request, text, PLAIN_TEXT)


@require_safe
def manifest(request: HttpRequest) -> HttpResponseBase:
    content = json.dumps(web_manifest(), ensure_ascii=False)
    return static_response(request, content, "application/manifest+json")


@reader_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the sitemap's files."""
    return HttpResponse(b"".join(sitemap_index()), content_type=XML)


@reader_page
def sitemap_section(request: HttpRequest, section: str, number: int) -> HttpResponseBase:
    """One file of the sitemap; 404 if it has no address."""
    if not 1 <= number <= max_files(section):
        raise Http404
    content = sitemap_file(section, number)
    if content is None:
        raise Http404
    return StreamingHttpResponse(content, content_type=XML)
