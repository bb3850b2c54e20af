"""Build each stylesheet from its parts in static/css/, so that a page needs one request for it.

``BundleFinder`` is a finder of static files, so the development server, the tests and
``collectstatic`` use the same stylesheets: one for pages of the site, and one per theme for embeds.
A stylesheet is built again when a part has changed.

``StaticStorage`` gives static files their addresses, also before ``collectstatic`` has run.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

from kb.record.private_files import make_private_folder

# WhiteNoise has no type hints. Its class is a subclass of Django's.
if TYPE_CHECKING:
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as _Storage
else:
    from whitenoise.storage import CompressedManifestStaticFilesStorage as _Storage

logger = logging.getLogger(__name__)

# In the order of the cascade: first the parts for all pages, then one part for each area.
SHARED_PARTS = ("faces", "tokens", "base", "timeline", "as_of", "pages", "cite")
EMBED_PARTS = ("faces", "tokens", "base", "timeline", "as_of", "pages", "claims", "embed")
# Each stylesheet: its parts and its theme; "" follows the reader's preference. Pages with much that
# no other page has use a stylesheet of their own, in place of the usual one.
STYLESHEETS = {
    "css/site.css": (
        (
            *SHARED_PARTS,
            *("finder", "tool_links", "sparklines", "search", "actor", "statement", "tables"),
        ),
        "",
    ),
    "css/site-home.css": ((*SHARED_PARTS, "home"), ""),
    "css/site-timeline.css": ((*SHARED_PARTS, "tool_links", "tools", "histogram"), ""),
    "css/site-claims.css": ((*SHARED_PARTS, "claims"), ""),
    "css/site-compare.css": ((*SHARED_PARTS, "claims", "drawing", "compare"), ""),
    "css/site-speakers.css": ((*SHARED_PARTS, "drawing", "speakers"), ""),
    "css/site-quotes.css": ((*SHARED_PARTS, "quotes"), ""),
    "css/site-history.css": ((*SHARED_PARTS, "statement", "history"), ""),
    "css/site-report.css": ((*SHARED_PARTS, "report"), ""),
    "css/site-frozen.css": ((*SHARED_PARTS, "tool_links", "tools", "history", "frozen"), ""),
    "css/site-api.css": ((*SHARED_PARTS, "finder", "api"), ""),
    # Besides another one, on the pages of a mirror.
    "css/site-mirror.css": (("mirror",), ""),
    "css/framed-auto.css": (EMBED_PARTS, ""),
    "css/framed-light.css": (EMBED_PARTS, "light"),
    "css/framed-dark.css": (EMBED_PARTS, "dark"),
}
_PREFERENCE = "(prefers-color-scheme: dark)"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND_PUNCTUATION = re.compile(r"\s*([{};,])\s*")
# Of a declaration: in a selector no space follows a colon.
_AFTER_COLON = re.compile(r":\s+")


def stylesheet_parts(name: str) -> list[Path]:
    """Return the parts of a stylesheet, in order."""
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return [folder / f"{part}.css" for part in STYLESHEETS[name][0]]


def stylesheet(name: str) -> str:
    """Return the parts as one text, without comments and unnecessary space."""
    text = _COMMENT.sub(
        "", "\n".join(part.read_text(encoding="utf-8") for part in stylesheet_parts(name))
    )
    if theme := STYLESHEETS[name][1]:
        text = text.replace(_PREFERENCE, "all" if theme == "dark" else "not all")
        text = text.replace("color-scheme: light dark", f"color-scheme: {theme}")
    text = _AFTER_COLON.sub(":", _SPACE.sub(" ", text))
    return _AROUND_PUNCTUATION.sub(r"\1", text).replace(";}", "}").strip() + "\n"


# Inside the class, `list` is the method.
FilePaths = list[str]
Messages = list[CheckMessage]


class BundleFinder(BaseFinder):
    """Finds the stylesheets. Builds one first if it is missing or older than a part."""

    @overload
    def find(self, path: str, find_all: Literal[False] = False) -> str | None: ...

    @overload
    def find(self, path: str, find_all: Literal[True]) -> FilePaths: ...

    def find(self, path: str, find_all: bool = False) -> str | FilePaths | None:
        """Return the file of the stylesheet, or a list of it with ``find_all``.

        Without a match the result is an empty list: Django's ``finders.find`` would count None as
        a match.
        """
        files = [str(self._build(path))] if path in STYLESHEETS else []
        return files if find_all or not files else files[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the name and the storage of each stylesheet."""
        for name in STYLESHEETS:
            yield name, FileSystemStorage(location=self._build(name).parent.parent)

    def check(self, **kwargs: Any) -> Messages:
        """Return no messages: the finder has no settings."""
        return []

    def _build(self, name: str) -> Path:
        target = Path(settings.DATA_DIR) / "bundled" / name
        newest = max(part.stat().st_mtime for part in [*stylesheet_parts(name), Path(__file__)])
        if not target.exists() or target.stat().st_mtime <= newest:
            make_private_folder(target.parent)
            # Other processes and threads may read or build it at the same time. Each writes its own
            # file and moves it into place.
            draft = target.with_suffix(f".{os.getpid()}-{get_ident()}")
            draft.write_text(stylesheet(name), encoding="utf-8")
            draft.replace(target)
        return target


class StaticStorage(_Storage):
    """Names with a digest if the files were collected, plain names otherwise.

    Django's own storage raises ValueError for a file that is not in the manifest, so every page
    would fail until ``collectstatic`` has run. The system checks kb.W007 and kb.E007 report
    such files.
    """

    _has_warned = False

    def stored_name(self, name: str) -> str:
        """Return the name that pages use for the file."""
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
