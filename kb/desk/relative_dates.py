"""Proposals for dates whose words depend on the day of their source, such as “a year ago”.

A proposal is shown to an editor, who decides. It is never stored by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kb.dates import FuzzyDate, resolve_relative


@dataclass(frozen=True)
class DateProposal:
    """What the words of a date mean in a source of one day."""

    words: str
    day: date
    when: FuzzyDate

    @property
    def edtf(self) -> str:
        """The proposed date in EDTF."""
        return self.when.edtf

    def sentence(self) -> str:
        """The proposal in words: “about a year ago” in a source of 18 December 2023: …"""
        day = FuzzyDate(self.day.isoformat()).words()
        reading = self.when.span_words()
        return f"“{self.words}” in a source of {day}: {reading} ({self.when.edtf})."


def proposed_date(text: str, day: date) -> DateProposal | None:
    """What a text means in a source of this day; None if it does not depend on it."""
    when = resolve_relative(text, day)
    return DateProposal(text.strip(), day, when) if when else None
