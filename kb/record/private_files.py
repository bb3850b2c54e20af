"""Files and folders that only their owner can open, from their first byte, whatever the umask.

The program creates everything in this way that may hold unpublished text or a secret. The rights of
a file that exists already are not changed; the system check kb.W011 reports them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
SECRET_FILE = "secret.key"  # noqa: S105 (a file name)
# Of Django's storage for files.
STORAGE_RIGHTS = {"file_permissions_mode": FILE_MODE, "directory_permissions_mode": FOLDER_MODE}


def open_private(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file for the parameter ``opener`` of ``open()``; return its descriptor."""
    return os.open(path, flags, FILE_MODE)


def create_private_file(path: Path) -> None:
    """Create an empty file if there is none. Raises OSError if that is not possible."""
    with suppress(FileExistsError):
        os.close(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


def make_private_folder(path: Path) -> None:
    """Create a folder, and those above it, if there are none.

    Raises OSError if that is not possible. ``Path.mkdir`` gives the folders above it the rights of
    the umask.
    """
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
