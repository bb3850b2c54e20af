"""What was imported, from where, so that it can be told again and undone."""

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """One file, loaded at one time."""

    origin = models.CharField(max_length=100, help_text="Whose external ids these are.")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.name}"


class ImportedRow(models.Model):
    """One thing that a batch made, as it then was; ``external_id`` is "" for what went along."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    origin = models.CharField(max_length=100)
    external_id = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12)
    public_id = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    is_new = models.BooleanField(help_text="False where an earlier batch had made the thing.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "external_id"],
                condition=~models.Q(external_id=""),
                name="desk_importedrow_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
