"""The vocabularies of suppression, each written once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kb.record.vocabulary import RecordKind


class SuppressionReason(models.TextChoices):
    """Why words were removed. The code is public, and nothing else about the order."""

    COURT_ORDER = "court_order", _("court order")
    MINOR = "minor", _("protection of a minor")
    ERASURE = "erasure", _("right to erasure")
    PRIVACY = "privacy", _("protection of a private person")
    COPYRIGHT = "copyright", _("copyright")


class SuppressedPart(models.TextChoices):
    """Which part of a record is removed."""

    TITLE = "title", _("title and address")
    NAMES = "names", _("names of persons")
    WORDS = "words", _("words and summary")
    NOTES = "notes", _("notes and places in sources")
    PLACE = "place", _("place")
    LINK = "link", _("address of the source")
    ALL = "all", _("everything")
    # Nothing is removed, but search engines are asked not to list the page.
    NOINDEX = "noindex", _("listing by search engines")


class SuppressionForm(models.TextChoices):
    """What stands in the place of the words."""

    MARKER = "marker", _("“Removed by order”, with the day")
    INITIALS = "initials", _("initials")
    ROLE = "role", pgettext_lazy("suppression", "a role, such as “a former employee”")


# The parts of each kind of record, in the order in which they are offered.
PARTS: dict[str, tuple[SuppressedPart, ...]] = {
    RecordKind.ACTOR: (SuppressedPart.NAMES, SuppressedPart.WORDS),
    RecordKind.SOURCE: (
        SuppressedPart.NAMES, SuppressedPart.TITLE, SuppressedPart.LINK, SuppressedPart.NOTES,
    ),
    RecordKind.INCIDENT: (SuppressedPart.TITLE, SuppressedPart.WORDS),
    RecordKind.TOPIC: (SuppressedPart.TITLE,),
    RecordKind.EVENT: (
        SuppressedPart.TITLE, SuppressedPart.WORDS, SuppressedPart.NOTES, SuppressedPart.PLACE,
    ),
    RecordKind.STATEMENT: (
        SuppressedPart.NAMES, SuppressedPart.TITLE, SuppressedPart.WORDS, SuppressedPart.NOTES,
        SuppressedPart.PLACE,
    ),
    # The title of a request is made from the names of those who were asked.
    RecordKind.REQUEST: (SuppressedPart.WORDS, SuppressedPart.NOTES),
    RecordKind.PROPOSITION: (SuppressedPart.TITLE, SuppressedPart.WORDS),
}  # fmt: skip
