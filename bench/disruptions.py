"""Measure readers while something is wrong: ``python -m bench.disruptions`` (as root, on Linux).

A record is served by gunicorn behind nginx, both with the files of ``deploy/``, from a file system
in memory of limited size. Readers ask for known pages and new filters at a steady rate: first in
calm; then beside eight readers who read next to nothing of a download and sixty connections that
say nothing; beside eight editors who have pages fetched that never end; with a full disk; and after
a start from a disk that is read-only. Wherever the disk takes nothing, an editor saves a form.

Prints the time within which 95 % of the responses came. The exit status is 1 if one is more than
three times that of the calm, if a response has a wrong status, or if an editor's text is lost.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener
from urllib.request import Request as Asked

from bench.arrivals import Crowd, Request, Response, Visitors, failures, mixed, percentile, statuses
from bench.databases import python
from bench.load import free_port
from bench.served import Site, known_pages, new_filters, served
from tests.nginx import NGINX, running_nginx

ENTRIES, RATE, CLIENTS, FILTER_SHARE = 20_000, 40.0, 50, 0.1
MAX_TIMES = 3.0
SLOW_READERS, SILENT_CONNECTIONS, DRIPPING_PAGES = 8, 60, 8
DISK_MB = 400
PASSWORD = "password-of-the-measurement"  # noqa: S105 (of a database that is thrown away)
SECRET_KEY = secrets.token_urlsafe(50)
ADD_EDITOR = (
    "import django; django.setup(); from django.contrib.auth import get_user_model;"
    f"get_user_model().objects.create_superuser('editor', password={PASSWORD!r})"
)
TEXT = "A summary that took an hour to write."
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
FORM = "/admin/desk/incident/add/"
SERVER = "include /etc/nginx/record/server.conf;"
# Readers have addresses of their own, as the limits of nginx for one address expect.
READERS = [f"127.0.1.{number}" for number in range(1, 101)]


class Page(NamedTuple):
    """What a browser got, and what it was told to do next.

    ``reload_after``: load the address again after so many seconds; ``retry_after``: try again then.
    """

    status: int
    text: str
    url: str
    reload_after: float = 0
    retry_after: float = 0


class Editor:
    """A signed-in browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.save("/admin/login/", {"login": "editor", "password": PASSWORD})

    def save(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Open a page and send its form with these fields; return the status and the text."""
        page = self.send(path, fields)
        return page.status, page.text

    def send(self, path: str, fields: dict[str, str]) -> Page:
        """Open a page and send its form with these fields."""
        url = f"http://127.0.0.1:{self.port}{path}"
        data = {**dict(HIDDEN.findall(self.open(url).text)), **fields}
        return self.open(url, urlencode(data).encode())

    def open(self, url: str, data: bytes | None = None) -> Page:
        """Open this address."""
        try:
            response = self._opener.open(Asked(url, data), timeout=60)  # noqa: S310 (our own server)
        except HTTPError as error:
            response = error
        with response:
            return Page(
                response.status,
                response.read().decode(),
                response.geturl(),
                float(response.headers.get("Refresh", 0)),
                float(response.headers.get("Retry-After", 0)),
            )


@dataclass(frozen=True)
class Scene:
    """A served record: the port of nginx, the port of the program and the folder of its data."""

    port: int
    site: Site
    folder: Path
    editor: Editor
    dripping_port: int


class TextLost(Exception):
    """A form was neither stored nor given back; the number is the status."""


class Times(NamedTuple):
    """Within how many milliseconds 95 % of the responses came, and how many had a wrong status."""

    known_ms: float
    filter_ms: float
    wrong: int = 0

    def is_within(self, calm: Times) -> bool:
        """Whether all is right and nobody waited more than three times as long as in calm."""
        return (
            not self.wrong
            and self.known_ms <= MAX_TIMES * calm.known_ms
            and self.filter_ms <= MAX_TIMES * calm.filter_ms
        )


Disruption = Callable[[Scene], AbstractContextManager[object]]


@contextmanager
def slow_clients(scene: Scene) -> Iterator[None]:
    """Readers who take a download in drops, and connections on which nothing is asked."""
    with ExitStack() as clients:
        for number in range(SLOW_READERS + SILENT_CONNECTIONS):
            is_silent = number >= SLOW_READERS
            source = f"127.0.{2 + is_silent}.{1 + number % 250}"
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.bind((source, 0))
            client.connect(("127.0.0.1", scene.port))
            clients.enter_context(client)
            if not is_silent:
                client.sendall(b"GET /timeline.csv HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        yield


@contextmanager
def dripping_pages(scene: Scene) -> Iterator[None]:
    """Editors who have pages fetched from a host that sends one byte of a header at a time.

    They do what the responses say: they wait for the page, or try again when they were told to.
    """
    is_over = threading.Event()
    listener = socket.create_server(("127.0.0.1", scene.dripping_port))

    def drip(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not is_over.wait(0.2):
                client.sendall(b"x")

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=drip, args=(client,), daemon=True).start()

    def fetch(editor: Editor) -> None:
        address = f"http://127.0.0.1:{scene.dripping_port}/page"
        while not is_over.is_set():
            page = editor.send("/admin/desk/source/from/", {"url": address})
            while page.reload_after and not is_over.wait(page.reload_after):
                page = editor.open(page.url)
            is_over.wait(page.retry_after)

    threading.Thread(target=accept, daemon=True).start()
    signed_in = [Editor(scene.site.port) for _ in range(DRIPPING_PAGES)]
    threads = [threading.Thread(target=fetch, args=(editor,)) for editor in signed_in]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
        listener.close()


@contextmanager
def full_disk(scene: Scene) -> Iterator[None]:
    """A disk without a free byte."""
    path = scene.folder / "filling"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def limited_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own at this folder."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def measured(scene: Scene, filters: Iterator[Request], seconds: float) -> list[Response]:
    """The responses to readers for so long."""
    shares = (
        (1 - FILTER_SHARE, known_pages(scene.site)),
        (FILTER_SHARE, filters),
    )
    crowd = Crowd(Visitors(scene.port, sources=itertools.cycle(READERS)), CLIENTS)
    crowd.arrive(mixed(shares), RATE, seconds)
    return crowd.leave()


def is_stored(editor: Editor) -> bool:
    """Whether a form is stored. If not, its text must be in the response: see ``problems``."""
    name = f"Story {time.monotonic_ns()}"
    fields = {"title": name, "slug": name.lower().replace(" ", "-"), "summary": TEXT}
    status, text = editor.save(FORM, fields)
    if "was added" in text and status == 200:
        return True
    if status not in (200, 503) or name not in text or TEXT not in text:
        raise TextLost(status)
    return False


def check(name: str, scene: Scene, filters: Iterator[Request], seconds: float) -> Times:
    """Measure the readers for so long, and print what they got."""
    responses = measured(scene, filters, seconds)
    times = Times(percentile(responses, "known", 95), percentile(responses, "filter", 95))
    print(
        f"{name}: 95 % of known pages within {times.known_ms:.0f} ms, of new filters within "
        f"{times.filter_ms:.0f} ms; {failures(responses)} wrong statuses, "
        f"{dict(statuses(responses))}",
        flush=True,
    )
    return times._replace(wrong=failures(responses))


@contextmanager
def scene_in(folder: Path, entries: int, editor: Editor | None = None) -> Iterator[Scene]:
    """Serve the record of this folder, which is filled if a number of entries is given.

    An editor of a server before this one is still signed in.
    """
    dripping_port = free_port()
    with tempfile.TemporaryDirectory(prefix="kb-nginx-") as nginx, ExitStack() as stack:
        site = stack.enter_context(
            served(
                entries,
                folder,
                KB_SECRET_KEY=SECRET_KEY,
                KB_FETCH_PAGES="True",
                KB_FETCH_ALLOWED=f"127.0.0.1:{dripping_port}",
            )
        )
        if entries:
            python("-c", ADD_EDITOR, environment=site.environment)
        port = stack.enter_context(running_nginx(Path(nginx), site.port, SERVER))
        editor = editor or Editor(site.port)
        editor.port = site.port
        yield Scene(port, site, folder, editor, dripping_port)


# Beside these the disk takes what is written.
BESIDE: dict[str, Disruption] = {
    f"{SLOW_READERS} slow readers and {SILENT_CONNECTIONS} silent connections": slow_clients,
    f"{DRIPPING_PAGES} editors who fetch dripping pages": dripping_pages,
}


def run(folder: Path, entries: int, seconds: float) -> dict[str, Times]:
    """Measure each situation. Raises TextLost."""
    filters = new_filters()
    times: dict[str, Times] = {}
    with scene_in(folder, entries) as scene:
        measured(scene, filters, seconds / 2)  # fills what the processes keep
        times["calm"] = check("calm", scene, filters, seconds)
        for name, disruption in BESIDE.items():
            with disruption(scene):
                times[name] = check(name, scene, filters, seconds)
        if not is_stored(scene.editor):
            raise SystemExit("A form was not stored although all was well.")
        with full_disk(scene):
            if is_stored(scene.editor):
                raise SystemExit("A form was stored although the disk is full.")
            times["full disk"] = check("full disk", scene, filters, seconds)
        if not is_stored(scene.editor):
            raise SystemExit("A form was not stored although the disk has room again.")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    with scene_in(folder, 0, scene.editor) as scene:
        if is_stored(scene.editor):
            raise SystemExit("A form was stored although the disk is read-only.")
        measured(scene, filters, seconds / 2)
        times["read-only disk"] = check("read-only disk", scene, filters, seconds)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--seconds", type=float, default=20, help="of each situation")
    options = parser.parse_args()
    if not NGINX or os.geteuid():
        raise SystemExit("Run it as root, and install nginx.")
    with tempfile.TemporaryDirectory(prefix="kb-disk-") as name:
        folder = Path(name)
        with limited_disk(folder, DISK_MB):
            times = run(folder, options.entries, options.seconds)
    calm = times["calm"]
    worst = max(
        max(other.known_ms / calm.known_ms, other.filter_ms / calm.filter_ms)
        for other in times.values()
    )
    print(
        f"{len(times) - 1} disruptions: {sum(other.wrong for other in times.values())} wrong "
        f"statuses, at most {worst:.1f} times the calm time, every text of an editor stored or "
        "given back"
    )
    return 0 if all(other.is_within(calm) for other in times.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
