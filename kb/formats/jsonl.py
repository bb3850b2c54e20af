"""JSON Lines: every entry of the filtered set, one to a line, each as in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kb.formats.view import FormatContext, FormatRow

# Some readers end a line at these too.
_LINE_ENDS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


def write_jsonl(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """Each row on a line of its own, in UTF-8."""
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        yield line.translate(_LINE_ENDS).encode("utf-8", "replace")
