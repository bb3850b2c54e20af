"""Several names as words, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import pgettext


def join_names(names: Sequence[str]) -> str:
    """Names as words: "A", "A and B", "A, B and C"; "" without names."""
    if len(names) < 2:
        return "".join(names)
    beginning = pgettext("between names", ", ").join(names[:-1])
    return pgettext("names", "%(names)s and %(last)s") % {"names": beginning, "last": names[-1]}
