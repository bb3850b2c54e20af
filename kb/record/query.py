"""One timeline query for everything that lists entries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from kb.dates import FuzzyDate
from kb.record.as_of import entries_contested_on, sources_published_between
from kb.record.filter_fields import INVALID_CURSOR, Choice
from kb.record.filters import (
    ALL_OF,
    FACETS,
    PARAMETERS,
    VALUE_PARAMETERS,
    WITHOUT,
    clean_query,
    entries_with,
)
from kb.record.models import Entry, Facet
from kb.record.past.serving import served_time
from kb.record.past.times import PublicationTime
from kb.record.sort_keys import is_undated_key
from kb.record.vocabulary import CONTESTED

# Each filter as a part of the list in words.
FILTER_PHRASES = {
    "by": gettext_lazy("said by %(which)s"),
    "for": gettext_lazy("for %(which)s"),
    "to": gettext_lazy("said to %(which)s"),
    "about": gettext_lazy("said about %(which)s"),
    "attributed_to": gettext_lazy("attributed to %(which)s"),
    "asked": gettext_lazy("to %(which)s"),
    "asked_by": gettext_lazy("by %(which)s"),
    "actor": gettext_lazy("with %(which)s"),
    "incident": gettext_lazy("in %(which)s"),
    "topic": gettext_lazy("on %(which)s"),
    "publisher": gettext_lazy("published by %(which)s"),
    "source": gettext_lazy("from %(which)s"),
    "place": pgettext_lazy("a list in words", "at %(which)s"),
    "form": gettext_lazy("in the form of %(which)s"),
}
PAGE_SIZE = 25


class InvalidQuery(ValueError):
    """A query string that cannot be read; ``errors`` says by parameter what would be right.

    ``data`` is the whole of it, so that a form can be shown again as it was filled in.
    """

    def __init__(self, errors: dict[str, str], data: QueryDict) -> None:
        self.errors, self.data = errors, data
        super().__init__("; ".join(f"{name}: {error}" for name, error in errors.items()))


@dataclass(frozen=True)
class TimelineQuery:
    """What a reader asked for. Hashable; knows nothing of requests."""

    chosen: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    q: str = ""
    since: FuzzyDate | None = None
    until: FuzzyDate | None = None
    known: FuzzyDate | None = None
    known_after: FuzzyDate | None = None
    # Without the entries that were known by then and have a further source. For counts: it is no
    # parameter.
    only_new: bool = False
    # The day whose published record answers: that of the request (``kb.record.past``).
    on: PublicationTime | None = None
    origins: int = 0
    match: str = "possible"
    later: str = "mark"
    order: str = "oldest"
    after: str = ""
    before: str = ""
    size: int = PAGE_SIZE

    @classmethod
    def parse(cls, text: str | QueryDict) -> Self:
        """Read a query string. Raises InvalidQuery when any of it cannot be read."""
        data = QueryDict(text) if isinstance(text, str) else text
        values, errors = clean_query(data)
        if errors:
            raise InvalidQuery(errors, data)
        since, until = values["from"], values["until"]
        if since and until and since.earliest > until.latest:
            wrong = _("“Until” is before “From”. Swap the two dates.")
            raise InvalidQuery({"until": wrong}, data)
        if values["after"] and values["before"]:
            raise InvalidQuery({"before": _("Use either “after” or “before”, not both.")}, data)
        known, known_after = values["known"], values["known_after"]
        if known and known_after and known_after.latest >= known.latest:
            wrong = _("“Became known after” is not before “As known on”. Choose an earlier day.")
            raise InvalidQuery({"known_after": wrong}, data)
        for name in ("after", "before"):
            if values[name] and ("." in values[name]) is (values["order"] == "changed"):
                raise InvalidQuery({name: str(INVALID_CURSOR)}, data)
        return cls(
            chosen=tuple((name, values[name]) for name in VALUE_PARAMETERS if values[name]),
            q=" ".join(values["q"].split()),
            since=since,
            until=until,
            known=known,
            known_after=known_after,
            on=served_time(),
            origins=values["origins"] or 0,
            match=values["match"] or "possible",
            # Without a date there is nothing later to leave out. What became known between two days
            # is never shown with what became known later.
            later=(known and not known_after and values["later"]) or "mark",
            order=values["order"] or "oldest",
            after=values["after"],
            before=values["before"],
            size=values["size"] or PAGE_SIZE,
        )

    def values(self, name: str) -> tuple[Choice, ...]:
        return dict(self.chosen).get(name, ())

    def name_in_use(self, name: str) -> str:
        """The parameter by which the query has values of a filter: for any, all or none of them.

        The first of them that it has; the filter itself if it has none.
        """
        others = [other for other, base in (ALL_OF | WITHOUT).items() if base == name]
        return next((used for used in (name, *others) if self.values(used)), name)

    @property
    def earliest(self) -> date | None:
        return self.since.earliest if self.since else None

    @property
    def latest(self) -> date | None:
        return self.until.latest if self.until else None

    @property
    def as_of_day(self) -> date | None:
        """The last day of "as known on"; None for the record of today."""
        return self.known.latest if self.known else None

    @property
    def known_after_day(self) -> date | None:
        """The day after which something became known; None for whenever it did."""
        return self.known_after.latest if self.known_after else None

    @property
    def shows_later(self) -> bool:
        """Whether pages show entries that were not yet known on the day, marked."""
        return bool(self.known) and self.later == "mark" and not self.known_after

    @property
    def has_range(self) -> bool:
        return bool(self.since or self.until)

    def entries(self, *, match: str = "", with_later: bool = False) -> QuerySet[Entry]:
        """All entries that answer the query, in its order, without regard to pages.

        ``with_later`` includes those that no cited source had published by ``known``.
        """
        entries = Entry.objects.all()
        for name in (*FACETS, *ALL_OF):
            if name == "standing" and self.as_of_day:
                condition = self._standing_on(self.as_of_day, self.values(name))
                entries = entries.filter(condition) if self.values(name) else entries
            else:
                entries = apply_filter(name, entries, self.values(name))
        for name, base in WITHOUT.items():
            if chosen := self.values(name):
                entries = entries.exclude(self._any_of(base, chosen))
        entries = apply_filter("q", entries, self.q)
        entries = apply_filter("origins", entries, self.origins)
        if not with_later:
            entries = apply_filter("known", entries, self.known)
        if after := self.known_after_day:
            until = None if with_later else self.as_of_day
            entries = entries.filter(self._became_known(after, until))
        entries = entries.filter(self._in_range(match or self.match))
        return entries.order_by(*self._sorting)

    @property
    def is_by_time(self) -> bool:
        """Whether the dates of entries decide their order, forwards or backwards."""
        return self.order != "changed"

    def is_beside(self, cursor: str, *, is_after: bool) -> Q:
        """The condition for entries after, or before, the one with this cursor in the order."""
        if not self.is_by_time:
            return Q(revision_id__lt=cursor) if is_after else Q(revision_id__gt=cursor)
        if self.order == "oldest":
            return Q(sort_key__gt=cursor) if is_after else Q(sort_key__lt=cursor)
        condition = Q(sort_key__lt=cursor) if is_after else Q(sort_key__gt=cursor)
        if is_undated_key(cursor):
            return Q(dated=False) & condition if is_after else Q(dated=True) | condition
        return Q(dated=False) | condition if is_after else Q(dated=True) & condition

    @property
    def _sorting(self) -> tuple[str, ...]:
        """The columns that decide the order. Undated entries are last, oldest or newest first."""
        if not self.is_by_time:
            # A version with a higher number was published later.
            return ("-revision_id",)
        return ("sort_key",) if self.order == "oldest" else ("-dated", "-sort_key")

    def _any_of(self, name: str, choices: tuple[Choice, ...]) -> Q:
        """Entries that have any of these values."""
        if name == "standing" and self.as_of_day:
            return self._standing_on(self.as_of_day, choices)
        return entries_with(name, choices)

    def _standing_on(self, day: date, choices: tuple[Choice, ...]) -> Q:
        """Entries of these reliabilities; contested means contested by the end of ``day``."""
        others = tuple(choice for choice in choices if choice.value != CONTESTED)
        if choices == others:
            return entries_with("standing", others)
        then = Q(pk__in=entries_contested_on(day))
        return then | entries_with("standing", others) if others else then

    def _became_known(self, after: date, until: date | None) -> Q:
        """Entries that were not known by ``after``, or have a source that was not public by then.

        ``until`` is the last day of the other one of the two that are compared.
        """
        is_new = Q(known_since__gt=after)
        if self.only_new:
            return is_new
        sources = sources_published_between(after, until)
        cited = Facet.objects.filter(name="source", value__in=sources).order_by().values("entry")
        return is_new | Q(known_since__lte=after, pk__in=cited)

    def _in_range(self, match: str) -> Q:
        """As FuzzyDate.relation, for the database: certain lies inside, possible overlaps."""
        if not self.has_range:
            return Q()
        inside = Q(dated=True)
        if match == "certain":
            if self.earliest:
                inside &= Q(earliest__gte=self.earliest)
            if self.latest:
                inside &= Q(latest__lte=self.latest)
            return inside
        if self.earliest:
            inside &= Q(latest__gte=self.earliest) | Q(latest=None)
        if self.latest:
            inside &= Q(earliest__lte=self.latest) | Q(earliest=None)
        return inside

    def certain(self, when: FuzzyDate) -> bool | None:
        """Whether this date lies inside the range for certain; None when no range is asked."""
        if not self.has_range:
            return None
        return when.relation(self.earliest, self.latest) == "certain"

    def pairs(self, order: str = "oldest") -> list[tuple[str, str]]:
        """The query as parameters: sorted, and nothing that is the default, such as ``order``."""
        pairs = [(name, choice.slug) for name, choices in self.chosen for choice in choices]
        dates = (
            ("from", self.since),
            ("until", self.until),
            ("known", self.known),
            ("known_after", self.known_after),
        )
        pairs += [(name, when.edtf) for name, when in dates if when]
        pairs += [("on", self.on.text)] if self.on else []
        defaults = TimelineQuery(order=order)
        for name in ("q", "origins", "match", "later", "order", "after", "before", "size"):
            if getattr(self, name) != getattr(defaults, name):
                pairs.append((name, str(getattr(self, name))))
        return sorted(pairs)

    def canonical(self) -> str:
        """The canonical query string: ``parse(canonical())`` returns the same query."""
        return urlencode(self.pairs())

    def with_(self, **changes: Any) -> Self:
        """The query with other settings, from its first page unless a cursor is passed."""
        return replace(self, **{"after": "", "before": "", **changes})

    def with_values(self, name: str, values: tuple[Choice, ...]) -> Self:
        others = {**dict(self.chosen), name: tuple(sorted(values))}
        return self.with_(
            chosen=tuple((facet, others[facet]) for facet in VALUE_PARAMETERS if others.get(facet))
        )

    def without(self, name: str, slug: str = "") -> Self:
        """The query without one value, or without all values under that name."""
        if name in VALUE_PARAMETERS:
            others = tuple(choice for choice in self.values(name) if slug and choice.slug != slug)
            return self.with_values(name, others)
        if name == "q":
            return self.with_(q="")
        if name == "origins":
            return self.with_(origins=0)
        if name == "known":
            return self.with_(known=None, later="mark")
        return self.with_(**{{"from": "since"}.get(name, name): None})

    def describe(self) -> str:
        """The query in words: the title of the page, the feed and the file."""
        kinds = [choice.slug for choice in self.values("kind")]
        subject = _("statements") if kinds == ["statement"] else _("entries")
        if kinds == ["event"]:
            subject = _("events")
        asked = self.values("asked") or self.values("asked_by")
        if kinds == ["request"] or (asked and not kinds):
            subject = _("requests for comment")
        either = pgettext("between alternatives", " or ")
        if standing := self.values("standing"):
            subject = pgettext("entries of a standing", "%(standing)s %(subject)s") % {
                "standing": either.join(choice.label.lower() for choice in standing),
                "subject": subject,
            }
        parts = [
            str(pattern) % {"which": either.join(choice.label for choice in chosen)}
            for name, pattern in FILTER_PHRASES.items()
            if (chosen := self.values(name))
        ]
        parts += self._words_of_all_and_none()
        if self.q:
            parts.append(_("containing “%(words)s”") % {"words": self.q})
        if self.origins:
            pattern = ngettext(
                "with at least %(count)d origin", "with at least %(count)d origins", self.origins
            )
            parts.append(pattern % {"count": self.origins})
        sentence = subject
        if parts:
            sentence = pgettext("a list in words", "%(subject)s %(parts)s") % {
                "subject": subject,
                "parts": pgettext("between parts of a list in words", " ").join(parts),
            }
        if self.has_range:
            words = {"sentence": sentence, "range": self.range_words()}
            sentence = pgettext("a list in words", "%(sentence)s, %(range)s") % words
        if self.known_after:
            sentence = _("%(sentence)s: %(what)s") % {
                "sentence": sentence,
                "what": self.news_words(),
            }
        elif self.known:
            words = {"sentence": sentence, "day": self.known.words()}
            sentence = _("%(sentence)s, as known on %(day)s") % words
        if self.on:
            words = {"sentence": sentence, "day": self.on.words()}
            sentence = _("%(sentence)s, as published on %(day)s") % words
        return sentence[0].upper() + sentence[1:]

    def _words_of_all_and_none(self) -> list[str]:
        """ "with OpenAI and Microsoft", "without Topic “law”"."""
        both = pgettext("between things that are all there", " and ")
        either = pgettext("between alternatives", " or ")
        parts = [
            str(FILTER_PHRASES[base]) % {"which": both.join(choice.label for choice in chosen)}
            for name, base in ALL_OF.items()
            if (chosen := self.values(name))
        ]
        for name, base in WITHOUT.items():
            if chosen := self.values(name):
                values = {
                    "filter": PARAMETERS[base].label,
                    "which": either.join(choice.label for choice in chosen),
                }
                parts.append(_("without %(filter)s “%(which)s”") % values)
        return parts

    def news_words(self) -> str:
        """ "what became known between 14 and 17 December"; "" if two days are not compared."""
        if not self.known_after:
            return ""
        words = {"first": self.known_after.words(), "last": self.known and self.known.words()}
        if self.known:
            return _("what became known between %(first)s and %(last)s") % words
        return _("what became known after %(first)s") % words

    def range_words(self) -> str:
        """The range of dates in words; "" where there is none."""
        words = {
            "since": self.since and self.since.words(),
            "until": self.until and self.until.words(),
        }
        if self.since and self.until:
            text = pgettext("a range of dates", "%(since)s to %(until)s") % words
        elif self.since:
            text = pgettext("a range of dates", "from %(since)s") % words
        elif self.until:
            text = pgettext("a range of dates", "until %(until)s") % words
        else:
            return ""
        return (
            _("%(range)s (certain matches only)") % {"range": text}
            if self.match == "certain"
            else text
        )


def apply_filter(name: str, entries: QuerySet[Entry], value: object) -> QuerySet[Entry]:
    """The entries that the filter of this name leaves."""
    filtered: QuerySet[Entry] = PARAMETERS[name].filter(entries, value)
    return filtered
