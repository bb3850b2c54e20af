"""The page of probable doubles: a draft is merged with one click, other pairs on the merge page.

A pair can be marked as different. With ``?marked=1`` the page lists those pairs, to take that back.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.admin.choice_notes import choice_notes
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.merging import (
    DATABASE_LOCKED_MESSAGE,
    add_undo_message,
    may_merge_at_once,
)
from kb.desk.documents import MODELS
from kb.desk.doubles import Double, mark_distinct, probable_doubles
from kb.desk.models import DistinctPair, Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.transfers.merge import merge

PAGE_SIZE = 25


class DoubleLine(TypedDict):
    """One pair, for ``doubles.html``."""

    double: Double
    kind: str
    target_note: str
    origin_note: str
    target_url: str
    origin_url: str
    merge_url: str
    is_one_click: bool


class MarkedLine(TypedDict):
    """One pair that is marked as different, for ``distinct_pairs.html``."""

    rows: list[tuple[Publishable, str]]  # with the addresses of their forms
    kind: str
    by: str
    at: datetime


def doubles_page(request: HttpRequest) -> HttpResponse:
    """List the pairs that this account may change; by POST, merge or mark one of them.

    Raises PermissionDenied.
    """
    if request.method == "POST":
        return _change(request)
    kinds = [kind for kind in MODELS if request.user.has_perm(f"desk.change_{kind}")]
    if not kinds:
        raise PermissionDenied
    if request.GET.get("marked"):
        return _marked_pairs(request, kinds)
    doubles = [double for double in probable_doubles() if double.kind in kinds]
    page = Paginator(doubles, PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        **site.each_context(request),
        "title": _("Probable doubles"),
        "opts": Transfer._meta,
        "page": page,
        "lines": _lines(request, list(page)),
        "has_marked": DistinctPair.objects.exists(),
    }
    return render(request, "admin/desk/doubles.html", context)


def _marked_pairs(request: HttpRequest, kinds: list[str]) -> HttpResponse:
    """The page of the pairs that are marked as different, the last one first."""
    pairs = DistinctPair.objects.select_related("marked_by")
    page = Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("p"))
    ids = {public_id for pair in page for public_id in (pair.first, pair.second)}
    rows = {
        row.public_id: row
        for kind in kinds
        for row in MODELS[kind]._default_manager.filter(public_id__in=ids)
    }
    lines = [
        MarkedLine(
            rows=[(row, _change_url(row)) for row in (rows[pair.first], rows[pair.second])],
            kind=str(rows[pair.first]._meta.verbose_name),
            by=str(pair.marked_by or ""),
            at=pair.marked_at,
        )
        for pair in page
        if pair.first in rows and pair.second in rows
    ]
    context = {
        **site.each_context(request),
        "title": _("Pairs marked as different"),
        "opts": Transfer._meta,
        "page": page,
        "lines": lines,
    }
    return render(request, "admin/desk/distinct_pairs.html", context)


def _lines(request: HttpRequest, doubles: list[Double]) -> list[DoubleLine]:
    notes: dict[tuple[str, int], str] = {}
    for kind in {double.kind for double in doubles}:
        of_kind = [double for double in doubles if double.kind == kind]
        rows = [row for double in of_kind for row in (double.origin, double.target)]
        notes |= {(kind, key): note for key, note in choice_notes(rows).items()}
    return [
        DoubleLine(
            double=double,
            kind=str(double.target._meta.verbose_name),
            target_note=notes.get((double.kind, double.target.pk), ""),
            origin_note=notes.get((double.kind, double.origin.pk), ""),
            target_url=_change_url(double.target),
            origin_url=_change_url(double.origin),
            merge_url=f"{_merge_url(double.origin)}?into={double.target.pk}",
            is_one_click=_is_one_click(request, double.origin),
        )
        for double in doubles
    ]


def _is_one_click(request: HttpRequest, origin: Publishable) -> bool:
    """A row that readers see needs a note for them, which the merge page asks for."""
    return origin.state != WorkflowState.PUBLISHED and may_merge_at_once(request, origin)


def _change(request: HttpRequest) -> HttpResponse:
    """Do what the button of a pair says, and show the list again."""
    kind = request.POST.get("kind", "")
    if kind not in MODELS or not request.user.has_perm(f"desk.change_{kind}"):
        raise PermissionDenied
    keys = [request.POST.get(name, "") for name in ("origin", "target")]
    rows = MODELS[kind]._default_manager.in_bulk([int(key) for key in keys if is_primary_key(key)])
    origin, target = [rows.get(int(key)) if is_primary_key(key) else None for key in keys]
    try:
        if "_again" in request.POST:
            return _propose_again(request, origin, target)
        if "_distinct" in request.POST:
            _mark(request, origin, target)
        else:
            _merge(request, origin, target)
    except OperationalError:
        messages.error(request, DATABASE_LOCKED_MESSAGE)
    return HttpResponseRedirect(reverse("admin:desk_transfer_doubles"))


def _mark(request: HttpRequest, origin: Publishable | None, target: Publishable | None) -> None:
    """Mark a pair as different."""
    if origin is None or target is None or origin == target:
        messages.error(request, _("One of these records no longer exists."))
        return
    mark_distinct(Double(origin, target), by=request.user)
    words = {"origin": origin, "target": target}
    text = _("“%(origin)s” and “%(target)s” are marked as different.") % words
    messages.success(request, text)


def _propose_again(
    request: HttpRequest, origin: Publishable | None, target: Publishable | None
) -> HttpResponse:
    """Take back that two records are different, and show the other pairs."""
    if origin is not None and target is not None:
        first, second = DistinctPair.ids_of(origin, target)
        DistinctPair.objects.filter(first=first, second=second).delete()
        messages.success(request, _("The pair is proposed again if it still looks like a double."))
    return HttpResponseRedirect(f"{reverse('admin:desk_transfer_doubles')}?marked=1")


def _merge(request: HttpRequest, origin: Publishable | None, target: Publishable | None) -> None:
    """Merge a pair of the list that is still on it."""
    if origin is None or target is None or not _is_one_click(request, origin):
        messages.error(request, _("This pair cannot be merged with one click."))
        return
    try:
        note = _("From the list of probable doubles.")
        transfer = merge(origin, into=target, by=request.user, note=note)
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        words = {"origin": origin, "target": target}
        text = _("“%(origin)s” was merged into “%(target)s”.") % words
        add_undo_message(request, transfer, text)


def _change_url(row: Publishable) -> str:
    return reverse(f"admin:desk_{row.kind}_change", args=[row.pk])


def _merge_url(row: Publishable) -> str:
    return reverse(f"admin:desk_{row.kind}_merge", args=[row.pk])
