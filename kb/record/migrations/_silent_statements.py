"""Statements that nobody made, of the first edition: who was asked and did not answer.

Migrations and the import of earlier exports turn them into requests for comment. Migrations use
this module, so it is frozen: it knows the documents of its time, and imports nothing that may
change.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

SILENT_OUTCOMES = ("declined", "no_reply")
NOTE = "Recorded as a request for comment: the party was asked, and nothing was said."
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


def silent_request_document(document: dict[str, Any]) -> dict[str, Any]:
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


def silent_request_revision(document: dict[str, Any], number: int, now: datetime) -> dict[str, Any]:
    """The fields of the revision that follows version ``number`` of a stored silent statement."""
    request = silent_request_document(document)
    text = json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {
        "public_id": request["id"],
        "kind": request["kind"],
        "slug": request["slug"],
        "title": request["title"],
        "number": number + 1,
        "document": request,
        "change": "update",
        "note": NOTE,
        "published_at": now,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
