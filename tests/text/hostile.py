"""Texts and bytes from outside that parsers and decoders have failed for."""

from __future__ import annotations

from hypothesis import strategies as st

# Pieces of HTML without an end, or that no standard allows.
MARKUP = (
    "<![", "<![x", "<![x[", "<![a;", "<![CDATA", "<![CDATA[", "<![if IE]>", "<![ >", "<![;>",
    "<!DOCTYPE", "<!DOCTYPE [", "<!", "<!-", "<!--", "-->", "<!ELEMENT", "<?", "</", "</a",
    "<a ", "<a b='", "<a b=", "]]>", "]>", ">", "<", "&#" + "9" * 5_000 + ";", "&#xd800;",
    "&#" + "0" * 5_000 + "65;", "<script>", "</script", "<title>", "</title>", "<article>", "<p>",
    "<svg>", "</svg>", "<h1>", '<script type="application/ld+json">', "\0", "x", " ", "'", '"',
)  # fmt: skip
# Names of codecs of Python that are not for files, and names that no encoding has.
CHARSETS = (
    "hex", "base64", "rot13", "uu", "zip", "bz2", "idna", "punycode", "undefined", "utf-7",
    "unicode_escape", "raw_unicode_escape", "charmap", "mbcs", "a\0b", "x" * 100_000, "\ud800",
    "é", "..", "aliases", "__init__", "klingon", "",
)  # fmt: skip
TEXT_CHARSETS = (
    "utf-8", "UTF-8", "utf8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin1", "ascii",
    "gb2312", "gb18030", "big5", "shift_jis", "iso-2022-jp", "hz", "cp1252",
)  # fmt: skip

pages = st.lists(st.sampled_from(MARKUP) | st.text(max_size=5), max_size=12).map("".join)
charsets = st.sampled_from(CHARSETS + TEXT_CHARSETS) | st.text(max_size=20)
_marks = st.sampled_from((b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xef\xbb"))
_cut = st.sampled_from((b"", b"\xe5\xad", b"\x81", b"\xd8\x00", b"\xed\xa0\x80", b"+AGE", b"~{"))
bodies = st.builds(
    lambda mark, page, codec, odd, end: (
        mark + page.encode(codec, "replace") + odd + end
    ),
    _marks,
    pages,
    st.sampled_from(("utf-8", "utf-16-le", "utf-16", "gb18030", "cp1252", "iso-2022-jp")),
    st.binary(max_size=20),
    _cut,
)  # fmt: skip
