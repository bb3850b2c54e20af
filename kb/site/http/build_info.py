"""The version of the program: part of every ETag, so that an upgrade is never answered 304."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

# What decides how pages and files look: code, templates, words, style and script.
_PARTS = ("kb/**/*.py", "kb/**/*.mo", "templates/**/*.html", "static/css/*", "static/js/**/*")


class BuildInfo(NamedTuple):
    """A digest of the program and of the settings that readers see; when a file last changed."""

    digest: str
    changed_at: datetime


@lru_cache(maxsize=1)
def build_info() -> BuildInfo:
    """Computed once in each process: some two hundred files, about ten milliseconds."""
    base = Path(settings.BASE_DIR)
    files = sorted({path for part in _PARTS for path in base.glob(part) if path.is_file()})
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(base).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    for name in ("SITE_URL", "SITE_NAME", "DATA_LICENCE", "ADMIN_PATH", "SECURITY_CONTACT"):
        digest.update(f"{name}={getattr(settings, name)}\0".encode())
    newest = max((path.stat().st_mtime for path in files), default=0)
    return BuildInfo(digest.hexdigest()[:16], datetime.fromtimestamp(int(newest), UTC))
