"""Every package that the program runs with is listed with the licence that it states itself."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
LOCKED = sorted(set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE)))
ROWS = {
    name: (licence, reason)
    for name, licence, reason in re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \| (.+?) \|$", PAGE, re.M)
}
# With these a program under the MIT licence may be passed on without further conditions.
PERMISSIVE = {
    "Apache-2.0",
    "Apache-2.0 OR BSD-3-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MIT",
    "MIT-0",
    "PSF-2.0",
}
# Older packages name the family alone, in words of their own.
FAMILIES = ("Apache", "BSD", "MIT")


def test_page_lists_the_locked_packages_and_no_others():
    assert list(ROWS) == LOCKED


@pytest.mark.parametrize("name", LOCKED)
def test_licence_is_permissive_or_explained(name):
    licence, reason = ROWS[name]
    if licence in PERMISSIVE:
        assert reason.startswith("Permissive")
    else:
        assert f"**{name.removesuffix('-binary')}.**" in PAGE, f"{licence} needs a paragraph"


@pytest.mark.parametrize("name", LOCKED)
def test_installed_package_states_the_same_licence(name):
    try:
        package = metadata(name)
    except PackageNotFoundError:
        # Locked for other systems or Pythons only; every other one must be installed.
        line = re.search(rf"^{name}==\S+ ; (.+?) \\$", LOCK, re.MULTILINE)
        assert line, f"{name} is locked for every system, but not installed"
        return
    licence = ROWS[name][0]
    expression = package.get("License-Expression")
    if expression:
        assert expression == licence
    else:
        family = next(name for name in FAMILIES if licence.startswith(name))
        statements = [package.get("License") or "", *package.get_all("Classifier", [])]
        assert family in " ".join(statements)
