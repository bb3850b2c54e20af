"""Reads files as text: their encoding, their lines, and what is no text at all."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from kb.desk.importers.encodings import ENCODINGS, encoding_samples
from kb.desk.importers.rows import ADMIN_LIMITS, FileRefused, Limits, printable
from kb.text.encodings import text_codec

MAX_LINE_LENGTH = 2_000_000  # characters; no longer line is ever read whole
# The first bytes of files that are not texts, and the names of those files.
_BINARY_FILES = {
    b"PK\x03\x04": "a workbook or ZIP file",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"7z\xbc\xaf": "a 7z file",
    b"Rar!": "a RAR file",
    b"\xd0\xcf\x11\xe0": "an old Office file (.xls or .doc)",
    b"%PDF": "a PDF",
}

_NOT_UTF16 = "The file starts as UTF-16 but is not valid UTF-16. Save it as UTF-8."


def file_size(file: BinaryIO) -> int:
    """The size of a file in bytes. The file is at its beginning afterwards."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def check_size(file: BinaryIO, limits: Limits) -> None:
    """Raise FileRefused if a file is empty or too large. It is at its beginning afterwards."""
    size = file_size(file)
    if limits.size is not None and size > limits.size:
        raise FileRefused(
            f"The file has {size / 1e6:,.1f} MB. The maximum is {limits.size // 1_000_000} MB. "
            "Split it, or load it with the import command on the server, which has no size limit."
        )
    if not size:
        raise FileRefused("The file is empty.")


def encoding_of(file: BinaryIO, limits: Limits) -> str:
    """The encoding of a text file. Raises FileRefused if it is too large or not a text."""
    check_size(file, limits)
    head = file.read(64)
    file.seek(0)
    for beginning, name in _BINARY_FILES.items():
        if head.startswith(beginning):
            raise FileRefused(
                f"This is {name}. Save it as a workbook (.xlsx, .ods) or as text (CSV or JSON, in "
                "UTF-8), and upload that."
            )
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    # Without a mark at its beginning, UTF-16 has a NUL beside each letter of the first words.
    pairs = len(head) // 2
    for encoding, nuls, letters in (("utf-16-le", head[1::2], head[::2]),
                                    ("utf-16-be", head[::2], head[1::2])):  # fmt: skip
        if pairs > 3 and nuls.count(0) == pairs and not letters.count(0):
            return encoding
    return "utf-8"


def first_line(file: BinaryIO, limits: Limits, encoding: str = "") -> str:
    """The first line that is not empty, up to the longest line that is read.

    Raises FileRefused if the file is too large or not a text. The file is at its beginning
    afterwards.
    """
    detected = encoding_of(file, limits)
    encoding = _encoding_to_read(encoding, detected)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace")
    try:
        line = text.readline(MAX_LINE_LENGTH)
        length = len(line)
        while line and not line.strip() and length < MAX_LINE_LENGTH:
            line = text.readline(MAX_LINE_LENGTH)
            length += len(line)
    except UnicodeError as problem:
        raise FileRefused(_not_in(encoding, detected)) from problem
    finally:
        text.detach()
    file.seek(0)
    return line.removeprefix("\ufeff")


def text_lines(file: BinaryIO, limits: Limits, encoding: str = "") -> Iterator[str]:
    """The lines of a text file with their ends, one by one.

    Without an encoding it is UTF-8, or UTF-16 where the file looks like it. Raises FileRefused if
    the file is too large or has another encoding. ``file`` must be able to seek.
    """
    detected = encoding_of(file, limits)
    encoding = _encoding_to_read(encoding, detected)
    if text_codec(encoding) == "utf-8":
        yield from _utf8_lines(file)
    else:
        yield from _encoded_lines(file, encoding, detected)


def _encoding_to_read(chosen: str, detected: str) -> str:
    """The chosen encoding, or else the detected one."""
    # Without a byte order mark, UTF-16 alone does not say which byte of a letter comes first.
    is_half_known = text_codec(chosen) == "utf-16" and detected.startswith("utf-16")
    return detected if is_half_known or not chosen else chosen


def _encoded_lines(file: BinaryIO, encoding: str, detected: str) -> Iterator[str]:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        while line := text.readline(MAX_LINE_LENGTH + 1):
            number += 1
            _check_length(line)
            if "\0" in line:
                raise FileRefused(_nul_message(number))
            yield line.removeprefix("\ufeff") if number == 1 else line
    except UnicodeError as problem:
        raise FileRefused(_not_in(encoding, detected)) from problem
    finally:
        text.detach()


def _not_in(encoding: str, detected: str) -> str:
    if encoding == detected and encoding.startswith("utf-16"):
        return _NOT_UTF16
    return (
        f"The file is not in the encoding {encoding[:40]}: a part of it cannot be read with it. "
        "Choose another encoding."
    )


def _utf8_lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_LENGTH + 1):
        number += 1
        _check_length(line)
        # StringIO, because the lines of old files may end with a carriage return alone.
        yield from io.StringIO(_decoded(line, number), newline="")


def _nul_message(number: int) -> str:
    return (
        f"Line {number} contains a NUL character, so this is not a text. Save the file as a "
        "workbook (.xlsx, .ods) or as text in UTF-8, and upload that."
    )


def _decoded(line: bytes, number: int) -> str:
    if b"\0" in line:
        raise FileRefused(_nul_message(number))
    try:
        text = line.decode()
    except UnicodeDecodeError as problem:
        raise FileRefused(_not_utf8(line, number)) from problem
    return text.removeprefix("\ufeff") if number == 1 else text


def _not_utf8(line: bytes, number: int) -> str:
    """What to do with a line that is not UTF-8, with samples of it in other encodings."""
    samples = [
        f"“{printable(sample)}” with --encoding {name} ({ENCODINGS[name].partition(' (')[0]})"
        for name, sample in encoding_samples(line[:100_000])
    ]
    start = f"The file is not UTF-8. Line {number} "
    if not samples:
        return start + "has bytes of no usual encoding. Save the file as UTF-8."
    return start + f"may be: {'; '.join(samples)}. Choose the encoding that reads well."


def _check_length(line: str | bytes) -> None:
    if len(line) > MAX_LINE_LENGTH:
        raise FileRefused(
            f"A line has more than {MAX_LINE_LENGTH:,} characters. Check that the file has the "
            "right type."
        )


def read_whole_text(file: BinaryIO, limits: Limits, encoding: str = "") -> str:
    """The text of a file that cannot be read by lines, such as JSON. Raises FileRefused."""
    limit = ADMIN_LIMITS.size or 0
    if file_size(file) > limit:
        raise FileRefused(f"Files of this type can have at most {limit // 1_000_000} MB.")
    detected = encoding_of(file, limits)
    encoding = _encoding_to_read(encoding, detected)
    if text_codec(encoding) == "utf-8":
        return "".join(_decoded(line, number) for number, line in enumerate(file, start=1))
    try:
        return file.read().decode(encoding)
    except UnicodeError as problem:
        raise FileRefused(_not_in(encoding, detected)) from problem
