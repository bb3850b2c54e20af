"""The row that every reader produces, the limits for files, and reading them as text."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, BinaryIO, NamedTuple, Self

from kb.dates.reading import FigureOrder
from kb.desk.importers.row_parts import ClaimRow, FigureRow, PositionRow

MAX_COLUMNS = 200
MAX_LINE_LENGTH = 2_000_000  # characters; no longer line is ever read whole
MAX_JSON_DEPTH = 50
# Commas and brackets of one JSON text. Each takes about 60 bytes once it is parsed.
MAX_JSON_PARTS = 1_000_000
# The first bytes of files that are not texts, and the names of those files.
_BINARY_FILES = {
    b"PK\x03\x04": "a spreadsheet or ZIP file",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"7z\xbc\xaf": "a 7z file",
    b"Rar!": "a RAR file",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls or .doc)",
    b"%PDF": "a PDF",
}

_NOT_UTF16 = "The file starts as UTF-16 but is not valid UTF-16. Save it as UTF-8."


class FileRefused(Exception):
    """The file cannot be imported. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be. ``size`` is in bytes; None is no limit."""

    size: int | None = None
    rows: int | None = None
    cell: int = 1_000_000  # characters of one field


ADMIN_LIMITS = Limits(size=10_000_000, rows=20_000, cell=65_536)
NO_LIMITS = Limits()


class CitedSourceRow(NamedTuple):
    """A source as a file names it, and its citation for one row."""

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
    published_time: str = ""
    # Of the citation: what the exact words are, and the title of the source that relays this one.
    wording: str = ""
    words_language: str = ""
    translator: str = ""
    via: str = ""
    quoted: bool = False
    position: int | None = None
    # When it was said and to whom, as this source has it.
    said: str = ""
    said_phrase: str = ""
    said_zone: str = ""
    said_time: str = ""
    addressee: str = ""
    figures: FigureOrder = ""  # whether 12/05/2023 begins with the day or the month
    parents: tuple[tuple[str, str], ...] = ()  # titles of earlier sources, each with a derivation


class LinkRow(NamedTuple):
    """A link to another row of a file, by its id.

    ``source`` is the title of the source that reports it; without one the editor infers it.
    """

    kind: str
    target: str
    source: str = ""
    exact: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One entry as it is in a file. All values are texts; "" and () are missing."""

    line: int
    external_id: str
    kind: str = "event"
    title: str = ""
    date: str = ""
    as_written: str = ""
    zone: str = ""
    time: str = ""
    standing: str = "reported"
    summary: str = ""
    text: str = ""
    form: str = "paraphrase"
    wording: str = ""  # of the words that are quoted, where no source says it
    override_reason: str = ""
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
    asked_by: str = ""
    asked: tuple[str, ...] = ()
    no_reply_by: str = ""
    answer: str = ""  # the headline of the statement that answers a request
    according_to: tuple[str, ...] = ()  # titles or URLs of sources, or ids of statements
    joint_speakers: tuple[str, ...] = ()
    joint_principals: tuple[str, ...] = ()
    identity: str = ""
    attributed_by: str = ""
    place: str = ""
    place_wikidata: str = ""
    latitude: str = ""
    longitude: str = ""
    links: tuple[LinkRow, ...] = ()
    start: str = ""  # the first and last day of a longer event, instead of ``date``
    end: str = ""
    figures: FigureOrder = ""  # whether 12/05/2023 begins with the day or the month
    stated_figures: tuple[FigureRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    about: tuple[str, ...] = ()  # the events of a request: ids of rows, or titles
    about_claims: tuple[ClaimRow, ...] = ()
    no_reply_phrase: str = ""
    no_reply_zone: str = ""
    no_reply_time: str = ""
    problems: tuple[str, ...] = ()  # what could not be read, as sentences: the row is refused
    # Links to rows that the file does not have are left out instead of refused.
    is_part_of_list: bool = False

    @property
    def digest(self) -> str:
        """A hash of all values except the line, so that moving the row does not change it.

        Fields that were added later count only where they are used: the rows of earlier imports
        keep their hashes.
        """
        values = [getattr(self, name) for name in _VALUES]
        values[_VALUES.index("sources")] = [_hashed_source(source) for source in self.sources]
        # A row without a wording was read as one in the original wording.
        values[_VALUES.index("wording")] = self.wording or "original"
        values += [[name, value] for name in _ADDED_VALUES if (value := getattr(self, name))]
        text = json.dumps(values, ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def with_id(self) -> Self:
        """A row without an id gets one from its values: the same file again adds nothing."""
        return self if self.external_id else replace(self, external_id=self.digest[:20])


# Fields that were added after rows had been imported.
_ADDED_VALUES = (
    "override_reason",
    "time",
    "asked_by",
    "asked",
    "no_reply_by",
    "answer",
    "according_to",
    "joint_speakers",
    "joint_principals",
    "identity",
    "attributed_by",
    "place",
    "place_wikidata",
    "latitude",
    "longitude",
    "links",
    "start",
    "end",
    "figures",
    "stated_figures",
    "positions",
    "about",
    "about_claims",
    "no_reply_phrase",
    "no_reply_zone",
    "no_reply_time",
    "problems",
)
_NOT_HASHED = ("line", "is_part_of_list", *_ADDED_VALUES)
_VALUES = [field.name for field in fields(ImportRow) if field.name not in _NOT_HASHED]


_FIRST_SOURCE_VALUES = CitedSourceRow._fields.index("published_time")


def _hashed_source(source: CitedSourceRow) -> list[Any]:
    """The values of a source that count: those added later only where they are used."""
    values: list[Any] = list(source[:_FIRST_SOURCE_VALUES])
    if source.published_time:
        values.append(source.published_time)
    later = zip(source._fields, source, strict=True)
    return values + [
        [name, value] for name, value in list(later)[_FIRST_SOURCE_VALUES + 1 :] if value
    ]


def printable(text: str) -> str:
    """The text with a replacement character for each character that cannot be shown."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def file_size(file: BinaryIO) -> int:
    """The size of a file in bytes. The file is at its beginning afterwards."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _encoding_of(file: BinaryIO, limits: Limits) -> str:
    """The encoding of a text file. Raises FileRefused if it is too large or not a text."""
    size = file_size(file)
    if limits.size is not None and size > limits.size:
        raise FileRefused(
            f"The file has {size / 1e6:,.1f} MB. The maximum is {limits.size // 1_000_000} MB. "
            "Split it, or load it with the import command on the server, which has no size limit."
        )
    if not size:
        raise FileRefused("The file is empty.")
    head = file.read(8)
    file.seek(0)
    for beginning, name in _BINARY_FILES.items():
        if head.startswith(beginning):
            raise FileRefused(
                f"This is {name}. Upload a plain text file instead (CSV or JSON, in UTF-8)."
            )
    is_utf16 = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if is_utf16 else "utf-8"


def first_line(file: BinaryIO, limits: Limits) -> str:
    """The first line that is not empty, up to the longest line that is read.

    Raises FileRefused if the file is too large or not a text. The file is at its beginning
    afterwards.
    """
    encoding = _encoding_of(file, limits)
    line = file.readline(MAX_LINE_LENGTH)
    while line and not line.strip() and file.tell() < MAX_LINE_LENGTH:
        line = file.readline(MAX_LINE_LENGTH)
    file.seek(0)
    return line.decode(encoding, errors="replace").removeprefix("\ufeff")


def text_lines(file: BinaryIO, limits: Limits) -> Iterator[str]:
    """The lines of a text file with their ends, one by one.

    Raises FileRefused if the file is too large, or in another encoding than UTF-8 and UTF-16.
    ``file`` must be able to seek.
    """
    is_utf16 = _encoding_of(file, limits) == "utf-16"
    yield from _utf16_lines(file) if is_utf16 else _utf8_lines(file)


def _utf16_lines(file: BinaryIO) -> Iterator[str]:
    text = io.TextIOWrapper(file, encoding="utf-16", newline="")
    try:
        while line := text.readline(MAX_LINE_LENGTH + 1):
            _check_length(line)
            yield line
    except UnicodeError as problem:
        raise FileRefused(_NOT_UTF16) from problem
    finally:
        text.detach()


def _utf8_lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_LENGTH + 1):
        number += 1
        _check_length(line)
        # StringIO, because the lines of old files may end with a carriage return alone.
        yield from io.StringIO(_decoded(line, number), newline="")


def _decoded(line: bytes, number: int) -> str:
    if b"\0" in line:
        raise FileRefused(f"Line {number} contains a NUL character. Save the file as UTF-8 text.")
    try:
        text = line.decode()
    except UnicodeDecodeError as problem:
        letter = line[problem.start : problem.start + 1].decode("cp1252", errors="replace")
        raise FileRefused(
            f"The file is not UTF-8. Line {number} may contain “{letter}” in Windows-1252. Save "
            "the file as UTF-8."
        ) from problem
    return text.removeprefix("\ufeff") if number == 1 else text


def _check_length(line: str | bytes) -> None:
    if len(line) > MAX_LINE_LENGTH:
        raise FileRefused(
            f"A line has more than {MAX_LINE_LENGTH:,} characters. Check that the file has the "
            "right type."
        )


def read_whole_text(file: BinaryIO, limits: Limits) -> str:
    """The text of a file that cannot be read by lines, such as JSON. Raises FileRefused."""
    limit = ADMIN_LIMITS.size or 0
    if file_size(file) > limit:
        raise FileRefused(f"Files of this type can have at most {limit // 1_000_000} MB.")
    encoding = _encoding_of(file, limits)
    if encoding == "utf-8":
        return "".join(_decoded(line, number) for number, line in enumerate(file, start=1))
    try:
        return file.read().decode(encoding)
    except UnicodeError as problem:
        raise FileRefused(_NOT_UTF16) from problem


def parse_json(text: str) -> Any:
    """The value of a JSON text. Raises FileRefused if it is not JSON, too deep or too large."""
    if sum(map(text.count, ",[{")) > MAX_JSON_PARTS:
        raise FileRefused(f"The file has more than {MAX_JSON_PARTS:,} elements. Split it.")
    try:
        value = json.loads(text, object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except RecursionError as problem:
        raise FileRefused(
            f"The JSON is nested more than {MAX_JSON_DEPTH} levels deep."
        ) from problem
    except ValueError as problem:
        raise FileRefused(f"The file is not valid JSON: {str(problem)[:200]}.") from problem
    level: list[Any] = [value]
    for _ in range(MAX_JSON_DEPTH):
        if not level:
            return value
        level = [
            inner
            for container in level
            if isinstance(container, list | dict)
            for inner in (container.values() if isinstance(container, dict) else container)
            if isinstance(inner, list | dict)
        ]
    raise FileRefused(f"The JSON is nested more than {MAX_JSON_DEPTH} levels deep.")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs. Raises ValueError if a name is repeated."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise ValueError(f"“{name[:40]}” occurs twice in one object")
        values[name] = value
    return values


def _refuse_constant(text: str) -> float:
    """Raise ValueError for NaN and Infinity, which are not JSON."""
    raise ValueError(f"{text} is not a number")


def within_row_limit(rows: Iterator[ImportRow], limits: Limits) -> Iterator[ImportRow]:
    """The same rows. Raises FileRefused if there are too many of them, or none."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if limits.rows is not None and number > limits.rows:
            raise FileRefused(
                f"The file has more than {limits.rows:,} rows. Split it, or load it with the "
                "import command on the server, which has no row limit."
            )
        yield row
    if not number:
        raise FileRefused("The file contains no entries.")
