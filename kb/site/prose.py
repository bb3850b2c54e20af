"""Markdown of a row as safe HTML."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from kb.record.rows import Row
from kb.text.markdown import render


# What nh3 has cleaned is safe; the cache is keyed by the text itself, so it cannot be stale.
@lru_cache(maxsize=4096)
def html(text: str) -> SafeString:
    """Safe HTML of a summary or a note that passed the door."""
    return mark_safe(render(text))  # noqa: S308 - render() ends in the allow-list of kb.text


def with_html(row: Row) -> Row:
    """The row with its summary rendered beside it; for templates only."""
    return row | {"summary_html": html(row["summary"])}
