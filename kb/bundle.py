"""One stylesheet from the parts in static/css/, so that a page's look is one request.

A finder of static files: the development server, the tests and ``collectstatic`` all find the
same ``css/site.css``. It is made anew when a part has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME = "css/site.css"
# In the order of the cascade: what all pages share, then one part for each area.
PARTS = (
    "faces",
    "tokens",
    "base",
    "timeline",
    "ribbon",
    "known",
    "pages",
    "claims",
    "history",
    "search",
    "cite",
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,])\s*")


def parts() -> list[Path]:
    """The files that the stylesheet is made from, in order."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return [folder / f"{part}.css" for part in PARTS]


def stylesheet() -> str:
    """All parts as one text, without comments and without spaces that say nothing."""
    text = _COMMENT.sub("", "\n".join(part.read_text(encoding="utf-8") for part in parts()))
    return _AROUND.sub(r"\1", _SPACE.sub(" ", text)).replace(";}", "}").strip() + "\n"


class BundleFinder(BaseFinder):
    """Finds ``css/site.css``, and makes it first when it is missing or older than a part."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(self._made())] if path == NAME else []
        return found if find_all else (found or [None])[0] or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        yield NAME, FileSystemStorage(location=self._made().parent.parent)

    def check(self, **kwargs: Any) -> list:
        return []

    def _made(self) -> Path:
        made = Path(settings.DATA_DIR) / "bundled" / NAME
        newest = max(part.stat().st_mtime for part in [*parts(), Path(__file__)])
        if not made.exists() or made.stat().st_mtime <= newest:
            made.parent.mkdir(parents=True, exist_ok=True)
            # Another process may read it meanwhile: it sees the old or the new, never a half.
            half = made.with_suffix(".half")
            half.write_text(stylesheet(), encoding="utf-8")
            half.replace(made)
        return made
