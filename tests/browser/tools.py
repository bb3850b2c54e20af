"""The tools above a list, as a reader opens them."""

from __future__ import annotations

from typing import Any


def open_tools(page: Any) -> None:
    """Open the disclosure with the tools, which there is on phones."""
    summary = page.locator(".tools-more > summary")
    if summary.is_visible() and not page.locator(".tools-more[open]").count():
        summary.click()


def open_tool(page: Any, name: str) -> None:
    """Open one of the tools by its name."""
    open_tools(page)
    page.locator(".tool > summary", has_text=name).click()
