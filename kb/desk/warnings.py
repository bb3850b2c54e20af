"""What an editor may want to look at again. A doubt never stops a save, and says why it is one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q

from kb.dates import FuzzyDate
from kb.desk.models import Event, Publishable, Statement
from kb.record.vocabulary import StatementForm

SIMILARITY = 0.86  # of 1.0, measured on pairs of titles that two editors gave to one event
MAX_COMPARED = 500
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_GAP = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.{3})\s*")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_NEGATIONS = {"not", "no", "never", "nor", "none", "cannot", "n't", "没有", "不", "未"}


def row_warnings(thing: Publishable) -> list[str]:
    """Sentences about a row, saved or typed, that may be wrong or there twice."""
    if isinstance(thing, Statement):
        return [*_wording(thing), *_said_twice(thing), *_roles(thing), *_undated(thing.said)]
    if isinstance(thing, Event):
        return [*_named_twice(thing), *_undated(thing.happened)]
    return []


def comparable_text(text: str) -> str:
    """A text as it is compared: one case, one kind of quotation mark and dash, single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return " ".join(text.split()).strip(" \"'.,;:")


def missing_words(said: str, exact: str) -> list[str]:
    """The words of a quotation that its source does not have, in order, each once."""
    there = set(_WORD.findall(comparable_text(exact)))
    return list(
        dict.fromkeys(one for one in _WORD.findall(comparable_text(said)) if one not in there)
    )


def is_quoted_from(said: str, exact: str) -> bool:
    """Whether a source has these words; parts joined by an ellipsis must stand in this order."""
    text, place = comparable_text(exact), 0
    for part in _GAP.split(said):
        words = comparable_text(part)
        found = text.find(words, place)
        if found < 0:
            return False
        place = found + len(words)
    return True


def _wording(statement: Statement) -> Iterator[str]:
    """A quotation beside the exact words of its sources."""
    if statement.form != StatementForm.VERBATIM or not statement.text:
        return
    cited = statement.belonging("citations", "source")
    held = [one for one in cited if one.source_id and one.exact.strip()]
    if not held:
        yield "No exact words of a source are held for this quotation: nobody can check it."
        return
    texts = [one for one in (statement.text, statement.original_text) if one]
    if any(is_quoted_from(text, one.exact) for text in texts for one in held):
        return
    nearest = min(held, key=lambda one: len(missing_words(statement.text, one.exact)))
    lost = missing_words(statement.text, nearest.exact)
    dropped = sorted(_NEGATIONS & set(missing_words(nearest.exact, statement.text)))
    if dropped:
        yield (
            f"The words of “{nearest.source}” hold “{dropped[0]}”, and the quotation does not: "
            "it may say the contrary."
        )
    elif numbers := [one for one in lost if any(letter.isdigit() for letter in one)]:
        yield f"The number {numbers[0]} of the quotation is not in the words of its source."
    elif lost:
        words = ", ".join(f"“{one}”" for one in lost[:5])
        yield f"These words of the quotation are not in those of its source: {words}."
    else:
        yield (
            "The quotation has the words of its source in another order, or joins parts of them "
            "without “…” between."
        )


def _said_twice(statement: Statement) -> Iterator[str]:
    others = Statement.objects.exclude(pk=statement.pk)
    if statement.text:
        for one in others.filter(text__iexact=statement.text)[:3]:
            yield f"The same words are on the desk already: “{one}” ({one.public_id})."
    if statement.speaker_id and statement.said.edtf:
        same_day = others.filter(speaker=statement.speaker_id, said=statement.said.edtf)
        for one in same_day.exclude(text__iexact=statement.text)[:3]:
            yield (
                f"{statement.speaker} has another statement of that date: “{one}” "
                f"({one.public_id})."
            )


def _named_twice(event: Event) -> Iterator[str]:
    """Events with nearly the same title: in one of its incidents, or of the same date."""
    if not event.title:
        return
    near = Q(incidents__in=event.belonging("incidents"))
    if event.happened.edtf:
        near |= Q(happened=event.happened.edtf)
    title = comparable_text(event.title)
    rows = Event.objects.filter(near).exclude(pk=event.pk).distinct().order_by("-pk")
    for one in rows[:MAX_COMPARED]:
        if SequenceMatcher(None, title, comparable_text(one.title)).ratio() >= SIMILARITY:
            yield f"An event with nearly this title is on the desk: “{one}” ({one.public_id})."


def _roles(statement: Statement) -> Iterator[str]:
    """The speaker's roles where they speak for somebody, and whether one covers the date."""
    if not (statement.speaker_id and statement.on_behalf_of_id):
        return
    speaker, said = statement.speaker, statement.said
    if speaker is None or speaker.pk == statement.on_behalf_of_id:
        return
    roles = list(speaker.affiliations.filter(organisation=statement.on_behalf_of_id))
    if roles and not any(role_covers(one.since, one.until, said) for one in roles):
        spans = "; ".join(f"{one.title}, {_span(one)}" for one in roles)
        yield (
            f"No role of {speaker} at {statement.on_behalf_of} that is on the desk covers "
            f"{said.words()}: {spans}."
        )


def roles_on_date(thing: Publishable) -> list[str]:
    """Which roles the speaker of a statement may have held when it was said, a sentence each."""
    if not isinstance(thing, Statement) or thing.speaker is None:
        return []
    speaker, said, firm = thing.speaker, thing.said, thing.on_behalf_of
    roles = list(speaker.affiliations.select_related("organisation"))
    when = said.words() if said.edtf else "date not stated"
    lines = [
        f"{speaker}, {when}: {one.title}, {one.organisation} ({_span(one)})."
        for one in roles
        if role_covers(one.since, one.until, said)
    ]
    if firm and firm.pk != speaker.pk and firm.pk not in {one.organisation_id for one in roles}:
        lines.append(f"No role of {speaker} at {firm} is on the desk.")
    return lines


def role_covers(since: FuzzyDate, until: FuzzyDate, when: FuzzyDate) -> bool:
    """Whether a role may have been held then; an end that is not known shuts nothing out."""
    too_early = since.earliest and when.latest and when.latest < since.earliest
    too_late = until.latest and when.earliest and when.earliest > until.latest
    return not (too_early or too_late)


def _span(role: Any) -> str:
    since = role.since.words() if role.since.edtf else "beginning not stated"
    until = role.until.words() if role.until.edtf else "end not stated"
    return f"{since} to {until}"


def _undated(when: FuzzyDate) -> Iterator[str]:
    if when.qualifier and not when.phrase:
        yield "The date is not certain, and the words of the source for it are not recorded."
