"""Events and their participants."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, name_field
from kb.desk.models.incidents import Incident, Topic
from kb.desk.models.places import Placed
from kb.record.vocabulary import ParticipationRole, Reliability
from kb.text.clean import validate_text


class Event(Placed, Publishable):
    """Something that happened, was planned, or was reported to have happened."""

    kind = "event"
    date_field = "happened"

    title = name_field()
    happened = FuzzyDateField(blank=True)
    standing = models.CharField(max_length=12, choices=Reliability.choices)
    summary = models.TextField(blank=True, validators=[validate_text], help_text=_("Markdown."))
    actors = models.ManyToManyField(Actor, through="Participation", related_name="events")
    incidents = models.ManyToManyField(Incident, blank=True, related_name="events")
    topics = models.ManyToManyField(Topic, blank=True, related_name="events")

    class Meta:
        ordering = ["happened_earliest", "pk"]
        constraints = [
            choice_constraint("event", "standing", Reliability),
            bounds_constraint("desk_event", "happened"),
            time_constraint("desk_event", "happened"),
        ]

    def __str__(self) -> str:
        return self.title


class Participation(models.Model):
    """An actor's role in an event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="participations")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=ParticipationRole.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "actor", "role"],
                name="desk_participation_once",
                violation_error_message=_("This actor already has this role in the event."),
            ),
            choice_constraint("participation", "role", ParticipationRole),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.get_role_display()}"
