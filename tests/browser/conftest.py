"""A server on which every kind of page exists, and pages that look at it.

A page in a context of its own takes longer than most pages do to load. So a test goes through all
kinds itself in one page, each in a ``subtests.test(kind)`` of its own that can fail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.kinds import BROKEN, broken_page, prepare


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
