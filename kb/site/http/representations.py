"""A list or an entry as a file: what is told to the format, and the links to all of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import patch_vary_headers

from kb.formats import Format, formats_for
from kb.formats.view import DataLicence, FormatContext, SiteIdentity
from kb.record import publication_version
from kb.record.addresses import absolute_url, data_path
from kb.record.answers import FacetValue
from kb.record.entries_with_dates import entries_with_dates
from kb.record.export import all_rows, api_rows, snapshot
from kb.record.models import Entry, Revision
from kb.record.page import Count, TimelinePage
from kb.record.past.serving import in_served_record, served_time
from kb.record.proof.checkpoint import short_checkpoint
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rows import rows_for_entries
from kb.site.http.build_info import build_info
from kb.site.http.export_files import ExportKey, compress, copied_or_stored
from kb.site.http.line_files import export_from_lines
from kb.site.http.list_order import page_order
from kb.site.http.past_links import day_path
from kb.site.http.resumed_streams import ResumedStream, Version
from kb.text.slugs import slugify

# Small pieces are sent together from here on: each costs a write of the server's.
CHUNK = 16 * 1024
_CURSORS = ("after", "before", "size")


class FormatLink(TypedDict):
    label: str
    url: str
    type: str


@dataclass(frozen=True)
class ListAddress:
    """A list of entries at an address: ``path`` is its page's, in the main language.

    ``fixed`` names are decided by the path; ``keep`` are parameters of the page besides.
    """

    kind: str
    path: str
    query: TimelineQuery
    fixed: Sequence[str] = ()
    keep: Sequence[tuple[str, str]] = ()
    switches: frozenset[str] = frozenset()


def split_format_parameters(request: HttpRequest, form: Format) -> tuple[QueryDict, frozenset[str]]:
    """The parameters, with the format's own order if they name none, and its switches apart.

    Raises InvalidQuery for a switch that is neither on nor off.
    """
    data = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    on = set()
    for name in form.switches:
        values = data.pop(name, [])
        if any(value not in ("", "0", "1") for value in values) or len(values) > 1:
            raise InvalidQuery({name: "Set this parameter to 1 or omit it."}, data)
        if values == ["1"]:
            on.add(name)
    if not data.get("order"):
        data["order"] = form.order
    return data, frozenset(on)


def list_response(request: HttpRequest, form: Format, listed: ListAddress) -> HttpResponseBase:
    """The list in a format: a page of it, or all of it as a stream."""
    name = f"{slugify(listed.query.describe(), 'entries')}.{form.suffix}"
    if not form.in_pages:
        return export_response(request, form, partial(_whole, form, listed), name)
    view, content = _page(form, listed)
    return file_response(form, [content], name, page_links(view))


def entry_response(form: Format, revision: Revision) -> HttpResponseBase:
    """One event or statement in a format."""
    name = f"{revision.slug}.{form.suffix}"
    return file_response(form, _entry(form, revision), name)


def page_links(view: FormatContext) -> list[tuple[str, str]]:
    """The relation and the address of each page beside this one, for the Link header."""
    pages = (("first", view.first), ("prev", view.previous), ("next", view.next))
    return [(rel, address) for rel, address in pages if address]


def file_response(
    form: Format,
    pieces: Iterable[bytes],
    name: str,
    links: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """The pieces under the name of a file."""
    response = HttpResponse(b"".join(pieces))
    _set_headers(response, form, name, links)
    return response


def export_response(
    request: HttpRequest, form: Format, make: Callable[[], Iterator[bytes]], name: str
) -> StreamingHttpResponse:
    """A whole export under the name of a file, as a stream; nothing is computed for HEAD.

    ``make`` returns its pieces from the beginning. The export is copied from a file if it is stored
    for the present version.
    """
    is_packed = bool(re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")))
    pairs = sorted(request.GET.lists())
    text = f"{form.suffix} {request.path} {pairs} {'gzip' if is_packed else ''}"

    def pieces(check_version: Callable[[], Version]) -> Generator[bytes, None, None]:
        chunks = _in_chunks(make())
        return _export(text, compress(chunks) if is_packed else chunks, check_version)

    # Also without content it is a stream, so that no middleware takes its length.
    response = StreamingHttpResponse(
        () if request.method == "HEAD" else in_served_record(ResumedStream(pieces))
    )
    patch_vary_headers(response, ["Accept-Encoding"])
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    _set_headers(response, form, name)
    return response


def _set_headers(
    response: HttpResponseBase, form: Format, name: str, links: Sequence[tuple[str, str]] = ()
) -> None:
    response.headers["Content-Type"] = form.media_type
    disposition = "attachment" if form.is_file else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    if (licence := data_licence()) and licence.url:
        links = [*links, ("license", licence.url)]
    if links:
        response.headers["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links)


def _export(
    text: str, pieces: Generator[bytes, None, None], check_version: Callable[[], Version]
) -> Generator[bytes, None, None]:
    """The bytes of an export, from a file if it is stored for the present version.

    ``text`` names the export among those of one version. The version and the pieces are read from
    one state of the record.
    """
    with snapshot(), closing(pieces):
        number, changed_at = check_version()
        key = ExportKey(number, f"{build_info().digest} {changed_at} {text}")
        # A file is that of a publication version of today.
        is_past = served_time() is not None
        export, is_stored = (pieces, False) if is_past else copied_or_stored(key, pieces)
        if not is_stored:
            with closing(export):
                yield from export
            return
    # A slow client must not hold a state of the record while a file is copied.
    with closing(export):
        yield from export


def _whole(form: Format, listed: ListAddress) -> Iterator[bytes]:
    """All of the set from one state of the record; begun only when the first piece is asked for.

    Whoever stops asking must close it, as WSGI servers do: that ends the transaction.
    """
    with snapshot():
        context = _context(form, listed, TimelinePage(listed.query).count)
        if (lines := export_from_lines(form, listed.query, context)) is not None:
            with closing(lines):
                yield from lines
            return
        with closing(all_rows(listed.query, shows=form.shows)) as rows:
            yield from form.write(context, rows)


def _page(form: Format, listed: ListAddress) -> tuple[FormatContext, bytes]:
    with snapshot():
        view = TimelinePage(listed.query).view(with_facets=form.suffix == "json")
        facets: dict[str, list[FacetValue]] = {
            name: [
                {
                    "value": option.choice.slug,
                    "label": option.choice.label,
                    "count": option.count,
                }
                for option in options.listed()
            ]
            for name, options in view.facets.items()
        }
        context = replace(
            _context(form, listed, view.count),
            first=_address(form, listed, listed.query.with_()),
            previous=_address(form, listed, view.previous) if view.previous else None,
            next=_address(form, listed, view.next) if view.next else None,
            facets=facets,
            undecided=view.undecided,
            unlisted={
                name: options.unlisted for name, options in view.facets.items() if options.unlisted
            },
        )
        runs = [run["entries"] for run in view.undecided]
        day = listed.query.as_of_day
        return context, b"".join(form.write(context, api_rows(view.rows, runs, day=day)))


def _entry(form: Format, revision: Revision) -> Iterator[bytes]:
    with snapshot():
        entry = Entry.objects.select_related("revision").get(public_id=revision.public_id)
        (row,) = api_rows(rows_for_entries([entry]))
        address = absolute_url(row["url"])
        number, changed_at = publication_version.current_version()
        view = FormatContext(
            kind=row["kind"],
            words=row["headline"],
            query="",
            page=day_path(address),
            address=day_path(f"{address.rstrip('/')}.{form.suffix}"),
            site=site_identity(),
            epoch=number,
            changed_at=changed_at,
            checkpoint=short_checkpoint(number, changed_at),
            certain=1,
            licence=data_licence(),
            is_entry=True,
        )
        is_shown = entries_with_dates(Entry.objects.filter(pk=entry.pk), form.shows).exists()
        rows = [row] if is_shown else []
        yield from form.write(view, rows)


def _context(form: Format, listed: ListAddress, count: Count) -> FormatContext:
    query = listed.query
    number, changed_at = publication_version.current_version()
    without_dates = (
        count.shown - entry_source().count_with_dates(query, form.shows) if form.shows else 0
    )
    return FormatContext(
        kind=listed.kind,
        words=query.describe(),
        query=query.canonical(),
        page=absolute_url(_joined(listed.path, _page_pairs(listed))),
        address=_address(form, listed, query),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        checkpoint=short_checkpoint(number, changed_at),
        certain=count.certain,
        possible=count.possible,
        left_out=without_dates,
        licence=data_licence(),
        switches=listed.switches,
    )


def _address(form: Format, listed: ListAddress, query: TimelineQuery) -> str:
    """The absolute address of the file for another page of the same list."""
    pairs = _pairs(listed, query, order=form.order, marks=form.in_pages)
    pairs += [(name, "1") for name in sorted(listed.switches)]
    return absolute_url(_joined(_file(listed.path, form), pairs))


def _page_pairs(listed: ListAddress) -> list[tuple[str, str]]:
    return _pairs(listed, listed.query, order=page_order(listed.path), marks=False)


def _pairs(
    listed: ListAddress, query: TimelineQuery, *, order: str, marks: bool
) -> list[tuple[str, str]]:
    """The parameters of a list whose default is this ``order``."""
    excluded = {*listed.fixed, "order", *(() if marks else _CURSORS)}
    pairs = [*listed.keep, *(pair for pair in query.pairs() if pair[0] not in excluded)]
    if query.order != order:
        pairs.append(("order", query.order))
    return sorted(pairs)


def format_links(kind: str, path: str, pairs: Sequence[tuple[str, str]] = ()) -> list[FormatLink]:
    """Label, address and media type of every format of a page, for its head and its foot.

    ``pairs`` are the parameters of the page, without those that its path decides.
    """
    links: list[FormatLink] = []
    for form in formats_for(kind):
        excluded = {"after", "before"} | (set() if form.order == "oldest" else {"order"})
        own_pairs = [pair for pair in pairs if pair[0] not in excluded]
        address = _joined(_file(data_path(path), form), own_pairs)
        links.append({"label": form.label, "url": address, "type": form.media_type})
    return links


def _file(path: str, form: Format) -> str:
    return f"{path.rstrip('/')}.{form.suffix}"


def _joined(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _in_chunks(pieces: Iterator[bytes]) -> Generator[bytes, None, None]:
    """The first piece at once, then the others in chunks of at least CHUNK bytes.

    Closes the pieces when the client stops reading: that ends their transaction.
    """
    try:
        yield next(pieces, b"")
        chunk, size = [], 0
        for piece in pieces:
            chunk.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield b"".join(chunk)
                chunk, size = [], 0
        if chunk:
            yield b"".join(chunk)
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def site_identity() -> SiteIdentity:
    return SiteIdentity(settings.SITE_URL, settings.SITE_NAME, settings.FIRST_SITE_URL)


def data_licence() -> DataLicence | None:
    """The licence of the setting: a name, an address, or a name and then an address."""
    return _licence(settings.DATA_LICENCE)


@lru_cache(maxsize=8)
def _licence(text: str) -> DataLicence | None:
    words = text.split()
    if not words:
        return None
    url = words.pop() if words[-1].startswith(("https://", "http://")) else ""
    return DataLicence(" ".join(words), url)
