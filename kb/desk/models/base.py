"""The fields that all publishable rows share, and parts of the other models."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDate, FuzzyDateQuerySet
from kb.record.documents.field import DocumentField
from kb.text.clean import validate_line
from kb.text.links import LinkError, is_private_url, safe_url
from kb.text.slugs import public_id


class WorkflowState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state", "draft")
    IN_REVIEW = "in_review", pgettext_lazy("state", "in review")
    PUBLISHED = "published", pgettext_lazy("state", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("state", "withdrawn")


Row = TypeVar("Row", bound="Publishable")


class PublishableQuerySet(FuzzyDateQuerySet[Row]):
    """Publishable rows: by state, and by slug for fixtures."""

    def published(self) -> Self:
        return self.filter(state=WorkflowState.PUBLISHED)

    def get_by_natural_key(self, slug: str) -> Row:
        return self.get(slug=slug)


class Publishable(models.Model):
    """Base class of the rows that can be published to the record.

    ``public_id`` never changes. ``slug`` is the readable part of the address and may change
    (earlier addresses redirect). ``version`` counts saves: a save with an older number than the
    stored one is refused, so that nobody overwrites changes that they have not seen.
    """

    kind: ClassVar[str]
    date_field: ClassVar[str] = ""  # of an entry

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(
        max_length=10, choices=WorkflowState.choices, default=WorkflowState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = PublishableQuerySet.as_manager()

    # The related rows of a form that is not saved yet, by accessor: {"citations": [rows]}.
    typed: dict[str, list[Any]] | None = None

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def belonging(self, name: str, *joins: str) -> list[Any]:
        """Return the rows of a relation: those of the form if ``typed`` has them, else the stored.

        ``joins`` are passed to ``select_related`` for stored rows. A row that was never saved has
        no stored rows.
        """
        if self.typed is not None and name in self.typed:
            return self.typed[name]
        if self.pk is None:
            return []
        rows = getattr(self, name)
        return list(rows.select_related(*joins) if joins else rows.all())

    def rarely_belonging(self, name: str, *joins: str) -> list[Any]:
        """Return the same, for a relation that most rows have nothing in.

        Asks first whether there is anything, which takes a fraction of the time of the joins.
        """
        is_stored = self.pk is not None and (self.typed is None or name not in self.typed)
        if is_stored and not getattr(self, name).exists():
            return []
        return self.belonging(name, *joins)


class Snapshot(models.Model):
    """The complete document of a row when it was last published, references to drafts included.

    The record has the same document without references to unpublished rows. When one of those
    drafts is published later, the public document is built again from this snapshot, and so never
    from desk edits that nobody has published.
    """

    public_id = models.CharField(max_length=12, primary_key=True)
    kind = models.CharField(max_length=12)
    document = DocumentField()
    taken_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Reference(models.Model):
    """A public id that a snapshot references. Used to find the documents that name a row."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="references")
    target = models.CharField(max_length=12, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "target"], name="desk_reference_once")
        ]

    def __str__(self) -> str:
        return self.target


def name_field(length: int = 200, **options: Any) -> models.CharField[str, str]:
    """Return a field for one line of text, without control characters and bidi overrides."""
    return models.CharField(max_length=length, validators=[validate_line], **options)


def refuse_private_urls(row: models.Model, *names: str) -> None:
    """Raise ValidationError with each of these fields whose URL points to a private network."""
    errors: dict[str, str] = {}
    for name in names:
        url = getattr(row, name)
        try:
            is_private = bool(url) and is_private_url(safe_url(url), settings.FETCH_ALLOWED)
        except LinkError:
            continue  # reported by the field's own validator
        if is_private:
            errors[name] = gettext("This URL points to a private network; readers cannot open it.")
    if errors:
        raise ValidationError(errors)


def refuse_mixed_zones(row: models.Model, start: str, end: str) -> None:
    """Raise ValidationError if these dates have times of which only one states its zone.

    The time between them, and which of them is first, would be unknown.
    """
    first, last = getattr(row, start), getattr(row, end)
    if not isinstance(first, FuzzyDate) or not isinstance(last, FuzzyDate):
        return  # reported by the field
    if first.mixes_zones_with(last):
        name, other = (start, end) if last.has_zone else (end, start)
        label = cast("models.Field[Any, Any]", row._meta.get_field(other)).verbose_name
        raise ValidationError(
            {
                name: gettext(
                    "This time states no time zone, but the time of “%(label)s” "
                    "does. Enter the zone of both, or leave out the time of which no "
                    "source states the zone."
                )
                % {"label": label}
            }
        )


def choice_constraint(
    model: str, field: str, choices: type[models.TextChoices], *, blank: bool = False
) -> models.CheckConstraint:
    """Return a check constraint that lets the database store only the values of ``choices``.

    With ``blank``, the empty text too.
    """
    values = ["", *choices.values] if blank else choices.values
    return models.CheckConstraint(
        name=f"desk_{model}_{field}_known",
        condition=models.Q(**{f"{field}__in": values}),
        violation_error_message=format_lazy(
            _("“{field}” must be one of: {values}."), field=field, values=", ".join(choices.values)
        ),
    )


def number_constraint(name: str) -> models.CheckConstraint:
    """Return a check constraint that keeps ``number_low`` at or below ``number_high``."""
    return models.CheckConstraint(
        name=f"{name}_number_order",
        condition=models.Q(number_low=None)
        | models.Q(number_high=None)
        | models.Q(number_low__lte=models.F("number_high")),
        violation_error_message=_("The lower number is greater than the higher one. Swap them."),
    )
