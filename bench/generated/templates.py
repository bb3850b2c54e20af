"""Documents as JSON, written from templates instead of from dictionaries.

The JSON is the canonical one that the digest of a document is made of, so it is written once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kb.record.documents import EDITION

# One encoder, because making it takes longer than most of its values.
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: object) -> str:
    """The canonical JSON of a value, as ``kb.record.documents.digest`` has it."""
    return _encode(value) if value != [] else "[]"


def template(constants: Mapping[str, Any], *slots: str) -> str:
    """A format string for ``%``: JSON with these constants, and with slots for ready JSON."""
    marked = {name: f"\0{name}\0" for name in slots}
    text = canonical({**constants, **marked}).replace("%", "%%")
    for name in slots:
        text = text.replace(json.dumps(f"\0{name}\0"), f"%({name})s")
    return text


CITATION = template(
    {"via": None, "translator": "", "position": None, "said": None, "addressee": None, "note": ""},
    "source", "exact", "locator", "bearing", "wording", "language", "quoted",
)  # fmt: skip
LISTED_CITATION = CITATION.replace('"position":null', '"position":%(position)s')

EVENT = template(
    {"kind": "event", "edition": EDITION},
    "id", "slug", "title", "date", "standing", "summary", "actors", "according_to", "place",
    "figures", "links", "citations", "incidents", "topics",
)  # fmt: skip
VOICE = template(
    {"identity": "certain", "same_speaker": None, "same_speaker_certainty": "possible"},
    "speaker", "speakers", "label", "attribution", "role", "on_behalf_of", "principals", "to",
    "channel",
)  # fmt: skip
STATEMENT = template(
    {"kind": "statement", "edition": EDITION, "outcome": "said", "override_reason": "",
     "place": None},
    "id", "slug", "title", "date", "voice", "form", "wording", "text", "language", "original",
    "attributed_by", "in_reply_to", "about", "stances", "links", "citations", "incidents", "topics",
)  # fmt: skip
REQUEST = template(
    {"kind": "request", "edition": EDITION, "no_reply_by": None},
    "id", "slug", "title", "date", "asked_by", "asked", "text", "outcome", "about", "answer",
    "claims", "links", "citations", "incidents", "topics",
)  # fmt: skip
