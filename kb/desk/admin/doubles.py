"""The page of probable doubles: a draft is merged with one click, other pairs on the merge page."""

from __future__ import annotations

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
from kb.desk.doubles import Double, probable_doubles
from kb.desk.models import Publishable, Transfer
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


def doubles_page(request: HttpRequest) -> HttpResponse:
    """List the pairs that this account may change; by POST, merge one of them.

    Raises PermissionDenied.
    """
    if request.method == "POST":
        return _merge(request)
    kinds = [kind for kind in MODELS if request.user.has_perm(f"desk.change_{kind}")]
    if not kinds:
        raise PermissionDenied
    doubles = [double for double in probable_doubles() if double.kind in kinds]
    page = Paginator(doubles, PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        **site.each_context(request),
        "title": _("Probable doubles"),
        "opts": Transfer._meta,
        "page": page,
        "lines": _lines(request, list(page)),
    }
    return render(request, "admin/desk/doubles.html", context)


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


def _merge(request: HttpRequest) -> HttpResponse:
    """Merge a pair of the list that is still on it."""
    kind = request.POST.get("kind", "")
    if kind not in MODELS or not request.user.has_perm(f"desk.change_{kind}"):
        raise PermissionDenied
    keys = [request.POST.get(name, "") for name in ("origin", "target")]
    rows = MODELS[kind]._default_manager.in_bulk([int(key) for key in keys if is_primary_key(key)])
    pair = [rows.get(int(key)) if is_primary_key(key) else None for key in keys]
    origin, target = pair
    response = HttpResponseRedirect(reverse("admin:desk_transfer_doubles"))
    if origin is None or target is None or not _is_one_click(request, origin):
        messages.error(request, _("This pair cannot be merged with one click."))
        return response
    try:
        note = _("From the list of probable doubles.")
        transfer = merge(origin, into=target, by=request.user, note=note)
    except ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    except OperationalError:
        messages.error(request, DATABASE_LOCKED_MESSAGE)
    else:
        words = {"origin": origin, "target": target}
        text = _("“%(origin)s” was merged into “%(target)s”.") % words
        add_undo_message(request, transfer, text)
    return response


def _change_url(row: Publishable) -> str:
    return reverse(f"admin:desk_{row.kind}_change", args=[row.pk])


def _merge_url(row: Publishable) -> str:
    return reverse(f"admin:desk_{row.kind}_merge", args=[row.pk])
