"""What the positions on a claim say together, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.record.claim_values import ANSWERS, account_value
from kb.record.documents import Account, Document
from kb.record.vocabulary import Question
from kb.site.pages.sentences import joined_sentences


class ClaimSummary(NamedTuple):
    """The heading over the positions and the sentences below it; ``text`` may be ""."""

    heading: str
    text: str


def question_words(question: str) -> str:
    """What a claim asks, after its kind: "a question of when"."""
    return {
        Question.WHETHER.value: _("a question of whether"),
        Question.WHEN.value: _("a question of when"),
        Question.WHICH.value: _("a question of which"),
        Question.HOW_MANY.value: _("a question of how many"),
        Question.WHO.value: _("a question of who"),
    }[question]


def claim_summary(claim: Document, *, is_contested: bool) -> ClaimSummary:
    """In what the positions on a claim differ, and how many values and parties there are."""
    answers = [account for account in claim["accounts"] if account["position"] in ANSWERS]
    return ClaimSummary(
        _heading(claim["question"], len(answers), is_contested=is_contested),
        _sentences(claim, answers, is_contested=is_contested),
    )


def value_count_words(question: str, count: int) -> str:
    """ "3 dates", "2 numbers"."""
    words = {
        Question.WHEN.value: ngettext("%(count)d date", "%(count)d dates", count),
        Question.HOW_MANY.value: ngettext("%(count)d number", "%(count)d numbers", count),
        Question.WHO.value: ngettext("%(count)d name", "%(count)d names", count),
    }.get(question, ngettext("%(count)d answer", "%(count)d answers", count))
    return words % {"count": count}


def _heading(question: str, answers: int, *, is_contested: bool) -> str:
    if is_contested:
        return {
            Question.WHETHER.value: _("Positions differ on whether it is so"),
            Question.WHEN.value: _("Positions differ in the date"),
            Question.WHICH.value: _("Positions differ in the answer"),
            Question.HOW_MANY.value: _("Positions differ in the number"),
            Question.WHO.value: _("Positions differ in the name"),
        }[question]
    if answers > 1:
        return _("Positions do not exclude each other")
    return _("One position") if answers else _("No position answers this claim")


def _sentences(claim: Document, answers: Sequence[Account], *, is_contested: bool) -> str:
    """ "3 dates from 2 parties. They cannot all be true."; "" for fewer than two answers."""
    if len(answers) < 2:
        return ""
    values = {account_value(account, claim) for account in answers} - {None}
    parties = {account["holder"] or account["statement"] for account in answers}
    from_parties = ngettext(
        "%(values)s from %(n)d party.", "%(values)s from %(n)d parties.", len(parties)
    ) % {"values": value_count_words(claim["question"], len(values)), "n": len(parties)}
    if is_contested:
        return joined_sentences(from_parties, _("They cannot all be true."))
    are_several = len(values) > 1
    return joined_sentences(from_parties, _("They can all be true.") if are_several else "")
