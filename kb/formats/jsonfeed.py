"""JSON Feed 1.1, in pages. What the format has no field for is in ``_record``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from kb.formats.feed_text import FeedItem, feed_items
from kb.formats.json import list_description
from kb.formats.view import FormatContext, FormatRow
from kb.record.answers import ClaimChangeRow, EntryRow


def write_jsonfeed(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """One page of the feed."""
    listed = list(rows)
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
        "items": [
            _item(item, _claim_part(row) if view.claim else _entry_part(row))
            for item, row in zip(feed_items(view, listed), listed, strict=True)
        ],
    }
    if view.next:
        content["next_url"] = view.next
    yield json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _item(item: FeedItem, part: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_text": item.text,
        "summary": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
        "tags": list(item.tags),
        "_record": part,
    }


def _entry_part(row: FormatRow) -> dict[str, Any]:
    entry = cast(EntryRow, row)
    return {
        "id": entry["id"],
        "according_to": entry["according_to"],
        "date": entry["date"],
        "place": entry["place"],
        "version": entry["version"],
        "quotation": entry.get("quotation"),
    }


def _claim_part(row: FormatRow) -> dict[str, Any]:
    change = cast(ClaimChangeRow, row)
    return {
        "id": change["claim"]["id"],
        "version": change["number"],
        "added": change["added"],
        "removed": change["removed"],
    }
