"""Run the program with its commands: in a separate process, with a free port and its own folder."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.database_template import copy_migrated

ROOT = Path(__file__).resolve().parent.parent
SIGN_IN = re.compile(
    r"^Sign in at http://127\.0\.0\.1:\d+/admin/ as editor, password \S{12,}$", re.M
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LocalServer:
    """A data folder, and commands that run with it."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "KB_DATA_DIR": str(folder),
            "PORT": str(self.port),
            **variables,
        }

    def copy_tables(self) -> None:
        """Put a database with all tables and no rows into the folder, which saves its migrations.

        For tests of what comes later: others begin without a folder.
        """
        self.folder.mkdir(exist_ok=True)
        copy_migrated(ROOT / ".pytest_cache" / "migrated", str(self.folder / "record.sqlite3"))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and return its result, whether it succeeds or not."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def manage(self, *arguments: str) -> str:
        """Run a command, which must succeed, and return its output."""
        result = self.run(*arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    @contextmanager
    def served(self, *arguments: str) -> Iterator[Path]:
        """Run a command that serves, inside the block. The value is the file with its output."""
        log = self.folder.parent / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A process group, because the autoreloader starts a second process.
                start_new_session=True,
            )
            try:
                self._wait(process, log)
                yield log
            finally:
                # Not SIGINT, which background processes of a shell ignore.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait(timeout=30)

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        for _ in range(600):
            assert process.poll() is None, log.read_text()
            try:
                self.get("/healthz")
                return
            except URLError:
                time.sleep(0.1)
        raise AssertionError("the server did not answer within a minute:\n" + log.read_text())

    def get(self, path: str) -> HTTPResponse | HTTPError:
        """Return the response, also if its status is an error."""
        try:
            return urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        except HTTPError as error:
            return error


def stylesheet_of(page: str) -> str:
    """Return the path of the stylesheet of a page."""
    match = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert match, page[:2000]
    return match[1]
