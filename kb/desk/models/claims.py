"""Contested claims, and the positions of statements and sources on them."""

from django.db import models

from kb.dates import FuzzyDateField, FuzzyDateQuerySet, bounds_constraint, time_constraint
from kb.desk.models.base import Publishable, choice_constraint, name_field
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement
from kb.record.vocabulary import Aspect, Position
from kb.text.clean import validate_text


class Proposition(Publishable):
    """A contested claim: a neutrally worded question, answered by yes, no or a date."""

    kind = "proposition"

    text = name_field(300)
    aspect = models.CharField(max_length=10, choices=Aspect.choices, default=Aspect.FACT)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="propositions")
    events = models.ManyToManyField(
        Event,
        blank=True,
        related_name="propositions",
        help_text="Events that are contested if positions on this claim differ.",
    )

    class Meta:
        ordering = ["pk"]
        constraints = [choice_constraint("proposition", "aspect", Aspect)]

    def __str__(self) -> str:
        return self.text


class Stance(models.Model):
    """The position of one statement, or of a report in one source, on a contested claim."""

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="stances")
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="stances"
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="stances"
    )
    position = models.CharField(max_length=20, choices=Position.choices)
    dated = FuzzyDateField(blank=True)
    note = models.TextField(blank=True, validators=[validate_text])

    objects = FuzzyDateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_stance_of_one_voice",
                condition=models.Q(source=None, statement__isnull=False)
                | models.Q(source__isnull=False, statement=None),
                violation_error_message="A position must belong to exactly one statement or "
                "source.",
            ),
            choice_constraint("stance", "position", Position),
            bounds_constraint("desk_stance", "dated"),
            time_constraint("desk_stance", "dated"),
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()}: {self.proposition}"
