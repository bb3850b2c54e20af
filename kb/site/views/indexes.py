"""The lists of records as files: /actors.csv, /sources.bib, /incidents.json and so on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.formats import FORMATS, Format
from kb.formats.view import FormatContext
from kb.record import publication_version
from kb.record.addresses import absolute_url
from kb.record.export import snapshot
from kb.record.proof.checkpoint import short_checkpoint
from kb.site.http.decorators import data_file
from kb.site.http.representations import (
    data_licence,
    export_response,
    file_response,
    page_links,
    site_identity,
)
from kb.site.pages.list_selection import Selection
from kb.site.pages.record_lists import LISTS_BY_NAME
from kb.text.slugs import slugify

RECORDS_BATCH_SIZE = 500


@data_file
def record_list_file(request: HttpRequest, kind: str, suffix: str) -> HttpResponseBase:
    """A list in a format: one page of it, or the whole list as a stream."""
    form = FORMATS[suffix]
    selection = Selection(LISTS_BY_NAME[kind], request, form.switches)
    name = f"{slugify(selection.describe(), kind)}.{suffix}"
    if not form.in_pages:
        return export_response(request, form, partial(_whole, form, selection), name)
    with snapshot():
        context = _page_context(form, selection)
        rows = selection.record_list.rows(selection.records)
        content = b"".join(form.write(context, rows))
    return file_response(form, [content], name, page_links(context))


def _whole(form: Format, selection: Selection) -> Iterator[bytes]:
    """The whole list, from one state of the record."""
    with snapshot():
        batches = selection.batches(RECORDS_BATCH_SIZE)
        rows = (row for batch in batches for row in selection.record_list.rows(batch))
        yield from form.write(_context(form, selection), rows)


def _page_context(form: Format, selection: Selection) -> FormatContext:
    """The context of one page, with the addresses of the pages before and after it."""
    return replace(
        _context(form, selection),
        first=_address(form, selection, {}),
        previous=_address(form, selection, selection.previous) if selection.previous else None,
        next=_address(form, selection, selection.next) if selection.next else None,
    )


def _context(form: Format, selection: Selection) -> FormatContext:
    record_list = selection.record_list
    number, changed_at = publication_version.current_version()
    return FormatContext(
        kind=record_list.name,
        words=selection.describe(),
        query=urlencode(selection.pairs()),
        page=absolute_url(selection.url(reverse(record_list.name))),
        address=_address(form, selection, {}),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        checkpoint=short_checkpoint(number, changed_at),
        certain=selection.total,
        licence=data_licence(),
        is_index=True,
        noun=record_list.noun,
        switches=selection.on,
    )


def _address(form: Format, selection: Selection, cursor: dict[str, str]) -> str:
    extra = {**cursor, **dict.fromkeys(selection.on, "1")}
    path = reverse(f"{selection.record_list.name}-{form.name}")
    return absolute_url(selection.url(path, **extra))
