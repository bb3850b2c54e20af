"""The admin of every kind of record, and the rows that belong to a record (inlines)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.autocomplete import AutocompleteMixin
from kb.desk.admin.choices import ChoicesView
from kb.desk.admin.create_choice import CreateChoice
from kb.desk.admin.date_preview import date_preview
from kb.desk.admin.deleting import SafeDeleteMixin
from kb.desk.admin.edit_conflicts import stored_and_typed, stored_rows
from kb.desk.admin.error_links import error_links
from kb.desk.admin.forms import DeskForm, is_primary_key
from kb.desk.admin.generics import ModelAdmin, StackedInline
from kb.desk.admin.history import HistoryPage
from kb.desk.admin.list_actions import ListActionsMixin
from kb.desk.admin.list_columns import ListColumnsMixin
from kb.desk.admin.merging import MergePage, SplitPage
from kb.desk.admin.publishing_buttons import press_button, published_url, stored_draft_note
from kb.desk.admin.remarks import field_labels, remark_lines, remarks_of, show_beside_fields
from kb.desk.admin.review import PUBLISH_PERMISSION, ReviewPage
from kb.desk.admin.saving import SaveMixin, request_state
from kb.desk.admin.suppression import SuppressPage
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import Label

MAX_ROWS_IN_A_FORM = 300
PUBLISH_AGAIN_FIELDSET = (
    _("Republishing"),
    {
        "fields": ["publication_change", "publication_note"],
        "description": _("Readers see the published version until you publish again."),
        # Below the citations, where the buttons are: see admin/desk/change_form.html.
        "classes": ["last"],
    },
)


def withdrawn_fieldset() -> tuple[Promise, dict[str, object]]:
    """The note of a withdrawn record, without which it is not published again."""
    description = _(
        "This record was withdrawn. Publishing it again needs a note and is listed for readers "
        "under Changes."
    )
    return (
        _("Publishing again"),
        {"fields": ["publication_note"], "description": description, "classes": ["last"]},
    )


RECORD_FIELDS = ["public_id", "state", "edition", "created", "updated"]
RECORD_FIELDSET = (_("Record details"), {"fields": RECORD_FIELDS, "classes": ["collapse"]})


class DeskInline(AutocompleteMixin, StackedInline[models.Model, Publishable]):
    """Rows that belong to one record. Each subclass sets ``fk_name``.

    ``shared_with`` names a foreign key to a second record whose page shows the same rows. Saving
    them here counts up the version there, so that nobody overwrites them from that page.
    """

    template = "admin/desk/stacked.html"
    extra = 0
    shared_with: ClassVar[str] = ""
    # Fields that are rarely used, folded below the others.
    rare_fields: ClassVar[tuple[str | tuple[str, ...], ...]] = ()
    # More than any record has. A form that claims more rows is drawn up to here, and refused.
    max_num = MAX_ROWS_IN_A_FORM

    def get_formset(
        self, request: HttpRequest, obj: Publishable | None = None, **kwargs: Any
    ) -> type[forms.BaseInlineFormSet[models.Model, Publishable, forms.ModelForm[models.Model]]]:
        return super().get_formset(request, obj, absolute_max=MAX_ROWS_IN_A_FORM, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> list[Any]:
        parts: list[Any] = [(None, {"fields": list(self.fields or [])})]
        if self.rare_fields:
            parts.append((_("More"), {"fields": self.rare_fields, "classes": ["fold"]}))
        return parts

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[models.Model]:
        # By key: the order of the forms must not change while somebody edits them.
        return super().get_queryset(request).order_by("pk")


class DeskAdmin(
    SaveMixin,
    SafeDeleteMixin,
    AutocompleteMixin,
    ListActionsMixin,
    ListColumnsMixin,
    ModelAdmin[Publishable],
):
    """The admin of one kind of record.

    Methods of Django's admin that are overridden, in the order in which Python looks them up:

    ======================  ===================================================================
    ``DeskAdmin``           addresses, what lists and forms show, and the answer after a save
    ``SaveMixin``           ``changeform_view``, ``get_formset_kwargs``, ``save_model``,
                            ``save_formset``, ``save_related``
    ``SafeDeleteMixin``     ``has_delete_permission``, ``get_deleted_objects``, ``delete_view``,
                            ``delete_model``, ``delete_queryset``, ``changelist_view``
    ``AutocompleteMixin``   ``get_autocomplete_fields``, ``formfield_for_dbfield``,
                            ``formfield_for_foreignkey``, ``formfield_for_manytomany``
    ``ListActionsMixin``    ``get_actions``
    ``ListColumnsMixin``    ``get_list_display``, ``get_list_filter``, ``get_list_select_related``,
                            ``get_queryset``
    ======================  ===================================================================

    Only ``changelist_view`` is in two of them: ``DeskAdmin`` first drops chosen keys that no row
    can have, then ``SafeDeleteMixin`` answers a deletion that was refused. The order of the
    mixins themselves does not matter.

    A page that is not a form is a ``RecordPage``, listed in ``get_urls``. ``EntryAdmin`` adds
    what only events and statements have, and ``SourceAdmin`` what only sources have.
    """

    form = DeskForm
    list_filter = ["state"]
    list_per_page = 50
    show_full_result_count = False
    # The read-only lines of the form that show how a date was read.
    date_readings: ClassVar[tuple[str, ...]] = ()
    # The form in parts: (heading, fields or rows of fields), without what all forms have.
    parts: ClassVar[tuple[tuple[Label, list[str | tuple[str, ...]]], ...]] = ()
    # Parts of rarely used fields: folded, and open if a field has a value or an error.
    rare_parts: ClassVar[tuple[tuple[Label, list[str | tuple[str, ...]]], ...]] = ()

    class Media:
        css = {"all": ["admin_desk/desk.css", "admin_desk/forms.css"]}
        js = [
            "admin_desk/labels.js",
            "admin_desk/create_choice.js",
            "admin_desk/date_preview.js",
            "admin_desk/unsaved.js",
            "admin_desk/form_keys.js",
            "admin_desk/autosave.js",
            "admin_desk/invisible.js",
        ]

    # --- Addresses -------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        prefix = f"desk_{self.opts.model_name}"
        views = (
            ("choices/", "choices", ChoicesView.as_view(admin_site=self.admin_site)),
            ("create/", "create", CreateChoice(self).view),
            ("reading/", "reading", date_preview),
            ("<str:key>/merge/", "merge", MergePage(self).view),
            ("<str:key>/split/", "split", SplitPage(self).view),
            ("<str:key>/suppress/", "suppress", SuppressPage(self).view),
            ("<str:key>/review/", "review", ReviewPage(self).view),
        )
        return [
            path(route, self.admin_site.admin_view(view), name=f"{prefix}_{name}")
            for route, name, view in views
        ] + super().get_urls()

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HistoryPage(self).view(request, object_id)

    def view_on_site(self, row: Publishable) -> str | None:
        return published_url(row)

    # --- What lists show -------------------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse a list of numbers beyond every key: looking for them fails on SQLite."""
        numbers = [part.strip() for part in value.split(",") if part.strip().isdigit()]
        return all(map(is_primary_key, numbers)) and super().lookup_allowed(lookup, value, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Drop chosen rows whose key cannot be a key: the database would fail to look for it."""
        chosen = request.POST.getlist("_selected_action")
        if not all(map(is_primary_key, chosen)):
            fields = request.POST.copy()
            fields.setlist("_selected_action", [key for key in chosen if is_primary_key(key)])
            request_state(request).POST = fields
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Publishable], bool]:
        """Do not offer withdrawn or merged rows in an autocomplete."""
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path.endswith(("/autocomplete/", "/choices/")):
            rows = rows.exclude(state=WorkflowState.WITHDRAWN)
        return rows, may_repeat

    # --- What forms show -------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Publishable | None = None) -> list[Any]:
        # The reading of a stored date is shown with its row.
        unread = () if obj else self.date_readings
        fieldsets: list[Any] = [
            (heading or None, {"fields": [field for field in fields if field not in unread]})
            for heading, fields in self.parts
        ]
        fieldsets += [
            (heading, {"fields": fields, "classes": ["fold"]})
            for heading, fields in self.rare_parts
        ]
        if obj and obj.state == WorkflowState.PUBLISHED:
            fieldsets.append(PUBLISH_AGAIN_FIELDSET)
        elif obj and obj.state == WorkflowState.WITHDRAWN:
            fieldsets.append(withdrawn_fieldset())
        return [*fieldsets, RECORD_FIELDSET] if obj else fieldsets

    def get_readonly_fields(
        self, request: HttpRequest, obj: Publishable | None = None
    ) -> list[str]:
        return [*self.date_readings, *RECORD_FIELDS]

    @admin.display(description=_("version"))
    def edition(self, row: Publishable) -> int:
        return row.version

    @admin.display(description=_("created"))
    def created(self, row: Publishable) -> str:
        return moment_and_user(row.created_at, row.created_by)

    @admin.display(description=_("last saved"))
    def updated(self, row: Publishable) -> str:
        return moment_and_user(row.updated_at, row.updated_by)

    def get_form(
        self,
        request: HttpRequest,
        obj: Publishable | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[DeskForm]:
        """The form class, with what this request knows of its row: see ``DeskForm``."""
        # Made from `form`, so a subclass of `DeskForm`.
        form_class = cast("type[DeskForm]", super().get_form(request, obj, change, **kwargs))
        state = request_state(request)
        form_class.draft_note = stored_draft_note(request, obj) if obj else {}
        form_class.was_deleted = getattr(state, "was_deleted", False)
        form_class.unavailable = getattr(state, "unavailable", None)
        form_class.is_restored = hasattr(state, "is_brought_back")
        return form_class

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Publishable | None = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        if form.is_bound:
            context["error_links"] = error_links(form, formsets)
        if getattr(form, "is_stale", False):
            context["stored"] = stored_and_typed(form) + [
                line for formset in formsets for line in stored_rows(formset)
            ]
        if obj is not None and obj.state == WorkflowState.WITHDRAWN:
            context["merged"] = Transfer.objects.merges_of([obj.public_id]).first()
        if obj is not None:
            comments = list(remarks_of(obj).unresolved())
            labels = field_labels(self.parts, type(obj))
            context["remarks"] = remark_lines(comments, labels, request.POST)
            show_beside_fields(context["adminform"].form, comments)
        context["reading_url"] = reverse(f"admin:desk_{self.opts.model_name}_reading")
        context["can_publish"] = request.user.has_perm(PUBLISH_PERMISSION)
        context["can_review"] = obj is None or obj.state in (
            WorkflowState.DRAFT,
            WorkflowState.PUBLISHED,
            WorkflowState.WITHDRAWN,
        )
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- The answer after a save -----------------------------------------------------------

    def response_add(
        self, request: HttpRequest, obj: Publishable, post_url_continue: str | None = None
    ) -> HttpResponse:
        if press_button(request, obj):
            return super().response_add(request, obj, post_url_continue)
        return self._form_again(obj)

    def response_change(self, request: HttpRequest, obj: Publishable) -> HttpResponse:
        if press_button(request, obj):
            return super().response_change(request, obj)
        return self._form_again(obj)

    def _form_again(self, obj: Publishable) -> HttpResponse:
        """To the form of the saved row, with the reasons why its button was refused."""
        address = reverse(f"admin:desk_{self.opts.model_name}_change", args=[obj.pk])
        return HttpResponseRedirect(address)


def moment_and_user(moment: datetime, user: object) -> str:
    """When, and by whom if anybody was signed in."""
    name = user or gettext("a command")
    return gettext("%(time)s UTC, by %(name)s") % {
        "time": date_format(moment, "DATETIME_FORMAT"),
        "name": name,
    }
