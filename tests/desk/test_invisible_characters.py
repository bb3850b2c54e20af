"""Every invisible character that a text may not contain has one name for editors."""

from __future__ import annotations

import re

import pytest

from kb.desk.invisible_characters import INVISIBLE_CHARACTERS
from kb.text.clean import TextError, clean_text


def python_pattern(pattern):
    """The same regular expression for Python, which writes code points above U+FFFF otherwise."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: rf"\U{int(match[1], 16):08x}", pattern)


PATTERNS = [re.compile(python_pattern(kind.pattern)) for kind in INVISIBLE_CHARACTERS]


def is_refused(text):
    try:
        clean_text(text)
    except TextError:
        return True
    return False


def test_named_characters_are_those_that_are_refused():
    # Without noncharacters, combining marks, half surrogate pairs and the two line ends.
    for code in (*range(0xD800), *range(0xE000, 0xFDD0), *range(0xFE00, 0xFFFE), 0xE0001, 0xE007F):
        character = chr(code)
        names = [pattern for pattern in PATTERNS if pattern.search(f"a{character}b")]
        is_named = is_refused(f"a{character}b") and character not in "\r\u2028\u2029"
        assert len(names) == is_named, hex(code)


@pytest.mark.parametrize(
    ("text", "is_stray"),
    [
        ("a\u200db", True),
        ("\u200d\u0645", True),
        ("\u0645\u200c\u062e", False),
        ("\U0001f469\u200d\U0001f680", False),
    ],
)
def test_joiner_is_named_where_no_script_needs_it(text, is_stray):
    assert any(pattern.search(text) for pattern in PATTERNS) == is_stray == is_refused(text)
