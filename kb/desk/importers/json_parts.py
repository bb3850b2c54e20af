"""The parts of a JSON object, of the type that a reader expects."""

from __future__ import annotations

from typing import Any


def part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of this name; an empty one if there is none."""
    value = whole.get(name)
    return value if isinstance(value, dict) else {}


def parts(whole: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects in the list of this name."""
    return [value for value in values(whole, name) if isinstance(value, dict)]


def values(whole: dict[str, Any], name: str) -> list[object]:
    """The values in the list of this name."""
    value = whole.get(name)
    return value if isinstance(value, list) else []


def text_part(whole: dict[str, Any], name: str) -> str:
    """The text or number of this name, as text; "" if there is none."""
    value = whole.get(name)
    return str(value) if isinstance(value, str | int | float) else ""
