"""Import rows into a temporary database and print the time and memory of each part.

``python -m bench.import_rows 20000``; DATABASE_URL chooses PostgreSQL (an empty database). Loading
is the second part and the third; the first is a dry run. Meanwhile another connection saves again
and again, and its longest wait is printed. With ``--kill N`` it loads N times in a separate process
that is killed at a random moment, completes what is unfinished, and counts the stored rows each
time: none or all.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command

FIELDS = "id,kind,title,date,summary,text,speaker,actors,sources,source_urls,incidents,topics\n"


def table(rows: int) -> str:
    """Return a CSV in which three rows of four are events and every name is repeated often."""
    lines = [FIELDS]
    for n in range(rows):
        url = f"https://example.org/{n % (rows // 3 + 1)}"
        day = f"{2000 + n % 24}-{n % 12 + 1:02}"
        if n % 4:
            row = f"e{n},event,Event number {n},{day},It was **{n}**.,,,Actor {n % 300} (acted)"
        else:
            row = f"s{n},statement,Said {n},{day},,We did it {n} times.,Speaker {n % 100},"
        lines.append(f"{row},Source {n},{url},Incident {n % 50},Topic {n % 20}\n")
    return "".join(lines)


def memory() -> float:
    """Return the peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path, rows: int, *, undo: bool) -> None:
    from kb.desk.importers.dry_run import ImportOutcome, plan_import
    from kb.desk.importers.load import Loading
    from kb.desk.importers.readers import read_rows
    from kb.desk.importers.rows import NO_LIMITS
    from kb.desk.importers.undo import undo_import

    started, worked, idle = time.perf_counter(), time.process_time(), memory()

    def lap(what: str) -> None:
        nonlocal started, worked
        took, work = time.perf_counter() - started, time.process_time() - worked
        print(
            f"{what:<26}{took:8.2f} s, {work:7.2f} s of work, {rows / work:8.0f} rows a second of "
            f"work, {memory() - idle:6.0f} MB more"
        )
        started, worked = time.perf_counter(), time.process_time()

    def plan() -> Iterator[ImportOutcome]:
        with path.open("rb") as file:
            yield from plan_import(read_rows(file, "csv", NO_LIMITS), origin="bench")

    assert sum(1 for _ in plan()) == rows  # noqa: S101
    lap("read and planned")
    loading = Loading(origin="bench", name="bench", sha256="")
    loading.prepare(plan())
    lap("read, planned and built")
    with saving_meanwhile() as waits:
        batch = loading.store()
    lap("stored, others save")
    print(f"longest wait of {len(waits)} saves: {max(waits):.2f} s")
    assert {outcome.action for outcome in plan()} == {"unchanged"}  # noqa: S101
    lap("planned again, unchanged")
    if undo:
        with saving_meanwhile() as waits:
            undo_import(batch)
        lap("undone, others save")
        print(f"longest wait of {len(waits)} saves: {max(waits):.2f} s")


@contextmanager
def saving_meanwhile() -> Iterator[list[float]]:
    """Save a draft again and again on another connection. Yields the seconds of each save."""
    from django.db import connection

    from kb.desk.models import Topic

    waits: list[float] = []
    ended = threading.Event()
    draft, _is_new = Topic.objects.get_or_create(name="Saved meanwhile", slug="saved-meanwhile")

    def save() -> None:
        while not ended.is_set():
            began = time.perf_counter()
            Topic.objects.filter(pk=draft.pk).update(version=len(waits) + 2)
            waits.append(time.perf_counter() - began)
            time.sleep(random.uniform(0, 0.2))
        connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    try:
        yield waits
    finally:
        ended.set()
        saving.join()


def kill(path: Path, rows: int, times: int) -> None:
    from django.db import connection

    from kb.desk.models import Actor, Event, ImportBatch, ImportedRow, Statement

    command = [sys.executable, "manage.py", "import_csv", str(path)]
    started = time.perf_counter()
    subprocess.run([*command, "--dry-run", "--verbosity=0"], stdout=subprocess.DEVNULL, check=True)
    longest = 3 * (time.perf_counter() - started)
    counts, interrupted = [], 0
    for _ in range(times):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(longest / 4, longest))
        process.send_signal(signal.SIGKILL)
        process.wait()
        connection.close()
        unfinished = ImportBatch.objects.exclude(unfinished="")
        unfinished.update(active_at=None)
        if unfinished.exists():
            interrupted += 1
            subprocess.run([*command, "--verbosity=0"], stdout=subprocess.DEVNULL, check=True)
        stored = Event.objects.count() + Statement.objects.count()
        counts.append(stored)
        assert stored in (0, rows), stored  # noqa: S101
        if not stored:
            assert not Actor.objects.exists()  # noqa: S101
            assert not ImportedRow.objects.exists()  # noqa: S101
        else:
            call_command("import_undo", str(_last()), verbosity=0)
    nothing, everything = counts.count(0), counts.count(rows)
    print(f"killed {times} times: {nothing} stored nothing, {everything} everything")
    print(f"{interrupted} were unfinished, and completed")


def _last() -> int:
    from kb.desk.models import ImportBatch

    return ImportBatch.objects.latest("pk").pk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--kill", type=int, default=0, metavar="TIMES")
    parser.add_argument("--no-undo", action="store_true", help="keep the rows at the end")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
        os.environ["KB_DATA_DIR"] = folder
        os.environ["KB_SECRET_KEY"] = secrets.token_urlsafe(50)
        import django

        django.setup()
        call_command("migrate", verbosity=0)
        path = Path(folder, "rows.csv")
        path.write_text(table(options.rows), encoding="utf-8")
        print(f"{options.rows:,} rows, {path.stat().st_size / 1e6:.1f} MB")
        if options.kill:
            kill(path, options.rows, options.kill)
        else:
            measure(path, options.rows, undo=not options.no_undo)


if __name__ == "__main__":
    main()
