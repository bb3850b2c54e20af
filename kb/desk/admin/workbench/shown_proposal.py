"""A proposal as the workbench shows it, whichever rule it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from kb.record.vocabulary import Label


@dataclass(frozen=True)
class ShownProposal:
    """A proposal on the page. All positions count the characters of the text.

    - ``kind`` is the kind of fact that it becomes, from the passage ``start`` to ``end``;
    - ``basis`` is the kind of the engine, whose words are ``words_start`` to ``words_end``;
    - ``summary`` says what it would become, and ``reason`` why;
    - ``new_names`` are the names of the actors that are created with it;
    - it ``is_ready`` if it can become a draft as it is.
    """

    kind: str
    start: int
    end: int
    basis: str
    words_start: int
    words_end: int
    paragraph: int
    sentence: str
    summary: str
    reason: Label
    is_certain: bool
    is_ready: bool = False
    new_names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.start}-{self.end}-{self.kind}"
