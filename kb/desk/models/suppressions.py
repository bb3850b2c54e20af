"""Requests to remove published words by order, and what became of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import choice_constraint
from kb.record.suppression_vocabulary import (
    SuppressedPart,
    SuppressionForm,
    SuppressionReason,
)


class SuppressionRequest(models.Model):
    """One person asks for a removal, and a second one confirms or declines it.

    It has no word of what is removed and no name. ``receipt`` says what was reached, and what
    cannot be (a ``Receipt`` of ``kb.desk.suppression.removing``); it is empty until then.
    """

    public_id = models.CharField(max_length=12, db_index=True)
    kind = models.CharField(max_length=12)
    part = models.CharField(_("what is removed"), max_length=8, choices=SuppressedPart.choices)
    version = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=SuppressionReason.choices)
    form = models.CharField(
        _("in its place"),
        max_length=8,
        choices=SuppressionForm.choices,
        default=SuppressionForm.MARKER,
    )
    replacement = models.CharField(max_length=120, blank=True)
    everywhere = models.BooleanField(default=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    receipt: Any = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        verbose_name = _("removal by order")
        verbose_name_plural = _("removals by order")
        constraints = [
            choice_constraint("suppressionrequest", "part", SuppressedPart),
            choice_constraint("suppressionrequest", "reason", SuppressionReason),
            choice_constraint("suppressionrequest", "form", SuppressionForm),
            models.CheckConstraint(
                name="desk_suppressionrequest_second_person",
                condition=models.Q(confirmed_by=None)
                | models.Q(asked_by=None)
                | ~models.Q(confirmed_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="desk_suppressionrequest_one_decision",
                condition=models.Q(confirmed_at=None) | models.Q(declined_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}: {self.part}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.confirmed_at is None and self.declined_at is None
