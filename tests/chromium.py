"""Where the system's Chromium is, and how it is started."""

from __future__ import annotations

import os
import shutil

# Root needs --no-sandbox; the rest keeps the browser from calling home, which on a machine
# without a way out costs seconds, and from resolving any name but this machine's.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find() -> str | None:
    """The path of the browser: ``KB_CHROMIUM``, else the first of the usual names on PATH."""
    configured = os.environ.get("KB_CHROMIUM")
    names = [configured] if configured else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, names) if path), None)
