"""Where each kind of record is read: one place that joins a kind and a slug to a path."""

from django.conf import settings
from django.urls import get_script_prefix

PLURALS = {
    "actor": "actors",
    "source": "sources",
    "incident": "incidents",
    "event": "events",
    "statement": "statements",
    "request": "requests",
}


def record_path(kind: str, slug: str) -> str:
    """The path of a record's page, in the language of the page that is being made.

    A topic's is the timeline filtered by it.
    """
    if kind in PLURALS:
        return f"{get_script_prefix()}{PLURALS[kind]}/{slug}/"
    return f"{get_script_prefix()}timeline/?topic={slug}"


def in_language(path: str, code: str) -> str:
    """The path of the same page in another language; the main language has no prefix."""
    prefix = root = get_script_prefix()
    for other, _name in settings.LANGUAGES:
        if root.endswith(f"/{other}/"):
            root = root.removesuffix(f"{other}/")
    rest = path.removeprefix(prefix)
    return root + rest if code == settings.LANGUAGE_CODE else f"{root}{code}/{rest}"


def split_language(path: str) -> tuple[str, str]:
    """The language that a path of this site is in, and where that language begins: its prefix."""
    root = in_language(get_script_prefix(), settings.LANGUAGE_CODE)
    for code, _name in settings.LANGUAGES:
        if code != settings.LANGUAGE_CODE and path.startswith(f"{root}{code}/"):
            return code, f"{root}{code}/"
    return settings.LANGUAGE_CODE, root


def data_path(path: str) -> str:
    """The path of a file: it exists once, whatever language the page that names it is in."""
    return in_language(path, settings.LANGUAGE_CODE)
