"""The connection. Django looks for it in a module with this name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from kb.record.private_files import create_private_file


class DatabaseWrapper(base.DatabaseWrapper):
    """Creates the file of a database before SQLite does, which uses the rights of the umask.

    SQLite gives the write-ahead log and the other files beside it the rights of the database.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        name = str(conn_params["database"])
        # The address of a database in memory, or of one that is only read.
        if not name.startswith(("file:", ":memory:")):
            # SQLite itself reports a folder that is missing or cannot be written.
            with suppress(OSError):
                create_private_file(Path(name))
        return super().get_new_connection(conn_params)
