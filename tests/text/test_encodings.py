"""A name of an encoding from outside is that of a text encoding, or unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.encodings import text_codec
from tests.text.hostile import CHARSETS, TEXT_CHARSETS, charsets


@pytest.mark.parametrize("name", TEXT_CHARSETS)
def test_text_encoding_is_known(name):
    assert text_codec(name)


@pytest.mark.parametrize("name", CHARSETS)
def test_name_of_no_text_encoding_is_unknown(name):
    assert text_codec(name) == ""


def test_codec_has_one_name():
    assert {text_codec(name) for name in ("UTF8", " utf-8 ", "utf_8", "U8")} == {"utf-8"}


@given(charsets, st.binary(max_size=40))
def test_every_known_encoding_reads_any_bytes(name, content):
    codec = text_codec(name)
    if codec:
        assert isinstance(content.decode(codec, errors="replace"), str)
