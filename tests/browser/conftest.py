"""A server on which every kind of page exists, and pages that look at it.

A page in a context of its own takes longer than most pages do to load. So a test goes through all
kinds itself in one page, each in a ``subtests.test(kind)`` of its own that can fail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests import firefox
from tests.browser.kinds import BROKEN, broken_page, prepare
from tests.browser.readers import HEIGHT, ChromiumReader, FirefoxReader, Reader

# A width and whether scripts run: a reader in a window of that width.
StartReader = Callable[[int, bool], AbstractContextManager[Reader]]


@pytest.fixture
def site(live_server: Any) -> str:
    """The address of a server on which every page of ``KINDS`` exists."""
    prepare()
    return live_server.url


@pytest.fixture
def new_page(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(390, color_scheme="dark")``: a page in a context of its own, nothing cached."""
    contexts = []

    def opened(width: int = 1440, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            **{"reduced_motion": "reduce", **options},
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.route(f"**{BROKEN}", answer_broken)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def answer_broken(route: Any) -> None:
    """Answer as a server does when a view throws."""
    route.fulfill(status=500, content_type="text/html; charset=utf-8", body=broken_page())


@pytest.fixture(params=["chromium_reader", "firefox_reader"], ids=["chromium", "firefox"])
def reading(request: pytest.FixtureRequest) -> StartReader:
    """``with reading(390, has_script=False) as reader:``, once in each browser there is."""
    start: StartReader = request.getfixturevalue(request.param)
    return start


@pytest.fixture(scope="module")
def system_firefox() -> Iterator[firefox.Firefox]:
    """One Firefox for a module, because it takes seconds to start."""
    path = firefox.find()
    if path is None:
        pytest.skip("no Firefox on PATH and none in KB_FIREFOX")
    browser = firefox.Firefox(path)
    yield browser
    browser.close()


@pytest.fixture
def chromium_reader(live_server: Any, new_page: Callable[..., Any]) -> StartReader:
    """``with chromium_reader(390, has_script=False) as reader:`` in a context of its own."""

    @contextmanager
    def started(width: int, has_script: bool) -> Iterator[Reader]:
        page = new_page(width, HEIGHT, java_script_enabled=has_script)
        permissions = ["clipboard-read", "clipboard-write"]
        page.context.grant_permissions(permissions, origin=live_server.url)
        yield ChromiumReader(page)
        page.context.close()

    return started


@pytest.fixture
def firefox_reader(system_firefox: firefox.Firefox) -> StartReader:
    """``with firefox_reader(390, has_script=False) as reader:``, and nothing is left behind."""

    @contextmanager
    def started(width: int, has_script: bool) -> Iterator[Reader]:
        try:
            yield FirefoxReader(system_firefox, width, has_script)
        finally:
            system_firefox.clear()

    return started
