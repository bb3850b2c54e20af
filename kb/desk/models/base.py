"""What every publishable thing on the desk shares."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from kb.dates import FuzzyDateQuerySet
from kb.text.clean import validate_line
from kb.text.links import LinkError, is_private_url, safe_url
from kb.text.slugs import public_id


class WorkflowState(models.TextChoices):
    DRAFT = "draft", "draft"
    IN_REVIEW = "in_review", "in review"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"


class PublishableQuerySet(FuzzyDateQuerySet):
    """Rows by where they stand on the way to the record."""

    def published(self) -> Self:
        return self.filter(state=WorkflowState.PUBLISHED)

    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)


class Publishable(models.Model):
    """One thing that can be put on the record.

    ``public_id`` is its name for ever; ``slug`` is the readable part of its address and may
    change (old ones go on answering). ``version`` counts saves: a save that comes with an older
    number than the row's is refused, so nobody overwrites what they have not seen.
    """

    kind: ClassVar[str]

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

    # What a form that nobody has saved says of relations: {"citations": [rows]}.
    typed: dict[str, list[Any]] | None = None

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def belonging(self, name: str, *joins: str) -> list[Any]:
        """The rows of a relation: as typed where a form says so, else as stored.

        ``joins`` are fetched with stored rows. A row that was never saved has none.
        """
        if self.typed is not None and name in self.typed:
            return self.typed[name]
        if self.pk is None:
            return []
        rows = getattr(self, name)
        return list(rows.select_related(*joins) if joins else rows.all())


class Snapshot(models.Model):
    """The whole of a thing as it was when last published, references to drafts included.

    The record holds the same document without what is not public. When a draft that this
    document names is published later, the public one is made anew from here, and so never
    from desk edits that nobody has published.
    """

    public_id = models.CharField(max_length=12, primary_key=True)
    kind = models.CharField(max_length=12)
    document = models.JSONField()
    taken_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class Reference(models.Model):
    """One id that a snapshot names: how the documents that name a thing are found."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="references")
    target = models.CharField(max_length=12, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "target"], name="desk_reference_once")
        ]

    def __str__(self) -> str:
        return self.target


def name_field(length: int = 200, **options: Any) -> models.CharField:
    """A one-line text: no control characters, no bidi overrides."""
    return models.CharField(max_length=length, validators=[validate_line], **options)


def refuse_private_urls(row: models.Model, *names: str) -> None:
    """Raise ValidationError for a field whose address leads into a network."""
    for name in names:
        url = getattr(row, name)
        try:
            leads_inside = bool(url) and is_private_url(safe_url(url), settings.FETCH_ALLOWED)
        except LinkError:
            continue  # the field's own validator says what is wrong
        if leads_inside:
            said = "This address leads into a network: no reader could follow it."
            raise ValidationError({name: said})


def choice_constraint(
    model: str, field: str, choices: type[models.TextChoices]
) -> models.CheckConstraint:
    """The database's own copy of a vocabulary, so that no path can store another word."""
    return models.CheckConstraint(
        name=f"desk_{model}_{field}_known",
        condition=models.Q(**{f"{field}__in": choices.values}),
        violation_error_message=f"Choose the {field} from: {', '.join(choices.values)}.",
    )
