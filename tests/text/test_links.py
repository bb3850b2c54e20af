"""Which URLs may be shown, which are the same page, and links to a passage."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.ip_addresses import allowed_network
from kb.text.links import (
    MAX_URL_LENGTH,
    LinkError,
    canonical_url,
    is_private_url,
    safe_url,
    text_fragment,
)

SAMPLES = Path(__file__).parents[1] / "samples" / "addresses"


def test_safe_canonical_and_text_fragment_urls():
    assert safe_url(" https://example.org/a?b#c ") == "https://example.org/a?b#c"
    url = "HTTPS://Example.ORG.:443/a/../b?utm_source=x&id=1#part"
    assert canonical_url(url) == "https://example.org/b?id=1"
    assert text_fragment("https://a.example/", "so it is") == (
        "https://a.example/#:~:text=so%20it%20is"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Enter the full URL"),
        ("example.org/a", "Enter the full URL"),
        ("//example.org", "Enter the full URL"),
        ("javascript:alert(1)", "Enter the full URL"),
        ("ftp://example.org/", "Enter the full URL"),
        ("https:///path", "Enter the full URL"),
        ("https://user@example.org/", "username"),
        ("https://user:pass@example.org/", "username"),
        ("https://@example.org/", "username"),
        ("https://example.org/a b", "space"),
        ("https://example.org/\x00", "invisible character"),
        ("https://example.org\\@evil.example/", "invisible character"),
        ("https://example.org/\u202efdp", "invisible character"),
        ("https://exam\u200bple.org/", "invisible character"),
        ("https://example.org/\ud800", "invisible character"),
        ("java\nscript:alert(1)", "invisible character"),
        ("https://example.org:99999/", "not a valid URL"),
        ("https://[::1", "not a valid URL"),
        ("https://localhost/", "full domain name"),
        ("http://U", "full domain name"),
        ("https://exam%70le.org/", "is not valid in a domain name"),
        ("https://-a.example/", "is not valid in a domain name"),
        ("https://a..example/", "is not valid in a domain name"),
        ("https://registration–form.example/", "is not valid in a domain name"),
        ("http://2130706433/", "valid IP address"),
        ("http://0x7f.1/", "valid IP address"),
        ("http://127.1/", "valid IP address"),
        ("http://a.example/1|http://b.example/2", "only one URL"),
        ("https://example.org/" + "a" * MAX_URL_LENGTH, "2,048"),
        ("https://example.org/" + "|" * 1000, "2,048"),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_unsafe_url_is_refused_with_the_reason(text, why):
    for check in (safe_url, canonical_url):
        with pytest.raises(LinkError, match=why):
            check(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("http://example.org", "http://example.org/"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("https://www.example.org/A/", "https://www.example.org/A/"),
        ("https://example.org/?b=2&a=1&b=", "https://example.org/?b=2&a=1&b="),
        ("https://example.org/?utm_source=x&UTM_Medium=y&fbclid=z", "https://example.org/"),
        ("https://example.org/?utm%5Fsource=x&q=utm_source", "https://example.org/?q=utm_source"),
        ("https://example.org/?ref=a&source=b", "https://example.org/?ref=a&source=b"),
        ("https://example.org/?", "https://example.org/"),
        ("https://example.org/?&&a", "https://example.org/?a"),
        ("https://example.org/?/2006/post.html", "https://example.org/?/2006/post.html"),
        ("https://example.org/a#b", "https://example.org/a"),
        ("https://example.org/a#:~:text=b", "https://example.org/a"),
        ("https://example.org/a#!/116848/bf", "https://example.org/a#!/116848/bf"),
        ("https://example.org/#/post/1", "https://example.org/#/post/1"),
        ("https://example.org/%7euser/%e4%b8%ad", "https://example.org/~user/%E4%B8%AD"),
        ("https://example.org/中?q=中 ".strip(), "https://example.org/%E4%B8%AD?q=%E4%B8%AD"),
        ("https://example.org/50%/%4%31", "https://example.org/50%25/%2541"),
        ("https://example.org/a/./b/../../c/..", "https://example.org/"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org/x?{a}|b", "https://example.org/x?%7Ba%7D%7Cb"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://中国。example/", "https://xn--fiqs8s.example/"),
        ("https://ｅｘａｍｐｌｅ.org/", "https://example.org/"),
        ("https://[2001:DB8::0:1]:443/", "https://[2001:db8::1]/"),
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("https://a_b.example.org/", "https://a_b.example.org/"),
        ("https://web.archive.org/web/2021/https://a.example/?b#c",
         "https://web.archive.org/web/2021/https://a.example/?b"),
    ],
)  # fmt: skip
def test_url_has_one_canonical_spelling(text, canonical):
    assert canonical_url(text) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://example.org/", "https://example.org/"),
        ("https://example.org/", "https://www.example.org/"),
        ("https://example.org/a", "https://example.org/a/"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/?a&b", "https://example.org/?b&a"),
    ],
)
def test_urls_of_different_pages_stay_different(first, second):
    assert canonical_url(first) != canonical_url(second)


part = st.text(alphabet="a/.%24?&=#!:@[]|中é_ utm", max_size=20)


@given(st.builds("https://{}{}".format, st.sampled_from(["a.example", "中.example", "1.2"]), part))
def test_canonical_url_is_stable(text):
    try:
        once = canonical_url(text)
    except LinkError as problem:
        assert str(problem).endswith(".")
    else:
        assert canonical_url(once) == once
        assert once.isascii()


@given(st.text())
def test_any_text_is_a_url_or_raises_link_error(text):
    for prefix in ("", "https://", "https://a.example/"):
        try:
            assert urlsplit(canonical_url(prefix + text)).scheme in ("http", "https")
        except LinkError as problem:
            assert str(problem).endswith(".")


@pytest.mark.parametrize(
    ("exact", "fragment"),
    [
        ("a-b, c & d", "a%2Db%2C%20c%20%26%20d"),
        ("  two\u00a0 words ", "two%20words"),
        ("字节跳动", "%E5%AD%97%E8%8A%82%E8%B7%B3%E5%8A%A8"),
        ("first line\nsecond line", "first%20line,second%20line"),
        ("it began … and ended", "it%20began,and%20ended"),
        ("it began [...] and ended", "it%20began,and%20ended"),
    ],
)
def test_text_fragment_has_the_words(exact, fragment):
    assert text_fragment("https://a.example/b", exact) == f"https://a.example/b#:~:text={fragment}"
    assert text_fragment("https://a.example/#!b", exact) == (
        f"https://a.example/#!b:~:text={fragment}"
    )


def test_long_passage_is_given_by_its_ends():
    exact = "The company said on Friday that it would look into every one of the reports " * 3
    start, end = text_fragment("https://a.example/", exact).partition("text=")[2].split(",")
    assert exact.startswith(unquote(start))
    assert exact.strip().endswith(unquote(end))
    assert exact[len(unquote(start))] == " "
    assert 0 < len(unquote(start)) <= 40


def test_url_without_words_is_unchanged():
    assert text_fragment("https://a.example/", " … ") == "https://a.example/"
    assert text_fragment("", "words") == ""


@given(st.text())
def test_any_words_give_a_valid_fragment(exact):
    try:
        url = text_fragment("https://a.example/", exact)
    except UnicodeEncodeError:
        assert any("\ud800" <= character <= "\udfff" for character in exact)
    else:
        assert url.isascii()
        assert not any(character in url for character in " <>\"'")


def sample(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", sample("spellings.tsv"), ids=lambda row: row["spellings"][:40])
def test_spellings_of_a_page_become_one(row):
    """Each row has several spellings, and how many pages they are."""
    canonical, refused = set(), []
    for url in row["spellings"].split(" "):
        try:
            canonical.add(canonical_url(url))
        except LinkError as problem:
            assert "only one URL" in str(problem), url
            refused.append(url)
    assert all("|" in url for url in refused)
    assert {canonical_url(url) for url in canonical} == canonical
    assert len(canonical) == int(row["pages"])


# The reason for each kind of odd address.
REASONS = {
    "nested": "only one URL|space",
    "space": "space",
    "host": "full domain name|Enter the full URL|is not valid in a domain name|valid IP address",
    "scheme": "Enter the full URL|space",
    "user": "Enter the full URL|username",
    "long": "2,048",
}


@pytest.mark.parametrize("row", sample("odd.tsv"))
def test_odd_addresses_are_accepted_or_refused_as_listed(row):
    url = row["address"]
    if row["outcome"] == "kept":
        assert canonical_url(canonical_url(url)) == canonical_url(url)
    else:
        with pytest.raises(LinkError, match=REASONS[row["kind"]]):
            canonical_url(url)


def test_hosts_are_read_as_in_browsers():
    """By the URL standard; an empty host is an address that browsers refuse."""
    hosts = json.loads((SAMPLES / "hosts.json").read_text(encoding="utf-8"))
    read = {}
    for address in hosts:
        with suppress(LinkError):
            read[address] = urlsplit(canonical_url(address)).netloc
    assert len(read) > 30
    assert read == {address: hosts[address] for address in read}


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://example.org/a", False),
        ("http://93.184.216.34/", False),
        ("http://127.0.0.1:8000/", True),
        ("http://[::1]/", True),
        ("http://10.0.0.1/", True),
        ("http://169.254.169.254/latest", True),
        ("http://localhost/", True),
        ("http://a.localhost./", True),
        ("http://printer/", True),
        ("http://wiki.internal/", True),
        ("http://2130706433/", True),
        ("http://0x7f.1/", True),
        ("http://017700000001/", True),
        ("http://127.1/", True),
        ("http://１２７.０.０.１/", True),
        ("http://127。0。0。1/", True),
        ("http://a。localhost/", True),
        ("http://192.0.0.8/", True),
        ("http://224.0.0.1/", True),
        ("http://[::ffff:93.184.216.34]/", True),
        ("http://[64:ff9b::a00:1]/", True),
        ("http://[fe80::1%25eth0]/", True),
        ("http://[2606:2800:220:1::1]/", False),
    ],
)
def test_private_urls_are_recognised(url, inside):
    assert is_private_url(url) is inside


def test_allowed_network_counts_as_public():
    allowed = [allowed_network("127.0.0.1/32"), allowed_network("[fd00::1]:8080")]
    assert not is_private_url("http://127.0.0.1/", allowed)
    assert not is_private_url("http://[fd00::1]:8080/", allowed)
    assert is_private_url("http://127.0.0.1:8080/", allowed)
    assert is_private_url("http://127.0.0.2/", allowed)
    assert is_private_url("http://[fd00::1]/", allowed)
