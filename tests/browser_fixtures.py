"""The browser for tests marked ``browser``: Playwright with the system's Chromium."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests import chromium

logger = logging.getLogger(__name__)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole run. Without one the test is skipped, or fails in CI."""
    path = chromium.find()
    if path is None:
        reason = "no Chromium on PATH and none in KB_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect, sync_playwright

    # As long as for every action: what a busy machine has not shown yet is not missing.
    expect.set_options(timeout=15_000)
    # Playwright keeps an event loop running in this thread, which Django takes for async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, headless=True, args=chromium.OPTIONS
        )
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A new page at desktop size; ``page.goto("/timeline/")`` is relative to the live server.

    At the end it fails if a script raised an error or the Content-Security-Policy blocked anything.
    A test that fails shows which requests the server refused or did not answer.
    """
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(f"script: {error}"))
    opened.on(
        "console",
        lambda message: (
            problems.append(f"policy: {message.text}")
            if "Content Security Policy" in message.text
            else None
        ),
    )
    opened.on("response", _log_refusal)
    opened.on(
        "requestfailed", lambda request: logger.warning("%s %s", request.failure, request.url)
    )
    yield opened
    context.close()
    assert problems == []


def _log_refusal(response: Any) -> None:
    if response.status >= 400:
        logger.warning("%s %s %s", response.status, response.request.method, response.url)
