"""Warnings about a row that may be wrong or a duplicate. A warning never prevents saving."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from django.db.models import Q
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.desk.date_warnings import date_warnings
from kb.desk.models import Affiliation, Event, Publishable, Request, Statement
from kb.desk.quoting import check_quotation
from kb.text.cited_words import comparable_text
from kb.text.normalise import normalised_text

SIMILARITY = 0.86  # of 1.0, measured with titles that two editors gave to the same event
MAX_COMPARED = 500
# Statements of one day are compared by words of at least four letters, or pairs of Chinese ones.
MIN_WORD_LENGTH = 4
MIN_SHARED_WORDS = 2
MIN_SHARED_PART = 0.3


def row_warnings(thing: Publishable) -> list[str]:
    """Return the warnings about a row, saved or from a form, as sentences."""
    warnings: list[str] = []
    if isinstance(thing, Statement):
        warnings = [
            *_quotation_warnings(thing),
            *_duplicate_statements(thing),
            *_role_warnings(thing),
        ]
    elif isinstance(thing, Event):
        warnings = list(_duplicate_events(thing))
    elif isinstance(thing, Request):
        warnings = list(_duplicate_requests(thing))
    return [*warnings, *date_warnings(thing)]


def _quotation_warnings(statement: Statement) -> Iterator[str]:
    """What publishing would refuse in a quotation, and what the editor should look at."""
    check = check_quotation(statement)
    yield from check.errors
    yield from check.warnings


def _duplicate_statements(statement: Statement) -> Iterator[str]:
    """Find statements with the same text, or some of the same words by this speaker that day."""
    others = Statement.objects.exclude(pk=statement.pk)
    if statement.text:
        for other in others.filter(text__iexact=statement.text)[:3]:
            yield _("Another statement has the same text: “%(other)s” (%(public_id)s).") % {
                "other": other,
                "public_id": other.public_id,
            }
    if statement.speaker_id and statement.said.edtf:
        same_day = others.filter(speaker=statement.speaker_id, said=statement.said.edtf)
        words = _content_words(statement)
        similar = [
            other
            for other in same_day.exclude(text__iexact=statement.text)[:MAX_COMPARED]
            if _overlap(words, _content_words(other))
        ]
        for other in similar[:3]:
            yield (
                _(
                    "%(speaker)s has another statement with some of these words on this date: "
                    "“%(other)s” (%(public_id)s)."
                )
                % {"speaker": statement.speaker, "other": other, "public_id": other.public_id}
            )


def _content_words(statement: Statement) -> set[str]:
    """The longer words of a statement and its headline, as search compares them."""
    words = normalised_text(f"{statement.text} {statement.headline}").words.split()
    return {word for word in words if len(word) >= MIN_WORD_LENGTH or not word.isascii()}


def _overlap(words: set[str], other: set[str]) -> bool:
    """Whether a good part of the words of the shorter one are in the other."""
    shared, shorter = len(words & other), min(len(words), len(other))
    return shared >= MIN_SHARED_WORDS and shared >= MIN_SHARED_PART * shorter


def _duplicate_events(event: Event) -> Iterator[str]:
    """Find events with nearly the same title in one of its incidents or on the same date."""
    if not event.title:
        return
    nearby = Q(incidents__in=event.belonging("incidents"))
    if event.happened.edtf:
        nearby |= Q(happened=event.happened.edtf)
    title = comparable_text(event.title)
    others = Event.objects.filter(nearby).exclude(pk=event.pk).distinct().order_by("-pk")
    for other in others[:MAX_COMPARED]:
        if SequenceMatcher(None, title, comparable_text(other.title)).ratio() >= SIMILARITY:
            yield _("An event with a similar title exists: “%(other)s” (%(public_id)s).") % {
                "other": other,
                "public_id": other.public_id,
            }


def _duplicate_requests(request: Request) -> Iterator[str]:
    """Find requests of the same outlet to one of the same parties on the same date."""
    if not (request.asked_by_id and request.asked_on.edtf):
        return
    others = Request.objects.exclude(pk=request.pk).filter(
        asked_by=request.asked_by_id,
        asked_on=request.asked_on.edtf,
        asked__in=request.belonging("asked"),
    )
    named = others.select_related("asked_by").prefetch_related("asked")
    for other in named.distinct().order_by("-pk")[:3]:
        yield _("The same request may exist: “%(other)s” (%(public_id)s).") % {
            "other": other,
            "public_id": other.public_id,
        }


def _role_warnings(statement: Statement) -> Iterator[str]:
    """Check that a role of the speaker covers the date, if they speak on somebody's behalf."""
    if not (statement.speaker_id and statement.on_behalf_of_id):
        return
    speaker, when = statement.speaker, statement.said
    if speaker is None or speaker.pk == statement.on_behalf_of_id:
        return
    roles = list(speaker.affiliations.filter(organisation=statement.on_behalf_of_id))
    if roles and not any(role_covers(role.since, role.until, when) for role in roles):
        spans = "; ".join(f"{role.title}, {_span(role)}" for role in roles)
        yield (
            _("No recorded role of %(speaker)s at %(principal)s covers %(date)s: %(spans)s.")
            % {
                "speaker": speaker,
                "principal": statement.on_behalf_of,
                "date": when.words(),
                "spans": spans,
            }
        )


def roles_on_date(thing: Publishable) -> list[str]:
    """Return the roles that the speaker may have held on the date of a statement, as sentences."""
    if not isinstance(thing, Statement) or thing.speaker is None:
        return []
    speaker, when, principal = thing.speaker, thing.said, thing.on_behalf_of
    roles = list(speaker.affiliations.select_related("organisation"))
    date_text = when.words() if when.edtf else _("date not stated")
    lines = [
        f"{speaker}, {date_text}: {role.title}, {role.organisation} ({_span(role)})."
        for role in roles
        if role_covers(role.since, role.until, when)
    ]
    organisations = {role.organisation_id for role in roles}
    if principal and principal.pk != speaker.pk and principal.pk not in organisations:
        lines.append(
            _("No role of %(speaker)s at %(principal)s is recorded.")
            % {"speaker": speaker, "principal": principal}
        )
    return lines


def role_covers(since: FuzzyDate, until: FuzzyDate, when: FuzzyDate) -> bool:
    """Return whether a role may have been held then. An unknown end excludes nothing."""
    too_early = since.earliest and when.latest and when.latest < since.earliest
    too_late = until.latest and when.earliest and when.earliest > until.latest
    return not (too_early or too_late)


def _span(role: Affiliation) -> str:
    since = role.since.words() if role.since.edtf else _("beginning not stated")
    until = role.until.words() if role.until.edtf else _("end not stated")
    return _("%(first)s to %(last)s") % {"first": since, "last": until}
