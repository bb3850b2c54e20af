"""Documents without the words of a part: pure functions of values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from kb.record.documents.types import Document, TombstoneDocument
from kb.record.removal_marker import is_removal_marker, removal_slug
from kb.record.suppression.parts import LEFT_EMPTY, moves_address, paths_of
from kb.record.vocabulary import Change

# Shorter words stand in other texts by chance. Chinese names have two characters.
MIN_LETTERS = 5
MIN_CHARACTERS = 2
MIN_RUN = 20  # characters of a quotation between two cuts
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def part_words(document: Mapping[str, Any], kind: str, part: str) -> set[str]:
    """Every text that a part of a document has. Tombstones have none but their title."""
    words: set[str] = set()

    def note(value: str) -> str:
        words.add(value)
        return value

    for path in paths_of(kind, part):
        _changed(document, path, note, drops_lists=False)
    return {word for word in words if word.strip() and not is_removal_marker(word)}


def without_words(
    document: Document, part: str, replacement: str, *, title: str | None = None
) -> Document:
    """The document with ``replacement`` for each text of a part, and ``title`` for its title."""
    fields: dict[str, Any] = {**document}
    kind = fields["kind"]
    for path in paths_of(kind, part):
        value = title if path == "title" and title else replacement
        name = path.rpartition(".")[2]
        new = "" if name in LEFT_EMPTY else value
        fields = _changed(fields, path, _always(new), drops_lists=True)
    if moves_address(kind, part):
        fields["slug"] = removal_slug(fields["id"])
    return cast("Document", fields)


def emptied(document: Document, marker: str) -> Document:
    """What is left of a version that was removed as a whole: its id and its kind."""
    tombstone: TombstoneDocument = {
        "id": document["id"],
        "kind": document["kind"],
        "slug": removal_slug(document["id"]),
        "title": marker,
        "tombstone": {"change": Change.SUPPRESSION, "note": "", "into": ""},
    }
    return cast("Document", tombstone)


def initials(name: str) -> str:
    """The initials of a name: "Ada Lovelace" is "A. L.", and a Chinese name its first character."""
    parts = [part for part in re.split(r"[\s\-]+", name) if part and part[0].isalpha()]
    if parts and _CHINESE.match(parts[0]):
        return f"{parts[0][0]}某"
    return " ".join(f"{part[0].upper()}." for part in parts)


def is_long_enough(word: str) -> bool:
    """Whether a text can be looked for elsewhere without meeting others by chance."""
    word = word.strip()
    return len(word) >= MIN_LETTERS or (
        len(word) >= MIN_CHARACTERS and all(_CHINESE.match(letter) for letter in word)
    )


def with_runs(words: Iterable[str]) -> set[str]:
    """The words, and the runs of those that have cuts in them."""
    runs: set[str] = set()
    for word in words:
        runs.add(word.strip())
        pieces = re.split(r"\s*(?:…|\[[^\]]*\])\s*", word)
        if len(pieces) > 1:
            runs.update(piece.strip() for piece in pieces if len(piece.strip()) >= MIN_RUN)
    return {run for run in runs if run}


class Replacer:
    """Replaces whole texts and, if they are long enough, parts of texts.

    ``replacements`` has what stands in the place of each text. Words with letters at their ends
    are replaced as whole words only.
    """

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self.replacements = {word: new for word, new in replacements.items() if word}
        self.searched = sorted(filter(is_long_enough, self.replacements), key=len, reverse=True)
        self._pattern = (
            re.compile("|".join(map(_whole_words, self.searched))) if self.searched else None
        )

    def __call__(self, text: str) -> str:
        """The text with each word that is long enough replaced."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self.replacements[match[0]], text)

    def whole(self, text: str) -> str:
        """The same, and also if the whole text is a word, however short."""
        new = self.replacements.get(text.strip())
        return self(text) if new is None else new

    def covered(self, text: str) -> str:
        """The text with words covered up, so that all positions in it stay."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: re.sub(r"\S", "█", match[0]), text)

    def in_value(self, value: Any, *, whole: bool = False) -> Any:
        """The same for every text in a value of JSON; keys stay."""
        if isinstance(value, str):
            return self.whole(value) if whole else self(value)
        if isinstance(value, list):
            return [self.in_value(item, whole=whole) for item in value]
        if isinstance(value, dict):
            return {key: self.in_value(item, whole=whole) for key, item in value.items()}
        return value


def _whole_words(word: str) -> str:
    escaped = re.escape(word)
    start = r"(?<!\w)" if _is_letter(word[0]) else ""
    end = r"(?!\w)" if _is_letter(word[-1]) else ""
    return f"{start}{escaped}{end}"


def _is_letter(character: str) -> bool:
    return character.isalnum() and not _CHINESE.match(character)


def _changed(
    fields: Mapping[str, Any], path: str, change: Callable[[str], str], *, drops_lists: bool
) -> dict[str, Any]:
    """A copy of the fields in which each text at a path has been changed; empty ones stay."""
    name, dot, rest = path.partition(".")
    is_list = name.endswith("[]")
    name = name.removesuffix("[]")
    value = fields.get(name)
    if not value:
        return {**fields}
    new: Any
    if is_list and not dot:
        for text in _texts(value):
            change(text)
        new = [] if drops_lists else value
    elif is_list:
        new = [_changed(item, rest, change, drops_lists=drops_lists) for item in value]
    elif dot:
        new = _changed(value, rest, change, drops_lists=drops_lists)
    else:
        new = change(value) if isinstance(value, str) else value
    return {**fields, name: new}


def _always(new: str) -> Callable[[str], str]:
    return lambda _old: new


def _texts(value: Any) -> Iterator[str]:
    """The texts of a list that is dropped; of names only the name and its note."""
    for item in value:
        if isinstance(item, str):
            yield item
        else:
            yield from (text for name, text in item.items() if name in ("name", "note") and text)
