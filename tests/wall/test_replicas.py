"""Real servers on this machine: a primary, two replicas, and the program with two workers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.db import connections  # noqa: F401 (the condition below)
from psycopg.errors import SerializationFailure

from kb.record.reader_servers import MAX_PAUSE_SECONDS
from tests.clusters import Server, binaries_for_replicas, folder_for_servers
from tests.local_server import ROOT, LocalServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("connections['default'].vendor != 'postgresql'"),
    pytest.mark.skipif(not binaries_for_replicas(), reason="pg_basebackup is not installed"),
]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

PASSWORD = "editor-password"
KEY = "only-for-tests-" + "0123456789abcdef" * 4
PREPARE = f"""
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("loaddata", "bytedance-openai", verbosity=0)
call_command("create_public_role")
get_user_model().objects.create_superuser("editor", password={PASSWORD!r})
"""


REMOVE = """
import json
from kb.desk.models import Event
from kb.desk.suppression.removing import ask_for_suppression, confirm_suppression
row = Event.objects.get(slug={slug!r})
request = ask_for_suppression(row, by=None, part="title", reason="court_order")
print(json.dumps(confirm_suppression(request, by=None)["late"]))
"""
PATHS_WITH_TITLES = (
    "/timeline/?size=100",
    "/timeline.csv",
    "/timeline.json",
    "/timeline/?size={n}",
)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


class Visitor:
    """A browser: it keeps cookies."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str, data: dict[str, object] | None = None) -> Answer:
        body = urlencode(data).encode() if data else None
        try:
            response = self.opener.open(Request(self.root + path, body), timeout=60)  # noqa: S310
        except HTTPError as error:
            response = error
        with response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, response.read().decode())

    def post(self, path: str, data: dict[str, object]) -> Answer:
        token = TOKEN.search(self.get(path).text)
        return self.get(path, {**data, "csrfmiddlewaretoken": token[1] if token else ""})


@dataclass
class Site:
    """The servers, and the program that uses them."""

    primary: Server
    replicas: list[Server]
    port: int
    events: list[tuple[int, str]]
    log: Path
    local: LocalServer

    def check_answers(self, readers: Readers) -> None:
        """Every reader had an answer; otherwise show what the program logged about errors."""
        failures = [answer for answer in readers.statuses if answer[0] != 200]
        errors = [line for line in self.log.read_text().splitlines() if "level=error" in line]
        assert failures == [], "\n".join(errors)

    def editor(self) -> Visitor:
        """An editor who has signed in."""
        visitor = Visitor(self.port)
        answer = visitor.post("/admin/login/", {"login": "editor", "password": PASSWORD})
        assert "sessionid" in {cookie.name for cookie in visitor.cookies}, answer.text
        return visitor

    def remove(self) -> tuple[str, list[str]]:
        """Remove the title of an event in another process; return it and the late servers."""
        key, slug = self.events.pop()
        title = self.primary.sql("SELECT title FROM desk_event WHERE id = %s", key)[0][0]
        assert title in unescape(Visitor(self.port).get("/timeline/?size=100").text)
        output = self.local.manage("shell", "-c", REMOVE.format(slug=slug))
        return title, json.loads(output.splitlines()[-1])

    def check_absence(self, title: str, count: int) -> None:
        """Readers of all workers get neither the words nor an error: pages, files and old ones."""
        for number in range(count):
            path = PATHS_WITH_TITLES[number % len(PATHS_WITH_TITLES)].format(n=number % 60 + 40)
            answer = Visitor(self.port).get(path)
            assert answer.status == 200, path
            assert title not in unescape(answer.text), path

    def logged(self, event: str) -> int:
        """How often the workers logged the event."""
        return self.log.read_text().count(f'event="{event}"')

    def withdraw(self, editor: Visitor) -> tuple[str, Answer]:
        """Withdraw an event; return its address and the page that the editor gets."""
        key, slug = self.events.pop()
        url = f"/admin/desk/approval/bulk/?do=withdraw&row=event:{key}"
        return f"/events/{slug}/", editor.post(url, {"note": "It was entered twice."})


@pytest.fixture(scope="module")
def prepared() -> Iterator[Server]:
    """A server with the sample story, an editor and the role of readers, stopped."""
    with folder_for_servers() as folder:
        server = Server(folder / "prepared")
        server.create()
        server.start()
        local = LocalServer(
            folder / "var",
            KB_SECRET_KEY=KEY,
            KB_DATABASE_URL=f"postgres://postgres@{server.address}/postgres",
            KB_PUBLIC_DB_USER="kb_replica_reader",
        )
        try:
            # One process, because each takes a second to start.
            local.manage("shell", "-c", PREPARE)
            server.sql(
                "ALTER ROLE kb_replica_reader IN DATABASE postgres SET statement_timeout = '20s'"
            )
        finally:
            server.stop()
        yield server


@pytest.fixture
def site(prepared) -> Iterator[Site]:
    """The program with a primary and two replicas of it; each test may break them."""
    folder = prepared.data.parent
    servers = [Server(folder / f"{name}-{time.monotonic_ns()}") for name in "abc"]
    primary, *replicas = servers
    shutil.copytree(prepared.data, primary.data, copy_function=shutil.copy)
    user, group = prepared.data.stat().st_uid, prepared.data.stat().st_gid
    for path in (primary.data, *primary.data.rglob("*")):
        shutil.chown(path, user, group)
    started = []
    try:
        for server in servers:
            if server is not primary:
                server.copy_of(primary)
            server.start()
            started.append(server)
        addresses = [server.address for server in servers]
        local = LocalServer(
            folder / "var",
            KB_SECRET_KEY=KEY,
            KB_DATABASE_URL=f"postgres://postgres@{','.join(addresses)}/postgres",
            KB_PUBLIC_DATABASE_URL=(
                f"postgres://kb_replica_reader@{','.join(addresses[1:])}/postgres"
            ),
            # A busy machine must not look like an error.
            KB_READER_TIMEOUT_MS="60000",
        )
        log = local.folder.parent / "gunicorn.log"
        with served(local, log):
            events = primary.sql(
                "SELECT id, slug FROM desk_event WHERE state = 'published' ORDER BY id"
            )
            yield Site(primary, replicas, local.port, events, log, local)
    finally:
        for server in started:
            with suppress(subprocess.CalledProcessError):
                server.stop("immediate")


@contextmanager
def served(local: LocalServer, path: Path) -> Iterator[None]:
    with path.open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "kb.wsgi", f"--bind=127.0.0.1:{local.port}",
             "--workers=2", "--threads=4", "--worker-class=kb.worker.Worker",
             "--graceful-timeout=3", "--no-control-socket"],
            cwd=ROOT, env=local.environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            for _ in range(300):
                assert process.poll() is None, (log.seek(0), log.read())
                with suppress(URLError):
                    if Visitor(local.port).get("/healthz").status == 200:
                        break
                time.sleep(0.1)
            yield
            # Without a restart: the same process is still there.
            assert process.poll() is None
        finally:
            process.terminate()
            process.wait(timeout=20)


class Readers:
    """Readers who go on asking, in threads, for pages that are kept and pages that are not."""

    PATHS = ("/timeline/", "/", "/timeline/?q=licence&size={n}", "/timeline.csv", "/actors/?q={n}")

    def __init__(self, port: int) -> None:
        self.statuses: list[tuple[int, str]] = []
        self.slowest = 0.0
        self._port, self._stop = port, threading.Event()

    def __enter__(self) -> Readers:
        self._pool = ThreadPoolExecutor(3)
        self._tasks = [self._pool.submit(self._read, start) for start in range(3)]
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for task in self._tasks:
            task.result(timeout=60)
        self._pool.shutdown()

    def _read(self, start: int) -> None:
        visitor, number = Visitor(self._port), start
        while not self._stop.is_set():
            path = self.PATHS[number % len(self.PATHS)].format(n=number % 90 + 1)
            began = time.monotonic()
            status = visitor.get(path).status
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.statuses.append((status, path))
            number += 1

    def wait_for(self, count: int) -> None:
        """Until so many more requests have been answered."""
        target = len(self.statuses) + count
        end = time.monotonic() + 60
        while len(self.statuses) < target:
            assert time.monotonic() < end, f"{len(self.statuses)} answers, not {target}"
            time.sleep(0.02)


def wait_until(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def resume(replica: Server) -> None:
    """Let the replica catch up. That may end this query too: tables were written anew."""
    with suppress(SerializationFailure):
        replica.sql("SELECT pg_wal_replay_resume()")


def test_author_sees_what_late_replicas_do_not_show(site):
    editor, reader = site.editor(), Visitor(site.port)
    for replica in site.replicas:
        replica.sql("SELECT pg_wal_replay_pause()")
    path, page = site.withdraw(editor)
    for replica in site.replicas:
        assert f"{replica.address} does not show the withdrawal yet" in page.text
    for _ in range(10):
        shown = editor.get(path)
        assert shown.status == 410
        timeline = editor.get("/timeline/?size=100")
        assert timeline.status == 200
        assert path not in timeline.text
        assert "private" in timeline.headers["cache-control"]
        assert "public" not in timeline.headers["cache-control"]
        assert "cache-status" not in timeline.headers
        # Others are served by the replicas, and the author's pages are not kept for them.
        other = reader.get("/timeline/?size=100")
        assert path in other.text
        assert other.headers["etag"] != timeline.headers["etag"]
        assert "public" in other.headers["cache-control"]
        assert reader.get(path).status == 200
    for replica in site.replicas:
        replica.sql("SELECT pg_wal_replay_resume()")
    wait_until(lambda: all(reader.get(path).status == 410 for _ in range(4)))
    _, page = site.withdraw(editor)
    assert "was withdrawn" in page.text
    assert "does not show" not in page.text


def test_readers_get_no_error_while_one_of_two_replicas_fails_or_hangs(site):
    with Readers(site.port) as readers:
        readers.wait_for(30)
        for replica in site.replicas:
            replica.stop("immediate")
            readers.wait_for(40)
            replica.start()
            time.sleep(1.2)
            readers.wait_for(20)
        with site.replicas[0].frozen():
            readers.wait_for(80)
            # A reader has to wait for the server that hangs: 3 seconds for an answer, 2 for a
            # connection. Not at once, if the server was left out when it stopped to answer.
            wait_until(lambda: readers.slowest > 1, seconds=MAX_PAUSE_SECONDS + 20)
    site.check_answers(readers)
    assert readers.slowest < 20


def test_promoted_replica_takes_over_without_a_restart(site):
    editor = site.editor()
    editor.get("/admin/")
    with Readers(site.port) as readers:
        readers.wait_for(10)
        site.primary.stop("immediate")
        readers.wait_for(10)
        site.replicas[0].promote()
        wait_until(lambda: editor.get("/admin/").status == 200)
        path, page = site.withdraw(editor)
        assert "was withdrawn" in page.text
        # The other replica still waits for the old primary.
        assert f"{site.replicas[1].address} does not show the withdrawal yet" in page.text
        assert [editor.get(path).status for _ in range(10)] == [410] * 10
    site.check_answers(readers)


def test_without_any_replica_readers_get_503_and_authors_the_primary(site):
    reader, editor = Visitor(site.port), site.editor()
    path, _ = site.withdraw(editor)
    for replica in site.replicas:
        replica.stop("immediate")
    assert editor.get(path).status == 410
    page = reader.get("/actors/?q=unusual")
    assert page.status == 503
    assert page.headers["retry-after"]
    assert "The database does not answer" in page.text
    problem = reader.get("/timeline.json?q=unusual")
    assert (problem.status, "database-away" in problem.text) == (503, True)


def test_late_replica_answers_no_readers_after_a_removal_until_it_has_caught_up(site):
    late, other = site.replicas
    with Readers(site.port) as readers:
        readers.wait_for(20)
        late.sql("SELECT pg_wal_replay_pause()")
        title, named = site.remove()
        assert named == [late.address]
        site.check_absence(title, 60)
        assert site.logged("reader server late") >= 1
        # Nobody who answers has what was removed, with and without a primary.
        site.primary.stop("immediate")
        site.check_absence(title, 60)
        other.promote()
        site.check_absence(title, 60)
        resume(late)
        wait_until(lambda: site.logged("reader server caught up") >= 1)
        site.check_absence(title, 40)
    site.check_answers(readers)


def test_primary_answers_while_all_replicas_are_late_after_a_removal(site):
    for replica in site.replicas:
        replica.sql("SELECT pg_wal_replay_pause()")
    with Readers(site.port) as readers:
        readers.wait_for(20)
        title, named = site.remove()
        assert sorted(named) == sorted(replica.address for replica in site.replicas)
        site.check_absence(title, 60)
        for replica in site.replicas:
            resume(replica)
        wait_until(lambda: site.logged("reader server caught up") >= 1)
        site.check_absence(title, 40)
    site.check_answers(readers)


def test_kept_answers_with_removed_words_are_not_sent_when_nobody_else_answers(site):
    for replica in site.replicas:
        replica.sql("SELECT pg_wal_replay_pause()")
    title, _ = site.remove()
    site.check_absence(title, 20)
    site.primary.stop("immediate")
    for number in range(60):
        answer = Visitor(site.port).get(PATHS_WITH_TITLES[number % 2])
        assert answer.status in (200, 503)
        assert title not in unescape(answer.text)
