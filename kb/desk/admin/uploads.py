"""The form that a file is sent with, and how long a file waits to be loaded."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from kb.desk.importers.csv_file import IMPORT_COLUMNS
from kb.desk.importers.dry_run import ImportOutcome, plan_import
from kb.desk.importers.readers import READERS, detect_kind, read_rows
from kb.desk.importers.rows import IN_THE_ADMIN, FileRefused, printable
from kb.desk.models import Upload
from kb.text.clean import TextError, clean_line

MAX_UPLOAD_AGE = timedelta(days=1)
MAX_UPLOADS = 5  # uploads of one person
# A load that was cut off in the middle may be begun again after this.
RUN_TIMEOUT = timedelta(minutes=10)


class UploadForm(forms.Form):
    """A file and what it is."""

    file = forms.FileField(
        label="File",
        help_text=f"Up to {(IN_THE_ADMIN.size or 0) // 1_000_000} MB and {IN_THE_ADMIN.rows:,} "
        "rows, in UTF-8. Larger ones are loaded on the server, with the commands.",
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.jsonl,.txt,.tsv"}),
        error_messages={"required": "Choose a file."},
    )
    kind = forms.ChoiceField(
        label="What it is",
        required=False,
        choices=[("", "Tell it by the file"), *((key, one.label) for key, one in READERS.items())],
    )
    origin = forms.CharField(
        label="Whose ids these are",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Such as the name of the database it comes from; the file’s name unless given. "
        "A later file of the same origin changes the drafts that this one made.",
    )
    columns = forms.CharField(
        label="Columns with other names",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text="Of a CSV: one line for each, ours=theirs, such as title=Name of the case.",
    )

    def clean_origin(self) -> str:
        try:
            return clean_line(self.cleaned_data["origin"])
        except TextError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_columns(self) -> dict[str, str]:
        found = {}
        for line in filter(str.strip, self.cleaned_data["columns"].splitlines()):
            ours, _, theirs = (one.strip() for one in line.partition("="))
            if ours not in IMPORT_COLUMNS or not theirs:
                raise forms.ValidationError(
                    f"“{printable(line[:60])}” is not ours=theirs. Ours are: "
                    f"{', '.join(IMPORT_COLUMNS)}."
                )
            found[ours] = theirs
        return found

    def clean(self) -> dict[str, Any]:
        """Adds ``upload``, with its report: everything that can be wrong with a file is said."""
        given: dict[str, Any] = self.cleaned_data
        sent = given.get("file")
        if sent is None or self.errors:
            return given
        file = sent.file
        try:
            kind = given["kind"] or detect_kind(file, IN_THE_ADMIN)
            origin = given["origin"] or clean_line(sent.name.rpartition(".")[0] or sent.name)[:100]
            file.seek(0)
            upload = Upload(
                name=clean_line(sent.name)[:200],
                file_kind=kind,
                origin=origin,
                columns=given["columns"],
            )
            # All of it is read before any of it is planned: a bad end costs no query.
            rows = list(read_rows(file, kind, IN_THE_ADMIN, given["columns"]))
            upload.report = [report_line(one) for one in plan_import(rows, origin=origin)]
        except (FileRefused, TextError) as problem:
            self.add_error("file", printable(str(problem)))
            return given
        file.seek(0)
        upload.content = file.read()
        upload.sha256 = hashlib.sha256(upload.content).hexdigest()
        given["upload"] = upload
        return given


def report_line(outcome: ImportOutcome) -> list[Any]:
    """One line of a report, as it is kept."""
    row = outcome.row
    named = printable((row.title or row.text)[:200])
    return [row.line, named, outcome.action, [printable(one) for one in outcome.reasons]]


def recent_uploads(request: HttpRequest) -> Any:
    """The files that this person has sent within a day."""
    return Upload.objects.filter(
        sent_by_id=request.user.pk, sent_at__gt=timezone.now() - MAX_UPLOAD_AGE
    )


def delete_old_uploads(person: Any) -> None:
    """Throw away whatever is too old, and all but a few of this person's files."""
    Upload.objects.filter(sent_at__lte=timezone.now() - MAX_UPLOAD_AGE).delete()
    own = Upload.objects.filter(sent_by=person).order_by("-pk").values_list("pk", flat=True)
    Upload.objects.filter(pk__in=list(own)[MAX_UPLOADS - 1 :]).delete()


def is_upload_running(upload: Upload) -> bool:
    """Whether somebody's press of the button is at work on it."""
    return bool(upload.busy_since and upload.busy_since > timezone.now() - RUN_TIMEOUT)
