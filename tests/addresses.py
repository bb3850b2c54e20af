"""Every address of the site, from its URL patterns, with a sample value for each part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# The first value that a part accepts is used. None of them exists, so a page may answer 404.
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
    """One URL pattern: its name, its route, and its parts with their converters."""

    name: str | None
    route: str
    converters: tuple[tuple[str, Any], ...]

    def path(self, **values: str) -> str:
        """Return the path, with sample values for parts that are not given."""
        samples = {part: sample(converter) for part, converter in self.converters}
        return reverse(self.name, kwargs=samples | values)

    def record_path(self, slug: str) -> str:
        """Return the path for the record with this slug, with values that exist."""
        parts = dict(self.converters)
        values = {"slug": slug} if "slug" in parts else {}
        return self.path(**values, **({"name": "actor"} if "/options/" in self.route else {}))

    def __str__(self) -> str:
        return self.name or self.route


def sample(converter: Any) -> Any:
    """Return a value that the converter accepts."""
    for text in SAMPLES:
        if re.fullmatch(converter.regex, text):
            try:
                return converter.to_python(text)
            except ValueError:
                continue
    raise AssertionError(f"tests/addresses.py has no sample for {converter.regex!r}")


def _walk(patterns: list, prefix: str, converters: dict) -> list[Address]:
    addresses = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        all_converters = converters | getattr(pattern.pattern, "converters", {})
        if isinstance(pattern, URLResolver):
            addresses += _walk(pattern.url_patterns, route, all_converters)
        elif isinstance(pattern, URLPattern):
            addresses.append(Address(pattern.name, route, tuple(all_converters.items())))
    return addresses


def public() -> list[Address]:
    """Return every address outside the desk, by path, as the wall does."""
    return [address for address in all_addresses() if not is_of_desk(address)]


def desk() -> list[Address]:
    """Return every address of the desk, with those of the admin and of sign-in."""
    return [address for address in all_addresses() if is_of_desk(address)]


def is_of_desk(address: Address) -> bool:
    """Whether the address is below the path of the desk."""
    return address.route.startswith(settings.ADMIN_PATH)


def all_addresses() -> list[Address]:
    """Return every address."""
    return _walk(get_resolver().url_patterns, "", {})
