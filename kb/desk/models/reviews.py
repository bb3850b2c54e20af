"""Approvals, review requests and comments on drafts."""

from typing import Self

from django.conf import settings
from django.db import models

from kb.text.clean import validate_text


class Approval(models.Model):
    """The approval of a document by a second person.

    It is valid only for the document with this digest: after any change a new one is needed.
    """

    public_id = models.CharField(max_length=12, primary_key=True)
    sha256 = models.CharField(max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("approve_draft", "Can approve what others have drafted"),
            ("publish_record", "Can publish to the record, and withdraw from it"),
        ]
        verbose_name_plural = "review queue"

    def __str__(self) -> str:
        return f"{self.public_id}, by {self.approved_by}"


class ReviewRequest(models.Model):
    """A request to review changes to a published row. A draft has the state "in review"."""

    public_id = models.CharField(max_length=12, primary_key=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.public_id}, by {self.asked_by or 'a command'}"


class CommentQuerySet(models.QuerySet["Comment"]):
    """Remarks, by whether they are settled."""

    def unresolved(self) -> Self:
        return self.filter(resolved_at=None)

    def change_requests(self) -> Self:
        """Unresolved remarks with which a draft was sent back to its author."""
        return self.unresolved().filter(asks_for_changes=True)


class Comment(models.Model):
    """A remark on a draft. Only editors see it.

    ``field`` is the name of the form field that it is about, "" for the whole record. With
    ``asks_for_changes`` it sent the draft back to its author, until it is resolved.
    """

    public_id = models.CharField(max_length=12, db_index=True)
    field = models.CharField(max_length=60, blank=True)
    text = models.TextField(validators=[validate_text])
    asks_for_changes = models.BooleanField(default=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.written_by}: {self.text[:60]}"
