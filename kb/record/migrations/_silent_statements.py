"""Statements that nobody made, of the first edition: who was asked and did not answer.

Used by the migrations of the record and of the desk that turn them into requests for comment.
"""

from __future__ import annotations

from typing import Any

SILENT_OUTCOMES = ("declined", "no_reply")
_CITATION = {
    "via": None,
    "wording": "",
    "language": "",
    "translator": "",
    "quoted": False,
    "position": None,
    "said": None,
    "addressee": None,
}


def request_document(document: dict[str, Any]) -> dict[str, Any]:
    """The request for comment, in the second edition, of a stored silent statement."""
    voice = document["voice"]
    party = voice["speaker"] or voice["on_behalf_of"]
    citations = [{**_CITATION, **citation} for citation in document["citations"]]
    return {
        "id": document["id"],
        "kind": "request",
        "edition": 2,
        "slug": document["slug"],
        "title": document["title"],
        "date": document["date"],
        "asked_by": voice["to"][0] if voice["to"] else None,
        "asked": [party] if party else [],
        "outcome": document["outcome"],
        "no_reply_by": None,
        "answer": None,
        "text": document["text"] or ("" if party else voice["label"]),
        "about": document["about"],
        "claims": list(dict.fromkeys(stance["proposition"] for stance in document["stances"])),
        "citations": [{**citation, "quoted": False} for citation in citations],
        "links": [link for link in document.get("links", []) if link["kind"] != "answers"],
        "incidents": document["incidents"],
        "topics": document["topics"],
    }
