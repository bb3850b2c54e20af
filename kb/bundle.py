"""Stylesheets joined from the parts in static/css/, so that a page's look is one request.

A finder of static files: the development server, the tests and ``collectstatic`` all find the
same files: one for our pages, and for pages in other sites' frames one for each look. They are made
anew when a part has changed.

``StaticStorage`` gives static files their addresses, also before ``collectstatic`` has run.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import get_ident
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

logger = logging.getLogger(__name__)

# In the order of the cascade: what all pages share, then one part for each area.
PARTS = (
    "faces",
    "tokens",
    "base",
    "timeline",
    "histogram",
    "as_of",
    "pages",
    "claims",
    "history",
    "search",
    "cite",
    "api",
)
FRAMED = ("faces", "tokens", "base", "timeline", "as_of", "pages", "claims", "embed")
# Each stylesheet: its parts, and what it makes of the question whether the reader prefers dark.
SHEETS = {
    "css/site.css": (PARTS, ""),
    "css/framed-auto.css": (FRAMED, ""),
    "css/framed-light.css": (FRAMED, "light"),
    "css/framed-dark.css": (FRAMED, "dark"),
}
_PREFERENCE = "(prefers-color-scheme: dark)"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,])\s*")


def stylesheet_parts(name: str) -> list[Path]:
    """The files that a stylesheet is made from, in order."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return [folder / f"{part}.css" for part in SHEETS[name][0]]


def stylesheet(name: str) -> str:
    """All parts as one text, without comments and without spaces that say nothing."""
    text = _COMMENT.sub(
        "", "\n".join(part.read_text(encoding="utf-8") for part in stylesheet_parts(name))
    )
    if look := SHEETS[name][1]:
        text = text.replace(_PREFERENCE, "all" if look == "dark" else "not all")
        text = text.replace("color-scheme: light dark", f"color-scheme: {look}")
    return _AROUND.sub(r"\1", _SPACE.sub(" ", text)).replace(";}", "}").strip() + "\n"


class BundleFinder(BaseFinder):
    """Finds the stylesheets, and makes one first when it is missing or older than a part."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(self._made(path))] if path in SHEETS else []
        return found if find_all else (found or [None])[0] or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in SHEETS:
            yield name, FileSystemStorage(location=self._made(name).parent.parent)

    def check(self, **kwargs: Any) -> list:
        return []

    def _made(self, name: str) -> Path:
        made = Path(settings.DATA_DIR) / "bundled" / name
        newest = max(part.stat().st_mtime for part in [*stylesheet_parts(name), Path(__file__)])
        if not made.exists() or made.stat().st_mtime <= newest:
            made.parent.mkdir(parents=True, exist_ok=True)
            # Other processes and threads may read or make it meanwhile. Each makes its own file and
            # puts it in place whole.
            draft = made.with_suffix(f".{os.getpid()}-{get_ident()}")
            draft.write_text(stylesheet(name), encoding="utf-8")
            draft.replace(made)
        return made


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Names with a digest where files were collected, plain names where they were not.

    Django's own storage raises ValueError for a file that the manifest does not name, so every
    page would fail until ``collectstatic`` has run. The system checks kb.W007 and kb.E007 report
    such files.
    """

    _has_warned = False

    def stored_name(self, name: str) -> str:
        """The name under which a page asks for the file."""
        try:
            return super().stored_name(name)
        except ValueError:
            if not self._has_warned:
                self._has_warned = True
                logger.warning(
                    "The static file %s was not collected. Run manage.py collectstatic, "
                    "then restart the web server.",
                    name,
                )
            return name
