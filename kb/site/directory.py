"""An index of actors or of sources: found by name, by kind, in three orders, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.models import Facet, Revision
from kb.record.query import InvalidQuery
from kb.site.parameters import WORDS, page_number, parameters
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

    ``kinds`` are the words of the kinds, ``orders`` those of the three orders, ``newest`` is the
    ordering of the last. Raises InvalidQuery. Costs three queries, one more for words.
    """
    asked = parameters(request, {"q": WORDS, "kind": list(kinds), "order": ORDERS, "page": WORDS})
    order = asked["order"] or "name"
    wanted = Revision.objects.standing().filter(kind=kind)
    if asked["kind"]:
        wanted = wanted.filter(**{f"document__{kind}_kind": asked["kind"]})
    q = " ".join(asked["q"].split())
    if q:
        wanted = Revision.objects.filter(pk__in=_found(wanted, q, texts))
    total = wanted.count()
    number = page_number(request, asked["page"])
    last = max(1, -(-total // PAGE_SIZE))
    if number > last:
        raise InvalidQuery({"page": _("The last page is %(last)d.") % {"last": last}}, request.GET)
    start = (number - 1) * PAGE_SIZE
    revisions = list(_ordered(wanted, kind, order, newest)[start : start + PAGE_SIZE])
    ids = [one.public_id for one in revisions]
    counts = dict(
        Facet.objects.filter(name=kind, value__in=ids)
        .order_by()
        .values_list("value")
        .annotate(entries=Count("entry"))
    )

    def url(page: int) -> str:
        pairs = {**asked, "q": q, "order": "" if order == "name" else order}
        pairs["page"] = str(page) if page > 1 else ""
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
            "total": total,
            "number": number,
            "last": last,
            "first_row": start + 1,
            "last_row": start + len(revisions),
            "previous": url(number - 1) if number > 1 else None,
            "next": url(number + 1) if number < last else None,
        },
    }


def _found(wanted: QuerySet[Revision], q: str, texts: Texts) -> list[int]:
    """Those whose names hold the words, folded as everywhere: letters, scripts and accents."""
    terms = query_terms(q)
    rows = wanted.values_list("pk", "title", "document")
    return [pk for pk, parts in texts(rows) if terms and matches(search_text(*parts), terms)]


def _ordered(wanted: QuerySet[Revision], kind: str, order: str, newest: Any) -> QuerySet[Revision]:
    if order == "entries":
        own = Facet.objects.filter(name=kind, value=OuterRef("public_id")).order_by()
        count = own.values("value").annotate(found=Count("entry")).values("found")
        entries = Coalesce(Subquery(count, output_field=IntegerField()), 0)
        return wanted.annotate(entries=entries).order_by("-entries", Lower("title"), "pk")
    if order == "newest":
        return wanted.order_by(newest, Lower("title"), "pk")
    return wanted.order_by(Lower("title"), F("pk"))
