"""JSON: one page of a list of entries or of an index, with links to the next; or one entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kb.formats.view import FormatContext, FormatRow


def write_json(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """The page as UTF-8 JSON; of an entry, its row alone."""
    entries = list(rows)
    order = {} if view.is_index else {"order_not_stated": view.undecided}
    content = entries[0] if view.is_entry else list_description(view) | {
        view.noun[1]: entries,
        **order,
        "next": view.next,
        "previous": view.previous,
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, indent=1)
    yield text.encode("utf-8", "replace")


def list_description(view: FormatContext) -> dict[str, Any]:
    """The description of a list or an index at the head of JSON formats."""
    description = {
        "query": view.query,
        "words": view.words,
        "url": view.page,
        "epoch": view.epoch,
        "changed_at": view.changed_at.isoformat() if view.changed_at else None,
        "checkpoint": view.checkpoint,
        "licence": view.licence._asdict() if view.licence else None,
    }
    if view.is_index:
        claim = {"claim": view.claim} if view.claim else {}
        return {**description, **claim, "count": view.count}
    return {
        **description,
        "count": {"certain": view.certain, "possible": view.possible},
        "facets": view.facets,
        "unlisted": view.unlisted,
    }
