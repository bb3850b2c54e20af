"""A page with a list of actors, sources or incidents: its form, links and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import pgettext

from kb.record.initials import INITIALS
from kb.site.http.representations import format_links
from kb.site.pages.list_selection import Selection, letter_label
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.pick import Pick

MIN_ROWS_FOR_FORM = 3


class ListForm(TypedDict):
    """The search form of a list: its values and choices, and whether it is shown at all."""

    action: str
    q: str
    kind: str
    letter: str
    order: str
    orders: list[tuple[str, str | Promise]]
    in_use: bool
    is_needed: bool
    is_default: bool


class PageLinks(TypedDict):
    total: int
    shown: int
    previous: str | None
    next: str | None


class ListPage(TypedDict):
    """The context of ``_list_page.html`` without its ``rows``.

    ``kinds`` and ``letters`` are empty if there is nothing to choose. ``unused`` is the number of
    records without entries that are at the end of the whole list. ``first_unused`` is the id of
    the first one on this page, "" if there is none.
    """

    heading: str
    description: str
    head: Head
    formats: Sequence[Mapping[str, object]]
    form: ListForm
    kinds: list[Pick]
    letters: list[Pick]
    unused: int
    first_unused: str
    pages: PageLinks


def list_page(selection: Selection, description: str) -> ListPage:
    """The heading, form and page links of a list; ``description`` says what it contains."""
    request, record_list = selection.request, selection.record_list
    path, heading = request.path, str(record_list.label)
    return {
        "heading": heading,
        "description": description,
        "head": page_head(request, heading, description),
        "formats": format_links(record_list.name, path, selection.pairs()),
        "form": {
            "action": path,
            "q": selection.q,
            "kind": selection.kind,
            "letter": selection.letter,
            "order": selection.order,
            "orders": list(record_list.orders.items()),
            "in_use": selection.is_narrowed,
            # A short list needs no form.
            "is_needed": selection.is_narrowed or selection.total > MIN_ROWS_FOR_FORM,
            "is_default": not request.GET,
        },
        "kinds": _kinds(selection),
        "letters": _letters(selection),
        "unused": selection.unused if selection.is_by_name and not selection.q else 0,
        "first_unused": _first_unused(selection),
        "pages": {
            "total": selection.total,
            "shown": len(selection.records),
            "previous": selection.url(path, **selection.previous) if selection.previous else None,
            "next": selection.url(path, **selection.next) if selection.next else None,
        },
    }


def _kinds(selection: Selection) -> list[Pick]:
    """The kinds that have records, if there are several; the chosen one in any case."""
    counts, labels = selection.counts_by_kind, selection.record_list.kinds
    kinds = [kind for kind in labels if counts[kind] or kind == selection.kind]
    if not (selection.kind or len(kinds) > 1):
        return []
    choices = {"": pgettext("kinds of record", "All")}
    choices |= {kind: str(labels[kind]) for kind in kinds}
    return _picks(selection, "kind", choices, counts)


def _letters(selection: Selection) -> list[Pick]:
    """The letters with names, if the list has more than a page; the chosen one in any case."""
    counts = selection.counts_by_letter()
    letters = [letter for letter in INITIALS if counts[letter] or letter == selection.letter]
    is_needed = len(letters) > 1 and counts.total() > selection.record_list.page_size
    if not (selection.letter or is_needed):
        return []
    choices = {"": pgettext("letters", "All")}
    choices |= {letter: letter_label(letter) for letter in letters}
    return _picks(selection, "letter", choices, None if selection.q else counts)


def _picks(
    selection: Selection, name: str, choices: Mapping[str, str], counts: Counter[str] | None
) -> list[Pick]:
    """Links that set a parameter to each of these values; the value "" removes it."""
    current = dict(selection.pairs()).get(name, "")
    return [
        {
            "label": label,
            "url": selection.url(selection.request.path, **{name: value}),
            "current": value == current,
            "count": None if counts is None else counts[value] if value else counts.total(),
        }
        for value, label in choices.items()
    ]


def _first_unused(selection: Selection) -> str:
    if not selection.is_by_name:
        return ""
    return next((record.public_id for record in selection.records if record.is_unused), "")
