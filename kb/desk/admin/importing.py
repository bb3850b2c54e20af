"""Importing in the browser: upload a file, read the report, load it, undo the import.

The uploaded bytes are stored until they are loaded, and only their sender can see them. Before
they are loaded the import is planned again, so that it does exactly what the report lists.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypedDict

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.uploads import (
    MAX_UPLOAD_AGE,
    RUN_TIMEOUT,
    UploadForm,
    delete_old_uploads,
    is_upload_running,
    recent_uploads,
    report_line,
)
from kb.desk.documents import MODELS
from kb.desk.importers.csv_columns import csv_template
from kb.desk.importers.day_order import day_order
from kb.desk.importers.dry_run import (
    ACTIONS,
    REFUSE,
    ImportOutcome,
    batched,
    existing_records,
    plan_import,
)
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused
from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch, Publishable, Upload
from kb.desk.verbs.exceptions import ActionRefused
from kb.formats.csv import guard_cell

IMPORT_PERMISSION = "desk.import_file"
ROWS_PER_PAGE = 100
# The actions of a report as they are named in addresses and CSS classes.
ACTION_NAMES = dict(zip(ACTIONS, ("add", "change", "same", "refuse"), strict=True))


class ReportLine(TypedDict):
    """One row of a report, for ``report.html``."""

    row: int
    title: str
    date: str
    action: str
    name: str
    reasons: str


class ReportContext(TypedDict):
    """What ``report.html`` is given."""

    title: str
    upload: Upload
    reader: str
    notes: list[str]
    total: int
    counts: list[tuple[str, str, int]]
    only: str
    lines: list[ReportLine]
    page: Page[list[Any]]
    query: str
    refused: int
    is_busy: bool
    would_do: int
    until: datetime


@admin.register(ImportBatch)
class ImportAdmin(ModelAdmin[ImportBatch]):
    """The list of imports, a page for each, and the steps of a new one."""

    # --- Permissions -----------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)

    def has_view_permission(self, request: HttpRequest, obj: ImportBatch | None = None) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: ImportBatch | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ImportBatch | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        views: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
            ("template.csv", "template", self.template),
            ("upload/<int:key>/", "report", self.report),
            ("upload/<int:key>/report.csv", "report_csv", self.report_csv),
            ("upload/<int:key>/load/", "load", require_POST(self.load)),
            ("upload/<int:key>/discard/", "discard", require_POST(self.discard)),
            ("upload/<int:key>/progress/", "progress", self.progress),
            ("<int:key>/undo/", "undo", require_POST(self.undo)),
        )
        return [
            path(route, self._guarded(view), name=f"desk_importbatch_{name}")
            for route, name, view in views
        ] + super().get_urls()

    def _guarded(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """The view for those who may import, and for keys that can be keys."""

        def guarded(request: HttpRequest, **keys: int) -> HttpResponse:
            if not request.user.has_perm(IMPORT_PERMISSION) or not all(
                map(is_primary_key, keys.values())
            ):
                raise PermissionDenied
            return view(request, **keys)

        return self.admin_site.admin_view(guarded)

    def _render(
        self,
        request: HttpRequest,
        name: Literal["file", "report", "list", "batch"],
        context: Mapping[str, object],
    ) -> HttpResponse:
        admin_context = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/desk/import/{name}.html", {**admin_context, **context})

    # --- A file ----------------------------------------------------------------------------

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask for a file; lead on to the report on it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST":
            form = UploadForm(request.POST, request.FILES)
            if form.is_valid():
                upload = form.cleaned_data["upload"]
                upload.sent_by = request.user
                delete_old_uploads(request.user)
                upload.save()
                return import_url("report", upload.pk)
        context = {
            "title": "Import a file",
            "form": form,
            "largest": ADMIN_LIMITS.size,
            "waiting": recent_uploads(request).filter(batch=None).only("name", "sent_at"),
        }
        return self._render(request, "file", context)

    def template(self, request: HttpRequest) -> HttpResponse:
        """A CSV file to fill in."""
        return csv_attachment(csv_template(), "on-the-record-import.csv")

    # --- The report ------------------------------------------------------------------------

    def report(self, request: HttpRequest, key: int) -> HttpResponse:
        """What loading would do with each row. ``?only=`` chooses one action."""
        upload = self._upload(request, key)
        if upload.batch_id:
            return import_url("change", upload.batch_id)
        counts = Counter(action for _row, _title, action, *_rest in upload.report)
        only = request.GET.get("only")
        action = next((action for action, name in ACTION_NAMES.items() if name == only), "")
        lines = [line for line in upload.report if not action or line[2] == action]
        page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        context = ReportContext(
            title=f"Import report for “{upload}”",
            upload=upload,
            reader=READERS[upload.file_kind].label,
            notes=upload.notes,
            total=len(upload.report),
            counts=[
                (action, ACTION_NAMES[action], counts[action])
                for action in ACTIONS
                if counts[action]
            ],
            only=ACTION_NAMES.get(action, ""),
            lines=[_report_row(line) for line in page],
            page=page,
            query=f"only={ACTION_NAMES[action]}&page=" if action else "page=",
            refused=counts[REFUSE],
            is_busy=is_upload_running(upload),
            would_do=counts[ACTIONS[0]] + counts[ACTIONS[1]],
            until=upload.sent_at + MAX_UPLOAD_AGE,
        )
        return self._render(request, "report", context)

    def report_csv(self, request: HttpRequest, key: int) -> HttpResponse:
        """The whole report as CSV."""
        upload = self._upload(request, key)
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(["row", "title", "outcome", "reasons", "date"])
        for line in map(_report_row, upload.report):
            texts = [guard_cell(line["title"]), line["action"], guard_cell(line["reasons"])]
            lines.writerow([line["row"], *texts, guard_cell(line["date"])])
        return csv_attachment("\ufeff".encode() + out.getvalue().encode(), "import-report.csv")

    def discard(self, request: HttpRequest, key: int) -> HttpResponse:
        """Delete the file without loading it."""
        upload = self._upload(request, key)
        upload.delete()
        messages.info(request, f"“{upload}” was discarded. Nothing was saved.")
        return import_url("add")

    # --- Loading ---------------------------------------------------------------------------

    def load(self, request: HttpRequest, key: int) -> HttpResponse:
        """Load all rows as drafts, if that would still do what the report lists."""
        upload = self._upload(request, key)
        if upload.batch_id:
            return import_url("change", upload.batch_id)
        # Only one of several presses of the button gets past this update.
        idle = Upload.objects.filter(pk=upload.pk, batch=None).exclude(
            busy_since__gt=timezone.now() - RUN_TIMEOUT
        )
        if not idle.update(busy_since=timezone.now(), checked=0):
            messages.info(request, "This file is already being loaded. Wait until it finishes.")
            return import_url("report", upload.pk)
        try:
            batch = _load_upload(request, upload)
        except (ActionRefused, FileRefused) as refusal:
            for reason in getattr(refusal, "reasons", [str(refusal)])[:20]:
                messages.error(request, reason)
            return import_url("report", upload.pk)
        finally:
            Upload.objects.filter(pk=upload.pk).update(busy_since=None)
        messages.success(request, f"Rows loaded as drafts: {len(upload.report):,}.")
        return import_url("change", batch.pk)

    def progress(self, request: HttpRequest, key: int) -> HttpResponse:
        """How many rows of a load are checked, as JSON for the page's script."""
        upload = recent_uploads(request).filter(pk=key).defer("content", "report").first()
        if upload is None:
            raise Http404
        batch_url = reverse("admin:desk_importbatch_change", args=[upload.batch_id or 0])
        return JsonResponse(
            {
                "checked": upload.checked,
                "busy": is_upload_running(upload),
                "done": batch_url if upload.batch_id else "",
            }
        )

    # --- Imports ---------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batches = ImportBatch.objects.select_related("loaded_by")
        page = Paginator(batches, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        return self._render(request, "list", {"title": "Imports", "page": page})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What an import created and changed, and the button that undoes it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not is_primary_key(object_id):
            raise Http404
        batch = get_object_or_404(ImportBatch.objects.select_related("loaded_by"), pk=object_id)
        # First the rows of the file, then the records that were created for their names.
        rows = batch.rows.annotate(is_named=Q(external_id="")).order_by("is_named", "pk")
        kinds = Counter(batch.rows.values_list("kind", flat=True))
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        records = existing_records(page)
        context = {
            "title": str(batch),
            "batch": batch,
            "page": page,
            "kinds": [(kind_label(kind, number), number) for kind, number in sorted(kinds.items())],
            "rows": [
                (row, records.get(row.public_id), change_form_url(records.get(row.public_id)))
                for row in page
            ],
        }
        return self._render(request, "batch", context)

    def undo(self, request: HttpRequest, key: int) -> HttpResponse:
        """Undo an import, or show why that is refused."""
        batch = get_object_or_404(ImportBatch, pk=key)
        try:
            deleted, restored = undo_import(batch, by=request.user)
        except ActionRefused as refusal:
            messages.error(request, "Nothing was undone. Correct the problems below first.")
            for reason in refusal.reasons:
                messages.error(request, reason)
            return import_url("change", batch.pk)
        also = f", records restored: {restored:,}" if restored else ""
        messages.success(request, f"Import undone. Drafts deleted: {deleted:,}{also}.")
        return import_url("change", batch.pk)

    def _upload(self, request: HttpRequest, key: int) -> Upload:
        upload = recent_uploads(request).filter(pk=key).first()
        if upload is None:
            raise Http404("File not found. It was discarded, or it belongs to someone else.")
        return upload


def _report_row(line: list[Any]) -> ReportLine:
    """A row of a stored report. A report of an earlier release has no dates."""
    row, title, action, reasons, *dates = line
    return ReportLine(
        row=row,
        title=title,
        date=dates[0] if dates else "",
        action=action,
        name=ACTION_NAMES[action],
        reasons=" ".join(reasons),
    )


def _load_upload(request: HttpRequest, upload: Upload) -> ImportBatch:
    """Plan the file again and store its rows. Raises ActionRefused or FileRefused.

    The plan must equal the report. Where it does not, the upload gets the new report, and nothing
    else is stored.
    """
    file = io.BytesIO(upload.content)
    if hashlib.sha256(upload.content).hexdigest() != upload.sha256:
        raise ActionRefused(["The stored file differs from the one you uploaded. Upload it again."])
    notes = FileNotes(order=day_order(upload.day_order))
    outcomes: list[ImportOutcome] = []
    # In the language of the stored report.
    with translation.override(settings.LANGUAGE_CODE):
        rows = read_rows(file, upload.file_kind, ADMIN_LIMITS, upload.columns, notes)
        for chunk in batched(plan_import(rows, origin=upload.origin)):
            outcomes += chunk
            # Outside the transaction that stores them, so that the progress page can see it.
            Upload.objects.filter(pk=upload.pk).update(checked=len(outcomes))
        report = [report_line(outcome) for outcome in outcomes]
    if report != upload.report:
        differ = sum(new != old for new, old in zip(report, upload.report, strict=True))
        Upload.objects.filter(pk=upload.pk).update(report=report)
        raise ActionRefused(
            [f"Nothing was saved because the result has changed for some rows ({differ:,}). "
    "Check the updated report before you load the file."]
        )  # fmt: skip

    def mark_loaded(batch: ImportBatch) -> None:
        waiting = Upload.objects.filter(pk=upload.pk, batch=None)
        if not waiting.update(batch=batch, content=b"", report=[]):
            raise ActionRefused(["This file has already been loaded or discarded."])

    return load_rows(
        outcomes,
        origin=upload.origin,
        name=upload.name,
        sha256=upload.sha256,
        by=request.user,
        on_stored=mark_loaded,
    )


def kind_label(kind: str, number: int) -> str:
    """The name of a kind of record, in the plural unless it is of one."""
    meta = MODELS[kind]._meta
    return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


def change_form_url(row: Publishable | None) -> str:
    """The address of the form of a record; "" where there is no record."""
    return reverse(f"admin:desk_{row.kind}_change", args=[row.pk]) if row else ""


def import_url(name: str, *args: int) -> HttpResponseRedirect:
    """A redirect to a page of imports."""
    return HttpResponseRedirect(reverse(f"admin:desk_importbatch_{name}", args=args))


def csv_attachment(content: bytes, name: str) -> HttpResponse:
    """A CSV file that the browser saves under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
