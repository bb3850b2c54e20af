"""The search of a mirror: words and records as small JSON files, which a script reads.

``search/words/`` has the ids of the records for each word, by the beginning of the word, and
``search/records/`` what is shown of a record, by the beginning of its id. A piece that would be
larger than ``MAX_PIECE`` is split by one more character, so a change touches few of them.
``search/words.json`` and ``search/records.json`` list the pieces. The words are those of the search
of the site (``kb.text.normalise``): every version of a name, and pairs of Chinese characters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst

from kb.mirror.addresses import SEARCH_PAGE, language_root, site_root
from kb.mirror.work_list import Posting, WorkList
from kb.record.addresses import PLURALS
from kb.record.date_words import date_with_words
from kb.record.models import Entry, ListedRecord, Revision
from kb.record.revision_headlines import revision_headlines
from kb.record.vocabulary import RecordKind
from kb.text.normalise import PART_MARK, search_text

# Bytes of a piece, as it is stored. A word alone is never split.
MAX_PIECE = 100_000
# A word that more records have says little: the first ones are listed, and how many there are.
MAX_RECORDS = 1_000
BATCH_SIZE = 200
# Characters from here on are grouped by 64: Chinese has thousands of first characters.
_GROUPED_FROM = 0x3000
SEARCH_FOLDER = SEARCH_PAGE

Write = Callable[[str, bytes], None]


class Piece(NamedTuple):
    """A part of an index: the beginning that its keys share, and its items as JSON texts."""

    name: str
    items: Sequence[tuple[str, str]]


def piece_name(key: str, depth: int) -> str:
    """The name of the piece for keys that begin with the same ``depth`` characters.

    With 0 it is that of the first character, or of 64 of them.
    """
    if depth == 0:
        code = ord(key[0])
        return f"g{code >> 6:x}" if code >= _GROUPED_FROM else f"{code:x}"
    return "-".join(f"{ord(character):x}" for character in key[:depth])


def pieces(items: Iterator[tuple[str, str]]) -> Iterator[Piece]:
    """Split items, sorted by key, into pieces. One first character is in memory at a time."""
    for name, group in groupby(items, key=lambda item: piece_name(item[0], 0)):
        yield from _split(name, list(group), 0)


def _split(name: str, items: list[tuple[str, str]], depth: int) -> Iterator[Piece]:
    size = sum(len(key) + len(value) + 6 for key, value in items)
    if size <= MAX_PIECE or len(items) == 1:
        yield Piece(name, items)
        return
    short = [item for item in items if len(item[0]) <= depth]
    if short:
        yield Piece(f"{name}-", short)
    rest = [item for item in items if len(item[0]) > depth]
    for longer, group in groupby(rest, key=lambda item: piece_name(item[0], depth + 1)):
        yield from _split(longer, list(group), depth + 1)


def write_search_index(work_list: WorkList, write: Write) -> None:
    """Write all files of the index. ``write`` takes the path of a file and its bytes."""
    for words in _words_of_records():
        work_list.add_postings(words)
    _write_pieces("words", f"{SEARCH_FOLDER}/", _listed_words(work_list), write)
    for language, _name in settings.LANGUAGES:
        folder = language_root(language).removeprefix(site_root())
        with translation.override(language):
            _write_pieces("records", f"{folder}{SEARCH_FOLDER}/", _shown_records(), write)


def _write_pieces(name: str, folder: str, items: Iterator[tuple[str, str]], write: Write) -> None:
    names = []
    for piece in pieces(items):
        names.append(piece.name)
        content = ",\n".join(f"{_json(key)}:{value}" for key, value in piece.items)
        write(f"{folder}{name}/{piece.name}.json", f"{{{content}}}\n".encode())
    write(f"{folder}{name}.json", f"{_json(sorted(names))}\n".encode())


def _listed_words(work_list: WorkList) -> Iterator[tuple[str, str]]:
    """Each word with the number of its records and the ids of the first of them."""
    for word, postings in groupby(work_list.postings(), key=lambda posting: posting.word):
        ids = [posting.record for posting in islice(postings, MAX_RECORDS)]
        total = len(ids) + sum(1 for _posting in postings)
        yield word, _json([total, " ".join(ids)])


def _words_of_records() -> Iterator[list[Posting]]:
    """The words of entries, of what has a list, and of claims, record by record."""
    for rows in (Entry.objects.order_by("pk"), ListedRecord.objects.order_by("pk")):
        texts = rows.values_list("public_id", "search_text").iterator(chunk_size=BATCH_SIZE)
        for public_id, text in texts:
            yield _postings(public_id, text)
    claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION).order_by("pk")
    for public_id, title in claims.values_list("public_id", "title").iterator(BATCH_SIZE):
        yield _postings(public_id, search_text(title))


def _postings(public_id: str, text: str) -> list[Posting]:
    return [Posting(word, public_id) for word in set(text.split()) if word != PART_MARK]


def _shown_records() -> Iterator[tuple[str, str]]:
    """What a result shows of each record: title, path, kind, the words of its date, its order."""
    revisions = (
        Revision.objects.live().filter(kind__in=PLURALS).order_by("public_id").iterator(BATCH_SIZE)
    )
    while batch := list(islice(revisions, BATCH_SIZE)):
        headlines = revision_headlines(batch)
        for revision in batch:
            date = revision.document.get("date")
            path = f"{PLURALS[revision.kind]}/{revision.slug}/"
            yield (
                revision.public_id,
                _json(
                    [
                        headlines[revision.pk].words,
                        path,
                        capfirst(str(RecordKind(revision.kind).label)),
                        date_with_words(date)["words"] if date else "",
                        (date or {}).get("earliest") or "",
                    ]
                ),
            )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
