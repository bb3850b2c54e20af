"""Save from several processes at once, and kill some of them: ``python -m bench.writers``.

Eight processes save actors on the desk of a throw-away SQLite database, and four read lists, for so
many seconds. With ``--kills N`` a writer is killed at a random moment N times, and another takes
its place. A save is acknowledged when its line has left the process, after the commit. Prints the
times of saves, how many failed because of a lock, how many acknowledged saves are not stored, and
how many pages took longer than the limit of readers. The exit status is 1 if a save is lost or the
file is damaged, and without kills also if a save failed.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

from django.core.management import call_command

from bench.beside import beside
from bench.writes import set_up

WRITERS, READERS = 8, 4
MODULE = ["-m", "bench.writers"]


@dataclass
class Saves:
    """What the writers acknowledged: a row and its version each; and what they could not save."""

    versions: dict[str, int] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    pages_refused: int = 0


def save_until_stopped(folder: Path) -> None:
    """Save one actor again and again; print its version and the time after each commit."""
    from django.db import DatabaseError, transaction

    from kb.desk.models import Actor
    from kb.desk.models.log import Action
    from kb.desk.verbs.audit_log import record
    from kb.desk.verbs.saving import bump_version_or_fail

    code = secrets.token_hex(6)
    actor = Actor(name=f"Bench {code}", slug=f"bench-{code}", actor_kind="person")
    while actor.pk is None and not (folder / "stop").exists():
        try:
            actor.save(force_insert=True)
        except DatabaseError as error:
            os.write(1, f"failed {error}\n".encode())
    while not (folder / "stop").exists():
        started = time.perf_counter()
        try:
            with transaction.atomic():
                bump_version_or_fail(actor, actor.version)
                actor.summary = f"Saved as {actor.version}."
                actor.save()
                record([actor], Action.SAVED, by=None)
        except DatabaseError as error:
            line = f"failed {error}"
        else:
            took = (time.perf_counter() - started) * 1000
            line = f"{actor.public_id} {actor.version} {took:.2f}"
        # One system call, so that a kill leaves the whole line or nothing.
        os.write(1, f"{line}\n".encode())


def read_until_stopped(folder: Path) -> None:
    """Ask for lists as readers do."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    while not (folder / "stop").exists():
        for path in ("/actors/", "/timeline/", "/changes/"):
            status = client.get(path).status_code
            if status != 200:
                os.write(1, f"refused {path} {status}\n".encode())


def read_output(path: Path, saves: Saves) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(" ")
        if name == "failed":
            saves.failures.append(rest)
            continue
        if name == "refused":
            saves.pages_refused += 1
            continue
        version, took = rest.split()
        saves.versions[name] = max(saves.versions.get(name, 0), int(version))
        saves.milliseconds.append(float(took))


def lost_saves(saves: Saves, stored: dict[str, int]) -> list[str]:
    """The rows whose acknowledged version is newer than the stored one."""
    return [name for name, version in saves.versions.items() if stored.get(name, 0) < version]


def run(folder: Path, seconds: float, kills: int) -> list[Path]:
    """Let the processes work; return the files with what each of them printed."""
    with ExitStack() as processes:
        return _run(processes, folder, seconds, kills)


def _run(processes: ExitStack, folder: Path, seconds: float, kills: int) -> list[Path]:
    outputs: list[Path] = []

    def start(role: str) -> subprocess.Popen[str]:
        outputs.append(folder / f"{role}-{len(outputs)}")
        with outputs[-1].open("wb") as output:
            command = [*MODULE, f"--{role}", str(folder)]
            return processes.enter_context(beside(command, output=output))

    writers = [start("writer") for _ in range(WRITERS)]
    readers = [start("reader") for _ in range(READERS)]
    while not all(output.stat().st_size for output in outputs[:WRITERS]):
        if any(process.poll() is not None for process in writers):
            raise SystemExit("A writer ended before its first save.")
        time.sleep(0.2)
    ends_at = time.monotonic() + seconds
    for _ in range(kills):
        time.sleep(random.uniform(0.5, 1.5) * seconds / max(kills, 1))
        number = random.randrange(WRITERS)
        writers[number].send_signal(signal.SIGKILL)
        writers[number].wait()
        writers[number] = start("writer")
    time.sleep(max(0.0, ends_at - time.monotonic()))
    (folder / "stop").touch()
    for process in (*writers, *readers):
        process.wait()
    return outputs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--writer", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--reader", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    role = options.writer or options.reader
    folder = Path(role or tempfile.mkdtemp(prefix="kb-bench-"))
    set_up(str(folder))
    if role:
        (save_until_stopped if options.writer else read_until_stopped)(folder)
        return 0
    call_command("migrate", verbosity=0)
    saves = Saves()
    for output in run(folder, options.seconds, options.kills):
        read_output(output, saves)
    with closing(sqlite3.connect(folder / "record.sqlite3")) as database:
        stored = dict(database.execute("SELECT public_id, version FROM desk_actor"))
        (check,) = database.execute("PRAGMA integrity_check").fetchone()
    lost = lost_saves(saves, stored)
    locked = sum("locked" in text for text in saves.failures)
    shutil.rmtree(folder)
    for text in saves.failures[:5]:
        print(f"failed: {text}")
    slowest = quantiles(saves.milliseconds, n=100)[-1]
    print(
        f"{len(saves.milliseconds):,} acknowledged saves of {WRITERS} processes beside {READERS} "
        f"readers in {options.seconds:.0f} s, {options.kills} kills: {len(lost)} lost, {locked} "
        f"locked, {len(saves.failures)} failed, {saves.pages_refused} pages refused, "
        f"99 % within {slowest:.0f} ms, integrity {check}"
    )
    is_failed = bool(saves.failures) and not options.kills
    return 1 if lost or is_failed or check != "ok" else 0


if __name__ == "__main__":
    sys.exit(main())
