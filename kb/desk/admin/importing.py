"""Importing in the browser: a file, what it would do, loading it, and undoing that.

What is loaded are the very bytes that were reported: they wait in the database, seen by their
sender alone. They are planned once more before they are stored, so that nothing happens that the
report did not say.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kb.desk.admin.forms import is_primary_key
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
from kb.desk.importers.csv_file import csv_template
from kb.desk.importers.dry_run import (
    ACTIONS,
    REFUSE,
    ImportOutcome,
    batched,
    existing_records,
    plan_import,
)
from kb.desk.importers.load import load_rows
from kb.desk.importers.readers import READERS, read_rows
from kb.desk.importers.rows import IN_THE_ADMIN, FileRefused
from kb.desk.importers.undo import undo_import
from kb.desk.models import ImportBatch, Upload
from kb.desk.verbs.exceptions import ActionRefused
from kb.formats.csv import guard_cell

IMPORT = "desk.import_file"
ROWS_PER_PAGE = 100
CLASSES = dict(zip(ACTIONS, ("add", "change", "same", "refuse"), strict=True))


@admin.register(ImportBatch)
class ImportAdmin(admin.ModelAdmin):
    """The list of imports, a page for each, and the way to a new one."""

    # --- Who may ---------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(IMPORT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(IMPORT)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        views: tuple[tuple[str, str, Any], ...] = (
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

    def _guarded(self, view: Callable[..., HttpResponse]) -> Any:
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if not request.user.has_perm(IMPORT) or not all(
                is_primary_key(str(one)) for one in named.values()
            ):
                raise PermissionDenied
            return view(request, **named)

        return self.admin_site.admin_view(guarded)

    def _page(self, request: HttpRequest, name: str, **shown: Any) -> HttpResponse:
        ctx = {**self.admin_site.each_context(request), "opts": self.opts, **shown}
        return render(request, f"admin/desk/import/{name}.html", ctx)

    # --- A file ----------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for a file; lead on to what loading it would do."""
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
        return self._page(
            request,
            "file",
            title="Import a file",
            form=form,
            largest=IN_THE_ADMIN.size,
            waiting=recent_uploads(request).filter(batch=None).only("name", "sent_at"),
        )

    def template(self, request: HttpRequest) -> HttpResponse:
        """A table to fill in."""
        return csv_attachment(csv_template(), "on-the-record-import.csv")

    # --- What loading it would do ----------------------------------------------------------

    def report(self, request: HttpRequest, key: int) -> HttpResponse:
        """Row by row, a page at a time, of one outcome or of all."""
        upload = self._upload(request, key)
        if upload.batch_id:
            return import_url("change", upload.batch_id)
        counts = Counter(action for _row, _title, action, _reasons in upload.report)
        wanted = next((one for one, name in CLASSES.items() if name == request.GET.get("only")), "")
        lines = [one for one in upload.report if not wanted or one[2] == wanted]
        page = Paginator(lines, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        return self._page(
            request,
            "report",
            title=f"What loading “{upload}” would do",
            upload=upload,
            reader=READERS[upload.file_kind].label,
            total=len(upload.report),
            counts=[(one, CLASSES[one], counts[one]) for one in ACTIONS if counts[one]],
            only=CLASSES.get(wanted, ""),
            lines=[(row, title, action, CLASSES[action], " ".join(reasons))
                   for row, title, action, reasons in page],
            page=page,
            query=f"only={CLASSES[wanted]}&page=" if wanted else "page=",
            refused=counts[REFUSE],
            is_busy=is_upload_running(upload),
            would_do=counts[ACTIONS[0]] + counts[ACTIONS[1]],
            until=upload.sent_at + MAX_UPLOAD_AGE,
        )  # fmt: skip

    def report_csv(self, request: HttpRequest, key: int) -> HttpResponse:
        """The whole report as a table."""
        upload = self._upload(request, key)
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\r\n")
        lines.writerow(["row", "title", "outcome", "reasons"])
        for row, title, action, reasons in upload.report:
            lines.writerow([row, guard_cell(title), action, guard_cell(" ".join(reasons))])
        return csv_attachment("\ufeff".encode() + out.getvalue().encode(), "import-report.csv")

    def discard(self, request: HttpRequest, key: int) -> HttpResponse:
        """Throw the file away unloaded."""
        upload = self._upload(request, key)
        upload.delete()
        messages.info(request, f"“{upload}” is thrown away. Nothing was stored.")
        return import_url("add")

    # --- Loading ---------------------------------------------------------------------------

    def load(self, request: HttpRequest, key: int) -> HttpResponse:
        """All of it as drafts, if it would still do what the report says."""
        upload = self._upload(request, key)
        if upload.batch_id:
            return import_url("change", upload.batch_id)
        # Once, however often the button is pressed.
        free = Upload.objects.filter(pk=upload.pk, batch=None).exclude(
            busy_since__gt=timezone.now() - RUN_TIMEOUT
        )
        if not free.update(busy_since=timezone.now(), checked=0):
            messages.info(request, "It is being loaded already.")
            return import_url("report", upload.pk)
        try:
            batch = self._loaded(request, upload)
        except (ActionRefused, FileRefused) as refusal:
            for reason in getattr(refusal, "reasons", [str(refusal)])[:20]:
                messages.error(request, reason)
            return import_url("report", upload.pk)
        finally:
            Upload.objects.filter(pk=upload.pk).update(busy_since=None)
        messages.success(request, f"Loaded as drafts, all {len(upload.report):,} rows of it.")
        return import_url("change", batch.pk)

    def _loaded(self, request: HttpRequest, upload: Upload) -> ImportBatch:
        file = io.BytesIO(upload.content)
        if hashlib.sha256(upload.content).hexdigest() != upload.sha256:
            raise ActionRefused(["The file that was kept is not the one you sent: send it again."])
        rows = read_rows(file, upload.file_kind, IN_THE_ADMIN, upload.columns)
        outcomes: list[ImportOutcome] = []
        for chunk in batched(plan_import(rows, origin=upload.origin)):
            outcomes += chunk
            # Before the transaction that stores them, inside which nobody else could see it.
            Upload.objects.filter(pk=upload.pk).update(checked=len(outcomes))
        report = [report_line(one) for one in outcomes]
        if report != upload.report:
            differ = sum(one != other for one, other in zip(report, upload.report, strict=True))
            Upload.objects.filter(pk=upload.pk).update(report=report)
            raise ActionRefused(
                [f"Nothing was stored: {differ:,} rows would do something else by now than was "
                 "said. Read the report again; this one is new."]
            )  # fmt: skip

        def spend(batch: ImportBatch) -> None:
            spent = Upload.objects.filter(pk=upload.pk, batch=None)
            if not spent.update(batch=batch, content=b"", report=[]):
                raise ActionRefused(["It was loaded, or thrown away, meanwhile."])

        return load_rows(
            outcomes,
            origin=upload.origin,
            name=upload.name,
            sha256=upload.sha256,
            by=request.user,
            also=spend,
        )

    def progress(self, request: HttpRequest, key: int) -> HttpResponse:
        """How far loading has come, for the script that asks."""
        upload = recent_uploads(request).filter(pk=key).defer("content", "report").first()
        if upload is None:
            raise Http404
        done = reverse("admin:desk_importbatch_change", args=[upload.batch_id or 0])
        return JsonResponse(
            {
                "checked": upload.checked,
                "busy": is_upload_running(upload),
                "done": done if upload.batch_id else "",
            }
        )

    # --- What was loaded -------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        batches = ImportBatch.objects.select_related("loaded_by")
        page = Paginator(batches, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        return self._page(request, "list", title="Imports", page=page)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What an import made, and the button that takes it back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not is_primary_key(object_id):
            raise Http404
        batch = get_object_or_404(ImportBatch.objects.select_related("loaded_by"), pk=object_id)
        # What came along with the rows of the file stands after them.
        rows = batch.rows.annotate(came_along=Q(external_id="")).order_by("came_along", "pk")
        kinds = Counter(batch.rows.values_list("kind", flat=True))
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
        things = existing_records(page)
        return self._page(
            request,
            "batch",
            title=str(batch),
            batch=batch,
            page=page,
            kinds=[
                (
                    MODELS[kind]._meta.verbose_name if number == 1
                    else MODELS[kind]._meta.verbose_name_plural,
                    number,
                )
                for kind, number in sorted(kinds.items())
            ],
            rows=[(row, things.get(row.public_id), change_form_url(things.get(row.public_id)))
                  for row in page],
        )  # fmt: skip

    def undo(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take an import back, or say what stands in the way."""
        batch = get_object_or_404(ImportBatch, pk=key)
        try:
            deleted, given_back = undo_import(batch, by=request.user)
        except ActionRefused as refusal:
            messages.error(request, "Nothing was undone.")
            for reason in refusal.reasons:
                messages.error(request, reason)
            return import_url("change", batch.pk)
        also = f", and {given_back:,} given back as they stood before" if given_back else ""
        messages.success(request, f"Undone: {deleted:,} drafts deleted{also}.")
        return import_url("change", batch.pk)

    def _upload(self, request: HttpRequest, key: int) -> Upload:
        upload = recent_uploads(request).filter(pk=key).first()
        if upload is None:
            raise Http404("There is no such file: it was thrown away, or is somebody else’s.")
        return upload


def change_form_url(thing: Any) -> str:
    """Of the form of a thing on the desk; "" where there is none."""
    return reverse(f"admin:desk_{thing.kind}_change", args=[thing.pk]) if thing else ""


def import_url(name: str, *args: int) -> HttpResponseRedirect:
    """To a page of imports."""
    return HttpResponseRedirect(reverse(f"admin:desk_importbatch_{name}", args=args))


def csv_attachment(content: bytes, name: str) -> HttpResponse:
    """A CSV that is saved under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
