"""What every page of the desk does: autocompletes, the version check, and the three buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import IntegrityError, OperationalError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from kb.dates import FuzzyDate, FuzzyDateFormField
from kb.desk.admin.date_preview import date_preview
from kb.desk.admin.deleting import SafeDeleteMixin
from kb.desk.admin.forms import (
    DeskForm,
    ForeignKeyAutocomplete,
    ManyToManyAutocomplete,
    MultilineField,
    RowChoiceField,
    RowsChoiceField,
    StoredAndTyped,
    date_reading,
    is_primary_key,
    stored_and_typed,
    with_new_rows,
    without_parent_keys,
)
from kb.desk.admin.history import HistoryMixin
from kb.desk.admin.merging import MergeMixin
from kb.desk.admin.restored_form import RestoreFormMixin
from kb.desk.admin.review import PUBLISH, ReviewMixin
from kb.desk.models import Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.models.log import Action
from kb.desk.verbs.audit_log import record
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish, send_for_review
from kb.desk.verbs.saving import (
    StaleVersion,
    bump_version_or_fail,
    check_references,
    is_database_locked,
)
from kb.record.addresses import PLURALS, record_path

MAX_ROWS_IN_A_FORM = 300
AGAIN = (
    "Publishing again",
    {
        "fields": ["publication_change", "publication_note"],
        "description": "Readers see the published text until you publish again.",
        # Below the citations, where the buttons are: see admin/desk/change_form.html.
        "classes": ["last"],
    },
)
RECORD = (
    "On the desk",
    {"fields": ["public_id", "state", "edition", "created", "updated"], "classes": ["collapse"]},
)


def date_column(field: str, description: str = "") -> Any:
    """The column of a list that says a date in words."""

    @admin.display(description=description or field, ordering=f"{field}_earliest")
    def words(self: Any, row: models.Model) -> str:
        return getattr(row, field).words()

    return words


def date_reading_line(field: str) -> Any:
    """The line of a form that says how a date was read."""

    @admin.display(description="Read as")
    def reading(self: Any, row: models.Model | None) -> str:
        when = getattr(row, field, None)
        if isinstance(when, FuzzyDate) and when.edtf:
            return date_reading(when)
        return "No date yet. Write it in plain words; how it is read stands here after saving."

    return reading


class AutocompleteMixin:
    """Relations are chosen by typing, never from a list of all there is; dates say what fits."""

    formfield_overrides = {models.TextField: {"form_class": MultilineField}}

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        fields: Iterable[Any] = (*self.model._meta.fields, *self.model._meta.many_to_many)  # type: ignore[attr-defined]
        return [field.name for field in fields if field.remote_field and field.editable]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        made = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(made, FuzzyDateFormField) and not made.help_text:
            made.help_text = FuzzyDateFormField().help_text
        if isinstance(made, FuzzyDateFormField):
            made.widget.attrs["data-reads-date"] = ""
        return made

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", ForeignKeyAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        kwargs.setdefault("form_class", RowChoiceField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", ManyToManyAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        kwargs.setdefault("form_class", RowsChoiceField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class DeskInline(AutocompleteMixin, admin.StackedInline):
    """Rows that belong to one thing. ``fk_name`` is always given.

    ``also_counts`` names a second thing whose pages show the same rows: its version is counted up
    too, so that nobody overwrites from there what was saved here.
    """

    extra = 0
    also_counts = ""
    # More than any record has. A form that claims more is drawn up to here, and refused.
    max_num = MAX_ROWS_IN_A_FORM

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=MAX_ROWS_IN_A_FORM, **kwargs)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        # By key: the order of the forms must not change while somebody edits them.
        return super().get_queryset(request).order_by("pk")


class DeskAdmin(
    RestoreFormMixin,
    ReviewMixin,
    HistoryMixin,
    MergeMixin,
    SafeDeleteMixin,
    AutocompleteMixin,
    admin.ModelAdmin,
):
    """One kind of publishable thing."""

    form = DeskForm
    list_filter: Any = ["state"]
    list_per_page = 50
    show_full_result_count = False
    date_readings: tuple[str, ...] = ()
    # The form in parts: (heading, fields or rows of fields), without what all forms have.
    parts: tuple[tuple[str, list[Any]], ...] = ()

    class Media:
        css = {"all": ["admin_desk/desk.css"]}
        js = ["admin_desk/labels.js", "admin_desk/reading.js", "admin_desk/unsaved.js"]

    def get_urls(self) -> list[Any]:
        name = f"desk_{self.opts.model_name}_reading"
        view = self.admin_site.admin_view(date_preview)
        return [path("reading/", view, name=name), *super().get_urls()]

    # --- What is shown ---------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        shown: list[Any] = [(heading or None, {"fields": fields}) for heading, fields in self.parts]
        if obj and obj.state in (WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN):
            shown.append(AGAIN)
        return [*shown, RECORD] if obj else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.date_readings, *RECORD[1]["fields"]]

    @admin.display(description="version")
    def edition(self, row: Publishable) -> int:
        return row.version

    @admin.display(description="created")
    def created(self, row: Publishable) -> str:
        return moment_and_user(row.created_at, row.created_by)

    @admin.display(description="last saved")
    def updated(self, row: Publishable) -> str:
        return moment_and_user(row.updated_at, row.updated_by)

    def view_on_site(self, row: Publishable) -> str | None:
        """Where readers see it: under the slug that is published, which may differ from this."""
        if row.state != WorkflowState.PUBLISHED or row.kind not in (*PLURALS, "topic"):
            return None
        seen = Snapshot.objects.filter(public_id=row.public_id).values_list("document", flat=True)
        document = seen.first() or {}
        return record_path(row.kind, document.get("slug") or row.slug)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, **kwargs)
        made.kept = request.session.get(draft_note_key(obj), {}) if obj else {}
        made.was_deleted = getattr(request, "was_deleted", False)
        made.was_kept_waiting = getattr(request, "is_kept_waiting", False)
        return made

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if getattr(form, "is_stale", False):
            context["stored"] = stored_and_typed(form) + [
                line
                for formset in context["inline_admin_formsets"]
                for line in stored_rows(formset.formset)
            ]
        context["reading_url"] = reverse(f"admin:desk_{self.opts.model_name}_reading")
        row = kwargs.get("obj")
        context["can_publish"] = request.user.has_perm(PUBLISH)
        context["can_review"] = row is None or row.state in (
            WorkflowState.DRAFT,
            WorkflowState.PUBLISHED,
        )
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Saving ----------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Once more when somebody else was first: what they stored is then there to compare.

        A version taken, a slug or address, or what the form names merged into something else,
        between the check of the form and the write; or two that waited for one another. The first
        run has been rolled back whole; the second one answers with the form and its error. Where
        the database was not to be had at all, the form comes back without a try to write.
        """
        try:
            return self._form_of(request, object_id, form_url, extra_context)
        except (StaleVersion, IntegrityError, OperationalError) as problem:
            if request.method != "POST":
                raise
            if is_database_locked(problem):
                request.is_kept_waiting = True  # type: ignore[attr-defined]
                return self._changeform_view(request, object_id, form_url, extra_context)
            return self._form_of(request, object_id, form_url, extra_context)

    def _form_of(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        """The form of a row; what was typed for one that is deleted becomes that of a new one."""
        if request.method == "POST" and object_id and self.has_add_permission(request):
            key = unquote(object_id)
            if is_primary_key(key) and not self.model._default_manager.filter(pk=key).exists():
                request.was_deleted = True  # type: ignore[attr-defined]
                object_id, form_url = None, reverse(f"admin:desk_{self.opts.model_name}_add")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in given:
            rows = given["queryset"].filter(**{inline.fk_name: obj.pk})
            existing = {str(key) for key in rows.values_list("pk", flat=True)}
            given["data"] = with_new_rows(given["data"], prefix, existing)
            if getattr(request, "was_deleted", False):
                given["data"] = without_parent_keys(given["data"], prefix, inline.fk_name)
        return given

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.updated_by = request.user
        if change:
            bump_version_or_fail(obj, form.cleaned_data["version"])
            # A publication may have carried it along meanwhile, which counts no version.
            obj.refresh_from_db(fields=["state"])
        else:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        inline = next((one for one in self.inlines if is_formset_of(one, formset)), None)
        if inline is None or not inline.also_counts:
            return
        touched = [
            *formset.new_objects,
            *(row for row, _ in formset.changed_objects),
            *formset.deleted_objects,
        ]
        keys = {getattr(row, f"{inline.also_counts}_id") for row in touched}
        other = formset.model._meta.get_field(inline.also_counts).related_model
        others = other._default_manager.filter(pk__in=keys)
        if other is self.model:
            others = others.exclude(pk=form.instance.pk)
        # Whose text it is now, too: who changed it here may not approve it there.
        others.update(version=models.F("version") + 1, updated_by=request.user)
        record(others, Action.FOLLOWED, by=request.user, note=f"with “{form.instance}”")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        done = Action.SAVED if change else Action.ADDED
        kept = record([form.instance], done, by=request.user)
        check_references(form.instance, kept[form.instance.public_id])
        for one in (form, *(row for formset in formsets for row in formset.forms)):
            for line in readings_in(one):
                self.message_user(request, line)

    # --- The three buttons -----------------------------------------------------------------

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_again" in request.POST:
            return self._once_more(request, obj)
        if self._pass_on(request, obj):
            return super().response_add(request, obj, post_url_continue)
        return self._back_to(obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "_again" in request.POST:
            return self._once_more(request, obj)
        if self._pass_on(request, obj):
            return super().response_change(request, obj)
        return self._back_to(obj)

    def _once_more(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """To an empty form that shares what ``obj`` has from its source."""
        address = reverse(f"admin:desk_{obj.kind}_change", args=[obj.pk])
        said = format_html('Saved: <a href="{}">{}</a>. Now the next one.', address, obj)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(self.next_form(obj))  # type: ignore[attr-defined]

    def _pass_on(self, request: HttpRequest, obj: Publishable) -> bool:
        """Do what the button says with the saved row. False if it was refused."""
        note = request.POST.get("publication_note", "").strip()
        change = request.POST.get("publication_change") or None
        if "_review" in request.POST:
            send_for_review(obj, by=request.user)
            self.message_user(request, f"“{obj}” is ready for somebody else to read.")
        elif "_publish" in request.POST and not request.user.has_perm(PUBLISH):
            self._keep_note(request, obj, note, change)
            said = "Saved on the desk. Your account does not publish: send it for review."
            self.message_user(request, said, messages.WARNING)
            return False
        elif "_publish" in request.POST:
            try:
                done = publish(obj, by=request.user, note=note, change=change)
            except ActionRefused as refusal:
                self._keep_note(request, obj, note, change)
                self.message_user(
                    request, "Saved on the desk, but not published:", messages.WARNING
                )
                for reason in refusal.reasons:
                    self.message_user(request, reason, messages.ERROR)
                return False
            self._say_published(request, obj, done)
            note = ""
        self._keep_note(request, obj, note, change)
        return True

    def _keep_note(
        self, request: HttpRequest, obj: Publishable, note: str, change: str | None
    ) -> None:
        """A note that was typed and not used is there again when the form is next opened."""
        if note:
            kept = {"publication_note": note, "publication_change": change or ""}
            request.session[draft_note_key(obj)] = kept
        elif draft_note_key(obj) in request.session:
            del request.session[draft_note_key(obj)]

    def _say_published(self, request: HttpRequest, obj: Publishable, done: Any) -> None:
        if done.revision is None:
            said = f"Nothing in “{obj}” has changed since it was last published."
        else:
            said = f"“{obj}” is on the record, as revision {done.revision.number}."
        address = self.view_on_site(obj)
        if address:
            said = format_html('{} <a href="{}">See it as readers do</a>', said, address)
        self.message_user(request, said, messages.SUCCESS)
        if done.carried:
            names = ", ".join(f"{one._meta.verbose_name} “{one}”" for one in done.carried)
            self.message_user(request, f"Published along with it: {names}.", messages.SUCCESS)

    def _back_to(self, obj: Publishable) -> HttpResponse:
        return HttpResponseRedirect(
            reverse(f"admin:desk_{self.opts.model_name}_change", args=[obj.pk])
        )

    # --- Addresses that nobody clicks ---------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not for a number beyond every key: looking for a list of them fails on SQLite."""
        numbers = [one for one in value.split(",") if one.strip().isdigit()]
        return all(is_primary_key(one.strip()) for one in numbers) and super().lookup_allowed(
            lookup, value, request
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Drop chosen rows whose key cannot be one: the database would fail to look for it."""
        chosen = request.POST.getlist("_selected_action")
        if not all(is_primary_key(one) for one in chosen):
            request.POST = request.POST.copy()  # type: ignore[misc]
            request.POST.setlist("_selected_action", [one for one in chosen if is_primary_key(one)])
        return super().changelist_view(request, extra_context)


def is_formset_of(inline: Any, formset: Any) -> bool:
    """Whether this formset is the inline's."""
    return formset.model is inline.model and formset.fk.name == inline.fk_name


def draft_note_key(obj: Publishable) -> str:
    """Where the session keeps a note that was not used."""
    return f"note:{obj.public_id}"


def moment_and_user(moment: Any, user: Any) -> str:
    """When, and by whom if anybody was signed in."""
    return f"{moment:%d %B %Y, %H:%M} UTC, by {user or 'a command'}"


def readings_in(form: Any) -> list[str]:
    """A sentence for each date that this form has just changed: how it was read, by which rule."""
    lines = []
    for name in form.changed_data if form.is_bound else []:
        when = getattr(form, "cleaned_data", {}).get(name)
        if isinstance(when, FuzzyDate) and when.edtf:
            rule = f", by rule {when.rule}" if when.rule else ""
            lines.append(f"{capfirst(str(form[name].label))}: read as {date_reading(when)}{rule}.")
    return lines


def stored_rows(formset: Any) -> list[StoredAndTyped]:
    """The fields of a formset's rows that differ from what was typed, and rows added meanwhile."""
    name = capfirst(str(formset.model._meta.verbose_name))
    lines = [
        one._replace(label=f"{name} “{form.instance}”: {one.label}")
        for form in formset.initial_forms
        for one in stored_and_typed(form)
    ]
    sent = {form.instance.pk for form in formset.initial_forms}
    added = [row for row in formset.get_queryset() if row.pk not in sent]
    said = "It stays when you save."
    return lines + [
        StoredAndTyped(f"{name} added meanwhile", str(row), [("same", said)]) for row in added
    ]
