"""The HTML that other sites paste to embed a page, and the panel that shows it.

The address of an embed is the page's own address below ``/embed/``, with the same parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import absolute_url, record_path, split_language
from kb.record.models import FrozenView, Revision
from kb.record.past.serving import served_time
from kb.record.query import TimelineQuery
from kb.site.http.list_order import page_order

# Without allow-same-origin, scripts in the frame have no access to either site's data.
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
# In pixels. Without the script that fits the height, the frame scrolls.
FRAME_WIDTH = 640
ENTRY_HEIGHT = 420
LIST_HEIGHT = 640
# Number of entries in an embedded timeline, which has less room than the page.
ENTRY_VIEWS = 10
THEMES = ("auto", "light", "dark")
# Without a hash in its name, because pasted code must work for years.
SCRIPT = "js/embed.js"


@dataclass(frozen=True)
class Embed:
    """A page that may be embedded; ``path`` and ``pairs`` are those of the page itself."""

    title: str
    path: str
    pairs: tuple[tuple[str, str], ...] = ()
    height: int = LIST_HEIGHT

    @property
    def page_url(self) -> str:
        return _absolute(self.path, self.pairs)

    @property
    def url(self) -> str:
        """The absolute address of the embed, for the ``src`` of the frame."""
        return _absolute(embed_path(self.path), self.pairs)

    def code(self, *, width: str = "100%", height: int = 0) -> str:
        """The HTML to paste: a frame, and an optional script that fits its height.

        ``width`` and ``height`` are attributes of the frame, in pixels or percent. The result is
        plain text, which our own pages show and do not render.
        """
        attributes = {
            "src": self.url,
            "title": f"{self.title} · {settings.SITE_NAME}",
            "width": width,
            "height": height or self.height,
            # An attribute and not a style, which the policy of the other site may forbid.
            "frameborder": 0,
            "loading": "lazy",
            "sandbox": SANDBOX,
        }
        html_attributes = " ".join(
            f'{name}="{escape(value)}"' for name, value in attributes.items()
        )
        script = escape(absolute_url(settings.STATIC_URL + SCRIPT))
        return f'<iframe {html_attributes}></iframe>\n<script async src="{script}"></script>'

    def discovery(self, form: str) -> str:
        """The absolute address of the page's oEmbed response; ``form`` is json or xml."""
        # Not made with reverse(), which would add the prefix of the language.
        return f"{settings.SITE_URL}/oembed?{urlencode({'url': self.page_url, 'format': form})}"


def embed_path(path: str) -> str:
    """The path of the embed of a page, in the language of the page."""
    _code, prefix = split_language(path)
    return f"{prefix}embed/{path.removeprefix(prefix)}"


def entry_embed(title: str, path: str) -> Embed:
    """One event or statement, or one version of it; ``path`` is the path of that page."""
    return Embed(title, path, height=ENTRY_HEIGHT)


def timeline_embed(query: TimelineQuery, path: str, *, title: str = "") -> Embed:
    """A timeline; with a ``title`` that of an incident, whose path then decides the incident.

    It starts at the first page and has fewer entries than the page, unless the query has a size.
    """
    size = query.size if query.size != TimelineQuery().size else ENTRY_VIEWS
    pairs = query.with_(size=size).pairs(page_order(path))
    own_pairs = tuple(pair for pair in pairs if not (title and pair[0] == "incident"))
    is_unfiltered = not (query.chosen or query.q or query.has_range or query.known)
    description = _("Timeline") if is_unfiltered else query.describe()
    return Embed(title or description, path, own_pairs)


def claims_embed(
    incident: Revision, query: TimelineQuery, columns: Sequence[tuple[str, str]]
) -> Embed:
    """The claims of an incident; ``columns`` are the parameters that choose columns."""
    known = [("known", query.known.edtf)] if query.known else []
    title = _("Claims: %(title)s") % {"title": incident.title}
    return Embed(title, reverse("claims", args=[incident.slug]), (*columns, *known))


def claim_embed(claim: Revision, known: FuzzyDate | None = None) -> Embed:
    """One claim with its positions; with ``known`` as known on that day."""
    pairs = (("known", known.edtf),) if known else ()
    return Embed(claim.title, record_path(claim.kind, claim.slug), pairs)


def frozen_embed(view: FrozenView, title: str) -> Embed:
    """The first entries of a frozen list, which is called ``title``."""
    return Embed(title, reverse("frozen-list", args=[view.public_id]))


class EmbedPanel(TypedDict):
    """The context of ``_embed.html`` and of the discovery links in the head.

    ``frozen`` is the code for this version only, "" if the page has none. ``is_version``: the
    code itself is for one version.
    """

    title: str
    code: str
    frozen: str
    preview: str
    json: str
    xml: str
    has_size: bool
    is_version: bool


def embed_panel(embed: Embed, *, version_path: str = "", is_version: bool = False) -> EmbedPanel:
    """The panel of an embed; ``version_path`` is the page of this version of the record.

    ``is_version`` says that the embed is that of one version.
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
        "is_version": is_version,
    }


def _absolute(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    return absolute_url(path) + _query(pairs)


def _query(pairs: Sequence[tuple[str, str]]) -> str:
    when = served_time()
    if when and "on" not in dict(pairs):
        pairs = [*pairs, ("on", when.text)]
    return f"?{urlencode(pairs)}" if pairs else ""
