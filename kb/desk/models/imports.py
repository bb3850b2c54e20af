"""Import batches, their rows and uploaded files."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UnfinishedStep(models.TextChoices):
    """What was begun with an import and has not ended yet."""

    LOADING = "loading", _("loading")
    UNDOING = "undoing", _("undoing")


class ImportBatch(models.Model):
    """One import of one file.

    A large one is loaded and undone in several transactions. ``unfinished`` says so from the first
    to the last of them, and ``runner`` names the run that may do the next.
    """

    origin = models.CharField(max_length=100, help_text=_("The system the external ids come from."))
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now_add=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    unfinished = models.CharField(max_length=8, blank=True, choices=UnfinishedStep.choices)
    runner = models.CharField(max_length=16, blank=True, editable=False)
    active_at = models.DateTimeField(null=True, editable=False)
    rows_total = models.PositiveIntegerField(
        default=0, help_text=_("Rows that the unfinished step stores or takes back in all.")
    )
    rows_done = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        permissions = [("import_file", "Can import files, and undo an import")]
        ordering = ["-pk"]
        verbose_name = "import"

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.name}"


class ImportedRow(models.Model):
    """A row that a batch created or changed, with the version and digest that it had then.

    A later import recognises the row by ``external_id``, which is "" for rows that were created
    only because another row names them.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    origin = models.CharField(max_length=100)
    external_id = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12)
    public_id = models.CharField(max_length=12)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    is_new = models.BooleanField(help_text=_("Unset if an earlier import created the record."))
    before = models.JSONField(
        null=True,
        encoder=DjangoJSONEncoder,
        help_text=_("For a changed record: its previous content and import details."),
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


class ImportOrigin(models.Model):
    """How the files of an origin are read, as the sender of the last one decided."""

    name = models.CharField(max_length=100, unique=True)
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """An uploaded file that is not imported yet: its bytes, and the report of the dry run.

    Only the uploader can see it. It is deleted after a day, or earlier when there are too many.
    """

    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    file_kind = models.CharField(max_length=12)
    origin = models.CharField(max_length=100)
    options = models.JSONField(default=dict, help_text=_("How the file is read."))
    layout = models.JSONField(default=dict, help_text=_("Headings, samples and new names."))
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # [row, title, action, reasons, date] for each row.
    report = models.JSONField(default=list)
    notes = models.JSONField(default=list, help_text=_("Sentences about the file as a whole."))
    batch = models.ForeignKey(ImportBatch, models.CASCADE, null=True, related_name="+")
    checked = models.PositiveIntegerField(
        default=0, help_text=_("Number of rows validated while loading.")
    )
    busy_since = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
