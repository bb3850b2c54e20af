"""Cleans texts of a row of a file, and collects what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from kb.text.clean import TextError, clean_line, clean_text, length_problem

MAX_NAME_LENGTH = 200


class Cleaner:
    """Cleans the texts of one row, and collects the reasons why some cannot be stored."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def line(self, name: str, text: str, max_length: int = 0) -> str:
        """A text of one line. ``name`` is the field that a reason names."""
        if not text:
            return ""
        cleaned = self._clean(name, text, clean_line)
        if max_length and len(cleaned) > max_length:
            self.reasons.append(
                f"{name}: “{cleaned[:40]}…” is too long. The maximum is {max_length} characters."
            )
        return cleaned

    def text(self, name: str, text: str) -> str:
        """A text of several lines."""
        if problem := length_problem(text):
            self.reasons.append(f"{name}: {problem}")
            return ""
        return self._clean(name, text, clean_text)

    def lines(self, name: str, texts: Collection[str], max_length: int) -> tuple[str, ...]:
        """Each distinct line that is not empty."""
        if not texts:
            return ()
        cleaned = (self.line(name, text, max_length) for text in texts)
        return tuple(dict.fromkeys(text for text in cleaned if text))

    def _clean(self, name: str, text: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(text) if text else ""
        except TextError as problem:
            self.reasons.append(f"{name}: {problem}")
            return ""
