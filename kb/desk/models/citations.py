"""Citations: which source supports, disputes or mentions an entry."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, FuzzyDateQuerySet, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import choice_constraint, name_field
from kb.desk.models.events import Event
from kb.desk.models.requests import Request
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement
from kb.record.vocabulary import Bearing, Wording
from kb.text.clean import validate_text


class CitationQuerySet(FuzzyDateQuerySet["Citation"]):
    def supporting(self) -> Self:
        """Those that support their entry. A source that another one relays was not read."""
        return self.filter(bearing=Bearing.SUPPORTS, via=None)


class Citation(models.Model):
    """A source cited for one event, statement or request: one carrier's account of it.

    ``wording``, ``language`` and ``translator`` describe ``exact``. ``quoted`` marks the citation
    from whose words the quotation of the statement is composed. ``via`` is the source that relays
    ``source``, which nobody here has read: such a citation is no evidence of its own.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    request = models.ForeignKey(
        Request, models.CASCADE, null=True, blank=True, related_name="citations"
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    via = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="relayed_citations",
        verbose_name=_("as cited in"),
        help_text=_("The source that you have read, if you have not read the one above."),
    )
    exact = models.TextField(
        _("exact words"),
        blank=True,
        validators=[validate_text],
        help_text=_("A short passage, exactly as in the source."),
    )
    locator = name_field(
        80, blank=True, help_text=_("Paragraph, page or time, such as “paragraph 17”.")
    )
    bearing = models.CharField(max_length=10, choices=Bearing.choices, default=Bearing.SUPPORTS)
    wording = models.CharField(
        max_length=16,
        blank=True,
        choices=Wording.choices,
        help_text=_("How near these words are to those of the speaker."),
    )
    language = models.CharField(
        max_length=35,
        blank=True,
        help_text=_("Of the exact words. BCP 47 language tag, such as en."),
    )
    translator = name_field(
        120, blank=True, help_text=_("Who translated them, if the source says.")
    )
    quoted = models.BooleanField(
        _("show these words"),
        default=False,
        help_text=_("The quotation of the statement is composed from these words."),
    )
    position = models.PositiveSmallIntegerField(
        _("place in the list"),
        null=True,
        blank=True,
        help_text=_("For an item of a list in the source: 1 for the first item."),
    )
    said = FuzzyDateField(blank=True)
    addressee = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The addressee in this source, if other sources name another one."),
    )
    note = models.TextField(blank=True, validators=[validate_text])

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_citation_of_one_entry",
                condition=models.Q(event=None, statement__isnull=False, request=None)
                | models.Q(event__isnull=False, statement=None, request=None)
                | models.Q(event=None, statement=None, request__isnull=False),
                violation_error_message=_("A citation must belong to exactly one entry."),
            ),
            models.UniqueConstraint(
                fields=["statement"],
                condition=models.Q(quoted=True),
                name="desk_citation_quoted_once",
                violation_error_message=_("Only one citation can give the words that are shown."),
            ),
            models.CheckConstraint(
                name="desk_citation_not_via_itself",
                condition=models.Q(via=None) | ~models.Q(via=models.F("source")),
                violation_error_message=_("A source cannot be cited in itself."),
            ),
            choice_constraint("citation", "bearing", Bearing),
            choice_constraint("citation", "wording", Wording, blank=True),
            bounds_constraint("desk_citation", "said"),
            time_constraint("desk_citation", "said"),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.locator}" if self.locator else str(self.source)

    def clean(self) -> None:
        super().clean()
        if self.quoted and not self.exact:
            raise ValidationError(
                {"exact": gettext("Enter the exact words that the quotation is composed from.")}
            )
        if self.quoted and self.via_id:
            raise ValidationError(
                {
                    "quoted": gettext(
                        "Quote a source that you have read. Choose it as the source, and "
                        "clear “as cited in”."
                    )
                }
            )
        if self.quoted and self.statement_id is None and (self.event_id or self.request_id):
            raise ValidationError({"quoted": gettext("Only a statement shows a quotation.")})
