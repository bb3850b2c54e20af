"""PostgreSQL servers on this machine that copy each other: a primary and streaming replicas.

They are made with the programs of the system, since the package without ``pg_basebackup`` has no
replicas. As in ``tests.postgres``, another user runs them if this one is root.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.local_server import free_port
from tests.postgres import system_binaries, unprivileged

# A crash of the machine loses the data, which does not matter.
FAST = "-c fsync=off -c full_page_writes=off -c max_connections=60"


def binaries_for_replicas() -> Path | None:
    """The folder of the system's programs, if they can make replicas."""
    binaries = system_binaries()
    return binaries if binaries and (binaries / "pg_basebackup").exists() else None


class Server:
    """One server: its folder, its port on 127.0.0.1, and what can happen to it."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.binaries = binaries_for_replicas()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def run(self, tool: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / tool), *arguments],
            check=True,
            cwd=self.data.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
            **unprivileged(),
        )

    def create(self) -> None:
        self.run(
            "initdb", "--pgdata", str(self.data), "--username=postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def copy_of(self, primary: Server) -> None:
        """Become a replica of the primary, which is running."""
        self.run(
            "pg_basebackup", "-D", str(self.data), "-R", "--checkpoint=fast", "--no-sync",
            "-d", f"host=127.0.0.1 port={primary.port} user=postgres",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-c port={self.port} -c unix_socket_directories='' {FAST}"
        log = str(self.data.parent / f"{self.data.name}.log")
        self.run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", log, "-o", options)

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "-D", str(self.data), "-m", mode)

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-w", "-D", str(self.data))

    def sql(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(
            f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def processes(self) -> list[int]:
        """The process of the server, and those that it has started."""
        parent = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Inside the block, the server accepts connections and answers nothing."""
        processes = self.processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A folder that the user of the servers owns."""
    folder = Path(tempfile.mkdtemp(prefix="kb-replicas-", dir="/tmp"))
    user = unprivileged()
    if user:
        os.chown(folder, user["user"], user["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
