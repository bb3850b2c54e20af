"""What a page says about itself: title, publisher, byline, day and language of an article.

Read from what publishers write for machines, the most exact first: schema.org in JSON-LD, the
``citation_`` names of scholarly indexes, Open Graph, Dublin Core, ``<time>`` and ``<title>``.
An editor confirms each; nothing of this reaches the record by itself.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from kb.text.clean import TextError, clean_line
from kb.text.links import LinkError, canonical_url

ARTICLES = ("Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle",
            "BlogPosting", "OpinionNewsArticle", "Report", "ScholarlyArticle",
            "SocialMediaPosting", "WebPage")  # fmt: skip
MAX_VALUE_LENGTH = {"title": 300, "publisher": 200, "byline": 200}
_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_NAMES = {
    "title": ("citation_title", "og:title", "dc.title", "twitter:title"),
    "byline": ("citation_author", "article:author", "author", "dc.creator", "parsely-author"),
    "publisher": ("citation_journal_title", "citation_publisher", "og:site_name", "dc.publisher"),
    "published": ("citation_publication_date", "article:published_time", "dc.date", "date",
                  "parsely-pub-date", "datepublished"),
    "language": ("citation_language", "og:locale", "dc.language"),
    "url": ("og:url",),
}  # fmt: skip


@dataclass(frozen=True)
class PageMeta:
    """What was found; "" where nothing was. ``published`` is EDTF, ``language`` BCP 47."""

    title: str = ""
    publisher: str = ""
    byline: str = ""
    published: str = ""
    language: str = ""
    url: str = ""


def decode_page(body: bytes, charset: str = "") -> str:
    """The text of a page, by the encoding that it or its host names, else UTF-8."""
    named = _CHARSET.search(body[:4096])
    for name in (charset, named[1].decode("ascii") if named else "", "utf-8"):
        try:
            return body.decode(codecs.lookup(name or "no name").name, errors="replace")
        except LookupError:
            continue
    return body.decode("utf-8", errors="replace")


def read_metadata(html: str, url: str = "") -> PageMeta:
    """The metadata of a page at ``url``. Never raises: what cannot be read is not there."""
    page = _Page()
    page.feed(html)
    page.close()
    articles = [one for one in _nodes(page.scripts) if _is_article(one)]
    # What says that it is an article says more than what says that it is a page.
    articles.sort(key=lambda one: "WebPage" in str(one.get("@type")))
    found: dict[str, str] = {}
    for name, values in _from_articles(articles):
        found.setdefault(name, values)
    for name, names in _NAMES.items():
        said = [text for one in names for text in page.meta.get(one, [])]
        if name == "byline" and page.meta.get("citation_author"):
            said = [", ".join(page.meta["citation_author"])]
        found.setdefault(name, next((one for one in said if one.strip()), ""))
    return PageMeta(
        title=_line(found["title"] or page.title, "title"),
        publisher=_line(found["publisher"], "publisher"),
        byline="" if found["byline"].startswith("http") else _line(found["byline"], "byline"),
        published=_day(found["published"]) or _day(page.time),
        language=_language(found["language"] or page.language),
        url=_address(page.canonical or found["url"], url),
    )


class _Page(HTMLParser):
    """Collects what the head, and the first <time>, say."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.scripts: list[str] = []
        self.title = self.time = self.language = self.canonical = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop", "")).lower()
            self.meta.setdefault(name, []).append(given.get("content", ""))
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")
        elif tag == "html":
            self.language = given.get("lang", "")
        elif tag == "time" and not self.time:
            self.time = given.get("datetime", "")
        elif tag == "title" and not self.title:
            self._inside = "title"
        elif tag == "script" and given.get("type", "").lower() == "application/ld+json":
            self._inside = "script"
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "script":
            self.scripts[-1] += data


def _nodes(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """Every object of the JSON-LD of a page, however it is wrapped."""
    waiting: list[Any] = []
    for text in scripts:
        try:
            waiting.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            yield node
            waiting += [node[one] for one in ("@graph", "mainEntity") if one in node]


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(one in ARTICLES for one in (kinds if isinstance(kinds, list) else [kinds]))


def _from_articles(articles: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in articles:
        read = {
            "title": _text(one.get("headline") or one.get("name")),
            "publisher": _named(one.get("publisher")),
            "byline": _named(one.get("author")),
            "published": _text(one.get("datePublished")),
            "language": _named(one.get("inLanguage")),
        }
        yield from ((name, text) for name, text in read.items() if text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _named(value: Any) -> str:
    """The names of whoever is meant: a text, an object with a name, or a list of them."""
    if isinstance(value, list):
        return ", ".join(name for one in value if (name := _named(one)))
    if isinstance(value, dict):
        return _text(value.get("name") or value.get("alternateName"))
    return _text(value)


def _line(text: str, name: str) -> str:
    """One line without what cannot be seen; "" where it cannot be made one."""
    try:
        line = clean_line(" ".join(text.split()))
    except TextError:
        return ""
    return line[: MAX_VALUE_LENGTH[name]].rstrip()


def _day(text: str) -> str:
    """The day as it stands on the page: in the page's own zone, which nobody can better."""
    found = _DAY.search(text[:40])
    return "-".join(found.groups()) if found else ""


def _language(text: str) -> str:
    text = text.strip().replace("_", "-")
    return text[:35] if _LANGUAGE.fullmatch(text) else ""


def _address(said: str, url: str) -> str:
    """The page's own canonical address if it is one of the same host, else the one asked for."""
    for one in (said, url):
        try:
            address = canonical_url(one)
        except LinkError:
            continue
        if one is url or not url or _host(address) == _host(url):
            return address
    return ""


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
