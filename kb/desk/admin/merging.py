"""The pages on which a record is merged into another, or split: a preview, then the action."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import OperationalError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.autocomplete import ForeignKeyAutocomplete, model_fields
from kb.desk.admin.deleting import edit_link, edit_page, rows_by_relation
from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.record_page import RecordPage
from kb.desk.admin.review import PUBLISH_PERMISSION
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.saving import StaleVersion
from kb.desk.verbs.transfers import merge, split
from kb.desk.verbs.transfers.related_rows import RelatedRow, is_actor_of_another_kind
from kb.record.documents import Document
from kb.text.clean import validate_text
from kb.text.slugs import slugify

MAX_TITLES = 50
MAX_SIMILAR = 8
DATABASE_LOCKED_MESSAGE = gettext_lazy(
    "Nothing was saved because the database was busy. Try again."
)


class RowLine(TypedDict):
    """One row that may go over to another record: its form name, and the page it is edited on."""

    name: str
    page: tuple[str, str, str]
    chosen: bool


class RowGroup(TypedDict):
    """The rows of one relation, for ``_groups.html`` and ``split.html``."""

    label: str
    count: int
    rows: list[RowLine]
    first: list[SafeString]
    more: int


class TransferContext(TypedDict):
    """What the templates of both pages are given."""

    is_public: bool
    may_do: bool
    needs_second: bool
    typed: QueryDict


class MergePreview(TypedDict):
    """What a merge would do, for ``_merge_preview.html``; only reasons where it is impossible."""

    reasons: list[str]
    groups: NotRequired[list[RowGroup]]
    collapsing: NotRequired[list[tuple[SafeString, str, str]]]
    keeps_name: NotRequired[bool]
    documents: NotRequired[list[str]]
    document_count: NotRequired[int]
    differs: NotRequired[bool]
    plan_digest: NotRequired[str]
    count: NotRequired[int]
    across: NotRequired[bool]


class SplitContext(TypedDict):
    """What ``split.html`` is given besides."""

    groups: list[RowGroup]
    going: list[RowGroup]
    count: int
    is_preview: bool
    name: str
    max_length: int | None
    reasons: list[str]


class MergePage(RecordPage):
    """Choose the other record; see all that would move; merge, or propose the merge."""

    template = "admin/desk/merge.html"

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        parameters = request.POST if request.method == "POST" else request.GET
        target = self._row_with_key(parameters.get("into", ""))
        if request.method == "POST" and target is not None:
            response = self._merge(request, row, target)
            if response is not None:
                return response
            row.refresh_from_db()
            target.refresh_from_db()
        elif "into" in parameters and target is None:
            messages.error(request, _("Choose the record to merge it into."))
        widget = self._chooser()
        context: dict[str, object] = {
            **_transfer_context(request, row),
            "into": target,
            "chooser": widget.render("into", target.pk if target else None, {"id": "id_into"}),
            "media": widget.media,
            "similar": [] if target else similar_records(row),
        }
        if target is not None:
            context |= merge_preview(row, target, typed=request.POST)
        return self.render(request, row, _("Merge: %(row)s") % {"row": row}, context)

    def _row_with_key(self, key: str) -> Publishable | None:
        rows = self.model_admin.model._default_manager
        return rows.filter(pk=key).first() if is_primary_key(key) else None

    def _chooser(self) -> forms.Widget:
        """The autocomplete of this kind; a form field gives it its rows."""
        model = self.model_admin.model
        widget = ForeignKeyAutocomplete(autocomplete_field(model), self.model_admin.admin_site)
        field = forms.ModelChoiceField(model._default_manager.all(), widget=widget)
        chooser: forms.Widget = field.widget
        return chooser

    def _merge(
        self, request: HttpRequest, row: Publishable, target: Publishable
    ) -> HttpResponse | None:
        """Merge, or propose it. Return None, with messages, if that was refused."""
        across = "across" in request.POST
        try:
            note = clean_note(request.POST.get("note", ""))
            if not may_merge_at_once(request, row):
                merge.propose_merge(row, into=target, by=request.user, note=note, across=across)
                return _proposed(request)
            transfer = merge.merge(
                row,
                into=target,
                by=request.user,
                note=note,
                across=across,
                preview_token=request.POST.get("seen", "") or "?",
            )
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return None
        except OperationalError:
            messages.error(request, DATABASE_LOCKED_MESSAGE)
            return None
        add_undo_message(
            request,
            transfer,
            _("“%(row)s” was merged into “%(target)s”.") % {"row": row, "target": target},
        )
        return HttpResponseRedirect(reverse(f"admin:desk_{target.kind}_change", args=[target.pk]))


class SplitPage(RecordPage):
    """Name the new record; choose what goes over; see the result; split, or propose it."""

    template = "admin/desk/split.html"

    def respond(self, request: HttpRequest, row: Publishable) -> HttpResponse:
        whole_groups = request.POST.getlist("group")
        chosen = request.POST.getlist("row")
        chosen += [
            related.name
            for related in split.splittable_rows(row)
            if capfirst(related.label) in whole_groups and related.name not in chosen
        ]
        name = request.POST.get("name", "")
        if request.method == "POST" and "_split" in request.POST:
            response = self._split(request, row, name, chosen)
            if response is not None:
                return response
            row.refresh_from_db()
        context = {**_transfer_context(request, row), **_split_context(request, row, name, chosen)}
        return self.render(request, row, _("Split: %(row)s") % {"row": row}, context)

    def _split(
        self, request: HttpRequest, row: Publishable, name: str, chosen: list[str]
    ) -> HttpResponse | None:
        """Split, or propose it. Return None, with messages, if that was refused."""
        version = request.POST.get("version", "")
        try:
            note = clean_note(request.POST.get("note", ""))
            if not may_merge_at_once(request, row):
                split.propose_split(row, name=name, rows=chosen, by=request.user, note=note)
                return _proposed(request)
            transfer, new = split.split(
                row,
                name=name,
                rows=chosen,
                by=request.user,
                note=note,
                version=int(version) if is_primary_key(version) else 0,
            )
        except ActionRefused as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return None
        except StaleVersion:
            messages.error(request, _("Someone saved this after you opened it. Reload and check."))
            return None
        except OperationalError:
            messages.error(request, DATABASE_LOCKED_MESSAGE)
            return None
        add_undo_message(
            request, transfer, _("“%(new)s” was split from “%(row)s”.") % {"new": new, "row": row}
        )
        if row.state == WorkflowState.PUBLISHED and new.state != WorkflowState.PUBLISHED:
            message = _(
                "“%(new)s” stays a draft because it has no supporting citation. "
                "Add one and publish it."
            ) % {"new": new}
            messages.warning(request, message)
        return HttpResponseRedirect(reverse(f"admin:desk_{new.kind}_change", args=[new.pk]))


def autocomplete_field(model: type[models.Model]) -> models.Field[Any, Any]:
    """A relation of the desk to this model: an autocomplete widget needs one."""

    def relations() -> Iterator[models.Field[Any, Any]]:
        for table in apps.get_app_config("desk").get_models():
            yield from (field for field in model_fields(table) if field.related_model is model)

    return next(relations())


def may_merge_at_once(request: HttpRequest, row: Publishable) -> bool:
    """Whether this account may merge or split the row itself. Others can propose it."""
    is_free = row.state != WorkflowState.PUBLISHED or request.user.has_perm(PUBLISH_PERMISSION)
    return is_free and not merge.needs_second_person(row)


def clean_note(note: str) -> str:
    """The note without spaces around it. Raises ActionRefused for characters no text may hold."""
    try:
        validate_text(note)
    except ValidationError as problem:
        raise ActionRefused(
            [_("Note: %(message)s") % {"message": message} for message in problem.messages]
        ) from problem
    return note.replace("\r\n", "\n").strip()


def add_undo_message(request: HttpRequest, transfer: Transfer, text: str) -> None:
    """Show ``text``, with a link to the page on which the transfer can be undone."""
    address = reverse("admin:desk_transfer_change", args=[transfer.pk])
    line = format_html('{} <a href="{}">{}</a>', text, address, _("View details or undo"))
    messages.success(request, line)


def similar_records(row: Publishable) -> list[Publishable]:
    """A few records of the same kind whose names begin alike: the likely duplicates."""
    name = str(row)
    words = name.split()
    beginning = " ".join(words[:1]) if words and len(words[0]) > 2 else name
    similar = models.Q(**{f"{split.NAME_FIELDS[row.kind]}__istartswith": beginning})
    similar |= models.Q(slug__startswith=slugify(beginning, fallback=row.slug))
    rows = type(row)._default_manager.filter(similar).exclude(pk=row.pk)
    return list(rows.exclude(state=WorkflowState.WITHDRAWN)[:MAX_SIMILAR])


def merge_preview(
    row: Publishable, target: Publishable, *, typed: Mapping[str, object]
) -> MergePreview:
    """What merging ``row`` into ``target`` would do. ``typed`` holds the fields of the form."""
    reasons = merge.merge_errors(row, target, note="?", across=True)
    if type(row) is not type(target) or row.pk == target.pk:
        return MergePreview(reasons=reasons)
    plan = merge.prepare_merge(row, target)
    moving = [related for related in plan.rows if not related.drop and not related.clear]
    return MergePreview(
        reasons=reasons,
        groups=grouped_rows(moving),
        collapsing=[
            (edit_link(related), related.label, related.drop or _("it would refer to itself"))
            for related in plan.rows
            if related.drop or related.clear
        ],
        keeps_name=plan.keeps_name,
        documents=document_titles(plan.documents),
        document_count=len(plan.documents),
        differs=is_actor_of_another_kind(row, target),
        plan_digest=plan.preview_token,
        count=len(plan.rows),
        across="across" in typed,
    )


def document_titles(documents: Mapping[str, Document]) -> list[str]:
    """The titles of the first of these documents, with their kinds."""
    first = list(documents.values())[:MAX_TITLES]
    return [f"{document['kind']} “{document['title']}”" for document in first]


def grouped_rows(rows: list[RelatedRow], chosen: Collection[str] = ()) -> list[RowGroup]:
    """The rows by relation. ``chosen`` holds the form names of those that are ticked."""
    return [
        RowGroup(
            label=label,
            count=len(group),
            rows=[
                RowLine(name=row.name, page=edit_page(row), chosen=row.name in chosen)
                for row in group
            ],
            first=[edit_link(row) for row in group[:MAX_TITLES]],
            more=max(0, len(group) - MAX_TITLES),
        )
        for label, group in rows_by_relation(rows).items()
    ]


def _transfer_context(request: HttpRequest, row: Publishable) -> TransferContext:
    return TransferContext(
        is_public=row.state == WorkflowState.PUBLISHED,
        may_do=may_merge_at_once(request, row),
        needs_second=merge.needs_second_person(row),
        typed=request.POST,
    )


def _split_context(
    request: HttpRequest, row: Publishable, name: str, chosen: list[str]
) -> SplitContext:
    rows = split.splittable_rows(row)
    going = [related for related in rows if related.name in chosen]
    is_preview = request.method == "POST"
    note = request.POST.get("note", "")
    naming_field = row._meta.get_field(split.NAME_FIELDS[row.kind])
    return SplitContext(
        groups=grouped_rows(rows, chosen),
        going=grouped_rows(going, chosen) if is_preview else [],
        count=len(going),
        is_preview=is_preview,
        name=name,
        max_length=getattr(naming_field, "max_length", None),
        reasons=split.split_errors(row, name=name, rows=chosen, note=note) if is_preview else [],
    )


def _proposed(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Proposal sent. Another publisher must confirm it."))
    return HttpResponseRedirect(reverse("admin:desk_transfer_changelist"))
