"""Pages rewritten for a mirror."""

from __future__ import annotations

import pytest

from kb.mirror.links import PageNote, PageNotRewritable, css_addresses, rewrite_page

PAGE, FILE = "/events/a/", "events/a/index.html"


def rewritten(html: str, **options) -> str:
    return rewrite_page(html, PAGE, FILE, **options).html


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ('<a href="/">x</a>', '<a href="../../index.html">x</a>'),
        ("<a class=b href='/timeline/#x'>x</a>",
         '<a class=b href="../../timeline/index.html#x">x</a>'),
        ('<a href="/timeline/?after=1" rel="next nofollow">x</a>',
         '<a href="../../timeline/-/after=1/index.html" rel="next nofollow">x</a>'),
        ('<a href="#x">x</a>', '<a href="#x">x</a>'),
        ('<a href="https://other.example/a">x</a>', '<a href="https://other.example/a">x</a>'),
        ('<a href="//other.example/a">x</a>', '<a href="//other.example/a">x</a>'),
        ('<a title="href=&quot;/&quot;" href="/about/">x</a>',
         '<a title="href=&quot;/&quot;" href="../../about/index.html">x</a>'),
        ('<a href="/search/?q=a">x</a>', '<a href="../../search/index.html?q=a">x</a>'),
        ('<a href="/zh-hans/events/a/">x</a>', '<a href="../../zh-hans/events/a/index.html">x</a>'),
    ],
)  # fmt: skip
def test_links_lead_to_files(html, result):
    assert rewritten(html) == result


def test_filters_lead_to_the_page_that_names_the_live_site():
    html = rewritten('<a href="/timeline/?actor=a&amp;kind=b">x</a>')
    assert html == '<a href="../../copy/index.html#/timeline/?actor=a&amp;kind=b">x</a>'


def test_links_into_the_middle_of_a_list_need_the_live_site():
    html = rewritten('<a href="/timeline/?after=1">1912</a>')
    assert html == '<a href="../../copy/index.html#/timeline/?after=1">1912</a>'


def test_what_programs_read_names_the_live_site(settings):
    html = rewritten('<link rel="alternate" href="/oembed?url=a">')
    assert f'href="{settings.SITE_URL}/oembed?url=a"' in html


def test_search_forms_lead_to_the_search_of_the_mirror():
    html = rewritten('<form class="search" action="/search/" method="get"><input name="q"></form>')
    assert html == (
        '<form action="../../search/index.html" method="get" class="search"><input name="q"></form>'
    )


@pytest.mark.parametrize("form", ['action="/timeline/"', 'action="/timeline/" method="post"'])
def test_other_forms_say_which_page_they_are_for(form):
    html = rewritten(f"<form {form}></form>")
    assert 'action="../../copy/index.html" method="get"' in html
    assert '<input type="hidden" name="page" value="/timeline/">' in html
    assert "post" not in html


def test_scripts_that_ask_the_site_go_and_others_stay():
    html = (
        '<script type="module" src="/static/js/timeline.0a1b.js"></script>'
        '<script src="/static/js/quoting.js"></script>'
    )
    assert rewritten(html) == '<script src="../../static/js/quoting.js"></script>'


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html>\n<!-- a --><p>&amp; &#39; &nbsp; ‘’ <br><br/></p>",
        '<svg viewBox="0 0 1 1"><linearGradient id="a"></linearGradient></svg>',
        '<script type="application/ld+json">{"url": "/a", "b": "\\u003C/b"}</script>',
        "<textarea>\n &lt;a href=x </textarea>",
        "<p>1 < 2</p>",
    ],
)
def test_all_else_is_copied(html):
    assert rewritten(html) == html


def test_markup_that_cannot_be_copied_is_refused():
    with pytest.raises(PageNotRewritable):
        rewritten("<p>&amp</p><![CDATA[x")


def test_note_stands_before_the_content():
    note = PageNote("<p>Copy</p>", "static/css/site-mirror.css")
    html = rewritten('<link rel="stylesheet" href="/static/css/site.css"><main>x</main>', note=note)
    assert "<p>Copy</p><main>" in html
    assert '<link rel="stylesheet" href="../../static/css/site-mirror.css">' in html


def test_links_of_error_pages_begin_at_the_path_of_the_mirror():
    page = rewrite_page('<a href="/timeline/">x</a>', "/404.html", "404.html", base="/mirror/")
    assert page.html == '<a href="/mirror/timeline/index.html">x</a>'


def test_pages_name_the_addresses_that_are_needed():
    html = '<a href="/about/#a">x</a><a href="/about/">x</a><a href="/timeline/?actor=a">x</a>'
    assert rewrite_page(html, PAGE, FILE).addresses == ("/about/",)


def test_stylesheets_name_their_files():
    css = (
        "@font-face { src: url('../fonts/a.woff2') format('woff2') } p { background: url(data:x) }"
    )
    assert css_addresses(css, "/static/css/site.css") == ["/static/fonts/a.woff2"]
