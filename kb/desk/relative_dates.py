"""Proposals for dates whose words depend on the day of their source, such as “a year ago”.

A proposal is shown to an editor, who decides. It is never stored by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kb.dates import RULES, FuzzyDate, resolve_relative

_WRITTEN = {rule.id: rule.written for rule in RULES}


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
        """The proposal in words, with the rule that it follows.

        “last Friday” in a source of 18 December 2023: 15 December 2023 (2023-12-15). Rule R2: …
        """
        return _("“%(words)s” in a source of %(day)s: %(reading)s (%(edtf)s). %(rule)s") % {
            "words": self.words,
            "day": FuzzyDate(self.day.isoformat()).words(),
            "reading": self.when.span_words(),
            "edtf": self.when.edtf,
            "rule": self.rule_sentence(),
        }

    def rule_sentence(self) -> str:
        """Which rule of the table of rules gives the date: “Rule R2: a weekday.”"""
        written = _WRITTEN[self.when.rule]
        return _("Rule %(id)s: %(written)s.") % {"id": self.when.rule, "written": written}


def proposed_date(text: str, day: date) -> DateProposal | None:
    """What a text means in a source of this day; None if it does not depend on it."""
    when = resolve_relative(text, day)
    return DateProposal(text.strip(), day, when) if when else None
