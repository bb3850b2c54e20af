"""The documents of events, statements and requests for comment."""

from __future__ import annotations

from collections.abc import Iterable

from kb.desk.documents.claims import stance_value
from kb.desk.documents.parts import (
    citation_parts,
    citations_of,
    date_or_none,
    date_part,
    id_of,
    ids_of,
    link_parts,
    number_part,
    place_part,
    with_first,
)
from kb.desk.models import Citation, Event, Request, Statement
from kb.record import documents
from kb.record.documents import EDITION
from kb.record.vocabulary import SAID, LinkKind, StatementForm, Wording


def event_document(event: Event) -> documents.Event:
    return {
        "id": event.public_id,
        "edition": EDITION,
        "kind": "event",
        "slug": event.slug,
        "title": str(event),
        "citations": citation_parts(citations_of(event)),
        "links": link_parts(event),
        "incidents": ids_of(event, "incidents"),
        "topics": ids_of(event, "topics"),
        "date": date_part(event.happened),
        "standing": event.standing,
        "summary": event.summary,
        "actors": [
            {"actor": participation.actor.public_id, "role": participation.role}
            for participation in event.belonging("participations", "actor")
            if participation.actor_id
        ],
        "according_to": [
            {"statement": id_of(account.statement), "source": id_of(account.source)}
            for account in event.belonging("according_to", "statement", "source")
            if account.statement_id or account.source_id
        ],
        "place": place_part(event),
        "figures": [
            {
                "label": figure.label,
                "unit": figure.unit,
                "number": number_part(figure),
                "source": figure.source.public_id,
                "exact": figure.exact,
                "locator": figure.locator,
            }
            for figure in event.belonging("figures", "source")
            if figure.source_id and figure.number_low is not None
        ],
    }


def statement_document(statement: Statement) -> documents.Statement:
    citations = citations_of(statement)
    return {
        "id": statement.public_id,
        "edition": EDITION,
        "kind": "statement",
        "slug": statement.slug,
        "title": str(statement),
        "citations": citation_parts(citations),
        "links": _statement_links(statement),
        "incidents": ids_of(statement, "incidents"),
        "topics": ids_of(statement, "topics"),
        "date": date_part(statement.said),
        "voice": _voice(statement),
        "form": statement.form,
        "wording": _wording(statement, citations),
        "text": statement.text,
        "override_reason": statement.override_reason,
        "attributed_by": id_of(statement.attributed_by),
        "language": statement.language,
        "original": {"text": statement.original_text, "language": statement.original_language}
        if statement.original_text
        else None,
        "outcome": SAID,
        "place": place_part(statement),
        "about": ids_of(statement, "about"),
        "in_reply_to": id_of(statement.in_reply_to),
        "stances": [
            {
                "proposition": stance.proposition.public_id,
                "position": stance.position,
                **stance_value(stance),
                "note": stance.note,
            }
            for stance in statement.rarely_belonging("stances", "proposition", "actor")
        ],
    }


def _wording(statement: Statement, citations: Iterable[Citation]) -> str:
    """How near the words shown are to the speaker's own: a property of the citation quoted."""
    if statement.form == StatementForm.PARAPHRASE:
        return Wording.PARAPHRASE.value
    return next((citation.wording for citation in citations if citation.quoted), "")


def _voice(statement: Statement) -> documents.Voice:
    joint_speakers = ids_of(statement, "joint_speakers")
    joint_principals = ids_of(statement, "joint_principals")
    return {
        "speaker": id_of(statement.speaker),
        "speakers": with_first(statement.speaker, joint_speakers),
        "label": statement.speaker_label,
        "attribution": statement.attribution,
        "role": statement.role_as_of,
        "on_behalf_of": id_of(statement.on_behalf_of),
        "principals": with_first(statement.on_behalf_of, joint_principals),
        "to": ids_of(statement, "addressees"),
        "channel": statement.channel,
        "identity": statement.identity,
        "same_speaker": id_of(statement.same_speaker),
        "same_speaker_certainty": statement.same_speaker_certainty,
    }


def _statement_links(statement: Statement) -> list[documents.Link]:
    """The links of a statement. That it replies to another is a link that answers it."""
    links = link_parts(statement)
    reply = id_of(statement.in_reply_to)
    is_linked = any(link["kind"] == LinkKind.ANSWERS and link["to"] == reply for link in links)
    if reply and not is_linked:
        answers = LinkKind.ANSWERS.value
        links.append({"kind": answers, "to": reply, "source": None, "exact": "", "inferred": True})
    return links


def request_document(request: Request) -> documents.Request:
    return {
        "id": request.public_id,
        "edition": EDITION,
        "kind": "request",
        "slug": request.slug,
        "title": str(request),
        "date": date_part(request.asked_on),
        "asked_by": id_of(request.asked_by),
        "asked": ids_of(request, "asked"),
        "outcome": request.outcome,
        "no_reply_by": date_or_none(request.no_reply_by),
        "answer": id_of(request.answer),
        "text": request.text,
        "about": ids_of(request, "about"),
        "claims": ids_of(request, "claims"),
        "citations": citation_parts(citations_of(request)),
        "links": link_parts(request),
        "incidents": ids_of(request, "incidents"),
        "topics": ids_of(request, "topics"),
    }
