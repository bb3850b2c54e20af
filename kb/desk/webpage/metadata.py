"""Read the metadata of a web page: title, publisher, byline, date and language of an article.

The sources, in the order of preference: schema.org in JSON-LD, the ``citation_`` names of
scholarly indexes, Open Graph, Dublin Core, ``<time>`` and ``<title>``. The values only fill in a
form; an editor must confirm them.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from kb.text.clean import TextError, clean_line
from kb.text.encodings import text_codec
from kb.text.html_parser import TolerantParser
from kb.text.links import LinkError, canonical_url

JsonObject: TypeAlias = dict[str, Any]

ARTICLE_TYPES = ("Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle",
            "BlogPosting", "OpinionNewsArticle", "Report", "ScholarlyArticle",
            "SocialMediaPosting", "WebPage")  # fmt: skip
MAX_VALUE_LENGTH = {"title": 300, "publisher": 200, "byline": 200}
_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})(?!\d)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
# ISO 26324 allows more, but registered DOIs have this form.
_DOI = re.compile(
    r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/[!-~]{1,200})", re.IGNORECASE
)
_DOI_NAMES = ("citation_doi", "prism.doi", "bepress_citation_doi", "dc.identifier",
              "dc.identifier.doi", "dcterms.identifier")  # fmt: skip
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# What pages are in that state an older encoding, by the HTML standard.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "cp1252", "iso8859-1": "cp1252"}
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
    """The metadata of a page; "" for what it lacks.

    ``published`` is EDTF, ``language`` BCP 47, ``doi`` a DOI in small letters, as 10.1000/182.
    """

    title: str = ""
    publisher: str = ""
    byline: str = ""
    published: str = ""
    language: str = ""
    url: str = ""
    doi: str = ""


def decode_page(body: bytes, charset: str = "") -> str:
    """Return the text of a page, in the encoding of its headers or meta element, else UTF-8.

    As in the HTML standard, a byte order mark outweighs both, and a meta element that could be
    read does not mean UTF-16. What cannot be decoded is replaced. Never raises.
    """
    for mark, codec in _MARKS.items():
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, errors="replace")
    match = _CHARSET.search(body[:4096])
    codec = text_codec(charset)
    if not codec and match:
        codec = text_codec(match[1].decode("ascii"))
        codec = "" if codec.startswith(("utf-16", "utf-32")) else codec
    return body.decode(_WIDER.get(codec, codec) or "utf-8", errors="replace")


def read_metadata(html: str, url: str = "") -> PageMeta:
    """Return the metadata of a page at ``url``. Never raises: invalid values are left out."""
    page = _PageParser()
    page.read(html)
    articles = [node for node in _json_ld_nodes(page.scripts) if _is_article(node)]
    # The metadata of an article is more specific than that of a web page.
    articles.sort(key=lambda node: "WebPage" in _types(node))
    values: dict[str, str] = {}
    for field, text in _article_values(articles):
        values.setdefault(field, text)
    for field, names in _NAMES.items():
        texts = [text for name in names for text in page.meta.get(name, [])]
        if field == "byline" and page.meta.get("citation_author"):
            texts = [", ".join(page.meta["citation_author"])]
        values.setdefault(field, next((text for text in texts if text.strip()), ""))
    byline = values["byline"]
    return PageMeta(
        title=_line(values["title"] or page.title, "title"),
        publisher=_line(values["publisher"], "publisher"),
        byline="" if byline.startswith("http") else _line(byline, "byline"),
        published=_day(values["published"]) or _day(page.time),
        language=_language(values["language"] or page.language),
        url=_page_url(page.canonical or values["url"], url),
        doi=next(filter(None, map(_doi, _identifiers(page, articles))), ""),
    )


class _PageParser(TolerantParser):
    """Collects the metadata of the head, and the first <time>."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.time = self.language = self.canonical = ""
        self._title: list[str] = []
        self._scripts: list[list[str]] = []
        self._open_tag = ""

    @property
    def title(self) -> str:
        """The words of the first <title>."""
        return "".join(self._title)

    @property
    def scripts(self) -> list[str]:
        """The texts of the elements with JSON-LD."""
        return ["".join(pieces) for pieces in self._scripts]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (
                attributes.get("property")
                or attributes.get("name")
                or attributes.get("itemprop", "")
            )
            self.meta.setdefault(name.lower(), []).append(attributes.get("content", ""))
        elif tag == "link" and "canonical" in attributes.get("rel", "").lower().split():
            self.canonical = self.canonical or attributes.get("href", "")
        elif tag == "html":
            self.language = attributes.get("lang", "")
        elif tag == "time" and not self.time:
            self.time = attributes.get("datetime", "")
        elif tag == "title" and not self._title:
            self._open_tag = "title"
        elif tag == "script" and attributes.get("type", "").lower() == "application/ld+json":
            self._open_tag = "script"
            self._scripts.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open_tag:
            self._open_tag = ""

    def handle_data(self, data: str) -> None:
        if self._open_tag == "title":
            self._title.append(data)
        elif self._open_tag == "script":
            self._scripts[-1].append(data)


def _json_ld_nodes(scripts: list[str]) -> Iterator[JsonObject]:
    """Yield every object in the JSON-LD of a page, at any level of @graph and mainEntity."""
    queue: deque[object] = deque()
    for text in scripts:
        try:
            queue.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    while queue:
        node = queue.popleft()
        if isinstance(node, list):
            queue += node
        elif isinstance(node, dict):
            yield node
            queue += [node[key] for key in ("@graph", "mainEntity") if key in node]


def _is_article(node: JsonObject) -> bool:
    return any(name in ARTICLE_TYPES for name in _types(node))


def _types(node: JsonObject) -> list[object]:
    types = node.get("@type")
    return types if isinstance(types, list) else [types]


def _article_values(articles: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for every value that is not empty, article by article."""
    for article in articles:
        values = {
            "title": _text(article.get("headline") or article.get("name")),
            "publisher": _names(article.get("publisher")),
            "byline": _names(article.get("author")),
            "published": _text(article.get("datePublished")),
            "language": _names(article.get("inLanguage")),
        }
        yield from ((field, text) for field, text in values.items() if text)


def _identifiers(page: _PageParser, articles: list[JsonObject]) -> Iterator[str]:
    """Yield what may be a DOI: identifiers in meta elements, then in JSON-LD."""
    for name in _DOI_NAMES:
        yield from page.meta.get(name, [])
    for article in articles:
        for key in ("identifier", "sameAs", "@id"):
            values = article.get(key)
            for value in values if isinstance(values, list) else [values]:
                yield _text(value.get("value") if isinstance(value, dict) else value)


def _doi(text: str) -> str:
    """Return the DOI that a text is, with or without "doi:" or the address of doi.org."""
    match = _DOI.fullmatch(text.strip())
    return match[1].lower() if match else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _names(value: object) -> str:
    """Return the names in a JSON-LD value: a text, an object with a name, or a list of these."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_name(item) for item in value)))
    return _name(value)


def _name(value: object) -> str:
    if isinstance(value, dict):
        return _text(value.get("name") or value.get("alternateName"))
    return _text(value)


def _line(text: str, name: str) -> str:
    """Return the text as one clean line of at most the length of the field; "" if it is invalid."""
    try:
        line = clean_line(" ".join(text.split()))
    except TextError:
        return ""
    return line[: MAX_VALUE_LENGTH[name]].rstrip()


def _day(text: str) -> str:
    """Return the day at the start of a text, as it is written: the time zone is not converted."""
    match = _DAY.search(text[:40])
    return "-".join(match.groups()) if match else ""


def _language(text: str) -> str:
    text = text.strip().replace("_", "-")
    return text[:35] if _LANGUAGE.fullmatch(text) else ""


def _page_url(canonical: str, url: str) -> str:
    """Return the canonical URL of the page if it is on the same host as ``url``, else ``url``."""
    for candidate in (canonical, url):
        try:
            clean_url = canonical_url(candidate)
        except LinkError:
            continue
        if candidate is url or not url or _host(clean_url) == _host(url):
            return clean_url
    return ""


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
