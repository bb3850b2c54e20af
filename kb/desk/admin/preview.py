"""The card of an entry as readers will see it, and what to look at in it, while it is typed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse

from kb.desk.admin.forms import is_primary_key
from kb.desk.documents import build_document
from kb.desk.models import Publishable
from kb.desk.verbs.publishing import unpublished_dependencies
from kb.desk.warnings import roles_on_date, row_warnings
from kb.record.rendering import row_with_html
from kb.record.rows import draft_row
from kb.text.markdown import MarkdownError


class PreviewMixin:
    """Adds to the admin of entries: the public card under the form, and an answer with it."""

    class Media:
        css = {"all": ["css/faces.css"]}
        js = ["admin_desk/card.js"]

    def get_urls(self) -> list[Any]:
        name = f"desk_{self.opts.model_name}_card"  # type: ignore[attr-defined]
        view = self.admin_site.admin_view(self.card)  # type: ignore[attr-defined]
        return [path("card/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def card(self, request: HttpRequest) -> HttpResponse:
        """For a form as it stands: ``{"card": HTML, "said": HTML}``. Nothing is stored.

        ``?of=`` is the key of the row that is being changed.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        key = request.GET.get("of", "")
        row = self.get_object(request, key) if is_primary_key(key) else None  # type: ignore[attr-defined]
        may = self.has_change_permission if row else self.has_add_permission  # type: ignore[attr-defined]
        if not (may(request, row) if row else may(request)):
            raise PermissionDenied
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)  # type: ignore[attr-defined]
        form.full_clean()
        formsets, _ = self._create_formsets(request, form.instance, change=row is not None)  # type: ignore[attr-defined]
        seen = preview_context(row_as_typed(form, formsets), is_stored=row is not None)
        said = render_to_string("admin/desk/_said.html", {"seen": seen})
        return JsonResponse({"card": seen["card"], "said": said})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        address = reverse(f"admin:desk_{self.opts.model_name}_card")  # type: ignore[attr-defined]
        context["card_url"] = f"{address}?of={row.pk}" if row else address
        form = context["adminform"].form
        if form.is_bound:
            formsets = [one.formset for one in context["inline_admin_formsets"]]
            context["seen"] = preview_context(
                row_as_typed(form, formsets), is_stored=row is not None
            )
        elif row is not None:
            context["seen"] = preview_context(row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def row_as_typed(form: Any, formsets: list[Any]) -> Publishable:
    """The row of a form that was checked, with its relations as typed, whether valid or not."""
    thing = form.instance
    typed = {
        field.name: list(form.cleaned_data.get(field.name) or ())
        for field in thing._meta.many_to_many
        if field.name in form.fields
    }
    for formset in formsets:
        formset.is_valid()
        name = formset.fk.remote_field.get_accessor_name()
        # All are drawn if the rows cannot be counted; then there are none.
        rows = formset.forms if formset.management_form.is_valid() else []
        typed[name] = [
            one.instance
            for one in rows
            if (one.has_changed() or one.instance.pk) and not formset._should_delete_form(one)
        ]
    thing.typed = typed
    return thing


def preview_context(thing: Publishable, *, is_stored: bool = True) -> dict[str, Any]:
    """What stands under a form: the card as HTML, roles, doubts, and what would go along."""
    document = build_document(thing)
    if not is_stored:
        # It has no name yet: the next answer would show another.
        document |= {"id": "", "slug": document["slug"] or "draft"}
    carried = unpublished_dependencies([thing])
    row = draft_row(document, {one.public_id: build_document(one) for one in carried})
    looked_at = row_warnings(thing)
    try:
        row = row_with_html(row)
    except MarkdownError as problem:
        looked_at.append(f"The summary cannot be shown: {problem}")
        row = row_with_html(row | {"summary": ""})
    return {
        "card": render_to_string("timeline/_row.html", {"row": row, "level": 3}),
        "roles": roles_on_date(thing),
        "doubts": looked_at,
        "carried": carried,
    }
