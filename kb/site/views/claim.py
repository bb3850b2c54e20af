"""The page of one claim, and its positions and changes as files: /claims/<slug>.csv and so on."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from kb.formats import CLAIM, FORMATS
from kb.record.export import snapshot
from kb.site.http.claims_parameters import claim_query
from kb.site.http.decorators import data_file, negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import pop_choice
from kb.site.http.representations import export_response, file_response, page_links
from kb.site.pages.claim import claim_context
from kb.site.pages.claim_files import ClaimFile, change_page, position_page, whole_claim


@data_file
def claim_file(request: HttpRequest, kind: str, slug: str, suffix: str) -> HttpResponseBase:
    """The positions on a claim in a format, or its versions in a feed."""
    form = FORMATS[suffix]
    revision = live_revision_or_response(request, "proposition", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    on = {name for name in form.switches if pop_choice(data, name, ("0", "1")) == "1"}
    known, cursor = claim_query(data)
    file = ClaimFile(form, revision, known, cursor, frozenset(on))
    name = f"{slug}.{suffix}"
    if not form.in_pages:
        return export_response(request, form, partial(whole_claim, file), name)
    with snapshot():
        page = change_page(file) if form.order == "changed" else position_page(file)
        content = b"".join(form.write(page.context, page.rows))
    return file_response(form, [content], name, page_links(page.context))


@negotiated(CLAIM, claim_file)
@reader_page
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """The claim; ``known`` shows it for a day, ``after`` its further positions."""
    revision = live_revision_or_response(request, "proposition", slug)
    return render(request, "claims/claim.html", {**claim_context(request, revision)})
