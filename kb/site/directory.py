"""An index of actors or of sources: found by name, by kind, in three orders, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.models import Facet, Revision
from kb.site.parameters import WORDS, Unreadable, parameters
from kb.text.fold import matches, query_terms, search_text

PAGE_SIZE = 100
ORDERS = ("name", "entries", "newest")
# From rows of (pk, title, document) to rows of (pk, all that the thing is found by).
Texts = Callable[[Iterable[tuple[int, str, dict[str, Any]]]], Iterable[tuple[int, list[str]]]]


def directory(
    request: HttpRequest,
    *,
    kind: str,
    kinds: Mapping[str, Any],
    orders: Mapping[str, Any],
    newest: Any,
    texts: Texts,
) -> dict[str, Any]:
    """The context of an index: ``revisions`` of this page, ``counts`` of entries, form and pager.

    ``kinds`` are the words of the kinds, ``orders`` those of the three orders, ``newest`` is an
    expression without nulls, the greatest of which comes first in the last order. Raises
    Unreadable. Costs three queries, one more for words, and one for any but the first page.
    """
    known = {"q": WORDS, "kind": list(kinds), "order": ORDERS, "after": WORDS, "before": WORDS}
    asked = parameters(request, known)
    order = asked["order"] or "name"
    wanted = Revision.objects.standing().filter(kind=kind)
    if asked["kind"]:
        wanted = wanted.filter(**{f"document__{kind}_kind": asked["kind"]})
    q = " ".join(asked["q"].split())
    if q:
        wanted = Revision.objects.filter(pk__in=_found(wanted, q, texts))
    revisions, has_previous, has_next = _page(request, _ranked(wanted, kind, order, newest), asked)
    ids = [one.public_id for one in revisions]
    counts = dict(
        Facet.objects.filter(name=kind, value__in=ids)
        .order_by()
        .values_list("value")
        .annotate(entries=Count("entry"))
    )

    def url(**place: str) -> str:
        pairs = {"q": q, "kind": asked["kind"], "order": "" if order == "name" else order, **place}
        text = urlencode(sorted((name, value) for name, value in pairs.items() if value))
        return f"{request.path}?{text}" if text else request.path

    return {
        "revisions": revisions,
        "counts": counts,
        "form": {
            "action": request.path,
            "q": q,
            "kind": asked["kind"],
            "order": order,
            "kinds": list(kinds.items()),
            "orders": list(orders.items()),
            "in_use": bool(q or asked["kind"]),
            "is_default": not request.GET,
        },
        "pages": {
            "total": wanted.count(),
            "shown": len(revisions),
            "previous": url(before=ids[0]) if has_previous else None,
            "next": url(after=ids[-1]) if has_next else None,
        },
    }


def _found(wanted: QuerySet[Revision], q: str, texts: Texts) -> list[int]:
    """Those whose names hold the words, folded as everywhere: letters, scripts and accents."""
    terms = query_terms(q)
    rows = wanted.values_list("pk", "title", "document")
    return [pk for pk, parts in texts(rows) if terms and matches(search_text(*parts), terms)]


def _ranked(wanted: QuerySet[Revision], kind: str, order: str, newest: Any) -> QuerySet[Revision]:
    """With ``rank``, of which the greatest comes first, and ``name``, which decides after it."""
    rank: Any = Coalesce(Subquery(_entries(kind), output_field=IntegerField()), 0)
    ranks = {"entries": {"rank": rank}, "newest": {"rank": newest}}.get(order, {})
    return wanted.annotate(name=Lower("title"), **ranks)


def _entries(kind: str) -> QuerySet[Facet, dict[str, int]]:
    own = Facet.objects.filter(name=kind, value=OuterRef("public_id")).order_by()
    return own.values("value").annotate(found=Count("entry")).values("found")


def _page(
    request: HttpRequest, ranked: QuerySet[Revision], asked: dict[str, str]
) -> tuple[list[Revision], bool, bool]:
    """The rows of the page after or before a mark, and whether there are more on either side."""
    if asked["after"] and asked["before"]:
        both = _("Give either after or before, not both.")
        raise Unreadable({"before": both}, request.GET)
    by_rank = ["-rank"] if "rank" in ranked.query.annotations else []
    ordered = ranked.order_by(*by_rank, "name", "public_id")
    name = "before" if asked["before"] else "after"
    if not asked[name]:
        found = list(ordered[: PAGE_SIZE + 1])
        return found[:PAGE_SIZE], False, len(found) > PAGE_SIZE
    mark = ranked.filter(public_id=asked[name]).first()
    if mark is None:
        wrong = _("This page mark is not one of ours: start from the first page.")
        raise Unreadable({name: wrong}, request.GET)
    if name == "after":
        found = list(ordered.filter(_beyond(mark, "gt", "lt", by_rank))[: PAGE_SIZE + 1])
        return found[:PAGE_SIZE], True, len(found) > PAGE_SIZE
    found = list(ordered.filter(_beyond(mark, "lt", "gt", by_rank)).reverse()[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE, True


def _beyond(mark: Any, side: str, rank_side: str, by_rank: list[str]) -> Q:
    """Rows on one side of the mark, in the order of rank, name and public id."""
    further = Q(**{f"name__{side}": mark.name})
    further |= Q(name=mark.name, **{f"public_id__{side}": mark.public_id})
    if by_rank:
        further = Q(**{f"rank__{rank_side}": mark.rank}) | (Q(rank=mark.rank) & further)
    return further
