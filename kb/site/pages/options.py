"""The page with all values of one filter, and the part of it that the filter form shows."""

from __future__ import annotations

from typing import TypedDict

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kb.record.facets import FacetOption
from kb.record.filter_fields import MAX_VALUES
from kb.record.filters import PARAMETERS, SlugFilter
from kb.record.option_pages import OptionCursor, option_page
from kb.record.parameter_errors import repeated_parameter, too_long
from kb.record.query import TimelineQuery
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.timeline import FacetValue, filter_label, option_value

MAX_FIND_LENGTH = 200


class OptionLink(FacetValue):
    """A value, and the list with it added to the filter, or without it if it is chosen."""

    url: str


class OptionsContext(TypedDict):
    """The context of ``options/options.html`` and of ``options/_list.html``.

    ``facet`` has the name and the label of the filter; ``hidden`` are the parameters of the list,
    which the search keeps; ``is_full``: no more values can be chosen.
    """

    facet: dict[str, str]
    find: str
    hidden: list[tuple[str, str]]
    chosen: list[OptionLink]
    options: list[OptionLink]
    total: int
    is_full: bool
    words: str
    back_url: str
    first_url: str
    next_url: str
    records_url: str
    head: Head
    nav: str


class OptionSearch(TypedDict):
    """What the address of an options page has besides the parameters of its list."""

    find: str
    start: OptionCursor | None


def pop_option_search(data: QueryDict) -> OptionSearch:
    """Remove the search and the cursor from the parameters of a list.

    Raises InvalidParameters when either is repeated or cannot be read.
    """
    values = {name: data.pop(name, []) for name in ("find", "start")}
    errors = {name: repeated_parameter() for name, texts in values.items() if len(texts) > 1}
    find, start = (texts[0] if texts else "" for texts in values.values())
    cursor = OptionCursor.parse(start) if start else None
    if len(find) > MAX_FIND_LENGTH:
        errors["find"] = too_long(MAX_FIND_LENGTH)
    if start and cursor is None:
        errors["start"] = _("This page link is not valid. Go back to the first page.")
    if errors:
        raise InvalidParameters(errors, data)
    return {"find": " ".join(find.split()), "start": cursor}


def options_context(
    request: HttpRequest, query: TimelineQuery, name: str, place: ListPath, search: OptionSearch
) -> OptionsContext:
    """The values of the filter ``name`` for a list, with the addresses that choose them."""
    find = search["find"]
    page = option_page(query, name, find=find, after=search["start"])
    label = filter_label(name)
    used = query.name_in_use(name)  # for any of the values, all of them, or none

    def link(option: FacetOption) -> OptionLink:
        slug = option.choice.slug
        values = query.values(used)
        other = (
            query.without(used, slug)
            if option.selected
            else query.with_values(used, (*values, option.choice))
        )
        return {**option_value(option), "url": f"{place.url(other)}#resh"}

    return {
        "facet": {"name": name, "label": label},
        "find": find,
        "hidden": place.pairs(query.with_()),
        "chosen": [link(option) for option in page.chosen],
        "options": [link(option) for option in page.options],
        "total": page.total,
        "is_full": len(query.values(used)) >= MAX_VALUES,
        "words": query.describe(),
        "back_url": f"{place.url(query)}#filters",
        "first_url": place.options_url(query, name, find=find) if search["start"] else "",
        "next_url": (
            place.options_url(query, name, find=find, start=str(page.next)) if page.next else ""
        ),
        "records_url": _records_path(name),
        "head": page_head(request, _("Filter: %(group)s") % {"group": label}),
        "nav": place.nav,
    }


def _records_path(name: str) -> str:
    """The name of the URL of all records that a filter takes; "" where they have no list."""
    parameter = PARAMETERS[name]
    kind = parameter.extra.get("kind", "") if isinstance(parameter, SlugFilter) else ""
    return {"actor": "actors", "incident": "incidents", "source": "sources"}.get(kind, "")
