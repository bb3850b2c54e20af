"""Frozen lists: storing one, its page, its print, its one file, its data and its reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kb.formats import FORMATS, Format
from kb.formats.references import REFERENCE_FILES
from kb.formats.view import FormatContext
from kb.record import publication_version
from kb.record.addresses import absolute_url, data_path, site_origin
from kb.record.client_address import client_digest
from kb.record.export import api_rows, snapshot
from kb.record.frozen.differences import query_of_view
from kb.record.frozen.freezing import (
    MAX_MEMBERS,
    EmptyList,
    FreezeLimitReached,
    ListTooLong,
    freeze,
)
from kb.record.frozen.rows import file_rows, member_rows
from kb.record.frozen.titles import view_title
from kb.record.frozen_view import FrozenView
from kb.record.proof.checkpoint import short_checkpoint
from kb.record.query import PAGE_SIZE, InvalidQuery, TimelineQuery
from kb.record.reader_servers import reader_servers
from kb.record.reader_writes import WriteUnavailable, reader_write
from kb.site.http.decorators import data_file, reader_page
from kb.site.http.errors import RequestRefused
from kb.site.http.parameters import ANY_TEXT, clean_parameters
from kb.site.http.problems import is_api_request, problem_response
from kb.site.http.representations import (
    data_licence,
    export_response,
    file_response,
    page_links,
    site_identity,
)
from kb.site.pages.frozen import (
    MAX_WHOLE,
    frozen_context,
    frozen_list_reference,
    frozen_whole_context,
    page_number,
    view_path,
)

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
LIMIT_RETRY_SECONDS = 3600
BUSY_RETRY_SECONDS = 2
MAX_FORM_QUERY = 8000
_OWN_ADDRESS = re.compile(r'(?<=\shref=")(?=/)|(?<=\ssrc=")(?=/)')
_TYPEFACE = re.compile(r"@font-face\s*\{[^}]*\}")


class HttpResponseSeeOther(HttpResponseRedirectBase):
    """303: what was stored is at another address, to be read with GET."""

    status_code = 303


def freeze_list(request: HttpRequest) -> HttpResponseBase:
    """Store the list of ``query``, or find it, and lead to its page; GET explains frozen lists."""
    if request.method == "POST":
        return _frozen(request)
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    return HttpResponseSeeOther(reverse("method") + "#frozen-lists")


def _frozen(request: HttpRequest) -> HttpResponse:
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _refusal(request, 403, _("Send the form from a page of this site."))
    text = request.POST.get("query")
    if text is None or len(text) > MAX_FORM_QUERY:
        return _refusal(request, 400, _("The form has no list. Use the button on the list."))
    try:
        view = freeze(TimelineQuery.parse(text), client_digest(request, "frozen list"))
    except InvalidQuery as invalid:
        message = _("Nothing was stored. Open the list, correct its filters and cite it again.")
        return _refusal(request, 400, message, problems=list(invalid.errors.items()))
    except EmptyList:
        return _refusal(request, 400, _("No entry matches, so there is no list to cite."))
    except ListTooLong:
        message = _("A list to cite can have %(most)s entries at most. Choose a narrower filter.")
        return _refusal(request, 400, message % {"most": f"{MAX_MEMBERS:,}"})
    except FreezeLimitReached:
        message = _(
            "Too many lists were stored in the last hour. Try again in an hour. Lists that are "
            "stored already can be opened as before."
        )
        return _refusal(request, 429, message, retry_after=LIMIT_RETRY_SECONDS)
    except WriteUnavailable:
        message = _("The list cannot be stored at the moment. Reload this page to try again.")
        return _refusal(request, 503, message, retry_after=BUSY_RETRY_SECONDS)
    return HttpResponseSeeOther(view_path(view))


def _refusal(
    request: HttpRequest,
    status: int,
    message: str,
    *,
    problems: list[tuple[str, str]] | None = None,
    retry_after: int = 0,
) -> HttpResponse:
    context = {
        "status": status,
        "title": _("The list was not stored"),
        "message": message,
        "problems": problems or [],
    }
    response = render(request, "errors/400.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


@reader_page
def frozen_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page of the list, with the band that says how it differs from today's."""
    context = frozen_context(request, _view(request, public_id))
    return render(request, "frozen/frozen.html", {**context})


@reader_page
def frozen_print(request: HttpRequest, public_id: str) -> HttpResponse:
    """All entries on one page, with their sources as footnotes."""
    view = _short_view(request, public_id)
    clean_parameters(request, {})
    return render(request, "frozen/print.html", {**frozen_whole_context(request, view)})


@reader_page
def frozen_one_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as one file to keep: no script, its styles inside, all addresses complete."""
    view = _short_view(request, public_id)
    clean_parameters(request, {})
    context = {**frozen_whole_context(request, view), "styles": _styles()}
    page = render_to_string("frozen/one_file.html", context, request)
    response = HttpResponse(_OWN_ADDRESS.sub(site_origin(), page))
    response["Content-Disposition"] = f'attachment; filename="{view.public_id}.html"'
    return response


@data_file
def frozen_file(request: HttpRequest, public_id: str, suffix: str) -> HttpResponseBase:
    """The entries that can be shown, in a format of lists; JSON has pages as the page has."""
    view, form = _view(request, public_id), FORMATS[suffix]
    parameters: dict[str, tuple[str, ...]] = dict.fromkeys(form.switches, ("0", "1"))
    if form.in_pages:
        parameters["page"] = ANY_TEXT
    values = clean_parameters(request, parameters)
    switches = frozenset(name for name in form.switches if values[name] == "1")
    name = f"{view.public_id}.{suffix}"
    if form.in_pages:
        number = page_number(request, view, values["page"])
        context, content = _page(form, view, number)
        return file_response(form, [content], name, page_links(context))
    return export_response(request, form, partial(_pieces, form, view.pk, switches), name)


@data_file
def frozen_reference(request: HttpRequest, public_id: str, suffix: str) -> HttpResponse:
    """The reference to the list as a file."""
    view, form = _view(request, public_id), REFERENCE_FILES[suffix]
    clean_parameters(request, {})
    title = view_title(view, query_of_view(view))
    response = HttpResponse(
        form.write(frozen_list_reference(view, title)), content_type=form.media_type
    )
    response["Content-Disposition"] = f'attachment; filename="{view.public_id}.{suffix}"'
    return response


def _view(request: HttpRequest, public_id: str) -> FrozenView:
    """The frozen list with this id. Raises RequestRefused with 404 if there is none."""
    view = FrozenView.objects.filter(public_id=public_id).first()
    if view is None and reader_servers().has_choice:
        # A replica may not have it yet, and its maker is led here at once.
        with reader_write():
            view = FrozenView.objects.filter(public_id=public_id).first()
    if view is not None:
        return view
    if is_api_request(request):
        raise RequestRefused(problem_response(request, "not-found"))
    raise RequestRefused(render(request, "errors/404.html", {}, status=404))


def _short_view(request: HttpRequest, public_id: str) -> FrozenView:
    view = _view(request, public_id)
    if view.count > MAX_WHOLE:
        message = _(
            "This list is too long for one page. Download its entries as CSV or JSON Lines."
        )
        context = {"status": 404, "title": _("This list is too long"), "message": message}
        raise RequestRefused(render(request, "errors/400.html", context, status=404))
    return view


def _page(form: Format, view: FrozenView, number: int) -> tuple[FormatContext, bytes]:
    start, stop = (number - 1) * PAGE_SIZE, min(number * PAGE_SIZE, view.count)
    query = query_of_view(view)
    members = member_rows(view, query, start, stop)
    day = query.as_of_day if query else None
    rows = api_rows([member.row for member in members if member.row], at=view.as_of, day=day)
    address = _file_address(view, form)
    context = _format_context(
        form,
        view,
        first=address,
        previous=f"{address}?page={number - 1}" if number > 1 else None,
        next=f"{address}?page={number + 1}" if stop < view.count else None,
    )
    return context, b"".join(form.write(context, rows))


def _pieces(form: Format, pk: int, switches: frozenset[str]) -> Iterator[bytes]:
    """All of a file, from one state of the record."""
    with snapshot():
        view = FrozenView.objects.get(pk=pk)
        with closing(file_rows(view, query_of_view(view))) as rows:
            yield from form.write(_format_context(form, view, switches=switches), rows)


def _format_context(
    form: Format,
    view: FrozenView,
    *,
    switches: frozenset[str] = frozenset(),
    first: str | None = None,
    previous: str | None = None,
    next: str | None = None,
) -> FormatContext:
    return FormatContext(
        kind="view",
        words=view_title(view, query_of_view(view)),
        query=view.query,
        page=absolute_url(data_path(view_path(view))),
        address=_file_address(view, form),
        site=site_identity(),
        epoch=view.version,
        changed_at=view.as_of,
        checkpoint=short_checkpoint(*publication_version.current_version()),
        certain=view.certain,
        possible=view.count - view.certain,
        licence=data_licence(),
        switches=switches,
        first=first,
        previous=previous,
        next=next,
    )


def _file_address(view: FrozenView, form: Format) -> str:
    return absolute_url(f"{data_path(view_path(view)).rstrip('/')}.{form.suffix}")


def _styles() -> SafeString:
    """The stylesheet of the page, without typefaces, which are files of their own."""
    name = finders.find("css/site-frozen.css")
    text = Path(str(name)).read_text(encoding="utf-8")
    return mark_safe(_TYPEFACE.sub("", text))  # noqa: S308 - a file of this program
