"""The public log of reports from readers: what an editor decided, and no word of a reader."""

from __future__ import annotations

from django.db import models

from kb.record.report_vocabulary import (
    MAX_SENTENCE_LENGTH,
    ReportKind,
    ReportOutcome,
    ReportReason,
)
from kb.text.slugs import public_id


class HandledReport(models.Model):
    """One report that an editor has taken on: its kind, what it is about, and the decision.

    ``outcome`` is "" until it is decided. ``about`` is the public id of a record, "" for the whole
    site; ``result`` that of the entry which came of it. ``sentence`` was written by the editor.
    ``hours`` is the time from receipt to decision, from which the median is counted.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id)
    kind = models.CharField(max_length=8, choices=ReportKind.choices)
    about = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    hours = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=9, blank=True, choices=ReportOutcome.choices)
    reason = models.CharField(max_length=16, blank=True, choices=ReportReason.choices)
    sentence = models.CharField(max_length=MAX_SENTENCE_LENGTH, blank=True)
    result = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="record_handledreport_decided_with_reason",
                condition=models.Q(outcome="", reason="", decided_at=None, hours=None)
                | (
                    ~models.Q(outcome="")
                    & ~models.Q(reason="")
                    & models.Q(decided_at__isnull=False, hours__isnull=False)
                ),
            )
        ]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="record_handledreport_newest"),
            models.Index(fields=["hours"], name="record_handledreport_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}: {self.outcome or 'open'}"
