"""The one shape that every reader of files makes, what a file may hold, and how one is refused."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, BinaryIO, NamedTuple, Self

MAX_COLUMNS = 200
MAX_LINE_LENGTH = 2_000_000  # characters; a longer line is never held whole
MAX_DEPTH = 50
# Commas and brackets of one JSON text: what is made of it takes some 60 bytes for each.
MAX_PARTS = 1_000_000
# What files begin with that are no text, by what people call them.
_PACKED = {
    b"PK\x03\x04": "a packed file, as spreadsheets save it",
    b"\x1f\x8b": "a packed file (gzip)",
    b"BZh": "a packed file (bzip2)",
    b"\xfd7zXZ": "a packed file (xz)",
    b"7z\xbc\xaf": "a packed file (7z)",
    b"Rar!": "a packed file (RAR)",
    b"\xd0\xcf\x11\xe0": "a file of an old spreadsheet or word processor",
    b"%PDF": "a PDF",
}

_NOT_WIDE = "It begins as UTF-16 and does not go on as that."


class FileRefused(Exception):
    """The file is not what it should be; the message says what is wrong and what would be right."""


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken. None for ``size`` (bytes) and ``rows`` is no limit."""

    size: int | None = None
    rows: int | None = None
    cell: int = 1_000_000  # characters of one field


IN_THE_ADMIN = Limits(size=10_000_000, rows=20_000, cell=65_536)
NO_LIMITS = Limits()


class CitedSourceRow(NamedTuple):
    """A source as a file names it, and what it has of this row."""

    title: str = ""
    url: str = ""
    exact: str = ""
    locator: str = ""
    bearing: str = "supports"
    note: str = ""
    publisher: str = ""
    published: str = ""
    published_phrase: str = ""
    published_zone: str = ""
    language: str = ""
    archive_url: str = ""
    kind: str = "article"


@dataclass(frozen=True)
class ImportRow:
    """One event or statement as a file has it. Everything is text; "" and () say nothing."""

    line: int
    external_id: str
    kind: str = "event"
    title: str = ""
    date: str = ""
    as_written: str = ""
    zone: str = ""
    standing: str = "reported"
    summary: str = ""
    text: str = ""
    form: str = "paraphrase"
    wording: str = "original"
    language: str = ""
    original_text: str = ""
    original_language: str = ""
    outcome: str = "said"
    speaker: str = ""
    speaker_label: str = ""
    attribution: str = ""
    role: str = ""
    on_behalf_of: str = ""
    to: tuple[str, ...] = ()
    channel: str = ""
    actors: tuple[tuple[str, str], ...] = ()  # (name, role)
    actor_kinds: tuple[tuple[str, str], ...] = ()  # (name, kind), where the file says it
    sources: tuple[CitedSourceRow, ...] = ()
    incidents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Of all that it says, wherever in the file it stands."""
        text = json.dumps([getattr(self, name) for name in _SAID], ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def with_id(self) -> Self:
        """Without an id of its own, what it says is its id: the same file again adds nothing."""
        return self if self.external_id else replace(self, external_id=self.digest[:20])


_SAID = [one.name for one in fields(ImportRow) if one.name != "line"]


def printable(text: str) -> str:
    """A text of somebody's file as it can be said: what no text may hold is shown as a box."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}"
                   for one in text)  # fmt: skip


def file_size(file: BinaryIO) -> int:
    """How many bytes a file has, from its beginning."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _encoding_of(file: BinaryIO, limits: Limits) -> str:
    """The encoding of a file that may be a text and is not too large. Raises FileRefused."""
    size = file_size(file)
    if limits.size is not None and size > limits.size:
        raise FileRefused(
            f"The file has {size / 1e6:,.1f} MB, and no more than {limits.size // 1_000_000} MB "
            "are taken here. Split it, or load it with the command on the server, which has no "
            "such limit."
        )
    if not size:
        raise FileRefused("The file is empty.")
    head = file.read(8)
    file.seek(0)
    for begins, name in _PACKED.items():
        if head.startswith(begins):
            raise FileRefused(
                f"This is {name}. What can be read is plain text: CSV or JSON, in UTF-8."
            )
    is_wide = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if is_wide else "utf-8"


def first_line(file: BinaryIO, limits: Limits) -> str:
    """The first line with something in it, or as much of it as is ever held.

    It tells what the file is. Raises FileRefused for what is no text, or too large. The file is
    at its beginning afterwards.
    """
    encoding = _encoding_of(file, limits)
    line = file.readline(MAX_LINE_LENGTH)
    while line and not line.strip() and file.tell() < MAX_LINE_LENGTH:
        line = file.readline(MAX_LINE_LENGTH)
    file.seek(0)
    return line.decode(encoding, errors="replace").removeprefix("\ufeff")


def text_lines(file: BinaryIO, limits: Limits) -> Iterator[str]:
    """The lines of a text file with their ends, one after the other and never all at once.

    UTF-8 or UTF-16; anything else is refused, never guessed. Raises FileRefused, also for a file
    that is too large, before it is read. ``file`` can seek.
    """
    is_wide = _encoding_of(file, limits) == "utf-16"
    yield from _wide_lines(file) if is_wide else _plain_lines(file)


def _wide_lines(file: BinaryIO) -> Iterator[str]:
    text = io.TextIOWrapper(file, encoding="utf-16", newline="")
    try:
        while line := text.readline(MAX_LINE_LENGTH + 1):
            yield _short(line)
    except UnicodeError as problem:
        raise FileRefused(_NOT_WIDE) from problem
    finally:
        text.detach()


def _plain_lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_LENGTH + 1):
        number += 1
        # Old files end their lines with a carriage return alone.
        yield from io.StringIO(_decoded(_short(line), number), newline="")


def _decoded(line: bytes, number: int) -> str:
    if b"\0" in line:
        raise FileRefused(f"Line {number} holds a NUL, so this is no text file in UTF-8.")
    try:
        text = line.decode()
    except UnicodeDecodeError as problem:
        letter = line[problem.start : problem.start + 1].decode("cp1252", errors="replace")
        raise FileRefused(
            f"It is not UTF-8: see line {number}, where a letter might be “{letter}” in "
            "Windows-1252. Save the file as UTF-8."
        ) from problem
    return text.removeprefix("\ufeff") if number == 1 else text


def _short(line: Any) -> Any:
    if len(line) > MAX_LINE_LENGTH:
        raise FileRefused(
            f"It has a line of more than {MAX_LINE_LENGTH:,} characters, so it is not such a file."
        )
    return line


def read_whole_text(file: BinaryIO, limits: Limits) -> str:
    """A file that has to be read whole, such as one JSON text. Raises FileRefused."""
    limit = IN_THE_ADMIN.size or 0
    if file_size(file) > limit:
        raise FileRefused(
            f"A file of this kind is read whole, and may have {limit // 1_000_000} MB at most."
        )
    encoding = _encoding_of(file, limits)
    if encoding == "utf-8":
        return "".join(_decoded(line, number) for number, line in enumerate(file, start=1))
    try:
        return file.read().decode(encoding)
    except UnicodeError as problem:
        raise FileRefused(_NOT_WIDE) from problem


def parse_json(text: str) -> Any:
    """The value of a JSON text. FileRefused for what is none, or is too deep or too crowded."""
    if sum(map(text.count, ",[{")) > MAX_PARTS:
        raise FileRefused(f"It has more than {MAX_PARTS:,} parts.")
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as problem:
        raise FileRefused(f"Its JSON is nested more than {MAX_DEPTH} levels deep.") from problem
    except ValueError as problem:
        raise FileRefused(f"It cannot be read as JSON: {str(problem)[:200]}.") from problem
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        if not level:
            return value
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, list | dict)
        ]
    raise FileRefused(f"Its JSON is nested more than {MAX_DEPTH} levels deep.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"“{twice[:40]}” stands twice in one object")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def within_row_limit(rows: Iterator[ImportRow], limits: Limits) -> Iterator[ImportRow]:
    """The same rows. FileRefused after the last one that the limits allow, or if there is none."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if limits.rows is not None and number > limits.rows:
            raise FileRefused(
                f"It has more than {limits.rows:,} rows. Split it, or load it with the command on "
                "the server, which has no such limit."
            )
        yield row
    if not number:
        raise FileRefused("There is no row in it that could become an event or a statement.")
