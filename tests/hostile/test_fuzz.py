"""Random queries and paths for every public address: never a status from 500.

``FUZZED_QUERIES`` sets how many are sent. The seed is printed with a failure, and repeats it as
``FUZZ_SEED``.
"""

from __future__ import annotations

import os
import random
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client

from kb.record.filters import PARAMETERS
from tests import addresses
from tests.make import publish_each_kind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
QUERIES = int(os.environ.get("FUZZED_QUERIES", "500"))
SEED = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
SLUG = "story"
# What parsers of numbers, dates, search words and marks of pages have failed for elsewhere.
PIECES = (
    "", " ", "0", "-1", "9" * 31, "1e400", "NaN", "Infinity", "0x1", "１２", "²", "0000", "99999",
    "2023-02-30", "2023-13", "-0001", "24:00", "null", "None", "true", "[]", "{}", "[0]", "a[]",
    "'", '"', "''; --", "\\", "%", "%%", "_", "*", "?", "(", "((((", "+", "|", "^", "$", "~", "AND",
    "OR NOT", "NEAR(", '"" ""', "a*b", "-a", ":", "::", "/", "//", "..", "../..", ";", "&", "=",
    "<script>", "{{7*7}}", "${7}", "\u202e", "\u200d", "\ufeff", "\u0301" * 9, "ﷺ", "字节", "م",
    "\U0001f469\u200d\U0001f52c", "\uffff", "İ", "ß", "ﬁ", "ǅ", "\u00a0", "\u2028", "eyJhIjogMX0=",
    "a" * 900, "certain", "asc", "-id", "pk", "id__in", "http://127.0.0.1/", "javascript:1",
)  # fmt: skip
RAW = (b"\x00", b"\x1b", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\r\nX: y", b"\xe5\xad", b"\x7f")
NAMES = (*PARAMETERS, "size", "after", "before", "order", "page", "later", "raw", "lang", "a", "b",
         "url", "format", "token", "match", "")  # fmt: skip
METHODS = ("GET",) * 8 + ("HEAD", "OPTIONS")


def value(dice: random.Random) -> str:
    """A percent-encoded value: pieces one after another, sometimes with bytes that are no text."""
    text = quote("".join(dice.choices(PIECES, k=dice.randint(1, 4))), safe="")
    if dice.random() < 0.1:
        text += quote_from_bytes(dice.choice(RAW))
    if dice.random() < 0.05:
        text += dice.choice(("%", "%z", "%u0000", "\xff"))
    return text


def query(dice: random.Random) -> str:
    pairs = []
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        name = dice.choice(NAMES) if dice.random() < 0.9 else value(dice)
        pairs.append(f"{name}={value(dice)}")
    return "&".join(pairs)


def test_no_random_query_is_an_error_of_the_server(record_property):
    publish_each_kind(SLUG)
    visitor, dice = Client(raise_request_exception=False), random.Random(SEED)
    public = addresses.public()
    refused, failed = 0, []
    for number in range(QUERIES):
        address = public[number % len(public)]
        path = address.record_path(SLUG)
        if address.converters and dice.random() < 0.2:
            path = path.replace(SLUG, value(dice).replace("\xff", ""))
        method, words = dice.choice(METHODS), query(dice)
        response = visitor.generic(method, path, QUERY_STRING=words)
        if response.streaming:
            # Rows are read while they are sent.
            b"".join(response.streaming_content)
        refused += 400 <= response.status_code < 500
        # oEmbed answers 501 for a format that it does not have.
        if response.status_code >= 500 and response.status_code != 501:
            failed.append(f"{response.status_code} {method} {path}?{words}")
    record_property("queries sent", QUERIES)
    record_property("of them refused", refused)
    record_property("status from 500", len(failed))
    assert failed == [], f"FUZZ_SEED={SEED}"
    assert 0 < refused < QUERIES
