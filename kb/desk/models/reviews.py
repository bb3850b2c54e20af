"""What others say of a draft before it is published."""

from django.conf import settings
from django.db import models

from kb.text.clean import validate_text


class Approval(models.Model):
    """That somebody has read a thing, exactly as it then stood, and found it fit to publish.

    It holds for the document with this digest alone: any later change needs another.
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
    """That changes to something published wait to be read. A draft says so by its state."""

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
    """A remark on a draft, for editors only."""

    public_id = models.CharField(max_length=12, db_index=True)
    text = models.TextField(validators=[validate_text])
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.written_by}: {self.text[:60]}"
