"""Servers under load: how many requests a second they answer to several clients on loopback."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TypedDict

CLIENTS = 8
SECONDS = 8
MAX_WAIT = 90  # for one answer
START_SECONDS = 60


class Load(TypedDict):
    """How many requests were answered; ``failed`` ones not with 200. ``size`` is of one body."""

    requests: int
    failed: int
    seconds: float
    per_second: float
    size: int


@contextmanager
def server(command: Sequence[str], port: int, ready: str) -> Iterator[None]:
    """Run a server for the time of the block; it begins when the address ``ready`` answers."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                fetch(port, ready)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} did not start.") from None
                time.sleep(0.2)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def fetch(port: int, path: str) -> tuple[int, int]:
    """Return status and size of an address."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=MAX_WAIT)) as client:
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, len(answer.read())


def load(port: int, path: str) -> Load:
    """Let the clients ask for one address, each again when it has the answer."""
    sizes: list[int] = []
    failures: list[int] = []
    started = time.monotonic()

    def ask() -> None:
        while time.monotonic() - started < SECONDS:
            try:
                status, size = fetch(port, path)
            except OSError:
                status, size = 0, 0
            (sizes if status == 200 else failures).append(size)

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.monotonic() - started
    return {
        "requests": len(sizes),
        "failed": len(failures),
        "seconds": round(seconds, 1),
        "per_second": round(len(sizes) / seconds, 2),
        "size": sizes[-1] if sizes else 0,
    }
