"""The card of an entry as readers will see it, with warnings, while the entry is typed."""

from __future__ import annotations

from typing import Any, TypedDict

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.statement_defaults import statement_defaults
from kb.desk.documents import build_document
from kb.desk.models import Publishable, Statement
from kb.desk.quoting import check_quotation, composed_words, mark_quotable
from kb.desk.verbs.dependencies import unpublished_dependencies
from kb.desk.warnings import roles_on_date, row_warnings
from kb.record.rendering import row_with_html
from kb.record.single_rows import draft_row
from kb.text.markdown import MarkdownError


class PreviewContext(TypedDict):
    """What the templates ``_preview.html`` and ``_preview_notes.html`` are given."""

    card: str
    roles: list[str]
    warnings: list[str]
    refusals: list[str]
    composed: str
    carried: list[Publishable]


class EntryPreview:
    """The preview under the form of an entry, and the answer that brings it up to date."""

    def __init__(self, model_admin: ModelAdmin[Publishable]) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest) -> HttpResponse:
        """For the fields of a form: ``{"card": HTML, "notes": HTML, "defaults": […]}``.

        Nothing is stored. The defaults are for empty fields of a new statement (``FieldDefault``).

        ``?of=`` is the key of the row that is being changed. Raises PermissionDenied.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        model_admin = self.model_admin
        key = request.GET.get("of", "")
        row = model_admin.get_object(request, key) if is_primary_key(key) else None
        if not (
            model_admin.has_change_permission(request, row)
            if row
            else model_admin.has_add_permission(request)
        ):
            raise PermissionDenied
        is_stored = row is not None
        form = model_admin.get_form(request, row, change=is_stored)(request.POST, instance=row)
        form.full_clean()
        formsets, _ = model_admin._create_formsets(request, form.instance, change=is_stored)
        preview = preview_context(row_as_typed(form, formsets), is_stored=is_stored)
        notes = render_to_string("admin/desk/_preview_notes.html", {"preview": preview})
        # A stored statement has what its editors chose.
        is_new = self.model_admin.model is Statement and not is_stored
        defaults = statement_defaults(request.POST) if is_new else []
        return JsonResponse(
            {
                "card": preview["card"],
                "notes": notes,
                "defaults": [default._asdict() for default in defaults],
            }
        )

    def add_to_context(self, context: dict[str, Any], row: Publishable | None) -> None:
        """Add what the template of a form needs to show the preview of ``row``."""
        address = reverse(f"admin:desk_{self.model_admin.opts.model_name}_card")
        context["card_url"] = f"{address}?of={row.pk}" if row else address
        form = context["adminform"].form
        if form.is_bound:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            typed_row = row_as_typed(form, formsets)
            context["preview"] = preview_context(typed_row, is_stored=row is not None)
        elif row is not None:
            context["preview"] = preview_context(row)


def row_as_typed(
    form: forms.ModelForm[Publishable], formsets: list[forms.BaseInlineFormSet[Any, Any, Any]]
) -> Publishable:
    """The row of a form that was checked, with its relations as typed, whether valid or not."""
    row = form.instance
    typed: dict[str, list[Any]] = {
        field.name: list(form.cleaned_data.get(field.name) or ())
        for field in row._meta.many_to_many
        if field.name in form.fields
    }
    for formset in formsets:
        formset.is_valid()
        name = formset.fk.remote_field.get_accessor_name()
        # If the rows cannot be counted, Django draws all of them; none of them was typed.
        row_forms = formset.forms if formset.management_form.is_valid() else []
        typed[name] = [
            row_form.instance
            for row_form in row_forms
            if (row_form.has_changed() or row_form.instance.pk)
            and not row_form.cleaned_data.get(DELETION_FIELD_NAME)
        ]
    if isinstance(row, Statement):
        mark_quotable(row, typed.get("citations", ()))  # as saving does
    row.typed = typed
    return row


def preview_context(row: Publishable, *, is_stored: bool = True) -> PreviewContext:
    """The card of an entry as HTML, roles, warnings, and what would be published with it.

    Set ``is_stored`` to False for a row that has never been saved.
    """
    document = build_document(row)
    if not is_stored:
        # Its id changes with each request, so the card leaves it out.
        document |= {"id": "", "slug": document["slug"] or "draft"}
    carried = unpublished_dependencies([row])
    card_row = draft_row(
        document, {dependency.public_id: build_document(dependency) for dependency in carried}
    )
    refusals = check_quotation(row).errors if isinstance(row, Statement) else []
    warnings = [warning for warning in row_warnings(row) if warning not in refusals]
    try:
        card_row = row_with_html(card_row)
    except MarkdownError as problem:
        warnings.append(_("Cannot display the summary: %(problem)s") % {"problem": problem})
        card_row = row_with_html(card_row | {"summary": ""})
    return PreviewContext(
        card=render_to_string("timeline/_row.html", {"row": card_row, "level": 3}),
        roles=roles_on_date(row),
        warnings=warnings,
        refusals=refusals,
        composed=composed_words(row) if isinstance(row, Statement) else "",
        carried=carried,
    )
