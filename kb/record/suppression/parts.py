"""Where in the documents of each kind the words of a part stand.

A path is a name, ``a.b`` for a field of a part, ``a[].b`` for that field of each item of a list,
and ``a[]`` for the whole list. Every text of a document belongs to a part (a test compares this
with the structures of documents), except the values of vocabularies, languages and dates.
"""

from __future__ import annotations

from kb.record.suppression_vocabulary import PARTS, SuppressedPart
from kb.record.vocabulary import RecordKind

_CITED = "citations[].exact"
_LINKED = "links[].exact"
_NOTES = ("citations[].note", "citations[].locator")
_PLACE = ("place.name", "place.wikidata", "place.latitude", "place.longitude")

PATHS: dict[str, dict[SuppressedPart, tuple[str, ...]]] = {
    RecordKind.ACTOR: {
        SuppressedPart.NAMES: ("title", "other_names[]", "wikidata", "website"),
        SuppressedPart.WORDS: ("summary", "affiliations[].title"),
    },
    RecordKind.SOURCE: {
        SuppressedPart.NAMES: ("byline",),
        SuppressedPart.TITLE: ("title",),
        SuppressedPart.LINK: ("url", "archive_url"),
        SuppressedPart.NOTES: ("note", "parents[].note"),
    },
    RecordKind.INCIDENT: {
        SuppressedPart.TITLE: ("title",),
        SuppressedPart.WORDS: ("summary",),
    },
    RecordKind.TOPIC: {SuppressedPart.TITLE: ("title",)},
    RecordKind.EVENT: {
        SuppressedPart.TITLE: ("title",),
        SuppressedPart.WORDS: (
            "summary", _CITED, _LINKED, "figures[].exact", "figures[].label", "figures[].unit",
        ),
        SuppressedPart.NOTES: (*_NOTES, "citations[].translator", "figures[].locator"),
        SuppressedPart.PLACE: _PLACE,
    },
    RecordKind.STATEMENT: {
        SuppressedPart.NAMES: (
            "voice.label", "voice.role", "voice.channel", "citations[].translator",
        ),
        SuppressedPart.TITLE: ("title",),
        # The text is composed from the words of a citation, and a position has words of the text.
        SuppressedPart.WORDS: (
            "text", "original.text", "override_reason", _CITED, _LINKED,
            "stances[].exact", "stances[].option",
        ),
        SuppressedPart.NOTES: (*_NOTES, "stances[].note"),
        SuppressedPart.PLACE: _PLACE,
    },
    RecordKind.REQUEST: {
        SuppressedPart.WORDS: ("text", _CITED, _LINKED),
        SuppressedPart.NOTES: (*_NOTES, "citations[].translator"),
    },
    RecordKind.PROPOSITION: {
        SuppressedPart.TITLE: ("title", "unit", "options[]"),
        SuppressedPart.WORDS: ("accounts[].exact", "accounts[].option", "accounts[].note"),
    },
}  # fmt: skip
# Fields that are left empty, because a marker in them would be no address and no number.
LEFT_EMPTY = frozenset(
    {"url", "archive_url", "website", "wikidata", "latitude", "longitude", "unit", "option"}
)


def paths_of(kind: str, part: str) -> tuple[str, ...]:
    """The paths of one part of a kind; for everything, those of all its parts."""
    if part == SuppressedPart.NOINDEX:
        return ()
    if part == SuppressedPart.ALL:
        return tuple(path for name in PARTS[kind] for path in PATHS[kind][name])
    return PATHS[kind][SuppressedPart(part)]


def moves_address(kind: str, part: str) -> bool:
    """Whether the slug goes too, because it is made from the words that are removed."""
    return part == SuppressedPart.ALL or "title" in paths_of(kind, part)
