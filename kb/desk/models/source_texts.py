"""The text of a source, for the desk only, and the passages in it that entries are made from.

Nothing here is published, exported or searched: an article belongs to its publisher. Access is by
permission, see ``kb.desk.roles``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import Publishable, choice_constraint
from kb.desk.models.citations import Citation
from kb.desk.models.claims import Stance
from kb.desk.models.sources import Source
from kb.text.clean import validate_text


class PassageKind(models.TextChoices):
    """What a marked passage became."""

    STATEMENT = "statement", _("statement")
    EVENT = "event", _("event")
    POSITION = "position", _("position")
    REQUEST = "request", _("request for comment")


class MarkStatus(models.TextChoices):
    """What became of a mark when its text was replaced; "" if it never was."""

    SAME = "same", _("same place")
    MOVED = "moved", _("moved")
    LOST = "lost", _("lost")


class SourceText(models.Model):
    """A version of the text of a source. It never changes; a new text is a new version.

    ``body`` has a paragraph on each line (``kb.text.article_text``). A text that was deleted has
    no body; the marks in it keep their words.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    body = models.TextField(validators=[validate_text])
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("use_source_text", "Can read and replace the text of a source"),
            ("delete_source_text", "Can delete the text of a source"),
        ]
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="desk_sourcetext_once"),
            models.CheckConstraint(
                name="desk_sourcetext_body_unless_deleted",
                condition=models.Q(deleted_at=None) & ~models.Q(body="")
                | models.Q(deleted_at__isnull=False, body=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Text {self.number} of source {self.source_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new version. Raises TypeError for one that is stored already."""
        if self.pk is not None:
            raise TypeError("A text never changes. Store a new version.")
        super().save(*args, **kwargs)


class PassageMark(models.Model):
    """A passage of a text that a row of the desk is made from.

    ``citation`` is the citation of the entry, ``stance`` the position. ``start`` and ``end`` are
    positions in ``text``. A mark whose status is *lost* points to the last version that had it.
    """

    text = models.ForeignKey(SourceText, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=PassageKind.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    exact = models.TextField()
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=5, choices=MarkStatus.choices, blank=True)
    citation = models.OneToOneField(
        Citation, models.CASCADE, null=True, blank=True, related_name="mark"
    )
    stance = models.OneToOneField(
        Stance, models.CASCADE, null=True, blank=True, related_name="mark"
    )

    class Meta:
        default_permissions = ()
        ordering = ["start", "pk"]
        constraints = [
            choice_constraint("passagemark", "kind", PassageKind),
            choice_constraint("passagemark", "status", MarkStatus, blank=True),
            models.CheckConstraint(
                name="desk_passagemark_not_empty", condition=models.Q(start__lt=models.F("end"))
            ),
            models.CheckConstraint(
                name="desk_passagemark_of_one_row",
                condition=models.Q(kind=PassageKind.POSITION, citation=None, stance__isnull=False)
                | ~models.Q(kind=PassageKind.POSITION)
                & models.Q(citation__isnull=False, stance=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.exact[:40]}"

    @property
    def row(self) -> Publishable | None:
        """The entry, or the claim of the position. Costs queries unless they are fetched."""
        if self.stance is not None:
            return self.stance.proposition
        citation = self.citation
        if citation is None:
            return None
        return citation.statement or citation.event or citation.request


class DismissedProposal(models.Model):
    """A proposal for a source that an editor does not want. It is not proposed again.

    Recognised by kind, words and the words around them, so that it stays dismissed in a later
    version of the text.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="dismissed_proposals")
    kind = models.CharField(max_length=12)
    exact = models.TextField()
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    dismissed_at = models.DateTimeField(auto_now_add=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.exact[:40]}"
