"""Citations: which source supports, disputes or mentions an entry."""

from django.db import models

from kb.desk.models.base import choice_constraint, name_field
from kb.desk.models.events import Event
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement
from kb.record.vocabulary import Bearing
from kb.text.clean import validate_text


class Citation(models.Model):
    """A source cited for one event or one statement, with its exact words."""

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    exact = models.TextField(
        "exact words",
        blank=True,
        validators=[validate_text],
        help_text="A short passage, exactly as in the source.",
    )
    locator = name_field(
        80, blank=True, help_text="Paragraph, page or time, such as “paragraph 17”."
    )
    bearing = models.CharField(max_length=10, choices=Bearing.choices, default=Bearing.SUPPORTS)
    note = models.TextField(blank=True, validators=[validate_text])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_citation_of_one_entry",
                condition=models.Q(event=None, statement__isnull=False)
                | models.Q(event__isnull=False, statement=None),
                violation_error_message="A citation must belong to exactly one event or statement.",
            ),
            choice_constraint("citation", "bearing", Bearing),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.locator}" if self.locator else str(self.source)
