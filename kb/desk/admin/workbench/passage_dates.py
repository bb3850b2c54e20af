"""The date of a fact, as its passage and the day of its source give it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from kb.dates.mentions import date_mentions
from kb.desk.admin.workbench.passage import Passage
from kb.desk.models import Source


class PassageDate(NamedTuple):
    """A proposed date in EDTF, its wording in the passage, and why; all "" if nothing is known."""

    edtf: str = ""
    phrase: str = ""
    reason: str = ""


def date_in_passage(passage: Passage, words: str) -> PassageDate:
    """Return the only date that these words of the passage mention, read from the source's day.

    Without one, whatever the source tells was not later than the source.
    """
    published = passage.text.source.published
    mentions = [
        mention
        for mention in date_mentions(words, published if published.edtf else None)
        if mention.when is not None
    ]
    if len(mentions) == 1 and (when := mentions[0].when):
        reason = _("“%(words)s” in the marked words.") % {"words": mentions[0].text}
        if not mentions[0].is_certain:
            reason = _("%(reason)s Another day can be meant: check it.") % {"reason": reason}
        return PassageDate(when.edtf, mentions[0].text, reason)
    return date_before_source(passage.text.source)


def date_before_source(source: Source) -> PassageDate:
    """Return “on or before” the last day on which the source can have appeared."""
    latest = source.published.latest
    if latest is None:
        return PassageDate()
    return PassageDate(f"../{latest}", "", _("On or before the day of the source."))
