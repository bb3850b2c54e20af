"""Measure exports of the whole record: ``python -m bench.exports`` on a filled record.

KB_DATA_DIR or DATABASE_URL choose the database; ``bench.generate`` fills one. The module starts a
real server. For each format it prints the time to the first and the last byte, the rows, how far
the memory of the server rose above its idle value, and the time of a second download, which is a
copy. The ratio compares it with a plain dump of the documents (COPY on PostgreSQL, the rows of a
cursor on SQLite). ``--datasette DIR`` adds the CSV file of Datasette with the rows of a record in
SQLite; DIR is for its program and its database. Rows per second are those of the clock and, in
brackets, of the processor time of the server, which other programs on the machine change less.
With KB_EXPORT_FILES_MB=0 every download is made anew: ``--formats csv,csv`` then measures one that
renders and keeps its lines, and one that joins those that were kept.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import django
from django.db import connection

from bench import datasette
from bench.load import free_port

FORMATS = ("csv", "jsonl", "csv?raw=1", "md", "ics")
DUMP = (
    "SELECT r.document FROM record_entry e JOIN record_revision r ON r.id = e.revision_id "
    "ORDER BY e.sort_key"
)


def memory(pid: int, name: str = "VmRSS") -> float:
    """Return the memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def measure_fetch(port: int, path: str) -> tuple[float, float, int, int]:
    """Return the seconds to the first and the last byte, the lines and the bytes."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
    started = time.perf_counter()
    client.request("GET", path)
    answer = client.getresponse()
    first_bytes = answer.read(1)
    first = time.perf_counter() - started
    size, lines = len(first_bytes), first_bytes.count(b"\n")
    while piece := answer.read(1 << 16):
        size += len(piece)
        lines += piece.count(b"\n")
    client.close()
    return first, time.perf_counter() - started, lines, size


def worked(pid: int) -> float:
    """Return the seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rates(rows: int, seconds: float, cpu_seconds: float) -> str:
    """Return the rows a second in words, by the clock and by the processor time."""
    return f"{rows / seconds:,.0f} rows/s ({rows / max(cpu_seconds, 0.01):,.0f})"


def wait_for(port: int, path: str) -> None:
    """Return when a server answers this address."""
    for _ in range(600):
        try:
            measure_fetch(port, path)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("A server did not start.")


def measure_datasette(folder: Path) -> None:
    """Print the same about the CSV file of Datasette."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, port = folder / "rows.db", free_port()
    rows.unlink(missing_ok=True)
    datasette.write_rows(Path(str(connection.settings_dict["NAME"])), rows)
    server = start(datasette.command(datasette.install(folder), rows, port))
    try:
        wait_for(port, "/-/versions.json")
        for _ in range(2):
            before = worked(server.pid)
            _first, last, lines, size = measure_fetch(port, datasette.CSV)
            cpu_seconds = worked(server.pid) - before
            print(
                f"Datasette: CSV in {last:.1f} s, {rates(lines, last, cpu_seconds)}, "
                f"{lines:,} lines, {size:,} bytes"
            )
    finally:
        server.terminate()
        server.wait()
        rows.unlink()


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure_dump() -> tuple[float, int]:
    """Return the seconds and bytes of a plain dump of the same rows."""
    started, size = time.perf_counter(), 0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.connection.cursor().copy(f"COPY ({DUMP}) TO STDOUT") as copy:
            for piece in copy:
                size += len(piece)
    else:
        with connection.cursor() as cursor:
            for (document,) in cursor.execute(DUMP):
                size += len(document) + 1
    return time.perf_counter() - started, size


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--datasette", type=Path, metavar="DIR", help="compare with Datasette")
    parser.add_argument("--formats", default=",".join(FORMATS))
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    measure_formats(options.formats.split(","))
    if options.datasette and connection.vendor == "sqlite":
        measure_datasette(options.datasette)


def measure_formats(formats: Sequence[str]) -> None:
    """Start a server and print what each format takes."""
    port = free_port()
    server = start(
        [sys.executable, "-m", "gunicorn", "kb.wsgi", f"--bind=127.0.0.1:{port}", "--workers=1",
         "--threads=4", "--log-level=warning"]
    )  # fmt: skip
    try:
        wait_for(port, "/healthz")
        measure_fetch(port, "/timeline.json?size=1")
        (worker,) = children(server.pid)
        idle = memory(worker)
        seconds, size = min(measure_dump() for _ in range(2))
        print(
            f"{connection.vendor}: idle {idle:.0f} MB; plain dump {seconds:.1f} s, {size:,} bytes"
        )
        for suffix in formats:
            Path(f"/proc/{worker}/clear_refs").write_text("5")
            before = worked(worker)
            first, last, lines, size = measure_fetch(port, f"/timeline.{suffix}")
            cpu_seconds = worked(worker) - before
            rise = memory(worker, "VmHWM") - idle
            _first, again, _lines, _size = measure_fetch(port, f"/timeline.{suffix}")
            print(
                f"{suffix:10} first byte {first * 1000:5.0f} ms, last {last:6.1f} s "
                f"({last / seconds:5.1f} times the dump), {lines:,} lines, {size:,} bytes, "
                f"memory +{rise:.1f} MB; again {again:.2f} s ({last / again:.0f} times as fast)"
            )
            if suffix.startswith("csv"):
                print(f"{'':10} {rates(lines, last, cpu_seconds)}; again {lines / again:,.0f}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
