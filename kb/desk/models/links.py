"""Relations between entries, and the accounts that an event rests on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import Publishable, choice_constraint
from kb.desk.models.events import Event
from kb.desk.models.requests import Request
from kb.desk.models.sources import Source
from kb.desk.models.statements import Statement
from kb.record.vocabulary import LinkKind
from kb.text.clean import validate_text


def exactly_one(*fields: str) -> models.Q:
    """The condition that one of these fields has a value, and the others have none."""
    condition = models.Q()
    for field in fields:
        others = {f"{name}__isnull": name != field for name in fields}
        condition |= models.Q(**others)
    return condition


class EntryLink(models.Model):
    """What one entry is to another: it follows it, answers it, corrects it and so on.

    Rests on a ``source``, or is ``inferred`` by the editor, which readers see.
    """

    event = models.ForeignKey(Event, models.CASCADE, null=True, blank=True, related_name="links")
    statement = models.ForeignKey(
        Statement, models.CASCADE, null=True, blank=True, related_name="links"
    )
    request = models.ForeignKey(
        Request, models.CASCADE, null=True, blank=True, related_name="links"
    )
    link_kind = models.CharField(_("kind"), max_length=14, choices=LinkKind.choices)
    to_event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="linked_from"
    )
    to_statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="linked_from"
    )
    to_request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="linked_from"
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="link_citations",
        help_text=_("The source that reports this. Leave empty if you infer it."),
    )
    exact = models.TextField(_("exact words"), blank=True, validators=[validate_text])
    inferred = models.BooleanField(
        _("inferred by the editor"),
        default=False,
        help_text=_("No source reports this in words. Readers see that it is inferred."),
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="desk_entrylink_of_one_entry",
                condition=exactly_one("event", "statement", "request"),
                violation_error_message=_("A link must belong to exactly one entry."),
            ),
            models.CheckConstraint(
                name="desk_entrylink_to_one_entry",
                condition=exactly_one("to_event", "to_statement", "to_request"),
                violation_error_message=_("Choose exactly one entry that the link leads to."),
            ),
            models.CheckConstraint(
                name="desk_entrylink_sourced_or_inferred",
                condition=models.Q(inferred=True, source=None)
                | models.Q(inferred=False, source__isnull=False),
                violation_error_message=_(
                    "Choose the source that reports this, or mark the link as inferred."
                ),
            ),
            choice_constraint("entrylink", "link_kind", LinkKind),
        ]

    def __str__(self) -> str:
        return f"{self.get_link_kind_display()} “{self.target}”"

    @property
    def owner(self) -> Publishable | None:
        """The entry that has the link; None in a form that is not saved."""
        return self.event or self.statement or self.request

    @property
    def target(self) -> Publishable | None:
        """The entry that it leads to; None in a form that is not filled in."""
        return self.to_event or self.to_statement or self.to_request

    def clean(self) -> None:
        super().clean()
        if self.target is not None and self.target == self.owner:
            raise ValidationError(
                gettext("An entry cannot be linked to itself. Choose another entry.")
            )


class AccountOf(models.Model):
    """Whose account an event is: that of a statement, or of a source in its own words."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="according_to")
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="accounts_of_events"
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="accounts_of_events"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("account")
        constraints = [
            models.CheckConstraint(
                name="desk_accountof_one_voice",
                condition=exactly_one("statement", "source"),
                violation_error_message=_("Choose either a statement or a source."),
            ),
            models.UniqueConstraint(
                fields=["event", "statement"],
                name="desk_accountof_statement_once",
                violation_error_message=_("This statement is already named."),
            ),
            models.UniqueConstraint(
                fields=["event", "source"],
                name="desk_accountof_source_once",
                violation_error_message=_("This source is already named."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.statement or self.source)
