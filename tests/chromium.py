"""Find the system's Chromium, and the options to start it."""

from __future__ import annotations

import os
import shutil

# Chromium reads the last list of features only, so this one has Playwright's as well.
_DISABLED_FEATURES = [
    # The list below the address bar, which nobody sees here: each tab would start a process for it.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    # Playwright's own.
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
# Root needs --no-sandbox. The others prevent requests of the browser itself, which take seconds on
# a machine without network, and the resolution of any name but this machine's.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_DISABLED_FEATURES)}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def find() -> str | None:
    """Return the path of the browser: ``KB_CHROMIUM``, or the first usual name on PATH."""
    configured = os.environ.get("KB_CHROMIUM")
    names = [configured] if configured else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, names) if path), None)
