"""What was imported, from where, so that it can be told again and undone."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone


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
        permissions = [("import_file", "Can import files, and undo an import")]
        ordering = ["-pk"]
        verbose_name = "import"

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.name}"


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
    before = models.JSONField(
        null=True,
        encoder=DjangoJSONEncoder,
        help_text="Of a thing that was changed: what stood there, and what was remembered of it.",
    )

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


class Upload(models.Model):
    """A file that somebody sent and has not loaded yet: its very bytes, and what was said of it.

    Seen by nobody but its sender, and thrown away after a day, or when newer ones push it out.
    """

    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    file_kind = models.CharField(max_length=12)
    origin = models.CharField(max_length=100)
    columns = models.JSONField(default=dict)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # [row, title, action, reasons] for each row.
    report = models.JSONField(default=list)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, null=True, related_name="+")
    checked = models.PositiveIntegerField(default=0, help_text="Rows checked again while loading.")
    busy_since = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
