"""The form that uploads a file, and how long an uploaded file is kept until it is loaded."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone, translation

from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.importers.day_order import DAY_ORDERS, day_order
from kb.desk.importers.dry_run import ImportOutcome, plan_import
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.readers import READERS, detect_kind, read_rows
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused, printable
from kb.desk.models import Upload
from kb.text.clean import TextError, clean_line

MAX_UPLOAD_AGE = timedelta(days=1)
MAX_UPLOADS = 5  # of one account
# A load that was interrupted may be started again after this.
RUN_TIMEOUT = timedelta(minutes=10)


class UploadForm(forms.Form):
    """A file, its kind, and where its ids come from."""

    file = forms.FileField(
        label="File",
        help_text=f"UTF-8, up to {(ADMIN_LIMITS.size or 0) // 1_000_000} MB and "
        f"{ADMIN_LIMITS.rows:,} rows. Load larger files on the server with the import "
        "commands.",
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.jsonl,.txt,.tsv"}),
        error_messages={"required": "Choose a file."},
    )
    kind = forms.ChoiceField(
        label="File type",
        required=False,
        choices=[
            ("", "Detect automatically"),
            *((key, reader.label) for key, reader in READERS.items()),
        ],
    )
    origin = forms.CharField(
        label="Origin of the ids",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="The system the row ids come from, such as a database name. Defaults to the file "
        "name. A later file with the same origin updates the drafts created from this one.",
    )
    columns = forms.CharField(
        label="Column mapping",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text="For CSV files whose columns have other names: one field=column pair per line, "
        "such as title=Name of the case.",
    )

    dates = forms.ChoiceField(
        label="Order of day and month",
        required=False,
        choices=[
            ("", "Refuse dates with two readings (12/05/2023)"),
            *((option, label) for option, (_order, label) in DAY_ORDERS.items()),
        ],
        help_text="For CSV files with dates in figures. It holds for all dates of the file.",
    )

    def clean_origin(self) -> str:
        try:
            return clean_line(self.cleaned_data["origin"])
        except TextError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_columns(self) -> dict[str, str]:
        columns = {}
        for line in filter(str.strip, self.cleaned_data["columns"].splitlines()):
            ours, _, theirs = (part.strip() for part in line.partition("="))
            if ours not in IMPORT_COLUMNS or not theirs:
                raise forms.ValidationError(
                    f"“{printable(line[:60])}” is not a field=column pair. The fields are: "
                    f"{', '.join(IMPORT_COLUMNS)}."
                )
            columns[ours] = theirs
        return columns

    def clean(self) -> dict[str, Any]:
        """Add ``upload``, an unsaved row with its report, or the error of the whole file."""
        cleaned: dict[str, Any] = self.cleaned_data
        sent = cleaned.get("file")
        if sent is None or self.errors:
            return cleaned
        file = sent.file
        stem = sent.name.rpartition(".")[0] or sent.name
        try:
            kind = cleaned["kind"] or detect_kind(file, ADMIN_LIMITS)
            origin = cleaned["origin"] or clean_line(stem)[:100]
            file.seek(0)
            upload = Upload(
                name=clean_line(sent.name)[:200],
                file_kind=kind,
                origin=origin,
                columns=cleaned["columns"],
                day_order=cleaned["dates"],
            )
            notes = FileNotes(order=day_order(cleaned["dates"]))
            # The report is stored, and so in English, whatever the language of the editor.
            with translation.override(settings.LANGUAGE_CODE):
                # The whole file is read before any row is planned, so an error costs no query.
                rows = list(read_rows(file, kind, ADMIN_LIMITS, cleaned["columns"], notes))
                upload.notes = notes.sentences()
                outcomes = plan_import(rows, origin=origin)
                upload.report = [report_line(outcome) for outcome in outcomes]
        except (FileRefused, TextError) as problem:
            self.add_error("file", printable(str(problem)))
            return cleaned
        file.seek(0)
        upload.content = file.read()
        upload.sha256 = hashlib.sha256(upload.content).hexdigest()
        cleaned["upload"] = upload
        return cleaned


def report_line(outcome: ImportOutcome) -> list[Any]:
    """One line of a report, as JSON stores it: row, title, action, details, date."""
    row = outcome.row
    title = printable((row.title or row.text)[:200])
    details = [printable(text) for text in outcome.details]
    return [row.line, title, outcome.action, details, printable(outcome.date_words)]


def recent_uploads(request: HttpRequest) -> QuerySet[Upload]:
    """The files that this account has uploaded within a day."""
    return Upload.objects.filter(
        sent_by_id=request.user.pk, sent_at__gt=timezone.now() - MAX_UPLOAD_AGE
    )


def delete_old_uploads(account: Any) -> None:
    """Delete all uploads that are too old, and all but the newest few of this account."""
    Upload.objects.filter(sent_at__lte=timezone.now() - MAX_UPLOAD_AGE).delete()
    own = Upload.objects.filter(sent_by=account).order_by("-pk").values_list("pk", flat=True)
    Upload.objects.filter(pk__in=list(own)[MAX_UPLOADS - 1 :]).delete()


def is_upload_running(upload: Upload) -> bool:
    """Whether the upload is being loaded at this moment."""
    return bool(upload.busy_since and upload.busy_since > timezone.now() - RUN_TIMEOUT)
