"""Every address the site answers, from its URL patterns, with a value for each part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# The first that a part accepts is taken. None of them exists, so a page may well answer 404.
SAMPLES = [
    "nothing-here",
    "1",
    "json",
    "csv",
    "atom",
    "events",
    "event",
    "2023-12-15",
    "00000000-0000-4000-8000-000000000000",
    "nothing/here",
]


@dataclass(frozen=True)
class Address:
    """One URL pattern: its name, its route as written, and its parts with their converters."""

    name: str | None
    route: str
    converters: tuple[tuple[str, Any], ...]

    def path(self, **values: str) -> str:
        """The path with sample values for the parts that are not given."""
        samples = {part: sample(converter) for part, converter in self.converters}
        return reverse(self.name, kwargs=samples | values)

    def __str__(self) -> str:
        return self.name or self.route


def sample(converter: Any) -> Any:
    """A value that the converter accepts."""
    for text in SAMPLES:
        if re.fullmatch(converter.regex, text):
            try:
                return converter.to_python(text)
            except ValueError:
                continue
    raise AssertionError(f"tests/addresses.py has no sample for {converter.regex!r}")


def _walk(patterns: list, prefix: str, converters: dict) -> list[Address]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        own = converters | getattr(pattern.pattern, "converters", {})
        if isinstance(pattern, URLResolver):
            found += _walk(pattern.url_patterns, route, own)
        elif isinstance(pattern, URLPattern):
            found.append(Address(pattern.name, route, tuple(own.items())))
    return found


def public() -> list[Address]:
    """Every address outside the desk: by path, as the wall tells them apart."""
    return [one for one in every() if not one.route.startswith(settings.ADMIN_PATH)]


def desk() -> list[Address]:
    """Every address of the desk, the admin's own and those of sign-in."""
    return [one for one in every() if one.route.startswith(settings.ADMIN_PATH)]


def every() -> list[Address]:
    """Every address there is."""
    return _walk(get_resolver().url_patterns, "", {})
