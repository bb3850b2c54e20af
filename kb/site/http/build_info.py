"""The version of the program: part of every ETag, so that an upgrade is never answered 304."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

# What decides how pages and files look: code, templates, words, style and script.
_CODE = ("**/*.py", "**/*.mo")
_SETTINGS = (
    "SITE_URL",
    "FIRST_SITE_URL",
    "SITE_NAME",
    "DATA_LICENCE",
    "ADMIN_PATH",
    "SECURITY_CONTACT",
    "OPERATOR",
    "CARD_FONT",
    "OPERATOR_ADDRESS",
)
_PAGES = ("templates/**/*.html", "static/css/*", "static/js/**/*")


class BuildInfo(NamedTuple):
    """A digest of the program and of the settings that readers see; when a file last changed."""

    digest: str
    changed_at: datetime


@lru_cache(maxsize=1)
def build_info() -> BuildInfo:
    """Computed once in each process: some two hundred files, about ten milliseconds."""
    # In a wheel the pages' files lie inside the package, so the two folders are read by name.
    folders = ((settings.PACKAGE_DIR, _CODE), (settings.BASE_DIR, _PAGES))
    files = {
        path.relative_to(folder).as_posix(): path
        for folder, patterns in folders
        for pattern in patterns
        for path in Path(folder).glob(pattern)
        if path.is_file()
    }
    digest = hashlib.sha256()
    for relative_path, path in sorted(files.items()):
        digest.update(relative_path.encode() + b"\0" + path.read_bytes() + b"\0")
    for name in _SETTINGS:
        digest.update(f"{name}={getattr(settings, name)}\0".encode())
    newest = max((path.stat().st_mtime for path in files.values()), default=0)
    return BuildInfo(digest.hexdigest()[:16], datetime.fromtimestamp(int(newest), UTC))
