"""Where the words of a part are in the rows of the desk."""

from __future__ import annotations

from typing import TypeAlias

from kb.record.suppression_vocabulary import PARTS, SuppressedPart
from kb.record.vocabulary import RecordKind

# Columns by the accessor of the rows that they belong to; "" for those of the row itself.
Columns: TypeAlias = dict[str, tuple[str, ...]]

_PLACE: Columns = {"": ("place_name", "place_wikidata", "latitude", "longitude")}
_NOTES: Columns = {"citations": ("note", "locator")}

COLUMNS: dict[str, dict[SuppressedPart, Columns]] = {
    RecordKind.ACTOR: {
        SuppressedPart.NAMES: {
            "": ("name", "wikidata", "website"),
            "other_names": ("name", "note"),
        },
        SuppressedPart.WORDS: {"": ("summary",), "affiliations": ("title",)},
    },
    RecordKind.SOURCE: {
        SuppressedPart.NAMES: {"": ("byline",)},
        SuppressedPart.TITLE: {"": ("title",)},
        SuppressedPart.LINK: {"": ("url", "archive_url")},
        SuppressedPart.NOTES: {"": ("note",), "parents": ("note",)},
    },
    RecordKind.INCIDENT: {
        SuppressedPart.TITLE: {"": ("title",)},
        SuppressedPart.WORDS: {"": ("summary",)},
    },
    RecordKind.TOPIC: {SuppressedPart.TITLE: {"": ("name",)}},
    RecordKind.EVENT: {
        SuppressedPart.TITLE: {"": ("title",)},
        SuppressedPart.WORDS: {
            "": ("summary",),
            "citations": ("exact",),
            "links": ("exact",),
            "figures": ("exact", "label", "unit"),
        },
        SuppressedPart.NOTES: {
            "citations": ("note", "locator", "translator"),
            "figures": ("locator",),
        },
        SuppressedPart.PLACE: _PLACE,
    },
    RecordKind.STATEMENT: {
        SuppressedPart.NAMES: {
            "": ("speaker_label", "role_as_of", "channel"),
            "citations": ("translator",),
        },
        SuppressedPart.TITLE: {"": ("headline",)},
        SuppressedPart.WORDS: {
            "": ("text", "original_text", "override_reason"),
            "citations": ("exact",),
            "links": ("exact",),
            "stances": ("exact", "option"),
        },
        SuppressedPart.NOTES: {**_NOTES, "stances": ("note",)},
        SuppressedPart.PLACE: _PLACE,
    },
    RecordKind.REQUEST: {
        SuppressedPart.WORDS: {"": ("text",), "citations": ("exact",), "links": ("exact",)},
        SuppressedPart.NOTES: {"citations": ("note", "locator", "translator")},
    },
    RecordKind.PROPOSITION: {
        SuppressedPart.TITLE: {"": ("text", "unit", "options")},
        SuppressedPart.WORDS: {"stances": ("exact", "option", "note")},
    },
}
# Columns that are left empty, because a marker in them would be no address and no number.
LEFT_EMPTY = frozenset(
    {
        "url", "archive_url", "website", "wikidata", "place_wikidata", "latitude", "longitude",
        "unit", "options", "option",
    }
)  # fmt: skip
# The column that has the title of a record.
TITLE_COLUMNS = {
    RecordKind.ACTOR: "name",
    RecordKind.SOURCE: "title",
    RecordKind.INCIDENT: "title",
    RecordKind.TOPIC: "name",
    RecordKind.EVENT: "title",
    RecordKind.STATEMENT: "headline",
    RecordKind.PROPOSITION: "text",
}


def columns_of(kind: str, part: str) -> Columns:
    """The columns of one part of a kind; for everything, those of all its parts."""
    if part == SuppressedPart.NOINDEX:
        return {}
    names = PARTS[kind] if part == SuppressedPart.ALL else (SuppressedPart(part),)
    columns: Columns = {}
    for name in names:
        for accessor, found in COLUMNS[kind][name].items():
            columns[accessor] = (*columns.get(accessor, ()), *found)
    return columns
