"""JSON Lines: every entry of the filtered set, one to a line, each as in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kb.formats.view import FinishedLines, FormatContext, FormatRow, entry_rows

# Some readers end a line at these too.
_LINE_ENDS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


# How the line of an entry ends whose order is stated: with the last of the fields of ``api_rows``.
_STATED_ORDER = b"null}\n"


def write_jsonl(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """Each row on a line of its own, in UTF-8."""
    for row in rows:
        yield _line(row)


def _line(row: FormatRow) -> bytes:
    line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
    return line.translate(_LINE_ENDS).encode("utf-8", "replace")


def _parts(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[tuple[bytes, bytes]]:
    for row in entry_rows(rows):
        line = _line({**row, "order_not_stated_from": None})
        yield line.removesuffix(_STATED_ORDER), b"}\n"


def _middle(public_id: str | None) -> bytes:
    return json.dumps(public_id).encode()


JSONL_LINES = FinishedLines(lambda view: b"", _parts, _middle, is_certain=True)
