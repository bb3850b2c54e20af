"""The place of an entry, as its source names it."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import name_field


class Placed(models.Model):
    """The fields of an entry that happened or was said somewhere."""

    place_name = name_field(120, blank=True, help_text=_("As the source names it."))
    place_wikidata = models.CharField(
        _("Wikidata id of the place"),
        max_length=16,
        blank=True,
        validators=[RegexValidator("^Q[1-9][0-9]*$", _("Enter a Wikidata id, such as Q956."))],
    )
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        abstract = True
