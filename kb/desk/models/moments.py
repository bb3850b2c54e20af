"""The key moments of an incident: a few of its entries, in an order that an editor chose."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import Publishable
from kb.desk.models.events import Event
from kb.desk.models.incidents import Incident
from kb.desk.models.links import exactly_one
from kb.desk.models.requests import Request
from kb.desk.models.statements import Statement

MAX_MOMENTS = 7


class KeyMoment(models.Model):
    """One of the entries that tell an incident in a minute."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="moments")
    place = models.PositiveSmallIntegerField(
        choices=[(place, str(place)) for place in range(1, MAX_MOMENTS + 1)],
        help_text=_("Its place among the key moments."),
    )
    # A deleted draft is no key moment any more.
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="moment_of"
    )
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="moment_of"
    )
    request = models.ForeignKey(
        Request, models.CASCADE, null=True, blank=True, related_name="moment_of"
    )

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_keymoment_one_entry",
                condition=exactly_one("event", "statement", "request"),
                violation_error_message=_("Choose exactly one entry for a key moment."),
            ),
            models.CheckConstraint(
                name="desk_keymoment_place_is_valid",
                condition=models.Q(place__range=(1, MAX_MOMENTS)),
                violation_error_message=format_lazy(
                    _("Choose a place from 1 to {most}."), most=MAX_MOMENTS
                ),
            ),
            *(
                models.UniqueConstraint(
                    fields=["incident", kind],
                    name=f"desk_keymoment_{kind}_once",
                    violation_error_message=_("This entry is already a key moment."),
                )
                for kind in ("event", "statement", "request")
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry or "")

    @property
    def entry(self) -> Publishable | None:
        """The entry; None in a form that is not filled in."""
        return self.event or self.statement or self.request

    def clean(self) -> None:
        super().clean()
        entry = self.event or self.statement or self.request
        if entry is None or self.incident_id is None:
            return
        if not entry.incidents.filter(pk=self.incident_id).exists():
            raise ValidationError(
                gettext(
                    "%(entry)s does not belong to this incident. Add the incident to "
                    "the entry first, or choose another entry."
                ),
                params={"entry": f"“{entry}”"},
            )
