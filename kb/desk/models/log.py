"""What the desk remembers: every version that was saved, and what was merged and split."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models

from kb.desk.models.base import choice_constraint
from kb.record.models import AppendOnly
from kb.text.clean import validate_text


class Action(models.TextChoices):
    """What was done to a thing, in the words of its history."""

    ADDED = "added", "added"
    SAVED = "saved", "saved"
    IMPORTED = "imported", "imported"
    SENT = "sent", "sent for review"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"
    MERGED = "merged", "merged"
    SPLIT = "split", "split"
    UNDONE = "undone", "merge, split or import undone"
    FOLLOWED = "followed", "changed along with another"
    RESTORED = "restored", "earlier version restored"
    DELETED = "deleted", "deleted"


class EditionQuerySet(models.QuerySet):
    """Versions as they were saved."""

    def of(self, public_id: str) -> Self:
        """Everything that was done to one thing, the newest first."""
        return self.filter(public_id=public_id).order_by("-pk")

    def update(self, **values: Any) -> int:
        raise AppendOnly("The log is never edited.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The log is never shortened.")


class Edition(models.Model):
    """One thing that was done to one thing: by whom, when, and how its desk row then stood.

    ``state`` is the whole row (``kb.desk.row_snapshots``), or None where none of its values
    changed. Rows are only ever added.
    """

    public_id = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    done = models.CharField(max_length=10, choices=Action.choices)
    note = models.TextField(blank=True)
    state = models.JSONField(null=True)
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [choice_constraint("edition", "done", Action)]
        indexes = [models.Index(fields=["public_id", "version"], name="desk_edition_of_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}, version {self.version}: {self.get_done_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("The log is never edited.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The log is never shortened.")


class TransferKind(models.TextChoices):
    MERGE = "merge", "merge"
    SPLIT = "split", "split"


class TransferQuerySet(models.QuerySet):
    """Merges and splits by what became of them."""

    def standing(self) -> Self:
        return self.filter(done_at__isnull=False, undone_at=None)

    def asked(self) -> Self:
        """Proposed under the rule of two persons, and not decided yet."""
        return self.filter(done_at=None, undone_at=None)

    def merges_of(self, public_ids: Any) -> Self:
        """The standing merges by which these came to be something else."""
        return self.standing().filter(how=TransferKind.MERGE, origin__in=public_ids)


class Transfer(models.Model):
    """A merge or a split: rows that went over from one thing to another, and exactly which.

    ``moved`` is what undoing needs: each row with its earlier values, and the documents of the
    record before and after. ``wanted`` is what was asked for, until a second person has done it.
    """

    how = models.CharField(max_length=5, choices=TransferKind.choices)
    kind = models.CharField(max_length=12)
    origin = models.CharField(max_length=12, db_index=True)
    origin_title = models.CharField(max_length=300)
    target = models.CharField(max_length=12, blank=True)
    target_title = models.CharField(max_length=300)
    note = models.TextField(blank=True, validators=[validate_text])
    wanted = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        verbose_name = "merge or split"
        verbose_name_plural = "merges and splits"
        constraints = [
            choice_constraint("transfer", "how", TransferKind),
            models.UniqueConstraint(
                fields=["origin"],
                condition=models.Q(how="merge", done_at__isnull=False, undone_at=None),
                name="desk_transfer_merged_once",
            ),
        ]

    def __str__(self) -> str:
        if self.how == TransferKind.MERGE:
            return f"the merge of “{self.origin_title}” into “{self.target_title}”"
        return f"the split of “{self.target_title}” off “{self.origin_title}”"
