"""Measure a backup while editors save: ``python -m bench.backups 5000 --writes 50``.

Fills a throw-away database with so many entries. A second process saves actors on the desk so many
times a second, with four threads; after ten calm seconds this process writes a backup. Prints how
long saves took before and during it, how many failed, the memory of the backup, and whether the
backup is one state: each save raises the version of an actor and adds a row to the log, and the
backup must have as many of one as of the other. Then it restores the backup into SQLite.
DATABASE_URL chooses PostgreSQL; its database is emptied.
"""

from __future__ import annotations

import argparse
import json
import resource
import secrets
import subprocess
import tempfile
import threading
import time
import zipfile
from pathlib import Path

from django.core.management import call_command

from bench.beside import beside
from bench.writes import fill, set_up

THREADS = 4
CALM_SECONDS = 10
Save = tuple[float, float, bool]


def save_until_stopped(folder: str, rate: float) -> None:
    """Save actors at this rate; print when each save began, how long it took, and success."""
    from django.db import DatabaseError, connection, transaction

    from kb.desk.models import Actor
    from kb.desk.models.log import Action
    from kb.desk.verbs.audit_log import record
    from kb.desk.verbs.saving import bump_version_or_fail

    stop, saves = Path(folder, "stop"), list[Save]()

    def work(number: int) -> None:
        code = secrets.token_hex(4)
        actor = Actor.objects.create(
            name=f"Bench {code}", slug=f"bench-backup-{code}", actor_kind="person"
        )
        due = time.perf_counter()
        while not stop.exists():
            due += THREADS / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            began, at, is_saved = time.perf_counter(), time.time(), True
            try:
                with transaction.atomic():
                    bump_version_or_fail(actor, actor.version)
                    actor.summary = f"Saved at {at}."
                    actor.save()
                    record([actor], Action.SAVED, by=None)
            except DatabaseError:
                is_saved = False
            saves.append((at, (time.perf_counter() - began) * 1000, is_saved))
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(saves))


def describe(name: str, saves: list[Save], seconds: float) -> None:
    """Print the figures of these saves."""
    times = sorted(took for _, took, is_saved in saves if is_saved)
    failed = sum(not is_saved for *_, is_saved in saves)
    if times:
        print(
            f"{name:<8} {len(times) / seconds:5.1f} saves/s, {failed} failed, median "
            f"{times[len(times) // 2]:.0f} ms, p95 {times[int(len(times) * 0.95)]:.0f} ms, at most "
            f"{times[-1]:.0f} ms"
        )


def check_one_state(path: Path) -> None:
    """Print whether versions and log of the saved actors agree in the backup."""
    with zipfile.ZipFile(path) as archive:
        columns = {
            table["name"]: table["columns"]
            for table in json.loads(archive.read("manifest.json"))["tables"]
        }

        def rows(table: str) -> list[dict[str, object]]:
            lines = archive.read(f"tables/{table}.jsonl").splitlines()
            return [dict(zip(columns[table], json.loads(line), strict=True)) for line in lines]

        actors = [row for row in rows("desk_actor") if str(row["slug"]).startswith("bench-backup-")]
        ids = {row["public_id"] for row in actors}
        logged = sum(row["public_id"] in ids for row in rows("desk_edition"))
    versions = sum(int(str(row["version"])) - 1 for row in actors)
    print(f"one state: {versions} saves by version, {logged} in the log")
    assert versions == logged, "the backup mixes two states"  # noqa: S101


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="?", default=5000)
    parser.add_argument("--writes", type=float, default=50, help="saves a second")
    parser.add_argument("--folder", help="keep the filled database here, and use it again")
    parser.add_argument("--saver", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.saver or options.folder or tempfile.mkdtemp(prefix="kb-bench-")
    set_up(folder)
    if options.saver:
        save_until_stopped(folder, options.writes)
        return
    from kb.desk.full_backup.writing import write_backup

    filled, stop = Path(folder, f"filled-{options.entries}"), Path(folder, "stop")
    stop.unlink(missing_ok=True)
    if not filled.exists():
        call_command("migrate", verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
        fill(options.entries)
        filled.touch()
    command = ["-m", "bench.backups", "--saver", folder, "--writes", str(options.writes)]
    with beside(command, output=subprocess.PIPE) as saver:
        time.sleep(5 + CALM_SECONDS)
        path, started = Path(folder, f"backup-{secrets.token_hex(4)}.zip"), time.time()
        manifest = write_backup(path)
        ended = time.time()
        stop.touch()
        saves = [tuple(save) for save in json.loads(saver.communicate()[0])]
    calm = [save for save in saves if started - CALM_SECONDS <= save[0] < started]
    during = [save for save in saves if started <= save[0] <= ended]
    print(
        f"backup   {manifest.rows:,} rows, {path.stat().st_size / 1e6:.1f} MB in "
        f"{ended - started:.1f} s from {manifest.engine}; at most "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB of memory"
    )
    describe("calm", calm, CALM_SECONDS)
    describe("during", during, ended - started)
    check_one_state(path)
    started = time.time()
    call_command("restore", str(path), trial=True)
    print(f"restored into SQLite in {time.time() - started:.1f} s, with all migrations")


if __name__ == "__main__":
    main()
