"""Markdown of a row as safe HTML, and the words that were looked for marked in it."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from kb.record.answers import EntryRow
from kb.record.corrections import last_corrections
from kb.record.quotation import without_quotation_marks
from kb.record.rows import Row
from kb.text.markdown import markdown_to_text, render_markdown
from kb.text.marking import mark_matches, mark_matches_in_html
from kb.text.normalise import Term


class HtmlRow(EntryRow):
    """An entry as templates print it."""

    title_html: str
    summary_html: str
    text_html: str


def with_corrections(rows: Sequence[HtmlRow]) -> list[HtmlRow]:
    """The rows with their last corrections; one query at most."""
    corrections = last_corrections(rows)
    return [{**row, "correction": corrections.get(row["id"])} for row in rows]


# What nh3 has cleaned is safe; the cache is keyed by the text itself, so it cannot be stale.
@lru_cache(maxsize=4096)
def summary_html(text: str) -> SafeString:
    """Safe HTML of a published summary or note."""
    return mark_safe(render_markdown(text))  # noqa: S308 - render() ends in the allow-list of kb.text


@lru_cache(maxsize=4096)
def summary_text(text: str) -> str:
    """A published summary without markup, on one line; not escaped."""
    return markdown_to_text(text)


def row_with_html(row: Row, terms: Sequence[Term] = ()) -> HtmlRow:
    """The row with title, summary and text as HTML too, ``terms`` marked; for templates only."""
    return {
        **row,
        "title_html": mark_matches(row["title"], terms),
        "summary_html": mark_matches_in_html(summary_html(row["summary"]), terms),
        "text_html": mark_matches(without_quotation_marks(row.get("text", "")), terms),
    }
