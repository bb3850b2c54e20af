"""Creates a row from an autocomplete: a draft that has nothing but its name and its kind."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.desk.admin.choice_notes import choice_notes
from kb.desk.admin.choices import MAX_COMPARED, NAME_FIELDS
from kb.desk.admin.forms import free_slug
from kb.desk.admin.generics import ModelAdmin
from kb.desk.models import Actor, ActorName, Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.text.clean import TextError, clean_line
from kb.text.normalise import fold_name


class CreateChoice:
    """Answers the lines “Create person “…”” of the autocompletes of one model."""

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """For ``name`` and ``kind`` by POST: ``{"id", "text", "message", "url"}`` of the new draft.

        Answers 400 with ``{"problem"}`` for a name that cannot be stored, and 409 if a row has this
        name, unless ``again`` is sent. Raises PermissionDenied.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.model_admin.has_add_permission(request):
            raise PermissionDenied
        try:
            row = unsaved_row(
                self.model_admin.model, request.POST.get("name", ""), request.POST.get("kind", "")
            )
        except (TextError, ValidationError) as problem:
            messages = getattr(problem, "messages", [str(problem)])
            return JsonResponse({"problem": " ".join(messages)}, status=400)
        if not request.POST.get("again") and (others := rows_with_name(row)):
            answer = {"problem": _clash(others), "again": _("Create another")}
            return JsonResponse(answer, status=409)
        add_draft(row, by=request.user)
        label = row.get_actor_kind_display() if isinstance(row, Actor) else row._meta.verbose_name
        message = _("%(kind)s “%(name)s” was created as a draft.")
        return JsonResponse(
            {
                "id": str(row.pk),
                "text": str(row),
                "message": message % {"kind": capfirst(str(label)), "name": row},
                "open": _("Open"),
                "url": reverse(f"admin:desk_{row.kind}_change", args=[row.pk]),
            }
        )


def unsaved_row(model: type[Publishable], name: str, kind: str) -> Publishable:
    """An unsaved row of this name, an actor of this kind.

    Raises TextError or ValidationError, and PermissionDenied for a model of which a name is not
    enough.
    """
    if model not in NAME_FIELDS:
        raise PermissionDenied
    fields = {NAME_FIELDS[model]: " ".join(clean_line(name).split())}
    if model is Actor:
        fields["actor_kind"] = kind
    row = model(**fields)
    row.slug = free_slug(row, fields[NAME_FIELDS[model]])
    row.full_clean()
    return row


def add_draft(row: Publishable, *, by: Any) -> None:
    """Store a new row, and log it."""
    row.created_by = row.updated_by = by
    with transaction.atomic():
        row.save()
        record([row], Action.ADDED, by=by)


def rows_with_name(row: Publishable) -> list[Publishable]:
    """Rows of the same model, not withdrawn, with the name of this one, however it is written."""
    field = NAME_FIELDS[type(row)]
    name = str(getattr(row, field))
    rows = type(row)._default_manager.exclude(state=WorkflowState.WITHDRAWN).exclude(pk=row.pk)
    folded = fold_name(name)
    same = list(rows.filter(**{f"{field}__iexact": name})[:3])
    if isinstance(row, Actor):
        keys = ActorName.objects.filter(name__iexact=name).values("actor")
        same += [other for other in rows.filter(pk__in=keys)[:3] if other not in same]
    beginnings = Q(**{f"{field}__istartswith": name[:1]})
    beginnings |= Q(**{f"{field}__istartswith": folded[:1]})
    near = rows.filter(beginnings).order_by("-pk")[:MAX_COMPARED]
    same += [
        other for other in near if fold_name(getattr(other, field)) == folded and other not in same
    ]
    return same[:3]


def _clash(others: list[Publishable]) -> str:
    """Which rows have the name already."""
    notes = choice_notes(others)
    names = "; ".join(f"“{other}” ({notes.get(other.pk, '')})" for other in others)
    return _("This name exists already: %(names)s. Choose it in the list.") % {"names": names}
