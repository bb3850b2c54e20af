"""JSON Feed 1.1, in pages. What the format has no field for is in ``_record``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kb.formats.feed_text import FeedItem, feed_item
from kb.formats.json import list_description
from kb.formats.view import FormatContext, FormatRow, entry_rows
from kb.record.answers import EntryRow


def write_jsonfeed(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """One page of the feed."""
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{view.words} · {view.site.name}",
        "description": view.about,
        "home_page_url": view.page,
        "feed_url": view.address,
        "authors": [{"name": view.site.name, "url": f"{view.site.url}/"}],
        "language": "en",
        "_record": {
            name: value for name, value in list_description(view).items() if name != "facets"
        },
        "items": [_item(feed_item(row, view), row) for row in entry_rows(rows)],
    }
    if view.next:
        content["next_url"] = view.next
    yield json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _item(item: FeedItem, row: EntryRow) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "tags": list(item.tags),
        "_record": {
            "id": row["id"],
            "according_to": row["according_to"],
            "date": row["date"],
            "place": row["place"],
            "version": row["version"],
            "quotation": row.get("quotation"),
        },
    }
