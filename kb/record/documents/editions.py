"""Editions of documents: one pure function for each step from an edition to the next.

A revision keeps the document that was published, byte for byte. A document of an earlier edition
is upgraded when it is read, so code knows the newest edition only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from kb.record.documents.types import Document
from kb.record.vocabulary import ASPECTS, Certainty, StatementForm, Wording

EDITION = 2

_NO_VALUE: dict[str, Any] = {"exact": "", "option": "", "number": None, "actor": None}
_QUESTIONS = {aspect: question for question, aspect in ASPECTS.items()}


def upgrade(document: Document) -> Document:
    """Return the document in the newest edition. The one that goes in is not changed."""
    fields: dict[str, Any] = {**document}
    edition = fields.get("edition", 1)
    while edition < EDITION and "tombstone" not in fields:
        fields = _STEPS[edition](fields)
        edition = fields["edition"]
    return cast("Document", fields)


def _to_edition_2(fields: dict[str, Any]) -> dict[str, Any]:
    kind = fields["kind"]
    step = _KINDS_OF_EDITION_2.get(kind)
    return {**fields, "edition": 2, **(step(fields) if step else {})}


def _actor(fields: dict[str, Any]) -> dict[str, Any]:
    return {"other_names": [{**name, "note": ""} for name in fields["other_names"]]}


def _source(fields: dict[str, Any]) -> dict[str, Any]:
    if not fields["derives_from"]:
        return {"parents": []}
    parent = {
        "source": fields["derives_from"],
        "derivation": fields["derivation"],
        "note": "",
    }
    return {"parents": [parent]}


def _citation(citation: dict[str, Any], **known: object) -> dict[str, Any]:
    return {
        **citation,
        "via": None,
        "wording": "",
        "language": "",
        "translator": "",
        "quoted": False,
        "position": None,
        "said": None,
        "addressee": None,
        **known,
    }


def _event(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "according_to": [],
        "place": None,
        "figures": [],
        "links": [],
        "citations": [_citation(citation) for citation in fields["citations"]],
    }


def _statement(fields: dict[str, Any]) -> dict[str, Any]:
    voice = fields["voice"]
    is_paraphrase = fields["form"] == StatementForm.PARAPHRASE
    wording = Wording.PARAPHRASE.value if is_paraphrase else fields["wording"]
    citations = [
        _citation(citation, wording=wording, language=fields["language"])
        if citation["exact"]
        else _citation(citation)
        for citation in fields["citations"]
    ]
    for citation in citations:
        # The text of edition 1 was typed; it shows the words of a citation that has the same.
        if not is_paraphrase and citation["exact"].strip() == fields["text"].strip() != "":
            citation["quoted"] = True
            break
    reply = fields["in_reply_to"]
    return {
        "voice": {
            **voice,
            "speakers": [voice["speaker"]] if voice["speaker"] else [],
            "principals": [voice["on_behalf_of"]] if voice["on_behalf_of"] else [],
            "identity": Certainty.CERTAIN.value,
            "same_speaker": None,
            "same_speaker_certainty": Certainty.POSSIBLE.value,
        },
        "citations": citations,
        "attributed_by": None,
        "override_reason": "",
        "place": None,
        "links": [{"kind": "answers", "to": reply, "source": None, "exact": "", "inferred": True}]
        if reply
        else [],
        "stances": [{**stance, **_NO_VALUE} for stance in fields["stances"]],
    }


def _proposition(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "question": _QUESTIONS[fields["aspect"]],
        "options": [],
        "unit": "",
        "accounts": [{**account, **_NO_VALUE} for account in fields["accounts"]],
    }


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _to_edition_2}
_KINDS_OF_EDITION_2: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "actor": _actor,
    "source": _source,
    "event": _event,
    "statement": _statement,
    "proposition": _proposition,
}
