"""Statements: who said what, to whom, on whose behalf and where."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, name_field
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.places import Placed
from kb.record.vocabulary import Attribution, Certainty, StatementForm
from kb.text.clean import validate_text
from kb.text.quoting import QuotationError, parse_quotation


class Statement(Placed, Publishable):
    """Something that somebody said. The record states that it was said, not that it is true."""

    kind = "statement"
    date_field = "said"

    speaker = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statements",
        help_text=_("Leave empty for an unnamed speaker and fill in the label."),
    )
    speaker_label = name_field(200, blank=True)
    attribution = models.CharField(max_length=10, choices=Attribution.choices)
    role_as_of = name_field(120, blank=True)
    on_behalf_of = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="statements_for"
    )
    joint_speakers = models.ManyToManyField(
        Actor,
        blank=True,
        related_name="joint_statements",
        help_text=_("Others who made the statement together with the speaker."),
    )
    joint_principals = models.ManyToManyField(
        Actor,
        blank=True,
        related_name="joint_statements_for",
        help_text=_("Others on whose behalf the statement was made."),
    )
    identity = models.CharField(
        _("identity of the speaker"),
        max_length=8,
        choices=Certainty.choices,
        default=Certainty.CERTAIN,
        help_text=_("Choose “possible” if the sources leave open who spoke."),
    )
    same_speaker = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="same_speaker_statements",
        help_text=_("For an unnamed speaker: an earlier statement by the same person."),
    )
    same_speaker_certainty = models.CharField(
        _("the same speaker is"),
        max_length=8,
        choices=Certainty.choices,
        default=Certainty.POSSIBLE,
    )
    attributed_by = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attributions",
        help_text=_("For reported speech: the outlet that ascribes it to the speaker."),
    )
    addressees = models.ManyToManyField(Actor, blank=True, related_name="statements_to")
    channel = name_field(120, blank=True)
    said = FuzzyDateField(blank=True)
    form = models.CharField(max_length=10, choices=StatementForm.choices)
    headline = name_field()
    text = models.TextField(
        blank=True,
        validators=[validate_text],
        help_text=_(
            "If the party did not reply or declined to comment, add a request for comment instead."
        ),
    )
    override_reason = models.TextField(
        _("reason to publish without the negation"),
        blank=True,
        validators=[validate_text],
        help_text=_(
            "If the quotation leaves out a word such as “not” of its "
            "sentence and this does not mislead: why. Readers see the reason."
        ),
    )
    language = models.CharField(max_length=35, default="en")
    original_text = models.TextField(blank=True, validators=[validate_text])
    original_language = models.CharField(max_length=35, blank=True)
    about = models.ManyToManyField(Event, blank=True, related_name="statements")
    in_reply_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies"
    )
    incidents = models.ManyToManyField(Incident, blank=True, related_name="statements")
    topics = models.ManyToManyField(Topic, blank=True, related_name="statements")

    class Meta:
        ordering = ["said_earliest", "pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_statement_has_a_voice",
                condition=~models.Q(speaker=None) | ~models.Q(speaker_label=""),
                violation_error_message=_(
                    "Choose a speaker, or fill in the label for an unnamed speaker."
                ),
            ),
            models.CheckConstraint(
                name="desk_statement_said_something",
                condition=~models.Q(text=""),
                violation_error_message=_(
                    "Enter the text of the statement. If the party did not reply or "
                    "declined to comment, add a request for comment instead."
                ),
            ),
            choice_constraint("statement", "attribution", Attribution),
            choice_constraint("statement", "form", StatementForm),
            choice_constraint("statement", "identity", Certainty),
            choice_constraint("statement", "same_speaker_certainty", Certainty),
            bounds_constraint("desk_statement", "said"),
            time_constraint("desk_statement", "said"),
        ]

    def __str__(self) -> str:
        return self.headline

    def clean(self) -> None:
        super().clean()
        # The speaker may be new, and saved with the statement.
        has_speaker = self.speaker_id is not None or self.speaker is not None
        if self.attribution == Attribution.NAMED and not has_speaker:
            raise ValidationError(
                {"speaker": gettext("A named speaker needs an actor. Choose or add one.")}
            )
        if self.text and self.form in (StatementForm.VERBATIM, StatementForm.DOCUMENT):
            try:
                parse_quotation(self.text)
            except QuotationError as problem:
                raise ValidationError({"text": str(problem)}) from problem
        if self.pk and self.in_reply_to_id == self.pk:
            raise ValidationError({"in_reply_to": gettext("A statement cannot reply to itself.")})
        if self.form == StatementForm.ATTRIBUTED and self.attributed_by_id is None:
            raise ValidationError(
                {"attributed_by": gettext("Choose the outlet that ascribes this to the speaker.")}
            )
        if self.form != StatementForm.ATTRIBUTED and self.attributed_by_id is not None:
            raise ValidationError(
                {
                    "attributed_by": gettext(
                        "Only reported speech has this. Clear it, or choose the form "
                        "“reported speech”."
                    )
                }
            )
