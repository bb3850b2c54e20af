"""The indexes as files for programs: /actors.csv, /sources.bib, /incidents.json and their kin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kb.formats import FORMATS, Format
from kb.formats.view import FormatContext, FormatRow
from kb.record import publication_version
from kb.record.export import snapshot
from kb.site.http.decorators import data_file
from kb.site.http.representations import data_licence, file_response, page_links, site_identity
from kb.site.pages.list_page import Selection
from kb.site.pages.record_lists import LISTS_BY_NAME
from kb.text.slugs import slugify

RECORDS_BATCH_SIZE = 500


@data_file
def record_list_file(request: HttpRequest, kind: str, suffix: str) -> HttpResponse:
    """An index in a format: a page of it, or all that is asked for as a stream."""
    form = FORMATS[suffix]
    selection = Selection(LISTS_BY_NAME[kind], request, form.switches)
    name = f"{slugify(selection.describe(), kind)}.{suffix}"
    if not form.in_pages:
        return file_response(request, form, _whole(form, selection), name, as_stream=True)
    if request.method == "HEAD":
        return file_response(request, form, iter(()), name)
    with snapshot():
        beside = {"previous": selection.previous, "next": selection.next}
        pages = {rel: _address(form, selection, mark) for rel, mark in beside.items() if mark}
        view = _view(form, selection, first=_address(form, selection, {}), **pages)
        rows = selection.directory.rows(selection.revisions)
        content = b"".join(form.write(view, cast("Iterable[FormatRow]", rows)))
    return file_response(request, form, iter([content]), name, links=page_links(view))


def _whole(form: Format, selection: Selection) -> Iterator[bytes]:
    """All of it from one state of the record."""
    with snapshot():
        batches = selection.batches(RECORDS_BATCH_SIZE)
        rows = (row for batch in batches for row in selection.directory.rows(batch))
        yield from form.write(_view(form, selection), cast("Iterable[FormatRow]", rows))


def _view(form: Format, selection: Selection, **pages: Any) -> FormatContext:
    directory = selection.directory
    number, changed_at = publication_version.current_version()
    return FormatContext(
        kind=directory.name,
        words=selection.describe(),
        query=urlencode(selection.pairs()),
        page=settings.SITE_URL + selection.url(reverse(directory.name)),
        address=_address(form, selection, {}),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        certain=selection.total,
        licence=data_licence(),
        is_index=True,
        noun=directory.noun,
        switches=selection.on,
        **pages,
    )


def _address(form: Format, selection: Selection, mark: dict[str, str]) -> str:
    more = {**mark, **dict.fromkeys(selection.on, "1")}
    path = reverse(f"{selection.directory.name}-{form.name}")
    return settings.SITE_URL + selection.url(path, **more)
