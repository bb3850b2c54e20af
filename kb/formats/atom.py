"""Atom (RFC 4287) in pages with links between them (RFC 5005).

``updated`` of an entry is when it was last changed here; when it happened is said in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from kb.formats.feed_text import FeedItem, feed_items
from kb.formats.view import FormatContext, FormatRow

# What XML 1.0 cannot hold, not even escaped.
_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)


def write_atom(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """One page of the feed."""
    return atom_feed(view, feed_items(view, rows))


def atom_feed(view: FormatContext, items: Iterable[FeedItem]) -> Iterator[bytes]:
    """A feed of any items."""
    licence = view.licence_words
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n',
        _element("id", view.site.permanent(view.page)),
        _element("title", f"{view.words} · {view.site.name}"),
        _element("subtitle", view.about),
        # Before the first publication there is no moment, and RFC 4287 demands one.
        _element("updated", _moment(view.changed_at or _NO_DAY)),
        f"<author>{_element('name', view.site.name).strip()}</author>\n",
        _element("rights", licence) if licence else "",
        _link("self", view.address, "application/atom+xml"),
        _link("alternate", view.page, "text/html"),
    ]
    pages = {"first": view.first, "previous": view.previous, "next": view.next}
    parts += [_link(rel, address) for rel, address in pages.items() if address]
    if view.licence and view.licence.url:
        parts.append(_link("license", view.licence.url))
    yield _bytes("".join(parts))
    for item in items:
        yield _bytes(_entry(item))
    yield b"</feed>\n"


def _entry(item: FeedItem) -> str:
    parts = [
        "<entry>\n",
        _element("id", item.id),
        _element("title", item.title),
        _link("alternate", item.url, "text/html"),
        _element("published", _moment(item.published)),
        _element("updated", _moment(item.updated)),
        _element("summary", item.summary) if item.summary else "",
        *(f'<category term="{_attribute(term)}"/>\n' for term in item.tags),
        *(_link("related", address, title=title) for title, address in item.sources),
        _element("content", item.text),
        "</entry>\n",
    ]
    return "".join(parts)


def _element(name: str, text: str) -> str:
    # A bare CR would be read as a line end.
    safe = escape(_NEVER.sub("", text), {"\r": "&#13;"})
    return f"<{name}>{safe}</{name}>\n"


def _attribute(text: str) -> str:
    space = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return escape(_NEVER.sub("", text), space)


def _link(rel: str, address: str, media_type: str = "", *, title: str = "") -> str:
    more = f' type="{media_type}"' if media_type else ""
    more += f' title="{_attribute(title)}"' if title else ""
    return f'<link rel="{rel}" href="{_attribute(address)}"{more}/>\n'


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
