"""Begin on SQLite with a copy of a migrated database, which an earlier run left.

All migrations take some ten seconds, nearly all of it Django's rendering of old models. The copy is
used while the migrations and Django are the same, and ``migrate`` runs on it all the same.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]


def copy_migrated(folder: Path, target: str) -> None:
    """Copy the migrated database in ``folder`` to ``target``; make it first, if it is not there.

    Several processes may ask at once: the first makes it, and the others wait.
    """
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / f"{_version()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in folder.glob("*.sqlite3"):
                old.unlink()
            _make(template)
    shutil.copyfile(template, target)
    # As the program makes it: kb.W011 warns of other rights.
    Path(target).chmod(0o600)


def _version() -> str:
    """A digest of Django's version and of all migrations."""
    code = hashlib.sha256(django.__version__.encode())
    for path in sorted(ROOT.glob("kb/*/migrations/*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()[:16]


def _make(template: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "kb.settings", "KB_DATA_DIR": data, "KB_DEBUG": "True",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"],
            env=environment,
            check=True,
        )
        unfinished = template.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        database = sqlite3.connect(Path(data, "record.sqlite3"))
        database.execute("VACUUM INTO ?", [str(unfinished)])
        database.close()
    unfinished.rename(template)
