"""The headline of a request for comment, made from data in the language of the page.

Pages, formats and the title of the stored document all come from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.dates import UNKNOWN, FuzzyDate
from kb.record.documents import Document
from kb.record.name_lists import join_names
from kb.record.vocabulary import RequestOutcome

MAX_HEADLINE_LENGTH = 300
MAX_HEADLINE_NAMES = 3

Documents: TypeAlias = Mapping[str, Document]


def request_headline(
    asked_by: str,
    asked: Sequence[str],
    outcome: str,
    *,
    no_reply_by: FuzzyDate = UNKNOWN,
    answered: FuzzyDate = UNKNOWN,
) -> str:
    """Who asked whom, and what became of it. ``asked_by`` is "" if no source says who asked.

    ``answered`` is the date of the answer. At most MAX_HEADLINE_LENGTH characters.
    """
    headline = _("%(request)s: %(outcome)s") % {
        "request": request_words(asked_by, asked),
        "outcome": request_outcome_words(outcome, no_reply_by=no_reply_by, answered=answered),
    }
    return Truncator(headline).chars(MAX_HEADLINE_LENGTH)


def request_words(asked_by: str, asked: Sequence[str]) -> str:
    """Who asked whom, without the outcome."""
    names = _names_with_others(asked)
    if asked_by and names:
        return _("%(outlet)s asked %(names)s for comment") % {"outlet": asked_by, "names": names}
    if names:
        text = ngettext(
            "%(names)s was asked for comment", "%(names)s were asked for comment", len(asked)
        )
        return text % {"names": names}
    if asked_by:
        return _("%(outlet)s asked for comment") % {"outlet": asked_by}
    return _("A request for comment")


def request_outcome_words(
    outcome: str, *, no_reply_by: FuzzyDate = UNKNOWN, answered: FuzzyDate = UNKNOWN
) -> str:
    """What became of a request, with the day that belongs to it, where that is known."""
    if outcome == RequestOutcome.NO_REPLY:
        if no_reply_by.is_unknown:
            return _("no reply")
        return _("no reply by %(day)s") % {"day": no_reply_by.span_words()}
    if outcome == RequestOutcome.ANSWERED:
        if answered.is_unknown:
            return pgettext("a request for comment", "answered")
        return _("answered %(day)s") % {"day": answered.span_words()}
    if outcome == RequestOutcome.DECLINED:
        return pgettext("a request for comment", "declined")
    return _("outcome not stated")


def document_headline(document: Document, documents: Documents) -> str:
    """The headline of a stored request; its title where a name is not among ``documents``."""
    public_ids = [*document["asked"], *filter(None, [document["asked_by"]])]
    if any(public_id not in documents for public_id in public_ids):
        return document["title"]
    asker = documents.get(document["asked_by"] or "")
    answer = documents.get(document["answer"] or "")
    return request_headline(
        asker["title"] if asker else "",
        [documents[public_id]["title"] for public_id in document["asked"]],
        document["outcome"],
        no_reply_by=FuzzyDate.from_json(dict(document["no_reply_by"] or {})),
        answered=FuzzyDate.from_json(dict(answer["date"])) if answer else UNKNOWN,
    )


def _names_with_others(names: Sequence[str]) -> str:
    """The names; of many the first, and the number of the others."""
    others = len(names) - MAX_HEADLINE_NAMES
    if others <= 0:
        return join_names(names)
    text = ngettext("%(n)d other", "%(n)d others", others) % {"n": others}
    return join_names([*names[:MAX_HEADLINE_NAMES], text])
