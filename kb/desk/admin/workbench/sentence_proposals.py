"""Proposals from sentences: events of a stated day, and requests for comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kb.dates import FuzzyDate
from kb.desk.admin.workbench.passage import sentence_around
from kb.desk.admin.workbench.shown_proposal import ShownProposal
from kb.desk.admin.workbench.speakers import NamedActor
from kb.desk.article_proposals import FactProposal, propose_facts
from kb.record.vocabulary import Label, RequestOutcome
from kb.text.article_text import article_paragraphs, paragraph_at
from kb.text.attribution import Proposal, Speaker

OUTCOME_REASONS: dict[str, Label] = {
    "answered": gettext_lazy("words of an answer to a request for comment"),
    "declined": gettext_lazy("words that decline to comment"),
    "no_reply": gettext_lazy("words that tell of no reply"),
}


@lru_cache(maxsize=16)
def sentence_facts(body: str, published: FuzzyDate) -> tuple[FactProposal, ...]:
    """The dates and requests of a text; those of the last texts are kept in memory.

    ``published`` is the date of the source, which may be empty.
    """
    source_day = published if published.edtf else None
    return tuple(propose_facts(body, source_day, kinds=("date", "request")))


def asked_name(mention: Speaker | None) -> str:
    """The name of who was asked: of the person or body, or else of whom they speak for; or ""."""
    return (mention.resolved or mention.name or mention.organisation) if mention else ""


def shown_sentences(
    body: str,
    facts: Sequence[FactProposal],
    statements: Sequence[Proposal],
    actors: Mapping[str, NamedActor],
) -> Iterator[ShownProposal]:
    """A proposal for each sentence that tells of a request, or of something with a date.

    A sentence in which somebody speaks is proposed as a statement, and not as an event.
    """
    requests = {fact.sentence for fact in facts if fact.kind == "request"}
    spoken = {proposal.sentence for proposal in statements}
    for (kind, sentence), group in groupby(
        sorted(facts, key=lambda fact: (fact.start, fact.kind)),
        key=lambda fact: (fact.kind, fact.sentence),
    ):
        rows = list(group)
        if kind == "request":
            yield _request(body, rows[0], actors)
        elif sentence not in requests and not _is_spoken(sentence, spoken):
            dated = [row for row in rows if row.when is not None]
            if dated:
                yield _event(body, dated)


def _is_spoken(sentence: str, spoken: set[str]) -> bool:
    return any(sentence in other or other in sentence for other in spoken if other)


def _event(body: str, dates: Sequence[FactProposal]) -> ShownProposal:
    first = dates[0]
    start, end = sentence_around(body, first.sentence, first.start, first.end)
    days = dict.fromkeys(str(row.when) for row in dates)
    is_certain = all(row.is_certain for row in dates)
    count = len(dates)
    reason = ngettext("a date: “%(words)s”", "dates: “%(words)s”", count) % {
        "words": _("”, “").join(row.text for row in dates)
    }
    return ShownProposal(
        "event",
        start,
        end,
        "date",
        first.start,
        first.end,
        paragraph_at(article_paragraphs(body), start).number,
        first.sentence,
        _("Event: %(days)s") % {"days": ", ".join(days)},
        reason,
        is_certain,
    )


def _request(body: str, fact: FactProposal, actors: Mapping[str, NamedActor]) -> ShownProposal:
    start, end = sentence_around(body, fact.sentence, fact.start, fact.end)
    name = asked_name(fact.speaker)
    asked = actors.get(name)
    outcome = RequestOutcome(fact.why).label
    party = name or _("party not stated")
    return ShownProposal(
        "request",
        start,
        end,
        "request",
        fact.start,
        fact.end,
        paragraph_at(article_paragraphs(body), start).number,
        fact.sentence,
        _("Request for comment: %(party)s, %(outcome)s") % {"party": party, "outcome": outcome},
        OUTCOME_REASONS[fact.why],
        fact.is_certain,
        is_ready=fact.is_certain and asked is not None and asked.actor is not None,
    )
