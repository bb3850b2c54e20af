"""Measure exports of the whole record: ``python -m bench.exports`` on a filled record.

KB_DATA_DIR or DATABASE_URL choose the database; ``bench.generate`` fills one. The module starts a
real server. For each format it prints the time to the first and the last byte, the rows, how far
the memory of the server rose above its idle value, and the time of a second download, which is a
copy. The ratio compares it with a plain dump of the documents (COPY on PostgreSQL, the rows of a
cursor on SQLite).
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import django
from django.db import connection

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
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    django.setup()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "kb.wsgi", f"--bind=127.0.0.1:{port}", "--workers=1",
         "--threads=4", "--log-level=warning"]
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                measure_fetch(port, "/healthz")
                break
            except OSError:
                time.sleep(0.2)
        measure_fetch(port, "/timeline.json?size=1")
        (worker,) = children(server.pid)
        idle = memory(worker)
        seconds, size = min(measure_dump() for _ in range(2))
        print(
            f"{connection.vendor}: idle {idle:.0f} MB; plain dump {seconds:.1f} s, {size:,} bytes"
        )
        for suffix in FORMATS:
            Path(f"/proc/{worker}/clear_refs").write_text("5")
            first, last, lines, size = measure_fetch(port, f"/timeline.{suffix}")
            rise = memory(worker, "VmHWM") - idle
            _first, again, _lines, _size = measure_fetch(port, f"/timeline.{suffix}")
            print(
                f"{suffix:10} first byte {first * 1000:5.0f} ms, last {last:6.1f} s "
                f"({last / seconds:5.1f} times the dump), {lines:,} lines, {size:,} bytes, "
                f"memory +{rise:.1f} MB; again {again:.2f} s ({last / again:.0f} times as fast)"
            )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
