"""Pairs of records that look like one thing twice and are two."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kb.desk.models.base import Publishable


class DistinctPair(models.Model):
    """Two records that an editor marked as different, so that they are no probable doubles.

    ``first`` is the smaller one of their public ids. A record may be deleted or merged later.
    """

    first = models.CharField(max_length=12)
    second = models.CharField(max_length=12)
    marked_at = models.DateTimeField(auto_now_add=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="desk_distinct_pair_unique"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="desk_distinct_pair_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.second}"

    @staticmethod
    def ids_of(row: Publishable, other: Publishable) -> tuple[str, str]:
        """The public ids of two records in the order in which they are stored."""
        first, second = sorted((row.public_id, other.public_id))
        return first, second
