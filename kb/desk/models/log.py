"""The desk's own log: an audit entry for each action, and a row for each merge or split."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kb.desk.models.append_only import LogModel, LogQuerySet
from kb.desk.models.base import choice_constraint
from kb.text.clean import validate_text


class Action(models.TextChoices):
    """What was done to a thing, in the words of its history."""

    ADDED = "added", _("added")
    SAVED = "saved", _("saved")
    IMPORTED = "imported", _("imported")
    SENT = "sent", _("sent for review")
    SENT_BACK = "sent_back", _("sent back to its author")
    PUBLISHED = "published", pgettext_lazy("action", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("action", "withdrawn")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split")
    UNDONE = "undone", _("merge, split or import undone")
    FOLLOWED = "followed", _("changed together with another record")
    RESTORED = "restored", _("earlier version restored")
    DELETED = "deleted", _("deleted")
    REMOVED = "removed", _("words removed by order")


class AuditEntryQuerySet(LogQuerySet["AuditEntry"]):
    """Audit entries, by the row that they are about."""

    def of(self, public_id: str) -> Self:
        """The audit entries of one row, the newest first."""
        return self.filter(public_id=public_id).order_by("-pk")


class AuditEntry(LogModel):
    """One action on one desk row: by whom, when, and the row as it was afterwards.

    ``state`` is the whole row (a ``RowSnapshot``), or None where the action changed no value of
    it. Entries are only added, never changed or deleted. The table keeps its earlier name.
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

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "desk_edition"
        default_permissions = ()
        ordering = ["pk"]
        constraints = [choice_constraint("edition", "done", Action)]
        indexes = [models.Index(fields=["public_id", "version"], name="desk_edition_of_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}, version {self.version}: {self.get_done_display()}"


class TransferKind(models.TextChoices):
    MERGE = "merge", _("merge")
    SPLIT = "split", _("split")


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Merges and splits, by status."""

    def in_effect(self) -> Self:
        """Those that were carried out and not undone."""
        return self.filter(done_at__isnull=False, undone_at=None)

    def proposed(self) -> Self:
        """Those that wait for a second person to confirm or decline them."""
        return self.filter(done_at=None, undone_at=None)

    def merges_of(self, public_ids: Iterable[str]) -> Self:
        """The merges in effect that merged one of these public ids into another record."""
        return self.in_effect().filter(how=TransferKind.MERGE, origin__in=public_ids)


class Transfer(models.Model):
    """A merge or a split: a proposal until ``done_at`` is set, then the log of what was moved.

    ``origin`` and ``target`` are public ids. ``moved`` is what undoing needs: each row with its
    earlier values, and the published documents before and after (an ``UndoRecord``). ``wanted``
    holds the options of a proposal: ``across`` of a merge, ``rows`` of a split.
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
        verbose_name = _("merge or split")
        verbose_name_plural = _("merges and splits")
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
        return f"the split of “{self.target_title}” from “{self.origin_title}”"

    @property
    def label(self) -> str:
        """The same as ``str``, but in the language of the editor. What is stored is in English."""
        names = {"origin": self.origin_title, "target": self.target_title}
        if self.how == TransferKind.MERGE:
            return gettext("the merge of “%(origin)s” into “%(target)s”") % names
        return gettext("the split of “%(target)s” from “%(origin)s”") % names
