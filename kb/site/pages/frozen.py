"""The context of the pages of a frozen list."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.formats import FROZEN
from kb.formats.bibliography import compilation_reference
from kb.formats.cited_work import Reference, plain_reference
from kb.record import publication_version
from kb.record.addresses import absolute_url, data_path, record_path
from kb.record.answers import CitedSource
from kb.record.citation_rows import numbered_citations
from kb.record.filters import ORDERS
from kb.record.frozen.differences import differences_today, query_of_view
from kb.record.frozen.rows import MemberRow, member_rows
from kb.record.frozen.states import MemberState
from kb.record.frozen.titles import view_title
from kb.record.frozen_view import FrozenView
from kb.record.proof.checkpoint import short_checkpoint
from kb.record.query import PAGE_SIZE
from kb.record.rendering import HtmlRow, row_with_html
from kb.site.embed.snippets import EmbedPanel, embed_panel, frozen_embed
from kb.site.http.parameters import ANY_TEXT, InvalidParameters, clean_parameters
from kb.site.http.representations import FormatLink, format_links
from kb.site.pages.cite import FORM_NAMES, CitePage, CitePanel, cite_panel, day_of
from kb.site.pages.densities import COMPACT, FULL, PARAMETER, DensityLink
from kb.site.pages.frozen_band import (
    STATE_WORDS,
    FrozenBand,
    comparison_path,
    entries_words,
    frozen_band,
    gone_words,
)
from kb.site.pages.page_meta import Head, page_head

# A longer list has no page for printing and no single file, only data files.
MAX_WHOLE = 500
MAX_PAGE_DIGITS = 5


class FrozenLine(TypedDict):
    """A member in its place. ``row`` is None where ``gone`` says what has become of the entry.

    ``since`` says what has changed: "corrected since"; ``compare_url`` shows it.
    """

    place: int
    row: HtmlRow | None
    title: str
    url: str
    gone: str
    since: str
    compare_url: str
    is_corrected: bool


class FrozenPages(TypedDict):
    """The pages beside this one; "" where there is none."""

    previous: str
    next: str
    first_place: int
    last_place: int


class FrozenDates(TypedDict):
    """When the list was frozen, the state of the record that it shows, and that of today."""

    made_at: datetime
    version: int
    as_of: datetime
    version_today: int
    changed_at: datetime | None


class FrozenWhole(TypedDict):
    """All of a frozen list: what its page, its print and its file share."""

    id: str
    title: str
    count: int
    entries: str
    lines: list[FrozenLine]
    band: FrozenBand
    dates: FrozenDates
    sha256: str
    checkpoint: str
    reference: str
    address: str


class FrozenContext(FrozenWhole):
    """One page of a frozen list. ``whole_url`` and ``file_url`` are "" if the list is too long."""

    pages: FrozenPages
    density: str
    densities: list[DensityLink]
    cite: CitePanel
    embed: EmbedPanel
    files: list[FormatLink]
    whole_url: str
    file_url: str
    head: Head
    nav: str


class Footnote(TypedDict):
    """A source of the printed list, with its number; ``link`` may be ""."""

    number: int
    source: CitedSource


class FrozenWholeContext(FrozenWhole):
    footnotes: list[Footnote]
    head: Head
    nav: str


def frozen_context(request: HttpRequest, view: FrozenView) -> FrozenContext:
    """One page of the list. Raises InvalidParameters."""
    known = {"page": ANY_TEXT, PARAMETER: (COMPACT, FULL), "cite": FORM_NAMES}
    values = clean_parameters(request, known)
    number = page_number(request, view, values["page"])
    density = values[PARAMETER] or COMPACT
    start = (number - 1) * PAGE_SIZE
    whole = _whole(view, start, min(start + PAGE_SIZE, view.count))
    path = view_path(view)
    pairs = [(PARAMETER, density)] if density != COMPACT else []
    page_pairs = [("page", str(number))] if number > 1 else []
    cite_page = CitePage(values["cite"] or FORM_NAMES[0], path, [*page_pairs, *pairs])
    is_short = view.count <= MAX_WHOLE
    return {
        **whole,
        "pages": _pages(view, number, density),
        "density": density,
        "densities": [
            {
                "label": label,
                "url": _url(path, number, name),
                "current": name == density,
            }
            for name, label in ((COMPACT, _("Compact")), (FULL, _("Full")))
        ],
        "cite": cite_panel(frozen_list_reference(view, whole["title"]), cite_page, path),
        "embed": embed_panel(frozen_embed(view, whole["title"]), is_version=True),
        "files": format_links(FROZEN, path),
        "whole_url": f"{path}print/" if is_short else "",
        "file_url": f"{path.rstrip('/')}.html" if is_short else "",
        "head": _head(request, view, whole["title"]),
        "nav": "timeline",
    }


def frozen_whole_context(request: HttpRequest, view: FrozenView) -> FrozenWholeContext:
    """All entries of a list that has ``MAX_WHOLE`` at most, with their sources as footnotes."""
    whole = _whole(view, 0, view.count)
    return {
        **whole,
        "footnotes": _footnotes(whole["lines"]),
        "head": _head(request, view, whole["title"]),
        "nav": "timeline",
    }


def view_path(view: FrozenView) -> str:
    """The path of the page of a frozen list."""
    return reverse("frozen-list", args=[view.public_id])


def page_number(request: HttpRequest, view: FrozenView, text: str) -> int:
    """The number of a page, from 1. Raises InvalidParameters if the list has no such page."""
    last = max(1, -(-view.count // PAGE_SIZE))
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS
    if text and not (is_number and 1 <= int(text) <= last):
        message = _("This list has no such page. Choose a number from 1 to %(last)d.")
        raise InvalidParameters({"page": message % {"last": last}}, request.GET)
    return int(text or 1)


def frozen_list_reference(view: FrozenView, title: str) -> Reference:
    """The reference to a frozen list: a compilation of this site that never changes."""
    return compilation_reference(
        "frozen",
        title,
        url=absolute_url(data_path(view_path(view))),
        site=settings.SITE_NAME,
        version=view.version,
        issued=day_of(view.as_of),
        note=entries_words(view.count),
    )


def _whole(view: FrozenView, start: int, stop: int) -> FrozenWhole:
    query = query_of_view(view)
    title = view_title(view, query)
    number, changed_at = publication_version.current_version()
    words = title
    if query:
        order = str(ORDERS[query.order])
        words = _("%(list)s, %(order)s") % {"list": title, "order": order[:1].lower() + order[1:]}
    return {
        "id": view.public_id,
        "title": title,
        "count": view.count,
        "entries": entries_words(view.count),
        "lines": [_line(member) for member in member_rows(view, query, start, stop)],
        "band": frozen_band(view, query, words, differences_today(view)),
        "dates": {
            "made_at": view.made_at,
            "version": view.version,
            "as_of": view.as_of,
            "version_today": number,
            "changed_at": changed_at,
        },
        "sha256": view.sha256,
        "checkpoint": short_checkpoint(number, changed_at),
        "reference": plain_reference(frozen_list_reference(view, title)),
        "address": absolute_url(view_path(view)),
    }


def _line(entry: MemberRow) -> FrozenLine:
    state, current = entry.member.state, entry.member.current
    is_changed = state in (MemberState.CORRECTED, MemberState.CHANGED)
    path = record_path(current.kind, current.slug)
    return {
        "place": entry.place,
        "row": row_with_html(entry.row) if entry.row else None,
        "title": entry.title,
        "url": entry.url,
        "gone": gone_words(state, current) if state.is_gone else "",
        "since": _("%(state)s since") % {"state": STATE_WORDS[state]} if is_changed else "",
        "compare_url": (
            comparison_path(path, entry.member.number, current.number) if is_changed else ""
        ),
        "is_corrected": state == MemberState.CORRECTED,
    }


def _footnotes(lines: list[FrozenLine]) -> list[Footnote]:
    """The sources of the entries, each once, by their numbers on the page."""
    sources = {
        citation["number"]: citation["source"]
        for line in lines
        if line["row"]
        for citation in numbered_citations(line["row"])
    }
    return [{"number": number, "source": sources[number]} for number in sorted(sources)]


def _pages(view: FrozenView, number: int, density: str) -> FrozenPages:
    path = view_path(view)
    last_place = min(number * PAGE_SIZE, view.count)
    return {
        "previous": _url(path, number - 1, density) if number > 1 else "",
        "next": _url(path, number + 1, density) if last_place < view.count else "",
        "first_place": (number - 1) * PAGE_SIZE + 1,
        "last_place": last_place,
    }


def _url(path: str, number: int, density: str) -> str:
    pairs = [f"page={number}"] if number > 1 else []
    pairs += [f"{PARAMETER}={density}"] if density != COMPACT else []
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _head(request: HttpRequest, view: FrozenView, title: str) -> Head:
    description = _("%(list)s: %(entries)s") % {
        "list": title,
        "entries": entries_words(view.count),
    }
    head = page_head(request, title, description)
    # Also for the page for printing, on which the address is printed.
    head["canonical"] = absolute_url(view_path(view))
    return head
