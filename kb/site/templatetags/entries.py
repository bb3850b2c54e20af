"""The entries of a list, from memory where the same row has been rendered before."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kb.record.rendering import HtmlRow
from kb.record.role_words import role_phrases
from kb.site.pages.entry_fragments import entry_html, without_empty_lines

register = template.Library()
register.filter("role_phrases", role_phrases)


@register.simple_tag
def entry(row: HtmlRow, level: int = 5) -> SafeString:
    """An entry, with a heading of this level."""
    return entry_html(row, level)


@register.filter
def summary_element(html: SafeString) -> SafeString:
    """A summary in an element of its class; a single paragraph is that element itself."""
    is_paragraph = html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1
    if is_paragraph:
        return mark_safe('<p class="summary">' + html[len("<p>") :])  # noqa: S308
    return format_html('<div class="summary">{}</div>', html)


class CompactNode(template.Node):
    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes

    def render(self, context: template.Context) -> SafeString:
        return without_empty_lines(self.nodes.render(context))


@register.tag
def compact(parser: template.base.Parser, _token: template.base.Token) -> CompactNode:
    """Render what stands up to ``endcompact`` without empty lines. It must not contain <pre>."""
    nodes = parser.parse(("endcompact",))
    parser.delete_first_token()
    return CompactNode(nodes)
