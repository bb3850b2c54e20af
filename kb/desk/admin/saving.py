"""Saving a form without overwriting what its editor has not seen."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, InternalError, OperationalError, models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.desk.admin.dates import readings_in
from kb.desk.admin.edit_conflicts import with_new_rows, without_parent_keys
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.remarks import resolved_keys
from kb.desk.models import Publishable
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.reviewing import resolve_comments
from kb.desk.verbs.saving import (
    StaleVersion,
    bump_version_or_fail,
    check_references,
)
from kb.desk.warnings import row_warnings
from kb.record.unavailable import UnavailableReason, unavailable_reason


class RequestState:
    """What is set on a request on its way to a form. Each attribute may be missing."""

    POST: QueryDict
    # The fields were kept during a sign-in and are shown again (kb.desk.signin.access).
    is_brought_back: bool
    was_deleted: bool
    # Why the database could not store the form.
    unavailable: UnavailableReason


def request_state(request: HttpRequest) -> RequestState:
    """The same request, for the type checker an object with the attributes above."""
    return cast(RequestState, request)


class SaveMixin(ModelAdmin[Publishable]):
    """Saves rows and their inlines: with a version check, by whom, and with a line in the log."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Run the form again after a conflict, so that it is shown with its error.

        Between the check of the form and the write, another editor may take the version, the slug
        or the address, or merge what the form names; or two may have waited for one another. The
        first run was rolled back. If the database was locked, is full or read-only, the form is
        shown without another attempt to write.
        """
        try:
            return self._form_view(request, object_id, form_url, extra_context)
        except (StaleVersion, IntegrityError, OperationalError, InternalError) as problem:
            reason = unavailable_reason(problem)
            if request.method != "POST" or reason is UnavailableReason.AWAY:
                raise
            if reason is not None:
                return self._unsaved_form(request, object_id, form_url, extra_context, reason)
            return self._form_view(request, object_id, form_url, extra_context)

    def _unsaved_form(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
        reason: UnavailableReason,
    ) -> HttpResponse:
        """The form with what was typed and why it could not be stored."""
        request_state(request).unavailable = reason
        response = self._changeform_view(request, object_id, form_url, extra_context)
        if reason is not UnavailableReason.BUSY:
            response.status_code = 503
        return response

    def _form_view(
        self,
        request: HttpRequest,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        """Django's view. What was typed for a deleted row becomes the form of a new row."""
        if request.method == "POST" and object_id and self.has_add_permission(request):
            key = unquote(object_id)
            if is_primary_key(key) and not self.model._default_manager.filter(pk=key).exists():
                request_state(request).was_deleted = True
                object_id, form_url = None, reverse(f"admin:desk_{self.opts.model_name}_add")
        if hasattr(request, "is_brought_back"):
            # Django's view reads `request.POST` only for this method.
            request.method = "POST"
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_formset_kwargs(
        self,
        request: HttpRequest,
        obj: Publishable,
        inline: InlineModelAdmin[Any, Publishable],
        prefix: str,
    ) -> dict[str, Any]:
        """Keep rows of the form that were deleted meanwhile, as new rows."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        parent = inline.fk_name or ""
        if "data" in kwargs:
            rows = kwargs["queryset"].filter(**{parent: obj.pk})
            existing = {str(key) for key in rows.values_list("pk", flat=True)}
            kwargs["data"] = with_new_rows(kwargs["data"], prefix, existing)
            if getattr(request, "was_deleted", False):
                kwargs["data"] = without_parent_keys(kwargs["data"], prefix, parent)
        return kwargs

    def save_model(
        self,
        request: HttpRequest,
        obj: Publishable,
        form: forms.ModelForm[Publishable],
        change: bool,
    ) -> None:
        """Save a row as this account's. Raises StaleVersion if another editor saved first."""
        account: Any = request.user
        obj.updated_by = account
        if change:
            bump_version_or_fail(obj, form.cleaned_data["version"])
            # Publishing another record may have published this one, which counts no version.
            obj.refresh_from_db(fields=["state"])
        else:
            obj.created_by = account
        super().save_model(request, obj, form, change)

    def save_formset(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formset: forms.BaseInlineFormSet[Any, Publishable, Any],
        change: bool,
    ) -> None:
        """Save the rows of an inline; count up the other records whose pages show them too."""
        super().save_formset(request, form, formset, change)
        inline = next((inline for inline in self.inlines if is_formset_of(inline, formset)), None)
        shared_key = getattr(inline, "shared_with", "")
        if inline is None or not shared_key:
            return
        changed_rows = [
            *formset.new_objects,
            *(row for row, _ in formset.changed_objects),
            *formset.deleted_objects,
        ]
        keys = {getattr(row, f"{shared_key}_id") for row in changed_rows}
        other_model = inline.model._meta.get_field(shared_key).related_model
        others = other_model._default_manager.filter(pk__in=keys)
        if other_model is self.model:
            others = others.exclude(pk=form.instance.pk)
        # Whoever changed the rows here is now an author there, and may not approve them.
        others.update(version=models.F("version") + 1, updated_by=request.user)
        record(others, Action.FOLLOWED, by=request.user, note=f"saved with “{form.instance}”")

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Publishable],
        formsets: list[forms.BaseInlineFormSet[Any, Publishable, Any]],
        change: bool,
    ) -> None:
        """Save relations and inlines; log the whole; show the readings of dates, and warnings.

        Raises StaleVersion where the row names a record that was merged away meanwhile.
        """
        super().save_related(request, form, formsets, change)
        action = Action.SAVED if change else Action.ADDED
        states = record([form.instance], action, by=request.user)
        check_references(form.instance, states[form.instance.public_id])
        if keys := resolved_keys(request.POST):
            resolve_comments(form.instance, keys, by=request.user)
        for part in (form, *(row_form for formset in formsets for row_form in formset.forms)):
            for line in readings_in(part):
                messages.info(request, line)
        for warning in row_warnings(form.instance):
            messages.warning(request, _("Please check: %(warning)s") % {"warning": warning})


def is_formset_of(
    inline: type[InlineModelAdmin[Any, Any]], formset: forms.BaseInlineFormSet[Any, Any, Any]
) -> bool:
    """Whether this formset is the inline's."""
    return formset.model is inline.model and formset.fk.name == inline.fk_name
