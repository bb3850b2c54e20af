"""Markup that runs scripts in browsers, in a thousand spellings, is text or harmless after all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import html5lib
import pytest

from kb.text.html import html_to_markdown
from kb.text.markdown import TAGS, MarkdownError, render_markdown

SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "\x01javascript:alert(1)", " javascript:alert(1)", "&#106;avascript:alert(1)",
    "&#x6a;avascript&colon;alert(1)", "javascript&#58;alert(1)", "java&Tab;script:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)", "file:///etc/passwd", "blob:x", "view-source:javascript:alert(1)",
    "//evil.example/x.js", "http:javascript:alert(1)", "javascript\u200b:alert(1)",
    "ｊavascript:alert(1)",
)  # fmt: skip
LINKS = ("[a]({})", "[a](<{}>)", "![a]({})", '[a]({} "t")', "<{}>", "[a]\n\n[a]: {}",
         '<a href="{}">a</a>', "<a href='{}'>a</a>", "<a href={}>a</a>", '<iframe src="{}">',
         '<form action="{}"><button>a</button></form>', '<svg><a xlink:href="{}">a</a></svg>',
         '<math href="{}">a</math>', '<object data="{}">', '<base href="{}">',
         '<meta http-equiv="refresh" content="0;url={}">')  # fmt: skip
TAG_NAMES = ("script", "img", "svg", "math", "iframe", "object", "embed", "video", "audio", "body",
             "input", "details", "style", "link", "template", "noscript", "textarea", "xmp", "p",
             "x", "ScRiPt", "a", "marquee", "select")  # fmt: skip
HANDLERS = ("onerror=alert(1)", "onload=alert(1)", "ONERROR=alert(1)", "onfocus=alert(1) autofocus",
            "ontoggle=alert(1) open", "style=background:url(javascript:alert(1))",
            "srcdoc='<script>alert(1)</script>'", "src=x/onerror=alert(1)")  # fmt: skip
SHAPES = ("<{tag} {attribute}>", "<{tag}/{attribute}>", "<{tag}\n{attribute}",
          "<{tag} x=`{attribute}`>", "**<{tag} {attribute}>**")  # fmt: skip
BREAKS = ("<scr<script>ipt>alert(1)</script>", "<!--><img src=x onerror=alert(1)>",
          "<![CDATA[<img src=x onerror=alert(1)>]]>", "</p><script>alert(1)</script>",
          "```\n</code><script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
          "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
          "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
          "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>")  # fmt: skip


def corpus() -> Iterator[str]:
    for link, scheme in itertools.product(LINKS, SCHEMES):
        yield link.format(scheme)
    for shape, tag, attribute in itertools.product(SHAPES, TAG_NAMES, HANDLERS):
        yield shape.format(tag=tag, attribute=attribute)
    yield from BREAKS


def active_parts(html: str) -> list[str]:
    """The elements, attributes and addresses that a browser would act on, by an HTML5 parser."""
    found = []
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str) or element.tag == "DOCUMENT_FRAGMENT":
            continue
        if element.tag not in TAGS:
            found.append(f"<{element.tag}>")
        for name, value in element.attrib.items():
            # A title is text that a browser shows.
            if name not in ("href", "rel", "title"):
                found.append(f"{element.tag} {name}")
            elif name == "href" and not value.startswith(("http://", "https://", "mailto:")):
                found.append(f"href {value}")
    return found


def rendered(text: str) -> str:
    try:
        return render_markdown(text)
    except MarkdownError:
        return ""


@pytest.mark.slow
def test_nothing_active_remains_of_any_spelling(record_property):
    texts = list(dict.fromkeys(corpus()))
    found = {}
    for text in texts:
        # Typed by an editor, and in a page or a file that is imported.
        for way, html in (("typed", rendered(text)), ("read", rendered(html_to_markdown(text)))):
            if parts := active_parts(html):
                found[way, text] = parts
    record_property("texts", len(texts))
    record_property("active parts", len(found))
    assert found == {}
    assert len(texts) >= 1_000


@pytest.mark.parametrize(
    "html", ["<script>", "<p onclick=x>", '<a href="javascript:x">', "<svg><p>", '<a href="//x">']
)
def test_the_measure_finds_what_it_should(html):
    assert active_parts(html) != []
    assert active_parts('<p>a <a href="https://x.example" rel="nofollow">b</a></p>') == []
