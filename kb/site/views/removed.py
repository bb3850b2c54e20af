"""``/removed.json``: which records and versions were removed by order, for whoever has copies."""

from __future__ import annotations

import json
from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.record.addresses import absolute_url
from kb.record.answers.removals import RemovalList, RemovalRow
from kb.record.models import Revision, Suppression
from kb.site.http.decorators import data_file
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters

PAGE_SIZE = 500


@data_file
def removed(request: HttpRequest) -> HttpResponseBase:
    """The removals in their order. ``after`` is the cursor of the last one of the page before."""
    values = clean_parameters(request, {"after": ANY_TEXT})
    cursor = clean_cursor(request.GET, values["after"])
    rows = list(Suppression.objects.filter(pk__gt=cursor).order_by("pk")[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    numbers = _versions({order.public_id for order in page})
    address = absolute_url(reverse("removed"))
    answer: RemovalList = {
        "removed": [_row(order, numbers.get(order.public_id, [])) for order in page],
        "next": f"{address}?after={page[-1].pk}" if len(rows) > PAGE_SIZE else None,
    }
    content = json.dumps(answer, ensure_ascii=False, indent=1)
    return HttpResponse(content, content_type="application/json")


def _versions(public_ids: Collection[str]) -> dict[str, list[tuple[int, float]]]:
    """The number and the time of each version, by public id."""
    versions: dict[str, list[tuple[int, float]]] = {}
    rows = Revision.objects.filter(public_id__in=public_ids).order_by("number")
    for public_id, number, moment in rows.values_list("public_id", "number", "published_at"):
        versions.setdefault(public_id, []).append((number, moment.timestamp()))
    return versions


def _row(order: Suppression, versions: list[tuple[int, float]]) -> RemovalRow:
    end = order.removed_at.timestamp()
    return {
        "id": order.public_id,
        "kind": order.kind,
        "part": order.part,
        "version": order.version,
        "versions": [order.version]
        if order.version
        else [number for number, moment in versions if moment <= end],
        "form": order.form,
        "everywhere": order.everywhere,
        "reason": order.reason,
        "removed_at": order.removed_at.isoformat(),
    }
