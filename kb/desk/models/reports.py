"""What readers send by the form “Report an error or reply”. Readers' pages cannot read it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kb.desk.models.append_only import LogModel, LogQuerySet
from kb.desk.models.base import choice_constraint
from kb.record.report_vocabulary import (
    MAX_REPORT_LENGTH,
    MAX_SENTENCE_LENGTH,
    ReportKind,
    ReportOutcome,
    ReportReason,
)
from kb.text.clean import validate_text, validate_url
from kb.text.slugs import public_id


class ReportState(models.TextChoices):
    """Who has to act next."""

    NEW = "new", pgettext_lazy("report", "new")
    TAKEN = "taken", pgettext_lazy("report", "with an editor")
    ASKED = "asked", pgettext_lazy("report", "waits for the reader")
    DECIDED = "decided", pgettext_lazy("report", "decided")
    TAKEN_BACK = "taken_back", pgettext_lazy("report", "taken back")


OPEN_STATES = (ReportState.NEW, ReportState.TAKEN, ReportState.ASKED)


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, by what is left to do."""

    def open(self) -> Self:
        """Those that are neither decided nor taken back."""
        return self.filter(state__in=OPEN_STATES)

    def waiting(self) -> Self:
        """Those of which an editor has to do something."""
        return self.filter(state__in=(ReportState.NEW, ReportState.TAKEN))


class Report(models.Model):
    """One report of a reader.

    ``ticket_sha256`` is the digest of the private address of its page; the address itself is not
    stored. ``about`` is the public id of a published record, "" for the whole site. ``client`` is
    a digest of the network address, with a key of the day. ``log_id`` is the public id of its row
    in the public log, ``result`` that of the entry which came of it, ``source`` that of the source
    which was made of its words.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id)
    ticket_sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=ReportKind.choices)
    about = models.CharField(max_length=12, blank=True, db_index=True)
    about_version = models.PositiveIntegerField(null=True)
    text = models.TextField(
        blank=True, validators=[validate_text, MaxLengthValidator(MAX_REPORT_LENGTH)]
    )
    source_url = models.CharField(max_length=2048, blank=True, validators=[validate_url])
    email = models.EmailField(_("email address"), max_length=254, blank=True)
    client = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(
        pgettext_lazy("report", "state"),
        max_length=10,
        choices=ReportState.choices,
        default=ReportState.NEW,
    )
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("report", "editor"),
    )
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        _("outcome"), max_length=9, blank=True, choices=ReportOutcome.choices
    )
    reason = models.CharField(max_length=16, blank=True, choices=ReportReason.choices)
    sentence = models.CharField(max_length=MAX_SENTENCE_LENGTH, blank=True)
    result = models.CharField(max_length=12, blank=True)
    log_id = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=12, blank=True, db_index=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [("handle_report", "Can read and answer reports from readers")]
        ordering = ["-pk"]
        verbose_name = _("report from a reader")
        verbose_name_plural = _("reports from readers")
        constraints = [
            choice_constraint("report", "kind", ReportKind),
            choice_constraint("report", "state", ReportState),
            choice_constraint("report", "outcome", ReportOutcome, blank=True),
        ]
        indexes = [
            models.Index(fields=["client", "received_at"], name="desk_report_client"),
            models.Index(fields=["received_at"], name="desk_report_received"),
            models.Index(fields=["state", "-id"], name="desk_report_state"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}, {self.received_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither decided nor taken back."""
        return self.state in OPEN_STATES


class ReportMessage(models.Model):
    """A message on the page of a report: from the editor, or with ``by_reader`` from the reader."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="messages")
    by_reader = models.BooleanField()
    text = models.TextField(
        blank=True, validators=[validate_text, MaxLengthValidator(MAX_REPORT_LENGTH)]
    )
    written_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.report_id}, {'reader' if self.by_reader else 'editor'}"


class ReportAction(models.TextChoices):
    """What was done to a report, in the words of its log."""

    RECEIVED = "received", pgettext_lazy("report", "received")
    TAKEN = "taken", pgettext_lazy("report", "taken on")
    ASKED = "asked", pgettext_lazy("report", "asked back")
    ADDED = "added", pgettext_lazy("report", "reader added something")
    SOURCE_MADE = "source", pgettext_lazy("report", "source made for a statement")
    DECIDED = "decided", pgettext_lazy("report", "decided")
    REOPENED = "reopened", pgettext_lazy("report", "opened again")
    TAKEN_BACK = "taken_back", pgettext_lazy("report", "taken back by the reader")


class ReportStep(LogModel):
    """One line of the log of a report: what was done, when and by whom; None is the reader.

    ``note`` is the outcome and the reason of a decision. It has no words of a reader.
    """

    report = models.ForeignKey(Report, models.CASCADE, related_name="steps")
    done = models.CharField(max_length=10, choices=ReportAction.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=40, blank=True)

    objects = LogQuerySet["ReportStep"].as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [choice_constraint("reportstep", "done", ReportAction)]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.done}"
