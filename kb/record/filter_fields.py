"""How the parameters of a list are read, and what is said of a value that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import DateError, FuzzyDate, parse, parse_edtf
from kb.record.models import Facet, Revision
from kb.record.parameter_errors import invalid_value
from kb.record.past.serving import served_time
from kb.record.past.times import PublicationTime, read_publication_time
from kb.record.sort_keys import KEY, key_of_days
from kb.record.vocabulary import Labels, RecordKind
from kb.text.normalise import MAX_NAME_LENGTH, fold_name
from kb.text.slugs import SLUG_LENGTH

MAX_VALUES = 10
MAX_PAGE_SIZE = 100
MAX_SEARCH_LENGTH = 200
MAX_ORIGINS = 1000
INVALID_CURSOR = _("This page link is not valid. Go back to the first page.")
SLUG = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
# Where a page begins: a sort key in the order of time, a version's number in that of changes.
CURSOR = rf"(?:{KEY}|[0-9]{{1,18}})"
_SLUG = re.compile(SLUG + r"\Z")
_CURSOR = re.compile(CURSOR + r"\Z")


@dataclass(frozen=True, order=True)
class Choice:
    """One value of a filter: as in the address, as in the index, and as readers see it."""

    slug: str
    value: str
    label: str


def choice_of_revision(revision: Revision) -> Choice:
    """The choice that stands for a record."""
    return Choice(revision.slug, revision.public_id, revision.title)


class ValuesField(forms.Field):
    """One or more values of a fixed vocabulary, cleaned to a tuple of ``Choice``."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, words: Labels, **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def to_python(self, values: list[str] | None) -> tuple[Choice, ...]:
        """Raise ValidationError for too many values, or for one that is not a choice."""
        values = values or []
        # Repetitions count: the limit is one that programs can be told.
        if len(values) > MAX_VALUES:
            raise ValidationError(
                gettext("Choose no more than %(most)d values.") % {"most": MAX_VALUES}
            )
        return self.choices_for(sorted({value for value in values if value}))

    def choices_for(self, values: list[str]) -> tuple[Choice, ...]:
        """The choices for values that are not empty, each once."""
        for value in values:
            if value not in self.words:
                raise ValidationError(invalid_value(value, self.words))
        return tuple(Choice(value, value, str(self.words[value])) for value in values)


class SlugsField(ValuesField):
    """One or more records of one kind, by the slugs of their addresses, old ones included."""

    def __init__(self, *, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(words={}, **options)

    def choices_for(self, values: list[str]) -> tuple[Choice, ...]:
        """The records with these slugs, in two queries."""
        kind_label = RecordKind(self.kind).label
        for slug in values:
            if not (len(slug) <= SLUG_LENGTH and _SLUG.match(slug)):
                raise ValidationError(
                    gettext(
                        "“%(value)s” is not a valid %(kind)s slug. A slug has only lowercase "
                        "letters, digits and hyphens."
                    )
                    % {"value": slug[:40], "kind": kind_label}
                )
        if not values:
            return ()
        revisions = Revision.objects.filter(kind=self.kind, slug__in=values)
        live = Revision.objects.live().filter(
            public_id__in=revisions.values("public_id"), kind=self.kind
        )
        titles = dict(live.values_list("public_id", "title"))
        ids = dict(revisions.order_by("number").values_list("slug", "public_id"))
        for slug in values:
            if ids.get(slug) not in titles:
                raise ValidationError(
                    gettext("No published %(kind)s has the slug “%(value)s”. Check the spelling.")
                    % {"kind": kind_label, "value": slug}
                )
        return tuple(Choice(slug, ids[slug], titles[ids[slug]]) for slug in values)


class PlacesField(ValuesField):
    """One or more places by the names that sources give them, whatever their case and accents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(words={}, **options)

    def choices_for(self, values: list[str]) -> tuple[Choice, ...]:
        """The places with these names, in one query; a name without entries is a choice too."""
        if any(len(value) > MAX_NAME_LENGTH for value in values):
            raise ValidationError(
                gettext("Shorten the name of the place to %(most)d characters or fewer.")
                % {"most": MAX_NAME_LENGTH}
            )
        typed = {folded: value for value in values if (folded := fold_name(value))}
        labels = typed | place_labels(typed)
        return tuple(Choice(folded, folded, labels[folded]) for folded in sorted(typed))


def place_labels(folded: Iterable[str]) -> dict[str, str]:
    """A name as a source gives it for each folded name of a place in the index."""
    places = Facet.objects.filter(name="place", value__in=list(folded)).order_by()
    first = places.values("value").annotate(entry=Min("entry")).values("entry")
    rows = places.filter(entry__in=first).order_by("-entry_id")
    return dict(rows.values_list("value", "entry__revision__document__place__name"))


class DateBound(forms.Field):
    """A date in EDTF or plain words, cleaned to a FuzzyDate that has both ends.

    Addresses are written by programs, and by this one: 2020-21 is the season, as in all EDTF.
    """

    def to_python(self, value: Any) -> FuzzyDate | None:
        """None for an empty value. Raise ValidationError for what is no date or has no end."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            when = parse(text, edtf_first=True)
        except DateError as problem:
            raise ValidationError(str(problem)) from problem
        if when.earliest is None or when.latest is None:
            raise ValidationError(
                gettext("Enter a date with a known start and end, such as 2023-04.")
            )
        return parse_edtf(when.edtf)  # the range, not the way it was typed


class PublicationBound(forms.Field):
    """The time whose published record is asked for, where the request has not been sent there."""

    def to_python(self, value: Any) -> PublicationTime | None:
        """Raise ValidationError for any other time than that of the present request."""
        when = read_publication_time(str(value or ""))
        if when != served_time() and when is not None:
            raise ValidationError(gettext("Here only the record of today can be shown."))
        return when


class Cursor(forms.CharField):
    """Where a page begins, as the links to the pages beside it have it."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = key_of_days(text) or text
        if text and not _CURSOR.match(text):
            raise ValidationError(str(INVALID_CURSOR))
        return text


class SearchWords(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if len(text) > MAX_SEARCH_LENGTH:
            raise ValidationError(gettext("Shorten the search to 200 characters or fewer."))
        return text
