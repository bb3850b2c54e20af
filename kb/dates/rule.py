"""One row of the table of rules for reading dates."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is written, how it is read, and examples of (text, EDTF), English first.

    A proposal reads words that depend on the day of their source. Its examples are read in a source
    of ``proposals.EXAMPLE_DAY``, and an editor has to accept it.
    """

    id: str
    written: str | Promise
    read_as: str | Promise
    examples: tuple[tuple[str, str], ...]
    is_proposal: bool = False

    @property
    def example(self) -> str:
        """The text of the first example in the language of the page."""
        return self._first_example[0]

    @property
    def example_edtf(self) -> str:
        """The EDTF of that example."""
        return self._first_example[1]

    @property
    def _first_example(self) -> tuple[str, str]:
        """The first example in the language of the page, or in English."""
        if (get_language() or "").startswith("zh"):
            chinese = (row for row in self.examples if re.search("[\u4e00-\u9fff]", row[0]))
            return next(chinese, self.examples[0])
        return self.examples[0]
