"""Requests for comment: who asked whom, and what became of it. Silence is not a statement."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, refuse_mixed_zones
from kb.desk.models.claims import Proposition
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.statements import Statement
from kb.record.request_headlines import request_headline, request_words
from kb.record.vocabulary import RequestOutcome
from kb.text.clean import validate_text


def request_slug_words(asked_by: str, asked: Sequence[str]) -> str:
    """Return what the slug of a request is made from: who asked whom.

    In English, whatever the language of the editor. It does not change with the outcome.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return request_words(asked_by, asked)


class Request(Publishable):
    """Somebody asked somebody for comment.

    ``asked_on`` is when; ``no_reply_by`` is the day by which there was no reply.
    """

    kind = "request"
    date_field = "asked_on"

    asked_by = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_made",
        help_text=_("Leave empty if no source says who asked."),
    )
    asked = models.ManyToManyField(Actor, related_name="requests")
    asked_on = FuzzyDateField(blank=True)
    outcome = models.CharField(max_length=10, choices=RequestOutcome.choices)
    no_reply_by = FuzzyDateField(blank=True)
    answer = models.ForeignKey(
        Statement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_requests",
        help_text=_("The statement that answers the request."),
    )
    text = models.TextField(
        blank=True,
        validators=[validate_text],
        help_text=_("What was asked, or how the party declined, in the words of the source."),
    )
    about = models.ManyToManyField(Event, blank=True, related_name="requests")
    claims = models.ManyToManyField(Proposition, blank=True, related_name="requests")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="requests")
    topics = models.ManyToManyField(Topic, blank=True, related_name="requests")

    class Meta:
        ordering = ["asked_on_earliest", "pk"]
        verbose_name = _("request for comment")
        verbose_name_plural = _("requests for comment")
        constraints = [
            choice_constraint("request", "outcome", RequestOutcome),
            bounds_constraint("desk_request", "asked_on"),
            time_constraint("desk_request", "asked_on"),
            bounds_constraint("desk_request", "no_reply_by"),
            time_constraint("desk_request", "no_reply_by"),
            models.CheckConstraint(
                name="desk_request_answer_if_answered",
                condition=models.Q(answer=None) | models.Q(outcome=RequestOutcome.ANSWERED),
                violation_error_message=_(
                    "Only an answered request has an answer. Choose the outcome "
                    "“answered”, or remove the answer."
                ),
            ),
        ]

    def __str__(self) -> str:
        """The headline in English. Costs a query unless ``asked_by`` and ``asked`` are fetched.

        Without the day of the answer: the answer may not be public.
        """
        with translation.override(settings.LANGUAGE_CODE):
            return request_headline(
                str(self.asked_by or ""),
                self.asked_names,
                self.outcome,
                no_reply_by=self.no_reply_by,
            )

    @property
    def asked_names(self) -> list[str]:
        return [str(actor) for actor in self.belonging("asked")]

    @property
    def slug_words(self) -> str:
        return request_slug_words(str(self.asked_by or ""), self.asked_names)

    def clean(self) -> None:
        super().clean()
        if self.outcome != RequestOutcome.NO_REPLY and self.no_reply_by.edtf:
            raise ValidationError(
                {
                    "no_reply_by": gettext(
                        "Only a request without a reply has this date. Clear it, or "
                        "choose the outcome “no reply”."
                    )
                }
            )
        refuse_mixed_zones(self, "asked_on", "no_reply_by")
