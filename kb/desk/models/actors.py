"""Actors, their other names and their affiliations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDateField, FuzzyDateQuerySet, bounds_constraint, time_constraint
from kb.desk.models.base import (
    Publishable,
    choice_constraint,
    name_field,
    refuse_mixed_zones,
    refuse_private_urls,
)
from kb.record.vocabulary import ActorKind, NameKind
from kb.text.clean import validate_text, validate_url


class Actor(Publishable):
    """A person, organisation, publication, product or group that can act or speak."""

    kind = "actor"

    actor_kind = models.CharField(_("kind"), max_length=12, choices=ActorKind.choices)
    name = name_field()
    summary = models.TextField(
        blank=True,
        validators=[validate_text],
        help_text=_("Markdown. Include only what sources support."),
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text=_("For a product, project or unit: the organisation it belongs to."),
    )
    wikidata = models.CharField(_("Wikidata id"), max_length=16, blank=True)
    website = models.CharField(max_length=2048, blank=True, validators=[validate_url])

    class Meta:
        ordering = ["name", "pk"]
        constraints = [choice_constraint("actor", "actor_kind", ActorKind)]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        refuse_private_urls(self, "website")


class ActorName(models.Model):
    """Another name of an actor. Search finds the actor by it too."""

    actor = models.ForeignKey(Actor, models.PROTECT, related_name="other_names")
    name = name_field()
    language = models.CharField(
        max_length=35, blank=True, help_text=_("BCP 47 language tag, such as zh-Hans.")
    )
    name_kind = models.CharField(
        _("kind"), max_length=10, choices=NameKind.choices, default=NameKind.ALIAS
    )
    note = name_field(
        200,
        blank=True,
        help_text=_("Where the name comes from, if no cited source gives it."),
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "name"],
                name="desk_actorname_once",
                violation_error_message=_("This actor already has this name."),
            ),
            choice_constraint("actorname", "name_kind", NameKind),
        ]

    def __str__(self) -> str:
        return self.name


class Affiliation(models.Model):
    """A person's role in an organisation, with its start and end dates."""

    person = models.ForeignKey(Actor, models.PROTECT, related_name="affiliations")
    organisation = models.ForeignKey(Actor, models.PROTECT, related_name="people")
    title = name_field(120)
    since = FuzzyDateField(blank=True)
    until = FuzzyDateField(blank=True)

    objects = FuzzyDateQuerySet.as_manager()

    class Meta:
        ordering = ["person", "since_earliest", "pk"]
        constraints = [
            bounds_constraint("desk_affiliation", "since"),
            time_constraint("desk_affiliation", "since"),
            bounds_constraint("desk_affiliation", "until"),
            time_constraint("desk_affiliation", "until"),
            models.CheckConstraint(
                name="desk_affiliation_not_with_oneself",
                condition=~models.Q(person=models.F("organisation")),
                violation_error_message=_("A person cannot be affiliated with the same person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.title}, {self.organisation}"

    def clean(self) -> None:
        super().clean()
        refuse_mixed_zones(self, "since", "until")
