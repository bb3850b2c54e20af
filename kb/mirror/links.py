"""Rewrites a page of the site for a mirror: links to files, forms and scripts that need a server.

Only start tags change, and scripts that cannot work go. The rest of a page is copied as it is; a
page of which the parser does not give back every character is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

from kb.mirror.addresses import (
    COPY_PAGE,
    SEARCH_PAGE,
    file_of,
    own_page,
    page_file,
    relative_link,
    site_root,
    split_path,
)
from kb.record.addresses import site_origin

Attributes = list[tuple[str, str | None]]
# Attributes that hold one address.
ADDRESS_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "poster", "data-fragment"})
# Scripts that ask the site: without them, forms and links do the same work.
SERVER_SCRIPTS = re.compile(r"/js/(?:timeline|histogram|api_console)\b")
# The field of forms that says which page of the live site they are for.
ADDRESS_FIELD = "page"
_ATTRIBUTE = re.compile(r"""(\s+)([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_LINK_TAGS = frozenset({"a", "area"})


class PageNotRewritable(Exception):
    """A page has markup that the parser does not give back as it is."""


@dataclass(frozen=True)
class PageNote:
    """What is added to pages: HTML before ``<main>``, and the file of its stylesheet."""

    html: str
    stylesheet: str


@dataclass(frozen=True)
class RewrittenPage:
    """The page of a mirror, and the addresses of the site that it leads to."""

    html: str
    addresses: tuple[str, ...]


def rewrite_page(
    html: str, address: str, file: str, note: PageNote | None = None, *, base: str = ""
) -> RewrittenPage:
    """Rewrite the page of an address for its file in the mirror.

    With ``base``, the path of the mirror on its host, links are absolute: for error pages, which a
    host shows at any address. Raises PageNotRewritable for markup that the program does not write.
    """
    rewriter = _Rewriter(address, file, note, base)
    rewriter.feed(html)
    rewriter.close()
    if "".join(rewriter.original) != html:
        raise PageNotRewritable(f"{address} has markup that cannot be copied.")
    return RewrittenPage("".join(rewriter.pieces), tuple(rewriter.addresses))


class _Rewriter(HTMLParser):
    def __init__(self, address: str, file: str, note: PageNote | None, base: str) -> None:
        super().__init__(convert_charrefs=False)
        self._base = base
        self._address, self._file, self._note = address, file, note
        self._language = split_path(address.partition("?")[0]).language
        self._is_dropping = False
        self.original: list[str] = []
        self.pieces: list[str] = []
        self.addresses: dict[str, None] = {}

    # --- What the parser reads -----------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        text = self.get_starttag_text() or ""
        self.original.append(text)
        values = dict(attrs)
        if tag == "script" and SERVER_SCRIPTS.search(values.get("src") or ""):
            self._is_dropping = True
            return
        if tag == "main" and self._note:
            self.pieces.append(self._note.html)
        self.pieces.append(self._start_tag(tag, text, values))
        if tag == "link" and values.get("rel") == "stylesheet" and self._note:
            link = self._link(self._note.stylesheet)
            self.pieces.append(f'<link rel="stylesheet" href="{escape(link)}">')

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def parse_endtag(self, i: int) -> int:
        """Copy an end tag as it is written; the parser passes on its name in small letters."""
        end = super().parse_endtag(i)
        if end > i:
            self.original.append(self.rawdata[i:end])
            if self._is_dropping:
                self._is_dropping = False
            else:
                self.pieces.append(self.rawdata[i:end])
        return end

    def handle_data(self, data: str) -> None:
        self._copy(data)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._copy(f"<!{decl}>")

    def _copy(self, text: str) -> None:
        self.original.append(text)
        if not self._is_dropping:
            self.pieces.append(text)

    # --- What changes --------------------------------------------------------------------------

    def _start_tag(self, tag: str, text: str, values: dict[str, str | None]) -> str:
        start = f"<{text[1 : 1 + len(tag)]}"
        rest = text[len(start) :]
        if tag == "form":
            return self._form(start, rest, values)
        turns_pages = not {"next", "prev"}.isdisjoint((values.get("rel") or "").split())

        def attribute(match: re.Match[str]) -> str:
            name, value = match[2].lower(), match[3]
            if name not in ADDRESS_ATTRIBUTES or value is None:
                return match[0]
            link = unescape(value.strip("\"'"))
            target = self._target(tag, link, turns_pages=turns_pages)
            return match[0] if target == link else f'{match[1]}{match[2]}="{escape(target)}"'

        return start + _ATTRIBUTE.sub(attribute, rest)

    def _form(self, start: str, rest: str, values: dict[str, str | None]) -> str:
        """A form: the search of the mirror, or the page that says where the live one is."""
        address = urljoin(self._address, values.get("action") or "")
        if address.startswith(("http:", "https:")) or not address.startswith(site_root()):
            return start + rest
        path = address.partition("?")[0].partition("#")[0]
        is_search = own_page(path) == SEARCH_PAGE
        target = page_file(SEARCH_PAGE if is_search else COPY_PAGE, self._language)
        attributes = _ATTRIBUTE.sub(
            lambda match: "" if match[2].lower() in ("action", "method") else match[0], rest
        )
        link = escape(self._link(target))
        field = (
            ""
            if is_search
            else f'<input type="hidden" name="{ADDRESS_FIELD}" value="{escape(path)}">'
        )
        return f'{start} action="{link}" method="get"{attributes}{field}'

    def _target(self, tag: str, link: str, *, turns_pages: bool) -> str:
        """What a link of the site is in the mirror. Links to other sites stay as they are."""
        if not link or link.startswith("#") or urlsplit(link).scheme or link.startswith("//"):
            return link
        address, mark, fragment = urljoin(self._address, link).partition("#")
        end = f"{mark}{fragment}"
        if not address.startswith(site_root()):
            return link
        path, _question, query = address.partition("?")
        if page := own_page(path):
            target = page_file(page, split_path(path).language)
            return self._link(target) + (f"?{query}" if query else "") + end
        # Other links into the middle of a list would begin pages of their own up to its end.
        is_in_middle = query.startswith(("after=", "before=")) or "&after=" in query
        if (turns_pages or not is_in_middle) and (file := file_of(address)):
            self.addresses[address] = None
            return self._link(file) + end
        if tag in _LINK_TAGS:
            copy_page = self._link(page_file(COPY_PAGE, self._language))
            return f"{copy_page}#{quote(address, safe='/=&?%+~:,;@!$*')}"
        # Not for people: the live site answers, if it can.
        return f"{site_origin()}{address}{end}"

    def _link(self, file: str) -> str:
        if self._base:
            return f"{self._base}{relative_link('', file)}"
        return relative_link(self._file, file)


def css_addresses(css: str, address: str) -> list[str]:
    """The addresses of the site that a stylesheet names. They are relative, so they stay."""
    links = [match[1].strip("\"'") for match in _CSS_URL.finditer(css)]
    addresses = [urljoin(address, link).partition("#")[0] for link in links]
    return [item for item in addresses if item.startswith(settings.STATIC_URL)]


_CSS_URL = re.compile(r"url\(\s*([^)\s]+)\s*\)")
