"""The form that uploads a file, and how long an uploaded file is kept until it is loaded."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.upload_plans import plan_upload
from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.importers.day_order import DAY_ORDERS, day_order
from kb.desk.importers.encodings import ENCODINGS
from kb.desk.importers.file_kinds import detect_kind
from kb.desk.importers.origins import remembered_options
from kb.desk.importers.read_options import CENTURIES, ReadOptions
from kb.desk.importers.readers import READERS
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused, printable
from kb.desk.importers.runs import is_running, unfinished_import
from kb.desk.models import ImportBatch, UnfinishedStep, Upload
from kb.text.clean import TextError, clean_line
from kb.text.links import LinkError, canonical_url

MAX_UPLOAD_AGE = timedelta(days=1)
MAX_UPLOADS = 5  # of one account
# A load that was interrupted may be started again after this.
RUN_TIMEOUT = timedelta(minutes=10)
ENCODING_CHOICES = [("", _("UTF-8 or UTF-16")), *ENCODINGS.items()]
CENTURY_CHOICES = [("", _("Refuse years of two digits")), *CENTURIES.items()]


class UploadForm(forms.Form):
    """A file, its kind, and where its ids come from."""

    file = forms.FileField(
        label=_("File"),
        help_text=format_lazy(
            _(
                "A workbook (.xlsx, .ods), or text in UTF-8, up to {size} MB and {rows} rows. Load "
                "larger files on the server with the import commands."
            ),
            size=(ADMIN_LIMITS.size or 0) // 1_000_000,
            rows=f"{ADMIN_LIMITS.rows:,}",
        ),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,.ods,.csv,.tsv,.txt,.json,.jsonl,.js,.ics,.mw"}
        ),
        error_messages={"required": _("Choose a file.")},
    )
    kind = forms.ChoiceField(
        label=_("File type"),
        required=False,
        choices=[
            ("", _("Detect automatically")),
            *((key, reader.label) for key, reader in READERS.items()),
        ],
    )
    origin = forms.CharField(
        label=_("Origin of the ids"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_(
            "The system the row ids come from, such as a database name. Defaults to the file "
            "name. A later file with the same origin updates the drafts created from this one."
        ),
    )
    columns = forms.CharField(
        label=_("Column mapping"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40}),
        help_text=_(
            "For tables whose columns have other names: one field=column pair per line, "
            "such as title=Name of the case. You can also choose them on the next page."
        ),
    )

    encoding = forms.ChoiceField(label=_("Encoding"), required=False, choices=ENCODING_CHOICES)
    dates = forms.ChoiceField(
        label=_("Order of day and month"),
        required=False,
        choices=[
            ("", _("Refuse dates with two readings (12/05/2023)")),
            *((option, label) for option, (_order, label) in DAY_ORDERS.items()),
        ],
        help_text=_("For tables with dates in figures. It holds for all dates of the file."),
    )

    century = forms.ChoiceField(
        label=_("Years of two digits"), required=False, choices=CENTURY_CHOICES
    )
    source = forms.CharField(
        label=_("Source of the whole file"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        help_text=_("The address of the source of all rows that have none."),
    )

    def clean_source(self) -> str:
        try:
            address = self.cleaned_data["source"].strip()
            return canonical_url(address) if address else ""
        except LinkError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_origin(self) -> str:
        try:
            return clean_line(self.cleaned_data["origin"])
        except TextError as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_columns(self) -> dict[str, str]:
        columns = {}
        for line in filter(str.strip, self.cleaned_data["columns"].splitlines()):
            ours, _equals, theirs = (part.strip() for part in line.partition("="))
            if ours not in IMPORT_COLUMNS or not theirs:
                raise forms.ValidationError(
                    gettext("“%(line)s” is not a field=column pair. The fields are: %(names)s.")
                    % {"line": printable(line[:60]), "names": ", ".join(IMPORT_COLUMNS)}
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
            kind = cleaned["kind"] or detect_kind(
                file, ADMIN_LIMITS, sent.name, cleaned["encoding"]
            )
            origin = cleaned["origin"] or clean_line(stem)[:100]
            file.seek(0)
            content = file.read()
            options = self._options().with_defaults(remembered_options(origin))
            upload = Upload(
                name=clean_line(sent.name)[:200],
                file_kind=kind,
                origin=origin,
                options=options.to_json(),
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
            )
            plan_upload(upload)
        except (FileRefused, TextError) as problem:
            self.add_error("file", printable(str(problem)))
            return cleaned
        cleaned["upload"] = upload
        return cleaned

    def _options(self) -> ReadOptions:
        cleaned = self.cleaned_data
        return ReadOptions(
            columns=cleaned["columns"],
            encoding=cleaned["encoding"],
            order=day_order(cleaned["dates"]),
            century=cleaned["century"],
            source=cleaned["source"],
        )


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


def interrupted_import(upload: Upload) -> ImportBatch | None:
    """The import of this file that was interrupted, if it goes on when the file is loaded."""
    batch = unfinished_import(upload.origin)
    if batch is None or batch.sha256 != upload.sha256 or is_running(batch):
        return None
    return batch if batch.unfinished == UnfinishedStep.LOADING else None
