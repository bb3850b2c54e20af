"""The lines of a package on its page, and how a form notes which rows it showed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from django.contrib import messages
from django.contrib.admin.utils import quote
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.desk.admin.forms import MAX_VERSION, is_primary_key
from kb.desk.documents import MODELS
from kb.desk.models import Publishable, ReviewRequest
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.displayed import DisplayedRow, displayed_row
from kb.desk.verbs.draft_selection import DraftKeys
from kb.desk.verbs.packages import PlannedRow, Refusals
from kb.desk.verbs.reviewing import changes_by_id
from kb.record.document_diff import Piece

SHA256_LENGTH = 64
MAX_REASONS_SHOWN = 20


class ChangedField(TypedDict):
    """A field that publishing would change, and the pieces of its old and new text."""

    label: str
    pieces: list[Piece]


class RefusedReason(TypedDict):
    """A sentence that says what to mend, and the form on which it is mended."""

    text: str
    url: str
    title: str


class PackageLine(TypedDict):
    """One row of a package, for ``_package_rows.html``."""

    row: Publishable
    kind: str
    url: str
    review_url: str
    token: str
    is_change: bool
    changes: list[ChangedField]
    reasons: list[RefusedReason]
    approval: str
    to_send: bool
    is_sent: bool


def package_lines(planned: Iterable[PlannedRow]) -> list[PackageLine]:
    """The lines of these rows, with what publishing each would change for readers."""
    planned = list(planned)
    asked = set(
        ReviewRequest.objects.filter(
            public_id__in=[line.row.public_id for line in planned]
        ).values_list("public_id", flat=True)
    )
    changes = changes_by_id([line.document for line in planned])
    return [
        PackageLine(
            row=line.row,
            kind=str(capfirst(line.row._meta.verbose_name)),
            url=form_url(line.row),
            review_url=reverse(f"admin:desk_{line.row.kind}_review", args=[line.row.pk]),
            token=row_token(displayed_row(line.row, line.document)),
            is_change=line.row.state == WorkflowState.PUBLISHED,
            changes=[
                ChangedField(
                    label=document_field_label(difference.field),
                    pieces=difference.pieces,
                )
                for difference in changes[line.row.public_id]
            ],
            reasons=[
                RefusedReason(
                    text=reason,
                    url=form_url(row),
                    title="" if row is line.row else str(row),
                )
                for row, reasons in line.reasons
                for reason in reasons
            ],
            approval=_approval_words(line),
            to_send=line.row.state == WorkflowState.DRAFT and not line.errors,
            is_sent=line.row.state == WorkflowState.IN_REVIEW or line.row.public_id in asked,
        )
        for line in planned
    ]


def _approval_words(line: PlannedRow) -> str:
    if line.approval and line.is_own:
        return _("your own work: someone else must approve it")
    return _("with your approval") if line.approval else ""


def chosen_keys(fields: QueryDict, name: str = "row") -> DraftKeys:
    """The keys of the rows that an address names, as ``kind:key``."""
    keys: DraftKeys = {}
    for text in fields.getlist(name):
        kind, _colon, key = text.partition(":")
        if kind in MODELS and is_primary_key(key):
            keys.setdefault(kind, []).append(int(key))
    return keys


def form_url(row: Publishable) -> str:
    """The address of the form of a row."""
    return reverse(f"admin:desk_{row.kind}_change", args=[quote(row.pk)])


def row_token(row: DisplayedRow) -> str:
    """A displayed row as the value of a hidden field."""
    return f"{row.kind}:{row.key}:{row.version}:{row.sha256}"


def posted_rows(fields: QueryDict, name: str) -> list[DisplayedRow]:
    """The displayed rows that a form sends back. Values that no form has are left out."""
    rows = []
    for token in fields.getlist(name):
        parts = token.split(":")
        if len(parts) != 4:
            continue
        kind, key, version, sha256 = parts
        if (
            kind in MODELS
            and is_primary_key(key)
            and is_primary_key(version)
            and int(version) <= MAX_VERSION
            and len(sha256) == SHA256_LENGTH
        ):
            rows.append(DisplayedRow(kind, int(key), int(version), sha256))
    return rows


def document_field_label(name: str) -> str:
    """The label of a field of a document, in the words of the forms where they have it."""
    return str(capfirst(pgettext("field", name.replace("_", " "))))


def report_refusals(request: HttpRequest, refused: Refusals) -> None:
    """A message for each row that was left out, with a link to its form."""
    for row, reasons in refused[:MAX_REASONS_SHOWN]:
        link = format_html('<a href="{}">{}</a>', form_url(row), row)
        messages.error(request, format_html("{}: {}", link, " ".join(plain_reasons(row, reasons))))
    if len(refused) > MAX_REASONS_SHOWN:
        more = len(refused) - MAX_REASONS_SHOWN
        messages.error(
            request,
            ngettext("%(count)d more was refused.", "%(count)d more were refused.", more)
            % {"count": more},
        )


def plain_reasons(row: Publishable, reasons: list[str]) -> list[str]:
    """The reasons without the name of the row that they begin with."""
    label = f"{row._meta.verbose_name} “{row}”: "
    return [reason.removeprefix(label).removeprefix(f"“{row}”: ") for reason in reasons]
