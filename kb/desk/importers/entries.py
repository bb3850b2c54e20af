"""JSON Lines of entries: what ``/timeline.jsonl`` of another knowledge base gives, a line each.

Unlike a table it keeps apart what belongs together: each source with its exact words, an unnamed
speaker, the original wording. An export of a *whole* knowledge base is another file, and is
refused here in words (kb.desk.backup).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from kb.desk import backup
from kb.desk.importers.rows import (
    CitedSourceRow,
    FileRefused,
    ImportRow,
    Limits,
    parse_json,
    text_lines,
)
from kb.text.links import LinkError, safe_url

_WHAT = (
    "This is not a list of entries in JSON Lines: each line is one entry, an object with “kind” "
    "and “title”, as /timeline.jsonl gives it."
)
_WHOLE = (
    "This is an export of a whole knowledge base. It goes into an empty one, with "
    "“manage.py import_kb FILE” on the server, and cannot be loaded as drafts."
)
_PAGE = "This is one page of a list in JSON. Take the list as JSON Lines: the same address, .jsonl."


def read_entries(
    file: BinaryIO, limits: Limits, columns: Mapping[str, str] | None = None
) -> Iterator[ImportRow]:
    """The entries of a file, one after the other. Raises FileRefused for what is no such list."""
    if columns:
        raise FileRefused("JSON Lines have no columns: their names are those of the format.")
    is_over = False
    for number, line in enumerate(text_lines(file, limits), start=1):
        if not line.strip():
            continue
        try:
            entry = parse_json(line)
        except FileRefused as problem:
            raise FileRefused(f"Line {number}: {problem}") from problem
        if not isinstance(entry, dict) or is_over:
            raise FileRefused(_WHAT)
        if number == 1 and entry.get("format") == backup.FORMAT:
            raise FileRefused(_WHOLE)
        if isinstance(entry.get("entries"), list):
            raise FileRefused(_PAGE)
        if "kind" in entry:
            yield _row(number, entry, limits)
        elif number > 1:
            is_over = True  # a last line may tell the number of entries; the first, the query


def _row(number: int, entry: dict[str, Any], limits: Limits) -> ImportRow:
    date, voice = _part(entry, "date"), _part(entry, "voice")
    speaker, principal, original = (
        _part(voice, "speaker"),
        _part(voice, "on_behalf_of"),
        _part(entry, "original"),
    )
    to, actors = _parts(voice, "to"), _parts(entry, "actors")
    kind = _text(entry, "kind")
    publishers = [_part(_part(one, "source"), "publisher") for one in _parts(entry, "citations")]
    named = [one for one in (speaker, principal, *to, *actors, *publishers) if one]
    kinds = {_text(one, "name"): _text(one, "kind") for one in named}
    row = ImportRow(
        line=number,
        external_id=_text(entry, "id"),
        kind=kind,
        title=_text(entry, "title"),
        date=_text(date, "edtf"),
        as_written=_text(date, "phrase"),
        zone=_text(date, "zone"),
        standing=_text(entry, "standing") or "reported",
        **{name: _text(entry, name) for name in ("summary", "text", "language")},
        form=_text(entry, "form") or "paraphrase",
        wording=_text(entry, "wording") or "original",
        outcome=_text(entry, "outcome") or "said",
        original_text=_text(original, "text"),
        original_language=_text(original, "language"),
        speaker=_text(speaker, "name"),
        speaker_label=_text(voice, "label"),
        **{name: _text(voice, name) for name in ("attribution", "role", "channel")},
        on_behalf_of=_text(principal, "name"),
        to=tuple(_text(one, "name") for one in to),
        # Of a statement they are its voice once more.
        actors=tuple((_text(one, "name"), _text(one, "role")) for one in actors)
        if kind == "event"
        else (),
        actor_kinds=tuple(sorted(kinds.items())),
        sources=tuple(_cited(one) for one in _parts(entry, "citations")),
        incidents=tuple(_text(one, "title") for one in _parts(entry, "incidents")),
        topics=tuple(_text(one, "title") for one in _parts(entry, "topics")),
    )
    longest = max(len(row.summary), len(row.text), len(row.original_text))
    if longest > limits.cell:
        raise FileRefused(f"Line {number}: a field has more than {limits.cell:,} characters.")
    return row.with_id()


def _cited(citation: dict[str, Any]) -> CitedSourceRow:
    source = _part(citation, "source")
    published = _part(source, "published")
    return CitedSourceRow(
        title=_text(source, "title"),
        url=_text(source, "link"),
        exact=_text(citation, "exact"),
        locator=_text(citation, "locator"),
        bearing=_text(citation, "bearing") or "supports",
        note=_text(citation, "note"),
        publisher=_text(_part(source, "publisher"), "name"),
        published=_text(published, "edtf"),
        published_phrase=_text(published, "phrase"),
        published_zone=_text(published, "zone"),
        language=_text(source, "language"),
        archive_url=_followed(_text(source, "archive_url")),
        kind=_text(source, "kind") or "article",
    )


def _followed(url: str) -> str:
    try:
        return url and safe_url(url)
    except LinkError:
        return ""


def _part(thing: dict[str, Any], name: str) -> dict[str, Any]:
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def _parts(thing: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = thing.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(thing: dict[str, Any], name: str) -> str:
    found = thing.get(name)
    return str(found) if isinstance(found, str | int | float) else ""
