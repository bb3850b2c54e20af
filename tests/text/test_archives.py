"""The address of an archived copy names the page and the day."""

from __future__ import annotations

from datetime import date

import pytest

from kb.text.archives import wayback_copy

DAY = date(2023, 12, 17)


@pytest.mark.parametrize(
    ("url", "page", "day"),
    [
        ("https://web.archive.org/web/20231217101500/https://example.org/a?b=c",
         "https://example.org/a?b=c", DAY),
        ("http://web.archive.org/web/20231217101500if_/http://example.org/", "http://example.org/",
         DAY),
        (" https://web.archive.org/web/20231217/example.org/a ", "http://example.org/a", DAY),
        ("https://web.archive.org/web/2023/https://example.org/a", "https://example.org/a", None),
        ("https://web.archive.org/web/20231345/https://example.org/a", "https://example.org/a",
         None),
    ],
)  # fmt: skip
def test_page_and_day_are_read(url, page, day):
    assert wayback_copy(url) == (page, day)


@pytest.mark.parametrize(
    "url",
    ["", "https://example.org/a", "https://web.archive.org/", "https://archive.org/web/2023/x",
     "https://web.archive.org/web/*/https://example.org/", "https://web.archive.org/web/2023/http://"],
)  # fmt: skip
def test_other_addresses_are_no_copies(url):
    assert wayback_copy(url) is None
