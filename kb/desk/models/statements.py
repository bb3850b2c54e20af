"""Statements: who said what, to whom, on whose behalf and where."""

from django.core.exceptions import ValidationError
from django.db import models

from kb.dates import FuzzyDateField, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, name_field
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident, Topic
from kb.record.vocabulary import Attribution, StatementForm, StatementOutcome, Wording
from kb.text.clean import validate_text


class Statement(Publishable):
    """Something that somebody said. The record states that it was said, not that it is true."""

    kind = "statement"

    speaker = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        help_text="Leave empty for an unnamed speaker and fill in the label.",
    )
    speaker_label = name_field(200, blank=True)
    attribution = models.CharField(max_length=10, choices=Attribution.choices)
    role_as_of = name_field(120, blank=True)
    on_behalf_of = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="statements_for"
    )
    addressees = models.ManyToManyField(Actor, blank=True, related_name="statements_to")
    channel = name_field(120, blank=True)
    said = FuzzyDateField(blank=True)
    form = models.CharField(max_length=10, choices=StatementForm.choices)
    wording = models.CharField(max_length=16, choices=Wording.choices, default=Wording.ORIGINAL)
    headline = name_field()
    text = models.TextField(blank=True, validators=[validate_text])
    language = models.CharField(max_length=35, default="en")
    original_text = models.TextField(blank=True, validators=[validate_text])
    original_language = models.CharField(max_length=35, blank=True)
    about = models.ManyToManyField(Event, blank=True, related_name="statements")
    in_reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies"
    )
    outcome = models.CharField(
        max_length=10, choices=StatementOutcome.choices, default=StatementOutcome.SAID
    )
    incidents = models.ManyToManyField(Incident, blank=True, related_name="statements")
    topics = models.ManyToManyField(Topic, blank=True, related_name="statements")

    class Meta:
        ordering = ["said_earliest", "pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_statement_has_a_voice",
                condition=~models.Q(speaker=None) | ~models.Q(speaker_label=""),
                violation_error_message="Choose a speaker, or fill in the label for an unnamed "
                "speaker.",
            ),
            models.CheckConstraint(
                name="desk_statement_said_something",
                condition=~models.Q(outcome="said") | ~models.Q(text=""),
                violation_error_message="Enter the text of the statement or choose another "
                "outcome.",
            ),
            choice_constraint("statement", "attribution", Attribution),
            choice_constraint("statement", "form", StatementForm),
            choice_constraint("statement", "wording", Wording),
            choice_constraint("statement", "outcome", StatementOutcome),
            bounds_constraint("desk_statement", "said"),
            time_constraint("desk_statement", "said"),
        ]

    def __str__(self) -> str:
        return self.headline

    def clean(self) -> None:
        super().clean()
        if self.attribution == Attribution.NAMED and self.speaker_id is None:
            raise ValidationError({"speaker": "A named speaker needs an actor. Choose or add one."})
        if self.pk and self.in_reply_to_id == self.pk:
            raise ValidationError({"in_reply_to": "A statement cannot reply to itself."})
