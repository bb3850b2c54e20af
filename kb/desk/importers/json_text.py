"""Parses JSON within limits, also where a script wraps it."""

from __future__ import annotations

import json
import re
from typing import Any

from kb.desk.importers.rows import FileRefused

MAX_JSON_DEPTH = 50
# Commas and brackets of one JSON text. Each takes about 60 bytes once it is parsed.
MAX_JSON_PARTS = 1_000_000
# "var timeline = {…};", "export default {…}" and "callback({…});".
_SCRIPT = re.compile(
    r"\s*(?:(?:var|let|const)\s+[\w$]+\s*=|[\w$.]+\s*=|export\s+default\b|[\w$.]+\s*\()\s*(?=[\[{]|$)"
)
_SCRIPT_END = " \t\r\n\f\v;)"


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


def is_script(first_line: str) -> bool:
    """Whether a file that begins with this line is a script that holds a value."""
    return _SCRIPT.match(first_line) is not None


def parse_script(text: str) -> Any:
    """The value of a JSON text, or of one that a script assigns or passes on.

    Raises FileRefused.
    """
    match = _SCRIPT.match(text)
    if not match:
        return parse_json(text)
    try:
        return parse_json(text[match.end() :].rstrip(_SCRIPT_END))
    except FileRefused as problem:
        raise FileRefused(
            "The file is a script, and what it holds is not JSON: names need quotation marks, and "
            f"comments are not allowed. Save the data alone as JSON. ({str(problem)[:120]})"
        ) from problem
