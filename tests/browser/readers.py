"""A reader of the site in Chromium or in Firefox, with the same few actions in both.

Playwright drives Chromium only, and ``tests/firefox.py`` Firefox. A task that both are to do is
written against ``Reader``. An element is a ``Target``: ``css(".chip")``, ``link("Compare")``.
Actions wait for their element; ``eventually`` waits for what a page shows later.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from playwright.sync_api import Locator, Page

from tests import firefox

SECONDS = 15
HEIGHT = 900
# Where an element with a role is found; the browser says which of them have it.
ELEMENTS = {
    "button": "button, [role=button]",
    "checkbox": "input[type=checkbox]",
    "combobox": "select, input[list]",
    "link": "a[href]",
}
# Whether something of an element is in the window, and no box around it cuts that off.
IS_IN_VIEW = """(element) => {
    const box = element.getBoundingClientRect();
    let { left, top, right, bottom } = box;
    const cut = (other) => {
        left = Math.max(left, other.left); right = Math.min(right, other.right);
        top = Math.max(top, other.top); bottom = Math.min(bottom, other.bottom);
    };
    cut({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    for (let around = element.parentElement; around; around = around.parentElement) {
        const isRoot = around === document.body || around === document.documentElement;
        if (!isRoot && getComputedStyle(around).overflow !== "visible")
            cut(around.getBoundingClientRect());
    }
    return element.checkVisibility({ visibilityProperty: true }) && left < right && top < bottom;
}"""
IS_VISIBLE = """(element) => {
    const { width, height } = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0;
}"""
MATCHES = """(css, text) => [...document.querySelectorAll(css)]
    .filter((element) => element.textContent.includes(text))"""
SCREEN = """() => [innerWidth, matchMedia("(scripting: enabled)").matches]"""

Name = str | re.Pattern[str]
Result = TypeVar("Result")


class Target(NamedTuple):
    """The elements that match a selector and contain a text; with a role, those in such a part.

    ``name`` is the whole accessible name, or a pattern that is found in it.
    """

    css: str
    text: str = ""
    role: str = ""
    name: Name = ""


def css(selector: str, text: str = "") -> Target:
    return Target(selector, text=text)


def link(name: Name, within: str = "body") -> Target:
    return Target(within, role="link", name=name)


def button(name: Name, within: str = "body") -> Target:
    return Target(within, role="button", name=name)


def checkbox(name: Name, within: str = "body") -> Target:
    return Target(within, role="checkbox", name=name)


def combobox(name: Name, within: str = "body") -> Target:
    return Target(within, role="combobox", name=name)


class Reader(Protocol):
    """Somebody who reads the site in a window of a certain width, with script or without."""

    def open(self, url: str) -> None: ...

    def address(self) -> str: ...

    def screen(self) -> tuple[int, bool]:
        """Return the width that the page has, and whether its scripts run."""

    def page_width(self) -> int:
        """Return the width of the page with what is to be scrolled to sideways."""

    def count(self, target: Target) -> int: ...

    def is_visible(self, target: Target, place: int = 0) -> bool: ...

    def is_in_view(self, target: Target, place: int = 0) -> bool:
        """Return whether an element, the first if not told, can be seen without scrolling."""

    def text(self, target: Target) -> str:
        """Return the text of the first element as it is shown."""

    def attribute(self, target: Target, name: str) -> str: ...

    def click(self, target: Target) -> None: ...

    def type(self, target: Target, text: str) -> None: ...

    def choose(self, target: Target, value: str) -> None:
        """Choose the option of a select element that has the value."""

    def clipboard(self) -> str: ...


def eventually(ask: Callable[..., object], *arguments: object, equals: object = True) -> None:
    """Ask until the answer is the expected one, and fail if it is not within ``SECONDS``."""
    deadline = time.monotonic() + SECONDS
    while (answer := ask(*arguments)) != equals:
        assert time.monotonic() < deadline, f"{answer!r}, not {equals!r}, after {SECONDS} seconds"
        time.sleep(0.05)


class ChromiumReader:
    """A Reader with a page of Playwright."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, url: str) -> None:
        self._page.goto(url, wait_until="load")

    def address(self) -> str:
        # Playwright's own ``url`` changes only while it waits for something.
        address: str = self._page.evaluate("location.href")
        return address

    def screen(self) -> tuple[int, bool]:
        width, has_script = self._page.evaluate(SCREEN)
        return width, has_script

    def page_width(self) -> int:
        width: int = self._page.evaluate("document.documentElement.scrollWidth")
        return width

    def count(self, target: Target) -> int:
        return self._locator(target).count()

    def is_visible(self, target: Target, place: int = 0) -> bool:
        return self._locator(target).nth(place).is_visible()

    def is_in_view(self, target: Target, place: int = 0) -> bool:
        is_in_view: bool = self._locator(target).nth(place).evaluate(IS_IN_VIEW)
        return is_in_view

    def text(self, target: Target) -> str:
        return self._locator(target).first.inner_text()

    def attribute(self, target: Target, name: str) -> str:
        return self._locator(target).first.get_attribute(name) or ""

    def click(self, target: Target) -> None:
        self._locator(target).first.click()

    def type(self, target: Target, text: str) -> None:
        self._locator(target).first.fill(text)

    def choose(self, target: Target, value: str) -> None:
        self._locator(target).first.select_option(value)

    def clipboard(self) -> str:
        text: str = self._page.evaluate("navigator.clipboard.readText()")
        return text

    def _locator(self, target: Target) -> Locator:
        if not target.role:
            return self._page.locator(target.css, has_text=target.text or None)
        role: Any = target.role
        return self._page.locator(target.css).get_by_role(role, name=target.name, exact=True)


class FirefoxReader:
    """A Reader with the window of a Firefox that is already open."""

    # What may pass, because the page is being loaded or changed by a script.
    PASSING = {
        "no such element",
        "stale element reference",
        "element not interactable",
        "element click intercepted",
    }

    def __init__(self, browser: firefox.Firefox, width: int, has_script: bool) -> None:
        self._browser = browser
        browser.allow_script(has_script)
        browser.resize(width, HEIGHT)

    def open(self, url: str) -> None:
        self._browser.open(url)

    def address(self) -> str:
        return self._browser.address()

    def screen(self) -> tuple[int, bool]:
        width, has_script = self._browser.run(f"return ({SCREEN})()")
        return width, has_script

    def page_width(self) -> int:
        width: int = self._browser.run("return document.documentElement.scrollWidth")
        return width

    def count(self, target: Target) -> int:
        return self._retried(lambda: sum(1 for _ in self._elements(target)))

    def is_visible(self, target: Target, place: int = 0) -> bool:
        def ask() -> bool:
            elements = islice(self._elements(target), place, place + 1)
            return any(self._call(IS_VISIBLE, element) for element in elements)

        return self._retried(ask)

    def is_in_view(self, target: Target, place: int = 0) -> bool:
        is_in_view: bool = self._act(target, lambda e: self._call(IS_IN_VIEW, e), place)
        return is_in_view

    def text(self, target: Target) -> str:
        return self._act(target, lambda e: str(self._call("(e) => e.innerText", e)))

    def attribute(self, target: Target, name: str) -> str:
        script = "(e, name) => e.getAttribute(name) ?? ''"
        return self._act(target, lambda e: str(self._call(script, e, name)))

    def click(self, target: Target) -> None:
        self._act(target, self._browser.click)

    def type(self, target: Target, text: str) -> None:
        self._act(target, lambda e: self._browser.type(e, text))

    def choose(self, target: Target, value: str) -> None:
        script = "(e, value) => [...e.options].find((option) => option.value === value)"
        self._act(target, lambda e: self._browser.click(self._call(script, e, value)))

    def clipboard(self) -> str:
        return self._browser.clipboard()

    def _elements(self, target: Target) -> Iterator[firefox.Element]:
        """Yield the elements of a target in the order of the page. To ask for names is slow."""
        if target.role:
            selector = f":is({target.css}) :is({ELEMENTS[target.role]})"
            elements = self._call(f"{MATCHES}.filter({IS_VISIBLE})", selector, "")
            yield from (element for element in elements if self._is_named(element, target))
        else:
            yield from self._call(MATCHES, target.css, target.text)

    def _is_named(self, element: firefox.Element, target: Target) -> bool:
        name = " ".join(self._browser.name(element).split())
        if isinstance(target.name, str):
            has_name = name == target.name
        else:
            has_name = bool(target.name.search(name))
        return has_name and self._browser.role(element) == target.role

    def _act(
        self, target: Target, action: Callable[[firefox.Element], Result], place: int = 0
    ) -> Result:
        """Do something with one element of a target, as soon as that is possible."""

        def act() -> Result:
            for element in islice(self._elements(target), place, None):
                return action(element)
            raise firefox.CommandError({"error": "no such element", "message": str(target)})

        return self._retried(act)

    def _retried(self, action: Callable[[], Result]) -> Result:
        """Do something again until it succeeds, or the time for an action is over."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                return action()
            except firefox.CommandError as error:
                if error.code not in self.PASSING or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _call(self, function: str, *arguments: Any) -> Any:
        return self._browser.run(f"return ({function})(...arguments)", *arguments)
