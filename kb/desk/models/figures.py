"""Figures of an event as data: how many, of what, according to which source."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import choice_constraint, name_field, number_constraint
from kb.desk.models.events import Event
from kb.desk.models.sources import Source
from kb.record.vocabulary import NumberBound
from kb.text.clean import validate_text


class Figure(models.Model):
    """One number that one source gives for an event, such as “at least 40 injured”."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="figures")
    label = name_field(80, help_text=_("What is counted, such as people injured."))
    unit = name_field(40, blank=True, help_text=_("Such as USD or accounts."))
    number_bound = models.CharField(
        max_length=10, choices=NumberBound.choices, default=NumberBound.EXACT
    )
    number_low = models.DecimalField(max_digits=20, decimal_places=4)
    number_high = models.DecimalField(
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("For a range, such as 2 to 3 million."),
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="figures")
    exact = models.TextField(_("exact words"), blank=True, validators=[validate_text])
    locator = name_field(80, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            choice_constraint("figure", "number_bound", NumberBound),
            number_constraint("desk_figure"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.number_low}"
