"""Sources: publications, and the sources that they derive from."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, bounds_constraint, time_constraint
from kb.desk.models.actors import Actor
from kb.desk.models.base import Publishable, choice_constraint, name_field, refuse_private_urls
from kb.record.vocabulary import Derivation, SourceKind
from kb.text.clean import validate_text, validate_url
from kb.text.links import LinkError, canonical_url


class Source(Publishable):
    """A publication that can be cited for a statement or an event."""

    kind = "source"

    source_kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices)
    title = name_field(300)
    url = models.CharField(
        max_length=2048,
        blank=True,
        validators=[validate_url],
        help_text=_("Leave empty if the source is not on the web."),
    )
    publisher = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="published"
    )
    byline = name_field(200, blank=True)
    published = FuzzyDateField(blank=True)
    language = models.CharField(
        max_length=35, blank=True, help_text=_("BCP 47 language tag, such as en.")
    )
    accessed_on = models.DateField(null=True, blank=True)
    archive_url = models.CharField(max_length=2048, blank=True, validators=[validate_url])
    archived_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, validators=[validate_text])

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=~models.Q(url=""),
                name="desk_source_url_once",
                violation_error_message=_(
                    "A source with this URL already exists. Use that source."
                ),
            ),
            choice_constraint("source", "source_kind", SourceKind),
            bounds_constraint("desk_source", "published"),
            time_constraint("desk_source", "published"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if self.url:
            try:
                self.url = canonical_url(self.url)
            except LinkError as error:
                raise ValidationError({"url": str(error)}) from error
        refuse_private_urls(self, "url", "archive_url")


class SourceRelation(models.Model):
    """A source derives from another one: it translates it, copies it, rewrites it or quotes it."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Source, models.PROTECT, related_name="children")
    derivation = models.CharField(_("kind"), max_length=20, blank=True, choices=Derivation.choices)
    note = name_field(200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("earlier source")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "parent"],
                name="desk_sourcerelation_once",
                violation_error_message=_("This earlier source is already named."),
            ),
            models.CheckConstraint(
                name="desk_sourcerelation_not_from_itself",
                condition=~models.Q(source=models.F("parent")),
                violation_error_message=_("A source cannot derive from itself."),
            ),
            choice_constraint("sourcerelation", "derivation", Derivation, blank=True),
        ]

    def __str__(self) -> str:
        return f"{self.source} ← {self.parent}"

    def clean(self) -> None:
        super().clean()
        if not (self.source_id and self.parent_id):
            return  # a new source has nothing that derives from it
        if error := relation_cycle(self.source, self.parent):
            raise ValidationError({"parent": error})


def relation_cycle(source: Source, parent: Source) -> str:
    """Return why a source cannot have this parent: it derives from the source; "" if it can.

    Costs a query for each level of earlier sources.
    """
    if source.pk == parent.pk:
        return ""  # the constraint has a message of its own
    reached_from: dict[int, int] = {}
    level = {parent.pk}
    while level and source.pk not in reached_from:
        relations = SourceRelation.objects.filter(source__in=level).order_by("pk")
        next_level = set()
        for child, earlier in relations.values_list("source_id", "parent_id"):
            if earlier not in reached_from and earlier != parent.pk:
                reached_from[earlier] = child
                next_level.add(earlier)
        level = next_level
    if source.pk not in reached_from:
        return ""
    message = (
        gettext(
            "“%(parent)s” derives from “%(source)s”, so “%(source)s” cannot derive from it. Remove "
            "one of the two relations."
        )
        if reached_from[source.pk] == parent.pk
        else gettext(
            "“%(parent)s” derives from “%(source)s” through other sources, so “%(source)s” cannot "
            "derive from it. Remove one of the two relations."
        )
    )
    return message % {"parent": parent, "source": source}
