"""Approvals, review requests and comments on drafts."""

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


class Comment(models.Model):
    """A comment on a draft. Only editors see it."""

    public_id = models.CharField(max_length=12, db_index=True)
    text = models.TextField(validators=[validate_text])
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.written_by}: {self.text[:60]}"
