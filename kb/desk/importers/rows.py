"""The one shape that every reader of files makes, and how a file is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Self


class FileRefused(Exception):
    """The file is not what it should be; the message says what is wrong and what would be right."""


@dataclass(frozen=True)
class Row:
    """One event or statement as a file has it. Everything is text; "" and () say nothing."""

    line: int
    external_id: str
    kind: str = "event"
    title: str = ""
    date: str = ""
    as_written: str = ""
    standing: str = "reported"
    summary: str = ""
    text: str = ""
    form: str = "paraphrase"
    wording: str = "original"
    language: str = ""
    speaker: str = ""
    role: str = ""
    on_behalf_of: str = ""
    to: tuple[str, ...] = ()
    channel: str = ""
    actors: tuple[tuple[str, str], ...] = ()  # (name, role)
    sources: tuple[tuple[str, str], ...] = ()  # (title, address)
    incidents: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Of all that it says, wherever in the file it stands."""
        said = {name: value for name, value in asdict(self).items() if name != "line"}
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def renamed(self, external_id: str) -> Self:
        return replace(self, external_id=external_id)


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16; anything else is refused, never guessed.

    A file in Windows-1252 is told by its first letter that is not UTF-8, and by its line.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as problem:
            raise FileRefused("It begins as UTF-16 and does not go on as that.") from problem
    if content[:4] == b"PK\x03\x04":
        raise FileRefused("This is a packed file, as spreadsheets save it: save it as CSV, UTF-8.")
    if b"\0" in content[:4096]:
        raise FileRefused("This is not a text file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        letter = content[problem.start : problem.start + 1].decode("cp1252", errors="replace")
        raise FileRefused(
            f"It is not UTF-8: see line {line}, where a letter might be “{letter}” in "
            "Windows-1252. Save the file as UTF-8."
        ) from problem
    if "\0" in text:
        raise FileRefused("It holds a NUL, so it is not a text file.")
    return text
