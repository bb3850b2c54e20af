"""The public list of what was removed by order: ids and codes, and none of the words."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models

from kb.record.suppression_vocabulary import (
    SuppressedPart,
    SuppressionForm,
    SuppressionReason,
)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Removals, by what was removed."""

    def whole_records(self) -> Self:
        """Those of all versions of a record."""
        return self.filter(part=SuppressedPart.ALL, version=None)

    def single_versions(self) -> Self:
        """Those of one version, or a part of it, of a record that has others."""
        return self.exclude(version=None).exclude(part=SuppressedPart.NOINDEX)


class Suppression(models.Model):
    """One part of one record that was removed: of all its versions, or of the one ``version``.

    Readers see it in ``/removed.json``. After a restore it says what has to be removed again.
    ``replacement`` is what stands in the place of a name: a role, or "" for the marker and for
    initials, which are made from the name. With ``everywhere`` the same words were removed from
    other records too.
    """

    public_id = models.CharField(max_length=12, db_index=True)
    kind = models.CharField(max_length=12)
    part = models.CharField(max_length=8, choices=SuppressedPart.choices)
    version = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=12, choices=SuppressionReason.choices)
    form = models.CharField(
        max_length=8, choices=SuppressionForm.choices, default=SuppressionForm.MARKER
    )
    replacement = models.CharField(max_length=120, blank=True)
    everywhere = models.BooleanField(default=False)
    removed_at = models.DateTimeField()

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["-removed_at", "-id"], name="record_suppression_newest")]

    def __str__(self) -> str:
        version = f", version {self.version}" if self.version else ""
        return f"{self.kind} {self.public_id}{version}: {self.part}"

    @property
    def day(self) -> date:
        """The day that the marker names."""
        day: date = self.removed_at.date()
        return day

    def identity(self) -> tuple[Any, ...]:
        """What two rows for the same removal have in common."""
        return (self.public_id, self.part, self.version)
