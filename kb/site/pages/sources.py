"""The context of the list of sources."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kb.record.answers import SourceRow
from kb.record.list_rows import source_rows
from kb.record.vocabulary import SOURCE_KIND_LABELS
from kb.site.pages.list_page import ListPage, list_page
from kb.site.pages.list_selection import Selection


class SourceListRow(SourceRow):
    kind_words: str


class SourcesContext(ListPage):
    rows: list[SourceListRow]
    nav: str


def sources_context(selection: Selection) -> SourcesContext:
    description = _(
        "The sources that entries cite. Each page shows which entries have no other source."
    )
    rows: list[SourceListRow] = [
        {**row, "kind_words": str(SOURCE_KIND_LABELS[row["kind"]])}
        for row in source_rows(selection.records)
    ]
    return {**list_page(selection, description), "rows": rows, "nav": "sources"}
