"""A host on loopback whose pages a test writes, and which notes what it is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = "text/html; charset=utf-8"
WORDS = " ".join(f"word{number}" for number in range(60))


@dataclass
class Answer:
    """What the host sends. ``chunks`` of the body are sent ``every`` so many seconds."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    chunks: int = 1
    every: float = 0.0


@dataclass
class Host:
    """The answers by path; every other path is not found. ``asked`` are the paths asked for."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def page(self, path: str, text: str, title: str = "A page", status: int = 200) -> str:
        """Let the host have a page, and return its address."""
        html = f"<!doctype html><title>{title}</title><p>{text}</p>"
        return self.send(path, Answer(html.encode(), status))

    def send(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url + path


@contextmanager
def running_host() -> Iterator[Host]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            host.agents.add(self.headers.get("User-Agent", ""))
            answer = host.answers.get(self.path, Answer(b"Nothing here.", 404))
            with suppress(OSError):  # the fetcher may have gone
                self.send_response(answer.status)
                for name, value in ({"Content-Type": HTML} | answer.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                for _ in range(answer.chunks):
                    self.wfile.write(answer.body)
                    self.wfile.flush()
                    time.sleep(answer.every)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    host = Host(f"http://127.0.0.1:{server.server_port}")
    yield host
    server.shutdown()
    server.server_close()
