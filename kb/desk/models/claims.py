"""Claims, and the positions of statements and sources on them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, FuzzyDateQuerySet, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, name_field, number_constraint
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement
from kb.record.claim_values import ANSWERS
from kb.record.vocabulary import NEW_POSITIONS, Label, NumberBound, Position, Question
from kb.text.clean import validate_text

# The field of a position that answers each type of question. "Whether" has none.
VALUE_FIELDS: dict[str, str] = {
    Question.WHEN: "dated",
    Question.WHICH: "option",
    Question.HOW_MANY: "number_low",
    Question.WHO: "actor",
}
_FIELD_NAMES: dict[str, Label] = {
    "dated": pgettext_lazy("answer", "date"),
    "option": pgettext_lazy("answer", "option"),
    "number_low": pgettext_lazy("answer", "number"),
    "actor": pgettext_lazy("answer", "actor"),
}
_MISSING: dict[str, Label] = {
    "dated": _("This claim asks when. Enter the date that the position gives."),
    "option": _("This claim asks which. Enter one of its options: %(options)s."),
    "number_low": _("This claim asks how many. Enter the number that the position gives."),
    "actor": _("This claim asks who. Choose the actor that the position gives."),
}


class Proposition(Publishable):
    """A claim: a neutrally worded question.

    ``question`` decides what answers it: yes or no, a date, one of the claim's options, a number
    in its unit, or an actor.
    """

    kind = "proposition"

    text = name_field(300)
    question = models.CharField(max_length=10, choices=Question.choices, default=Question.WHETHER)
    options = models.TextField(
        blank=True,
        validators=[validate_text],
        help_text=_("For which: the possible answers, one on each line."),
    )
    unit = name_field(
        40, blank=True, help_text=_("For how many: what is counted, such as accounts.")
    )
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="propositions")
    events = models.ManyToManyField(
        Event,
        blank=True,
        related_name="propositions",
        help_text=_("Events that are contested if positions on this claim differ."),
    )

    class Meta:
        ordering = ["pk"]
        constraints = [choice_constraint("proposition", "question", Question)]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        super().clean()
        if self.question == Question.WHICH and not self.option_list:
            raise ValidationError(
                {"options": gettext("Enter the possible answers, one on each line.")}
            )
        stored = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
        if stored is None or stored.question == self.question:
            return
        positions = stored.stances.count()
        if positions:
            raise ValidationError(
                {
                    "question": gettext(
                        "This claim asks %(question)s, and %(positions)s of "
                        "its positions answer that. Remove them and save before you "
                        "change what the claim asks, or add another claim."
                    )
                    % {
                        "question": stored.get_question_display(),
                        "positions": positions,
                    }
                }
            )

    @property
    def option_list(self) -> list[str]:
        """The options of a claim that asks which, in their order and each once."""
        lines = (line.strip() for line in self.options.splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class Stance(models.Model):
    """The position of one statement, or of a report in one source, on a claim."""

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="stances")
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="stances"
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="stances"
    )
    position = models.CharField(max_length=20, choices=NEW_POSITIONS)
    exact = models.TextField(
        _("words that carry the position"),
        blank=True,
        validators=[validate_text],
        help_text=_("The words of the statement or the source, exactly as it has them."),
    )
    dated = FuzzyDateField(blank=True)
    option = name_field(
        120, blank=True, help_text=_("For which: one of the options of the claim, in its words.")
    )
    number_bound = models.CharField(max_length=10, blank=True, choices=NumberBound.choices)
    number_low = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    number_high = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    actor = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="stances_naming"
    )
    note = models.TextField(blank=True, validators=[validate_text])

    objects = FuzzyDateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_stance_of_one_voice",
                condition=models.Q(source=None, statement__isnull=False)
                | models.Q(source__isnull=False, statement=None),
                violation_error_message=_(
                    "A position must belong to exactly one statement or source."
                ),
            ),
            choice_constraint("stance", "position", Position),
            choice_constraint("stance", "number_bound", NumberBound, blank=True),
            bounds_constraint("desk_stance", "dated"),
            time_constraint("desk_stance", "dated"),
            number_constraint("desk_stance"),
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()}: {self.proposition}"

    def clean(self) -> None:
        super().clean()
        # A form without a claim, statement or position has errors of its own.
        if self.proposition_id is None and "proposition" not in self._state.fields_cache:
            return
        if errors := value_errors(self):
            raise ValidationError(errors)


def value_errors(stance: Stance) -> dict[str, str]:
    """Return what is wrong with the value of a position, by field; empty if it fits the claim.

    A position that answers has the value that the claim asks for and no other; one that does not
    has none. A denial may leave it out: its value is what it gives instead.
    """
    claim = stance.proposition
    expected = VALUE_FIELDS.get(claim.question, "")
    is_answer = stance.position in ANSWERS
    errors: dict[str, str] = {}
    for field, name in _FIELD_NAMES.items():
        if not has_value(stance, field):
            continue
        if not is_answer:
            errors[field] = gettext(
                "This position does not answer the claim, so it has no %(name)s. "
                "Clear it, or choose another position."
            ) % {"name": name}
        elif field != expected:
            errors[field] = gettext(
                "The claim asks %(question)s, so its positions have no %(name)s. Clear it."
            ) % {"question": claim.get_question_display(), "name": name}
    if expected and is_answer and not errors:
        if has_value(stance, expected):
            errors |= _option_errors(stance) if expected == "option" else {}
        elif stance.position != Position.DENIES:
            options = "; ".join(claim.option_list) or gettext("enter them in the claim first")
            errors[expected] = str(_MISSING[expected]) % {"options": options}
    return errors


def has_value(stance: Stance, field: str) -> bool:
    """Whether a position has a value in this field of ``VALUE_FIELDS``."""
    if field == "dated":
        return bool(stance.dated.edtf)
    if field == "number_low":
        return stance.number_low is not None or stance.number_high is not None
    return bool(stance.actor_id if field == "actor" else stance.option)


def _option_errors(stance: Stance) -> dict[str, str]:
    options = stance.proposition.option_list
    if stance.option in options:
        return {}
    listed = "; ".join(options) or gettext("none are entered yet")
    return {
        "option": gettext(
            "“%(option)s” is not an option of this claim. Its options are: %(options)s."
        )
        % {"option": stance.option, "options": listed}
    }
