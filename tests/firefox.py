"""Drive the system's Firefox without a driver of its own, through its Marionette protocol.

Firefox restores what stood in the controls of a form when a page is loaded again; Chromium does
not. ``Firefox.start()`` returns a browser with ``open``, ``reload`` and ``run`` (a script).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

START_SECONDS = 60
ANSWER_SECONDS = 60


def find() -> str | None:
    """Return the path of the browser: ``KB_FIREFOX``, or the first usual name on PATH."""
    configured = os.environ.get("KB_FIREFOX")
    names = [configured] if configured else ["firefox", "firefox-esr"]
    return next((path for path in map(shutil.which, names) if path), None)


class Firefox:
    """A Firefox with one window, its profile in a folder that is removed at the end."""

    def __init__(self, path: str) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        port = _free_port()
        preferences = {
            "marionette.port": port,
            "datareporting.policy.dataSubmissionEnabled": False,
            "network.captive-portal-service.enabled": False,
            "app.update.disabledForTesting": True,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        Path(self._profile.name, "user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [path, "--headless", "--marionette", "--profile", self._profile.name, "--no-remote"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        try:
            self._socket = _connect(port)
            self._read()  # the greeting
            self._command("WebDriver:NewSession", {"capabilities": {}})
        except BaseException:
            self.close()
            raise

    def open(self, url: str) -> None:
        self._command("WebDriver:Navigate", {"url": url})

    def reload(self) -> None:
        """Load the page again as a reader does; the driver's own command restores no control."""
        self.run("window.isOld = true; location.reload()")
        deadline = time.monotonic() + ANSWER_SECONDS
        while self.run("return window.isOld || document.readyState !== 'complete'"):
            if time.monotonic() > deadline:
                raise TimeoutError("The page was not loaded again.")
            time.sleep(0.05)

    def run(self, script: str) -> Any:
        """Run the body of a function in the page, and return what it returns."""
        answer = self._command("WebDriver:ExecuteScript", {"script": script, "args": []})
        return answer["value"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._profile.cleanup()

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        assert error is None, error
        return result

    def _read(self) -> Any:
        length = b""
        while (byte := self._receive(1)) != b":":
            length += byte
        return json.loads(self._receive(int(length)))

    def _receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("Firefox closed the connection")
            data += piece
        return data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _connect(port: int) -> socket.socket:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return connection
