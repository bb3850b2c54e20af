"""What the last check of a source's addresses and cited words found."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.models.base import choice_constraint, name_field
from kb.desk.models.citations import Citation
from kb.desk.models.sources import Source


class CheckState(models.TextChoices):
    """What a check found. A failed request is never called a deletion."""

    REACHABLE = "reachable", _("reachable")
    MOVED = "moved", _("moved")
    NOT_FOUND = "not_found", _("not found")
    REFUSED = "refused", _("refused")
    UNREACHABLE = "unreachable", _("unreachable")
    WORDS_FOUND = "words_found", _("words found")
    WORDS_IN_COPY = "words_in_copy", _("words found in the archived copy only")
    WORDS_NOT_FOUND = "words_not_found", _("words not found")
    NOT_CHECKED = "not_checked", _("not checked")


# What an editor should look at.
TROUBLE_STATES = frozenset(
    (
        CheckState.MOVED,
        CheckState.NOT_FOUND,
        CheckState.REFUSED,
        CheckState.UNREACHABLE,
        CheckState.WORDS_NOT_FOUND,
    )
)


class CheckTarget(models.TextChoices):
    """What of a source was checked."""

    PAGE = "page", _("link")
    COPY = "copy", _("archived copy")
    WORDS = "words", _("cited words")


class SourceCheckQuerySet(models.QuerySet["SourceCheck"]):
    def of(self, source: Source) -> Self:
        """The checks of one source: its link, its archived copy, then its cited words."""
        return self.filter(public_id=source.public_id).order_by("pk")

    def current(self) -> Self:
        """Those of addresses that the sources still have, and of words that are still cited."""
        sources = Source.objects.filter(public_id=models.OuterRef("public_id"))
        cited = Citation.objects.filter(exact=models.OuterRef("text")).filter(
            models.Q(source__public_id=models.OuterRef("public_id"), via=None)
            | models.Q(via__public_id=models.OuterRef("public_id"))
        )
        text = models.OuterRef("text")
        return self.filter(
            models.Q(target=CheckTarget.PAGE) & models.Exists(sources.filter(url=text))
            | models.Q(target=CheckTarget.COPY) & models.Exists(sources.filter(archive_url=text))
            | models.Q(target=CheckTarget.WORDS) & models.Exists(cited)
        )


class SourceCheck(models.Model):
    """The state of one address of a source, or of one passage that is cited from it.

    ``text`` is the address or the passage as it was checked, and ``digest`` its SHA-256. ``times``
    is the number of checks in a row with this state, ``since`` the moment of the first of them and
    ``previous`` the state before that. ``retry_at`` is when the host wants to be asked again.
    """

    public_id = models.CharField(max_length=12)
    target = models.CharField(max_length=5, choices=CheckTarget.choices)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=CheckState.choices)
    previous = models.CharField(max_length=16, choices=CheckState.choices, blank=True)
    since = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    checked_at = models.DateTimeField()
    detail = name_field(300, blank=True)
    moved_to = models.CharField(max_length=2048, blank=True)
    retry_at = models.DateTimeField(null=True)

    objects = SourceCheckQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "target"], name="desk_sourcecheck_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["public_id", "target", "digest"], name="desk_sourcecheck_once"
            ),
            choice_constraint("sourcecheck", "target", CheckTarget),
            choice_constraint("sourcecheck", "state", CheckState),
            choice_constraint("sourcecheck", "previous", CheckState, blank=True),
            models.CheckConstraint(
                name="desk_sourcecheck_since_is_not_later",
                condition=models.Q(since__lte=models.F("checked_at")),
                violation_error_message=_("A state cannot begin after the check that found it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_target_display()}: {self.words()}"

    def words(self) -> str:
        """The state in words: "not found (3 times since 1 November 2026)"."""
        state = str(self.get_state_display())
        if self.times <= 1:
            return state
        values = {
            "state": state,
            "times": self.times,
            "day": date_format(self.since, "DATE_FORMAT"),
        }
        return gettext("%(state)s (%(times)s times since %(day)s)") % values
