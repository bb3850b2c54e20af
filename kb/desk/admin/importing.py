"""Importing in the browser: upload a file, read the report, load it, undo the import.

The uploaded bytes are stored until they are loaded, and only their sender can see them. Before
they are loaded the import is planned again, so that it does exactly what the report lists.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kb.desk.admin.forms import is_primary_key
from kb.desk.admin.generics import ModelAdmin
from kb.desk.admin.import_decisions import decided_options
from kb.desk.admin.import_report import ROWS_PER_PAGE, report_context, report_row
from kb.desk.admin.read_only import ReadOnlyMixin
from kb.desk.admin.upload_loading import load_upload
from kb.desk.admin.upload_plans import check_content, plan_upload, rows_left
from kb.desk.admin.uploads import (
    RUN_TIMEOUT,
    UploadForm,
    delete_old_uploads,
    interrupted_import,
    is_upload_running,
    recent_uploads,
)
from kb.desk.documents import MODELS
from kb.desk.importers.csv_columns import csv_template
from kb.desk.importers.dry_run import REFUSE, existing_records
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused
from kb.desk.importers.runs import ImportInterrupted, is_running, progress_words
from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch, Publishable, Upload
from kb.desk.verbs.exceptions import ActionRefused
from kb.formats.csv import guard_cell
from kb.record.name_lists import join_names

IMPORT_PERMISSION = "desk.import_file"


@admin.register(ImportBatch)
class ImportAdmin(ReadOnlyMixin, ModelAdmin[ImportBatch]):
    """The list of imports, a page for each, and the steps of a new one."""

    # --- Permissions -----------------------------------------------------------------------

    view_permission = IMPORT_PERMISSION

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)

    def get_urls(self) -> list[URLPattern]:
        views: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
            ("template.csv", "template", self.template),
            ("upload/<int:key>/", "report", self.report),
            ("upload/<int:key>/report.csv", "report_csv", self.report_csv),
            ("upload/<int:key>/rest.csv", "rest_csv", self.rest_csv),
            ("upload/<int:key>/check/", "check", require_POST(self.check_again)),
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
            "title": _("Import a file"),
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
        if interrupted := interrupted_import(upload):
            return import_url("change", interrupted.pk)
        return self._render(request, "report", report_context(request, upload))

    def check_again(self, request: HttpRequest, key: int) -> HttpResponse:
        """Check a file again with what was decided in the report."""
        upload = self._upload(request, key)
        if upload.batch_id is None:
            try:
                self._apply_decisions(request, upload)
            except (ActionRefused, FileRefused) as refusal:
                for reason in getattr(refusal, "reasons", [str(refusal)]):
                    messages.error(request, reason)
        return import_url("report", upload.pk)

    def _apply_decisions(self, request: HttpRequest, upload: Upload) -> bool:
        """Plan the file again if something was decided; whether it was.

        Raises ActionRefused or FileRefused, and changes nothing then.
        """
        options = decided_options(upload, request.POST).to_json()
        if options == upload.options or is_upload_running(upload):
            return False
        check_content(upload)
        upload.options = options
        plan_upload(upload)
        upload.save(update_fields=["options", "report", "notes", "layout"])
        return True

    def rest_csv(self, request: HttpRequest, key: int) -> HttpResponse:
        """The rows that cannot be loaded, as a table with the headings of the file."""
        upload = self._upload(request, key)
        try:
            heads, rows = rows_left(upload)
        except FileRefused as refusal:
            messages.error(request, str(refusal))
            return import_url("report", upload.pk)
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(map(guard_cell, [*heads, "reasons"]))
        for cells, reasons in rows:
            padded = [*cells, *[""] * (len(heads) - len(cells))]
            lines.writerow(map(guard_cell, [*padded, reasons]))
        return csv_attachment("\ufeff".encode() + out.getvalue().encode(), "rows-not-loaded.csv")

    def report_csv(self, request: HttpRequest, key: int) -> HttpResponse:
        """The whole report as CSV."""
        upload = self._upload(request, key)
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(["row", "title", "outcome", "reasons", "date"])
        for line in (report_row(line, []) for line in upload.report):
            texts = [guard_cell(line["title"]), line["action"], guard_cell(line["reasons"])]
            lines.writerow([line["row"], *texts, guard_cell(line["date"])])
        return csv_attachment("\ufeff".encode() + out.getvalue().encode(), "import-report.csv")

    def discard(self, request: HttpRequest, key: int) -> HttpResponse:
        """Delete the file without loading it."""
        upload = self._upload(request, key)
        interrupted = interrupted_import(upload)
        upload.delete()
        if interrupted:
            messages.info(
                request,
                _("“%(name)s” was discarded. What it has loaded stays until you undo the import.")
                % {"name": upload},
            )
            return import_url("change", interrupted.pk)
        messages.info(request, _("“%(name)s” was discarded. Nothing was saved.") % {"name": upload})
        return import_url("add")

    # --- Loading ---------------------------------------------------------------------------

    def load(self, request: HttpRequest, key: int) -> HttpResponse:
        """Load all rows as drafts, if that would still do what the report lists."""
        upload = self._upload(request, key)
        if upload.batch_id:
            return import_url("change", upload.batch_id)
        try:
            if self._apply_decisions(request, upload):
                messages.warning(
                    request, _("Checked again with your changes. Nothing is loaded yet.")
                )
                return import_url("report", upload.pk)
        except (ActionRefused, FileRefused) as refusal:
            for reason in getattr(refusal, "reasons", [str(refusal)]):
                messages.error(request, reason)
            return import_url("report", upload.pk)
        # Only one of several presses of the button gets past this update.
        idle = Upload.objects.filter(pk=upload.pk, batch=None)
        if interrupted_import(upload) is None:
            idle = idle.exclude(busy_since__gt=timezone.now() - RUN_TIMEOUT)
        if not idle.update(busy_since=timezone.now(), checked=0):
            messages.info(request, _("This file is already being loaded. Wait until it finishes."))
            return import_url("report", upload.pk)
        try:
            batch = load_upload(upload, by=request.user, partly="partly" in request.POST)
        except (ActionRefused, FileRefused) as refusal:
            for reason in getattr(refusal, "reasons", [str(refusal)])[:20]:
                messages.error(request, reason)
            return import_url("report", upload.pk)
        finally:
            Upload.objects.filter(pk=upload.pk).update(busy_since=None)
        left = sum(line[2] == REFUSE for line in upload.report)
        number = len(upload.report) - left
        messages.success(
            request, _("Rows loaded as drafts: %(number)s.") % {"number": f"{number:,}"}
        )
        if left:
            report = reverse("admin:desk_importbatch_report", args=[upload.pk])
            link = format_html('<a href="{}">{}</a>', report, _("Correct them in the report"))
            words = _("Rows that were not loaded: %(number)s.") % {"number": f"{left:,}"}
            messages.warning(request, format_html("{} {}", words, link))
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
        return self._render(request, "list", {"title": _("Imports"), "page": page})

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
            "title": _("Import %(number)s: %(name)s") % {"number": batch.pk, "name": batch.name},
            "batch": batch,
            "page": page,
            "progress": progress_words(batch),
            "is_running": is_running(batch),
            "upload": recent_uploads(request)
            .filter(batch=None, origin=batch.origin, sha256=batch.sha256)
            .only("pk")
            .first(),
            "kinds": join_names([kind_count(kind, kinds[kind]) for kind in sorted(kinds)]),
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
        except ImportInterrupted as problem:
            for reason in problem.reasons:
                messages.error(request, reason)
            return import_url("change", batch.pk)
        except ActionRefused as refusal:
            messages.error(request, _("Nothing was undone. Correct the problems below first."))
            for reason in refusal.reasons:
                messages.error(request, reason)
            return import_url("change", batch.pk)
        sentence = (
            _("Import undone. Drafts deleted: %(deleted)s, records restored: %(restored)s.")
            if restored
            else _("Import undone. Drafts deleted: %(deleted)s.")
        )
        numbers = {"deleted": f"{deleted:,}", "restored": f"{restored:,}"}
        messages.success(request, sentence % numbers)
        return import_url("change", batch.pk)

    def _upload(self, request: HttpRequest, key: int) -> Upload:
        upload = recent_uploads(request).filter(pk=key).first()
        if upload is None:
            raise Http404(_("File not found. It was discarded, or it belongs to someone else."))
        return upload


def kind_label(kind: str, number: int) -> str:
    """The name of a kind of record, in the plural unless it is of one."""
    meta = MODELS[kind]._meta
    return str(meta.verbose_name if number == 1 else meta.verbose_name_plural)


def kind_count(kind: str, number: int) -> str:
    """How many records of a kind, in words: "3 events"."""
    return _("%(number)s %(kind)s") % {"number": number, "kind": kind_label(kind, number)}


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
