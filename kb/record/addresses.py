"""Where each kind of record is read: one place that joins a kind and a slug to a path."""

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_script_prefix

PLURALS = {
    "actor": "actors",
    "source": "sources",
    "incident": "incidents",
    "event": "events",
    "statement": "statements",
    "request": "requests",
    "proposition": "claims",
}


# Other names of the languages of the site, as other sites write them in addresses. Traditional
# Chinese is another language, which the site does not have.
_LANGUAGE_NAMES = {
    "en-gb": "en",
    "en-us": "en",
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-hans-cn": "zh-hans",
    "zh-hans-sg": "zh-hans",
}


def language_named(segment: str) -> str:
    """The code of the language that the first segment of a path names; "" if it names none.

    Capitals do not matter, and underscores are hyphens: ``zh-CN``, ``zh_Hans`` and ``ZH`` are
    ``zh-hans``.
    """
    name = segment.lower().replace("_", "-")
    code = _LANGUAGE_NAMES.get(name, name)
    return code if any(code == language for language, _name in settings.LANGUAGES) else ""


def site_origin() -> str:
    """Scheme and host of the site, without the path that it may be below."""
    parts = urlsplit(settings.SITE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def absolute_url(path: str) -> str:
    """The public address of a path as ``reverse()`` gives it, with the path of the site."""
    return site_origin() + path


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
    """The language that a path of this site is in, and where that language begins: its prefix.

    Other names of a language are understood: they redirect to it.
    """
    root = in_language(get_script_prefix(), settings.LANGUAGE_CODE)
    segment, slash, _rest = path.removeprefix(root).partition("/")
    code = language_named(segment) if slash else ""
    return (code, f"{root}{segment}/") if code else (settings.LANGUAGE_CODE, root)


def data_path(path: str) -> str:
    """The path of a file: it exists once, whatever language the page that names it is in."""
    return in_language(path, settings.LANGUAGE_CODE)
