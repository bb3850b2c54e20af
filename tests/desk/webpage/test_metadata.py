"""What a page says of itself is found wherever publishers write it, and never breaks the form."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.webpage.metadata import PageMeta, decode_page, read_metadata
from kb.desk.webpage.page_article import page_article
from tests.text.hostile import bodies, charsets

URL = "https://example.org/2023/story"


def page(*lines, lang="en"):
    return f"<!doctype html><html lang='{lang}'><head>{''.join(lines)}</head><body></body></html>"


def ld(**node):
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def test_schema_org_metadata_is_read():
    article = {
        "@type": "NewsArticle",
        "headline": "A  headline",
        "author": [{"@type": "Person", "name": "Ann Bee"}, {"name": "Cid Dee"}],
        "publisher": {"@type": "Organization", "name": "The Paper"},
        "datePublished": "2023-12-15T23:30:00-08:00",
        "inLanguage": "en_US",
    }
    metadata = read_metadata(
        page(ld(**{"@graph": [{"@type": "WebSite", "name": "No"}, article]})), URL
    )
    assert metadata == PageMeta(
        "A headline", "The Paper", "Ann Bee, Cid Dee", "2023-12-15", "en-US", URL
    )


def test_article_metadata_comes_before_page_metadata():
    html = page(ld(**{"@type": "WebPage", "name": "Paper: a headline"}),
                ld(**{"@type": ["Report"], "headline": "A headline"}))  # fmt: skip
    assert read_metadata(html).title == "A headline"


def test_scholarly_metadata_is_read():
    html = page(
        meta("citation_title", "A study"),
        meta("citation_author", "Bee, Ann"),
        meta("citation_author", "Dee, Cid"),
        meta("citation_publication_date", "2023/04/05"),
        meta("citation_journal_title", "The Journal"),
    )
    metadata = read_metadata(html)
    assert (metadata.title, metadata.byline) == ("A study", "Bee, Ann, Dee, Cid")
    assert (metadata.published, metadata.publisher) == ("2023-04-05", "The Journal")


def test_open_graph_metadata_is_read():
    html = page("<title>A page &amp; more</title>", meta("og:site_name", "The Blog"),
                meta("article:author", "https://example.org/ann"), lang="zh-Hans")  # fmt: skip
    metadata = read_metadata(
        html.replace("<body>", "<body><time datetime='2023-05-06T01:02Z'>then</time>")
    )
    assert metadata == PageMeta("A page & more", "The Blog", "", "2023-05-06", "zh-Hans", "")


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://www.example.org/2023/story?utm_source=x", "https://www.example.org/2023/story"),
        ("https://evil.example.com/other", URL),
        ("/relative", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_canonical_address_counts_for_own_host_only(canonical, expected):
    assert read_metadata(page(f'<link rel="canonical" href="{canonical}">'), URL).url == expected


@pytest.mark.parametrize(
    "script",
    ["{", "[]", '"text"', "null", '{"@type": {"a": 1}}', "[" * 9000,
     '{"@type":"Article","headline":["x"],"author":7}'],
)  # fmt: skip
def test_invalid_json_is_ignored(script):
    html = page(f'<script type="application/ld+json">{script}</script>', "<title>T</title>")
    assert read_metadata(html).title == "T"


@pytest.mark.parametrize("title", ["a\u202eb", "a\x00b", "\ufdd0"])
def test_title_with_invalid_characters_is_left_empty(title):
    assert read_metadata(page(f"<title>{title}</title>")).title in ("", "a\ufffdb")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("café".encode("cp1252"), "windows-1252", "café"),
        ('<meta charset="gbk">字节'.encode("gbk"), "", '<meta charset="gbk">字节'),
        ("字节".encode(), "no-such-code", "字节"),
        (b"\xff\xfd", "", "\ufffd\ufffd"),
        ("caf\u00e9".encode("utf-16"), "", "caf\u00e9"),
        (codecs.BOM_UTF16_BE + "caf\u00e9".encode("utf-16-be"), "gbk", "caf\u00e9"),
        ("caf\u00e9".encode("utf-8-sig"), "windows-1252", "caf\u00e9"),
        ("a".encode("utf-16-le"), "utf-16le", "a"),
        ("囍".encode("gbk"), "gb2312", "囍"),
        ("“a”".encode("cp1252"), "iso-8859-1", "“a”"),
        ('<meta charset="utf-16">caf\u00e9'.encode(), "", '<meta charset="utf-16">caf\u00e9'),
        ('<meta charset="idna">caf\u00e9'.encode(), "hex", '<meta charset="idna">caf\u00e9'),
        ("caf\u00e9".encode(), "a\0b", "caf\u00e9"),
        (b"\xe5\xad\x97\xe5\xad", "utf-8", "\u5b57\ufffd"),
    ],
)
def test_encoding_of_page_is_recognised(body, charset, text):
    assert decode_page(body, charset) == text


@given(bodies, charsets)
def test_any_bytes_are_read_in_any_encoding(body, charset):
    html = decode_page(body, charset)
    html.encode()  # raises for half surrogate pairs, which cannot be stored
    assert isinstance(read_metadata(html, URL), PageMeta)
    assert isinstance(page_article(html), str)


@pytest.mark.parametrize("key", ["author", "@type", "publisher", "@graph", "headline"])
def test_deeply_nested_json_is_read(key):
    deep = "[" * 900 + "]" * 900
    script = f'{{"@type": "Article", "{key}": {deep}}}'
    html = page(f'<script type="application/ld+json">{script}</script>', "<title>T</title>")
    assert read_metadata(html).title == "T"


@given(st.text(max_size=300))
def test_any_page_is_read_without_error(text):
    metadata = read_metadata(page(f"<title>{text}</title>", meta("og:title", text)) + text, URL)
    assert len(metadata.title) <= 300


@pytest.mark.parametrize(
    ("head", "doi"),
    [
        ('<meta name="citation_doi" content="10.1000/ABC.182">', "10.1000/abc.182"),
        ('<meta name="DC.Identifier" content="doi:10.1000/182">', "10.1000/182"),
        ('<meta name="dc.identifier" content="https://doi.org/10.1000/182">', "10.1000/182"),
        ('<meta name="dc.identifier" content="urn:isbn:1"><meta name="citation_doi" content="">',
         ""),
        ('<script type="application/ld+json">{"@type": "ScholarlyArticle", "identifier": '
         '[{"@type": "PropertyValue", "value": "10.1000/182"}]}</script>', "10.1000/182"),
        ('<script type="application/ld+json">{"@type": "Article", "identifier": 7, '
         '"sameAs": [null, "http://dx.doi.org/10.1000/182"]}</script>', "10.1000/182"),
        ('<meta name="citation_doi" content="10.1000/1 82">', ""),
        ('<meta name="citation_doi" content="10.1/182">', ""),
        ("<p>10.1000/182</p>", ""),
    ],
)  # fmt: skip
def test_doi_is_read(head, doi):
    assert read_metadata(head).doi == doi
