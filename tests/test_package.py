"""What a wheel holds beside the code, and where the settings look for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PRINT_FOLDERS = """
from kb import settings
print(*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS, *settings.FIXTURE_DIRS,
      *settings.LOCALE_PATHS, settings.DATA_DIR, sep="\\n")
"""


def included() -> dict[str, str]:
    """The folders that the wheel takes from outside the package, with their places in it."""
    return PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


def test_wheel_includes_every_folder_that_the_settings_name():
    named = [*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS, *settings.FIXTURE_DIRS]
    assert {path.relative_to(ROOT).as_posix() for path in named} == set(included())


def test_checkout_has_no_folder_of_an_installed_wheel():
    assert not (ROOT / "kb" / "assets").exists()
    assert not settings.IS_INSTALLED


def test_installed_package_finds_its_files_and_writes_into_the_current_folder(tmp_path):
    site, start = tmp_path / "site-packages", tmp_path / "start"
    start.mkdir()
    shutil.copytree(ROOT / "kb", site / "kb", ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in included().items():
        shutil.copytree(ROOT / source, site / target)
    process = subprocess.run(
        [sys.executable, "-c", PRINT_FOLDERS],
        cwd=start,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(site),
            "KB_SECRET_KEY": settings.SECRET_KEY,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == 0, process.stderr
    *folders, data_folder = map(Path, process.stdout.split())
    assert folders == [
        site / "kb/assets/templates",
        site / "kb/assets/static",
        site / "kb/assets/fixtures",
        site / "kb/locale",
    ]
    assert all(folder.is_dir() for folder in folders)
    assert data_folder == start / "var"


def test_console_script_names_a_function():
    module, _, function = PYPROJECT["project"]["scripts"]["on-the-record"].partition(":")
    __import__(module)
    assert callable(getattr(sys.modules[module], function))
