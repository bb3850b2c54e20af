"""What other sites paste to show a page of ours: the frame's address, its code, its panel.

An embed has the page's own address below ``/embed/``, with the same parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from kb.record.addresses import split_language
from kb.record.models import Revision
from kb.record.query import TimelineQuery

# Without allow-same-origin: what is in the frame can reach nothing of ours and nothing of theirs.
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
# Pixels, for sites without the script that fits the height; the frame then scrolls inside.
FRAME_WIDTH = 640
ENTRY_HEIGHT = 420
LIST_HEIGHT = 640
# An article has room for fewer entries than a page of the timeline.
ENTRY_VIEWS = 10
THEMES = ("auto", "light", "dark")
# Unhashed: the code is pasted once and must hold for years.
SCRIPT = "js/embed.js"


@dataclass(frozen=True)
class Embed:
    """A page that may be framed: ``path`` and ``pairs`` are the page's own."""

    title: str
    path: str
    pairs: tuple[tuple[str, str], ...] = ()
    height: int = LIST_HEIGHT

    @property
    def page_url(self) -> str:
        return _absolute(self.path, self.pairs)

    @property
    def url(self) -> str:
        """The absolute address of what is framed."""
        return _absolute(embed_path(self.path), self.pairs)

    def code(self, *, width: str = "100%", height: int = 0) -> str:
        """The HTML to paste: a frame, and the script that fits its height, which may be left out.

        ``width`` and ``height`` as the attributes of a frame have them, in pixels or percent. A
        plain text: on our own pages it is shown, not framed.
        """
        attributes = {
            "src": self.url,
            "title": f"{self.title} · {settings.SITE_NAME}",
            "width": width,
            "height": height or self.height,
            # Not style: a page with a strict policy of its own drops that.
            "frameborder": 0,
            "loading": "lazy",
            "sandbox": SANDBOX,
        }
        written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        script = escape(f"{settings.SITE_URL}{settings.STATIC_URL}{SCRIPT}")
        return f'<iframe {written}></iframe>\n<script async src="{script}"></script>'

    def discovery(self, form: str) -> str:
        """The absolute address of the page's oEmbed answer; ``form`` is json or xml."""
        # Written out and not reversed: for machines there is no prefix of a language.
        return f"{settings.SITE_URL}/oembed?{urlencode({'url': self.page_url, 'format': form})}"


def embed_path(path: str) -> str:
    """The path of a page's embed, in the language of the page."""
    _code, prefix = split_language(path)
    return f"{prefix}embed/{path.removeprefix(prefix)}"


def entry_embed(title: str, path: str) -> Embed:
    """One event or statement, or one version of it; ``path`` is that page's."""
    return Embed(title, path, height=ENTRY_HEIGHT)


def timeline_embed(query: TimelineQuery, path: str, *, title: str = "") -> Embed:
    """A timeline: of an incident when it has a ``title``, whose address then decides the incident.

    Page marks are left out, and an article gets fewer entries than a page has, unless a size was
    asked for.
    """
    size = query.size if query.size != TimelineQuery().size else ENTRY_VIEWS
    pairs = query.with_(size=size).pairs()
    kept = tuple(pair for pair in pairs if not (title and pair[0] == "incident"))
    is_whole = not (query.chosen or query.q or query.has_range or query.known)
    words = _("Timeline") if is_whole else query.describe()
    return Embed(title or words, path, kept)


def claims_embed(
    incident: Revision, query: TimelineQuery, chosen: Sequence[tuple[str, str]]
) -> Embed:
    """The contested claims of an incident; ``chosen`` are its columns, as parameters."""
    known = [("known", query.known.edtf)] if query.known else []
    title = _("Contested claims: %(title)s") % {"title": incident.title}
    return Embed(title, reverse("claims", args=[incident.slug]), (*chosen, *known))


def embed_panel(embed: Embed, *, version_path: str = "") -> dict[str, Any]:
    """The context of ``_embed.html`` and of the discovery links in the head.

    ``version_path`` is the page of this version, which can be framed as it stands.
    """
    frozen = replace(embed, path=version_path) if version_path else None
    return {
        "title": embed.title,
        "code": embed.code(),
        "frozen": frozen.code() if frozen else "",
        "preview": embed_path(embed.path) + _query(embed.pairs),
        "json": embed.discovery("json"),
        "xml": embed.discovery("xml"),
        "has_size": any(name == "size" for name, _value in embed.pairs),
    }


def _absolute(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{settings.SITE_URL}{path}{_query(pairs)}"


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""
