"""What an autocomplete offers: rows with what distinguishes them, and the creation of a new one.

The order is: rows with exactly the typed name, names that begin with it, other matches, names that
are written nearly like it. At the end of the list are lines that create a row of the typed name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.actor_kinds import likely_kinds
from kb.desk.admin.choice_notes import choice_notes
from kb.desk.models import Actor, ActorName, Incident, Publishable, Topic
from kb.desk.models.base import WorkflowState
from kb.text.clean import TextError, clean_line
from kb.text.normalise import fold_name

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    AnyModelAdmin = ModelAdmin[Any]

# The field with the name of a row, for the models of which a name is enough to make one.
NAME_FIELDS: dict[type[Model], str] = {Actor: "name", Incident: "title", Topic: "name"}
MIN_SIMILARITY = 0.75  # of 1.0: “Bytdance” and “ByteDance” have 0.94
MAX_COMPARED = 500
MAX_NEAR = 5


class CreateAction(TypedDict):
    """What a line that creates a row sends to which address."""

    url: str
    name: str
    kind: str
    again: bool


class Choice(TypedDict, total=False):
    """One line of the list."""

    id: str
    text: str
    note: str
    create: CreateAction


class ChoicesView(AutocompleteJsonView):
    """The list of an autocomplete, with notes; with ``?create=1``, also lines to create a row."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Answer ``{"results": [Choice], "pagination": {"more": bool}}``.

        Raises PermissionDenied for a field that does not exist, and for a model that this account
        may not see.
        """
        self.term, self.model_admin, self.source_field, _name = self.process_request(request)
        if not self.has_perm(request):
            raise PermissionDenied
        self.object_list = self.get_queryset()
        page = self.get_context_data()["page_obj"]
        rows = list(page.object_list)
        if page.number == 1 and not page.has_next():
            rows += near_rows(self.get_candidates(), self.term, rows)
        notes = choice_notes(rows)
        choices: list[Choice] = [
            Choice(id=str(row.pk), text=str(row), note=notes.get(row.pk, "")) for row in rows
        ]
        is_last = not page.has_next()
        if is_last and request.GET.get("create") and self.model_admin.has_add_permission(request):
            choices += create_lines(self.model_admin, self.term, self.source_field.name, rows)
        return JsonResponse({"results": choices, "pagination": {"more": not is_last}})

    def get_queryset(self) -> QuerySet[Any]:
        return ranked(super().get_queryset(), self.term)

    def get_candidates(self) -> QuerySet[Any]:
        """The rows that the field may name, whatever was typed."""
        rows: QuerySet[Any] = self.model_admin.get_queryset(self.request)
        rows = rows.complex_filter(self.source_field.get_limit_choices_to())
        return rows.exclude(state=WorkflowState.WITHDRAWN)


def ranked(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The rows in this order: exactly this name, a name that begins with the term, the others."""
    field = NAME_FIELDS.get(rows.model)
    if not field or not term:
        return rows
    is_exact, is_beginning = Q(**{f"{field}__iexact": term}), Q(**{f"{field}__istartswith": term})
    if rows.model is Actor:
        names = ActorName.objects.filter(actor=OuterRef("pk"))
        is_exact |= Q(Exists(names.filter(name__iexact=term)))
        is_beginning |= Q(Exists(names.filter(name__istartswith=term)))
    rank = Case(
        When(is_exact, then=Value(0)),
        When(is_beginning, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ordered: QuerySet[Any] = rows.annotate(rank=rank)
    return ordered.order_by("rank", *rows.model._meta.ordering)


def near_rows(
    candidates: QuerySet[Any], term: str, listed: Sequence[Publishable]
) -> list[Publishable]:
    """Rows whose name is written nearly like the term, the nearest first, without those listed."""
    field = NAME_FIELDS.get(candidates.model)
    folded = fold_name(term)
    if not field or len(folded) < 3:
        return []
    beginnings = Q(**{f"{field}__istartswith": folded[:2]})
    for word in term.split():
        if len(word) > 2:
            beginnings |= Q(**{f"{field}__icontains": word})
    others = candidates.filter(beginnings).exclude(pk__in=[row.pk for row in listed])
    scored = sorted(
        (
            (-_similarity(folded, fold_name(getattr(row, field))), row.pk, row)
            for row in others.order_by("-pk")[:MAX_COMPARED]
        ),
        key=lambda line: line[:2],
    )
    return [row for score, _key, row in scored[:MAX_NEAR] if -score >= MIN_SIMILARITY]


def _similarity(name: str, other: str) -> float:
    matcher = SequenceMatcher(None, name, other)
    return matcher.ratio() if matcher.quick_ratio() >= MIN_SIMILARITY else 0.0


def create_lines(
    model_admin: AnyModelAdmin, term: str, field: str, rows: Sequence[Publishable]
) -> Iterator[Choice]:
    """The lines that create a row of the typed name: for an actor one for each likely kind."""
    model = model_admin.model
    name_field = NAME_FIELDS.get(model)
    try:
        name = " ".join(clean_line(term).split())
    except TextError:
        return
    if not name_field or not name or len(name) > name_length(model):
        return
    folded = fold_name(name)
    is_taken = any(fold_name(getattr(row, name_field)) == folded for row in rows)
    url = reverse(f"admin:desk_{model._meta.model_name}_create")
    kinds = (
        [(kind.value, str(kind.label)) for kind in likely_kinds(name, field)]
        if model is Actor
        else [("", str(model._meta.verbose_name))]
    )
    text = _("Create another %(kind)s “%(name)s”") if is_taken else _("Create %(kind)s “%(name)s”")
    for kind, label in kinds:
        yield Choice(
            id=f"create:{kind}",
            text=text % {"kind": label, "name": name},
            create=CreateAction(url=url, name=name, kind=kind, again=is_taken),
        )


def name_length(model: type[Model]) -> int:
    """The longest name that a row of this model can have."""
    field = model._meta.get_field(NAME_FIELDS[model])
    return int(getattr(field, "max_length", 0) or 0)
