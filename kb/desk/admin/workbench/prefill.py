"""What the form of a fact is filled in with from the passage it is made from.

The text, the source and the last entry from the same source decide; an editor checks it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.workbench.passage import Passage, paragraph_locator
from kb.desk.admin.workbench.passage_dates import (
    PassageDate,
    date_before_source,
    date_in_passage,
)
from kb.desk.admin.workbench.passage_voice import account_of, account_reason
from kb.desk.admin.workbench.sentence_proposals import (
    OUTCOME_REASONS,
    asked_name,
    sentence_facts,
)
from kb.desk.admin.workbench.speakers import (
    NamedActor,
    PassageSpeaker,
    actors_named,
    passage_speaker,
    text_proposals,
)
from kb.desk.article_proposals import FactProposal
from kb.desk.models import AccountOf, Citation, Source
from kb.record.vocabulary import (
    Attribution,
    Derivation,
    Label,
    Reliability,
    RequestOutcome,
    StatementForm,
    Wording,
)
from kb.text.attribution import Proposal
from kb.text.attribution.runs import quotation_runs

MAX_HEADLINE = 100
MAX_TITLE = 140
# The field of each kind that says when it was.
DATES = {"statement": "said", "event": "happened", "request": "asked_on"}
InitialData = dict[str, object]


@dataclass
class Prefill:
    """The initial data of a form and of its citation, and why, by name of the field."""

    entry: InitialData
    citation: InitialData
    reasons: dict[str, Label] = field(default_factory=dict)
    speaker: PassageSpeaker | None = None
    headline_words: str = ""  # the headline without the speaker
    account: AccountOf | None = None  # whose account an event is, unsaved


_NEW_ACTOR_REASONS = {
    "speaker": gettext_lazy("No actor has this name yet. It is created as a person."),
    "on_behalf_of": gettext_lazy("No actor has this name yet. It is created as an organisation."),
}


def prefill(kind: str, passage: Passage) -> Prefill:
    """Return what a fact of this kind (statement, event, request) is filled in with."""
    source = passage.text.source
    citation: InitialData = {
        "source": source.pk,
        "exact": passage.exact,
        "locator": paragraph_locator(passage),
        "language": source.language,
        "bearing": "supports",
    }
    filled = Prefill(_from_last_entry(source), citation)
    filled.reasons["exact"] = _("Marked in the text.")
    _PARTS[kind](passage, filled)
    return filled


def prefill_words(source: Source, words: str, *, is_quoted: bool) -> Prefill:
    """Return what a statement is filled in with from words that are not in a stored text."""
    citation: InitialData = {
        "source": source.pk,
        "exact": words if is_quoted else "",
        "language": source.language,
        "bearing": "supports",
    }
    filled = Prefill(_from_last_entry(source), citation)
    _fill_words(filled, source, words, is_quoted=is_quoted)
    _fill_date(filled, "said", date_before_source(source))
    return filled


def prefill_source(kind: str, source: Source, exact: str) -> Prefill:
    """Return what an event or a request is filled in with without a passage of a stored text.

    ``exact`` are the words of the source, as they were typed.
    """
    citation: InitialData = {
        "source": source.pk,
        "exact": exact,
        "language": source.language,
        "bearing": "supports",
    }
    filled = Prefill(_from_last_entry(source), citation)
    if kind == "event":
        filled.entry["standing"] = Reliability.REPORTED
        filled.account = AccountOf(source=source)
        filled.reasons["standing"] = account_reason(filled.account)
    else:
        _fill_request(filled, source, exact)
    _fill_date(filled, DATES[kind], date_before_source(source))
    return filled


def _from_last_entry(source: Source) -> InitialData:
    """The incidents and topics of the entry from this source that was added last."""
    rows = Citation.objects.filter(source=source).select_related("statement", "event", "request")
    last = rows.order_by("-pk").first()
    entry = last and (last.statement or last.event or last.request)
    if not entry:
        return {}
    return {
        name: list(getattr(entry, name).values_list("pk", flat=True))
        for name in ("incidents", "topics")
    }


def _statement(passage: Passage, filled: Prefill) -> None:
    source, body = passage.text.source, passage.text.body
    pieces = [
        body[max(passage.start, run.start) : min(passage.end, run.end)].strip()
        for run in quotation_runs(body)
        if run.start < passage.end and run.end > passage.start
    ]
    is_quoted = any(pieces)
    proposals = text_proposals(body)
    words = " … ".join(piece for piece in pieces if piece)
    if not is_quoted:
        words = _reported_words(passage, proposals)
    _fill_words(filled, source, words, is_quoted=is_quoted)
    filled.reasons["text"] = (
        _("The words between the quotation marks.") if is_quoted else _("The marked words.")
    )
    # In somebody's words, "Friday" is not the day on which they spoke.
    when = date_before_source(source) if is_quoted else date_in_passage(passage, passage.exact)
    _fill_date(filled, "said", when)
    filled.speaker = passage_speaker(proposals, passage.start, passage.end)
    if filled.speaker is not None:
        _fill_speaker(filled, filled.speaker)
    else:
        filled.entry["headline"] = filled.headline_words
    filled.reasons["headline"] = _("Proposed from the speaker and the words.")


def _fill_words(filled: Prefill, source: Source, words: str, *, is_quoted: bool) -> None:
    filled.entry |= {
        "text": words,
        "form": StatementForm.VERBATIM if is_quoted else StatementForm.PARAPHRASE,
        "attribution": Attribution.NAMED,
        "language": source.language or "en",
    }
    filled.citation |= {"quoted": is_quoted, "wording": _wording(source, is_quoted=is_quoted)}
    filled.headline_words = headline_words(words, is_quoted=is_quoted)


def headline_words(words: str, *, is_quoted: bool) -> str:
    """The words of a statement as its headline has them after the name of the speaker."""
    return _shortened(f"“{words}”" if is_quoted else words, MAX_HEADLINE)


def _reported_words(passage: Passage, proposals: Sequence[Proposal]) -> str:
    """The words of a passage that somebody is reported to have said; else the whole passage."""
    inside = [
        proposal
        for proposal in proposals
        if proposal.kind == "indirect"
        and passage.start <= proposal.start
        and proposal.end <= passage.end
    ]
    if len(inside) != 1:
        return passage.exact
    words = inside[0].text.removeprefix("that ").strip()
    return words[:1].upper() + words[1:]


def _fill_speaker(filled: Prefill, speaker: PassageSpeaker) -> None:
    for name, named in (("speaker", speaker.person), ("on_behalf_of", speaker.principal)):
        if named is None:
            continue
        if named.actor is not None:
            filled.entry[name] = named.actor.pk
        elif named.is_new:
            filled.entry[f"new_{name}"] = named.name
            filled.reasons[f"new_{name}"] = _NEW_ACTOR_REASONS[name]
        else:
            filled.reasons[name] = _("Several actors are called “%(name)s”.") % {"name": named.name}
    filled.entry["role_as_of"] = speaker.role
    filled.reasons.setdefault("speaker", speaker.reason)
    name = _label(speaker.person or speaker.principal)
    filled.entry["headline"] = proposed_headline(name, filled.headline_words)


def proposed_headline(name: str, words: str) -> str:
    """The headline of a statement by somebody of this name, who may not be known ("")."""
    return f"{name}: {words}" if name else words


def _label(named: NamedActor | None) -> str:
    if named is None:
        return ""
    return str(named.actor) if named.actor is not None else named.name


def _fill_date(filled: Prefill, name: str, when: PassageDate) -> None:
    filled.entry |= {name: when.edtf, f"{name}_phrase": when.phrase}
    if when.reason:
        filled.reasons[name] = when.reason


def _wording(source: Source, *, is_quoted: bool) -> str:
    """As in the last citation of this source, or else by what the source is."""
    if not is_quoted:
        return Wording.PARAPHRASE
    earlier = source.citations.exclude(statement=None).exclude(wording__in=["", Wording.PARAPHRASE])
    last = earlier.order_by("-pk").values_list("wording", flat=True).first()
    if last:
        return last
    is_translation = source.parents.filter(derivation=Derivation.TRANSLATION).exists()
    return Wording.TRANSLATED if is_translation else Wording.ORIGINAL


def _event(passage: Passage, filled: Prefill) -> None:
    title = _shortened(passage.exact.rstrip(".。"), MAX_TITLE)
    filled.entry |= {
        "title": title[:1].upper() + title[1:],
        "standing": Reliability.REPORTED,
    }
    filled.reasons["title"] = _("The marked words. Say what happened in your own words.")
    filled.account = account_of(passage)
    filled.reasons["standing"] = account_reason(filled.account)
    _fill_date(filled, "happened", date_in_passage(passage, passage.exact))


def _request(passage: Passage, filled: Prefill) -> None:
    """Who was asked and the outcome are filled in if the passage tells of one request."""
    source = passage.text.source
    requests = [
        fact
        for fact in sentence_facts(passage.text.body, source.published)
        if fact.kind == "request" and passage.start <= fact.start and fact.end <= passage.end
    ]
    _fill_request(filled, source, passage.exact)
    _fill_date(filled, "asked_on", date_in_passage(passage, passage.exact))
    if len(requests) == 1:
        _fill_outcome(filled, requests[0], source)


def _fill_request(filled: Prefill, source: Source, text: str) -> None:
    filled.entry |= {
        "asked_by": source.publisher_id,
        "outcome": RequestOutcome.NOT_STATED,
        "text": text,
    }
    if source.publisher_id:
        filled.reasons["asked_by"] = _("The publisher of the source.")


def _fill_outcome(filled: Prefill, fact: FactProposal, source: Source) -> None:
    outcome = RequestOutcome(fact.why)
    filled.entry["outcome"] = outcome
    filled.reasons["outcome"] = OUTCOME_REASONS[outcome]
    if outcome == RequestOutcome.NO_REPLY and source.published.edtf:
        filled.entry["no_reply_by"] = source.published.edtf
        filled.reasons["no_reply_by"] = _("The day of the source.")
    name = asked_name(fact.speaker)
    asked = actors_named({name}).get(name) if name else None
    if asked is None:
        return
    if asked.actor is not None:
        filled.entry["asked"] = [asked.actor.pk]
        filled.reasons["asked"] = _("The text says “%(mention)s”.") % {"mention": name}
    elif asked.is_new:
        filled.reasons["asked"] = _("No actor is called “%(name)s” yet.") % {"name": name}
    else:
        filled.reasons["asked"] = _("Several actors are called “%(name)s”.") % {"name": name}


_PARTS = {"statement": _statement, "event": _event, "request": _request}


def _shortened(words: str, length: int) -> str:
    """Return the words, cut after a whole word if they are longer."""
    words = " ".join(words.split())
    if len(words) <= length:
        return words
    beginning = words[: length - 1]
    cut = beginning.rpartition(" ")[0]
    closing = "”" if words.startswith("“") else ""
    return f"{(cut or beginning).rstrip(' ,;:')}…{closing}"
