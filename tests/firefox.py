"""Drive the system's Firefox without a driver of its own, through its Marionette protocol.

Playwright drives its own build of Firefox. With a stock one it can speak WebDriver BiDi, but
Playwright 1.65 needs a command that Firefox 153 does not have, and hangs where script is off.

``Firefox(path)`` opens pages, runs scripts in them (also where script is off for the page), and
clicks and types as a reader does. ``tests/browser/readers.py`` finds elements with it.
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
CARET_SECONDS = 0.2
PREFERENCES = {
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "app.update.disabledForTesting": True,
    # As in the contexts of Chromium: bars that take no space, as on a phone, no motion, and nothing
    # cached by the test before.
    "ui.useOverlayScrollbars": 1,
    "ui.prefersReducedMotion": 1,
    "browser.cache.disk.enable": False,
    "browser.cache.memory.enable": False,
}

Element = dict[str, str]
"""An element as the protocol names it. ``Firefox.run`` returns and accepts it."""


class CommandError(Exception):
    """Firefox refused a command. ``code`` is the error code of WebDriver."""

    def __init__(self, error: dict[str, str]) -> None:
        super().__init__(f"{error['error']}: {error['message']}")
        self.code = error["error"]


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
        preferences = PREFERENCES | {"marionette.port": port}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        Path(self._profile.name, "user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [path, "--headless", "--marionette", "--remote-allow-system-access",
             "--profile", self._profile.name, "--no-remote"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
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

    def run(self, script: str, *arguments: Any) -> Any:
        """Run the body of a function in the page, and return what it returns."""
        parameters = {"script": script, "args": list(arguments)}
        return self._command("WebDriver:ExecuteScript", parameters)["value"]

    def address(self) -> str:
        url: str = self._command("WebDriver:GetCurrentURL", {})["value"]
        return url

    def role(self, element: Element) -> str:
        """Return the role that the browser gives the element for assistive technology."""
        role: str = self._of(element, "WebDriver:GetComputedRole")["value"]
        return role

    def name(self, element: Element) -> str:
        """Return the accessible name that the browser computes for the element."""
        name: str = self._of(element, "WebDriver:GetComputedLabel")["value"]
        return name

    def click(self, element: Element) -> None:
        """Click an element. If the click opens a page, wait until it is loaded.

        Scroll first, because a bar that stays in view may cover an element at the edge. Raise
        CommandError if the element has no box, or another one is on top of it.
        """
        self.run("arguments[0].scrollIntoView({ block: 'center' })", element)
        self._of(element, "WebDriver:ElementClick")

    def type(self, element: Element, text: str) -> None:
        """Empty a text field and type into it.

        A moment later Firefox brings the caret into view. A jump to an anchor before that is lost.
        """
        self._of(element, "WebDriver:ElementClear")
        self._of(element, "WebDriver:ElementSendKeys", text=text)
        time.sleep(CARET_SECONDS)

    def resize(self, width: int, height: int) -> None:
        """Give the page a size in CSS pixels. A window is never as narrow as a phone.

        So the part of the window that holds the page is made narrower than the window.
        """
        self._command("WebDriver:SetWindowRect", {"width": width, "height": height + 200})
        self._run_in_window(
            "const [width, height] = arguments;"
            "const { style } = gBrowser.selectedBrowser;"
            "style.width = style.minWidth = style.maxWidth = `${width}px`;"
            "style.height = style.minHeight = style.maxHeight = `${height}px`;",
            width,
            height,
        )

    def allow_script(self, allowed: bool) -> None:
        """Turn script on or off for the pages that are opened next."""
        script = "Services.prefs.setBoolPref('javascript.enabled', arguments[0])"
        self._run_in_window(script, allowed)

    def clipboard(self) -> str:
        """Return the plain text on the clipboard, which a page may not read without asking."""
        text: str = self._run_in_window("return navigator.clipboard.readText()")
        return text

    def clear(self) -> None:
        """Empty the clipboard, and delete the cookies and stored data of the site that is open."""
        self._run_in_window(
            "Services.clipboard.emptyClipboard(Services.clipboard.kGlobalClipboard)"
        )
        self._command("WebDriver:DeleteAllCookies", {})
        self.run("if (self.origin !== 'null') { localStorage.clear(); sessionStorage.clear(); }")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._profile.cleanup()

    def _run_in_window(self, script: str, *arguments: Any) -> Any:
        """Run a script with the rights of the browser itself, in its window."""
        self._command("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.run(script, *arguments)
        finally:
            self._command("Marionette:SetContext", {"value": "content"})

    def _of(self, element: Element, name: str, **parameters: Any) -> Any:
        return self._command(name, {"id": next(iter(element.values())), **parameters})

    def _command(self, name: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error is not None:
            raise CommandError(error)
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
