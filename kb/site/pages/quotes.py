"""The context of the page of quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.filter_fields import Choice, choice_of_revision
from kb.record.models import Revision
from kb.record.parameter_errors import invalid_value, unknown_parameter
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.quotation import KIND_LABELS
from kb.record.quotations import (
    ACTOR_FILTERS,
    KIND_FILTER,
    MAX_STATEMENTS,
    QuotationQuery,
    Quotations,
)
from kb.record.rendering import HtmlRow, row_with_html
from kb.record.rows import rows_for_entries
from kb.site.http.parameters import InvalidParameters
from kb.site.pages.page_meta import Head, page_head
from kb.text.normalise import query_terms

PAGE_SIZE = 20
MAX_OPTIONS = 8
MAX_START_DIGITS = 4
_LABELS = {
    "by": gettext_lazy("Speaker"),
    "for": gettext_lazy("For whom"),
    "to": gettext_lazy("To whom"),
    KIND_FILTER: gettext_lazy("Kind of words"),
}
_PARAMETERS = ("q", *ACTOR_FILTERS, KIND_FILTER, "start")


class QuoteOption(TypedDict):
    value: str
    label: str
    count: int
    selected: bool


class QuoteFilter(TypedDict):
    """A group of the form: its chosen values and the most frequent ones."""

    name: str
    label: str
    options: list[QuoteOption]


class QuotePages(TypedDict):
    first: str | None
    next: str | None


class QuotesContext(TypedDict):
    """``is_used``: a search or a filter is in use."""

    q: str
    total: int
    rows: list[HtmlRow]
    filters: list[QuoteFilter]
    is_used: bool
    is_capped: bool
    max_quotations: int
    pages: QuotePages
    head: Head
    nav: str


def quotes_context(request: HttpRequest) -> QuotesContext:
    """The quotations that the address asks for, newest first, PAGE_SIZE at a time.

    Raises InvalidParameters for a parameter or a value that there is not.
    """
    query, start = _query(request)
    quotations = Quotations(query)
    terms = query_terms(query.q)
    shown = rows_for_entries(quotations.entries(start, PAGE_SIZE))
    counts = {name: quotations.counts(name) for name in _LABELS}
    description = _(
        "Search inside what people said. Every quotation says whose words it has and how they "
        "reached us."
    )
    after = start + PAGE_SIZE
    return {
        "q": query.q,
        "total": quotations.total,
        "rows": [row_with_html(row, terms) for row in shown],
        "filters": [_filter(name, query, counts[name]) for name in _LABELS],
        "is_used": bool(_pairs(query)),
        "is_capped": quotations.is_capped,
        "max_quotations": MAX_STATEMENTS,
        "pages": {
            "first": _url(request, query) if start else None,
            "next": _url(request, query, after) if after < quotations.total else None,
        },
        "head": page_head(request, _("Quotes"), description),
        "nav": "quotes",
    }


def _query(request: HttpRequest) -> tuple[QuotationQuery, int]:
    data = request.GET
    errors = {name: unknown_parameter(_PARAMETERS) for name in data if name not in _PARAMETERS}
    kinds = [kind for kind in data.getlist(KIND_FILTER) if kind]
    for kind in kinds:
        if kind not in KIND_LABELS:
            errors[KIND_FILTER] = invalid_value(kind, KIND_LABELS)
    start = data.get("start", "") or "0"
    if not (start.isascii() and start.isdigit() and len(start) <= MAX_START_DIGITS):
        errors["start"] = _("This page link is not valid. Go back to the first page.")
    timeline = QueryDict(mutable=True)
    for name in ("q", *ACTOR_FILTERS):
        timeline.setlist(name, data.getlist(name))
    try:
        parsed = TimelineQuery.parse(timeline)
    except InvalidQuery as problem:
        errors |= problem.errors
    if errors:
        raise InvalidParameters(errors, data)
    chosen = {name: parsed.values(name) for name in ACTOR_FILTERS}
    return QuotationQuery(parsed.q, chosen, sorted(set(kinds))), int(start)


def _filter(name: str, query: QuotationQuery, counts: Mapping[str, int]) -> QuoteFilter:
    if name == KIND_FILTER:
        chosen = [Choice(kind, kind, "") for kind in query.kinds]
    else:
        chosen = list(query.chosen.get(name, ()))
    selected = {choice.value: choice for choice in chosen}
    frequent = sorted(counts, key=lambda value: (-counts[value], value))[:MAX_OPTIONS]
    values = list(dict.fromkeys([*selected, *frequent]))
    choices = _kind_choices(values) if name == KIND_FILTER else _actor_choices(values, selected)
    options: list[QuoteOption] = [
        {
            "value": choice.slug,
            "label": choice.label,
            "count": counts.get(choice.value, 0),
            "selected": choice.value in selected,
        }
        for choice in choices
    ]
    options.sort(key=lambda option: (-option["count"], option["label"]))
    return {"name": name, "label": str(_LABELS[name]), "options": options}


def _kind_choices(kinds: Sequence[str]) -> list[Choice]:
    return [Choice(kind, kind, str(capfirst(KIND_LABELS[kind]))) for kind in kinds]


def _actor_choices(values: Sequence[str], selected: Mapping[str, Choice]) -> list[Choice]:
    others = [value for value in values if value not in selected]
    live = Revision.objects.live().filter(public_id__in=others)
    choices = {**selected} | {row.public_id: choice_of_revision(row) for row in live}
    return [choices[value] for value in values if value in choices]


def _pairs(query: QuotationQuery) -> list[tuple[str, str]]:
    pairs = [("q", query.q)] if query.q else []
    pairs += [(name, choice.slug) for name in ACTOR_FILTERS for choice in query.chosen[name]]
    return pairs + [(KIND_FILTER, kind) for kind in query.kinds]


def _url(request: HttpRequest, query: QuotationQuery, start: int = 0) -> str:
    pairs = sorted(_pairs(query)) + ([("start", str(start))] if start else [])
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path
