"""Situations of how news travels, with invented names, for tests through forms and imports.

Each has the text that is shown and the carriers' citations, the first of which is quoted.
"""

from __future__ import annotations

from typing import NamedTuple


class Carrier(NamedTuple):
    """One source, and how it gives the words."""

    name: str
    exact: str = ""
    wording: str = "original"
    language: str = "en"
    translator: str = ""
    via: str = ""
    said: str = ""
    addressee: str = ""
    verdict: str = "shown"
    words: str = ""  # how the margin says it


class Situation(NamedTuple):
    text: str
    carriers: tuple[Carrier, ...]
    label: str = ""


SHOWN = "the words shown"
WORDS = "We have paused the Widget 3 while we check a fault. No customer was hurt."
PLANET = Carrier("The Daily Planet", WORDS, words=SHOWN)

SITUATIONS: dict[str, Situation] = {
    "original and back-translation": Situation(
        WORDS,
        (
            PLANET,
            Carrier(
                "Springfield Shopper",
                "We have stopped the Widget 3 while we check a fault. No customer was injured.",
                "back_translated",
                verdict="differs",
                words="differs in 2 words",
            ),
        ),
    ),
    "carriers that altered words": Situation(
        WORDS,
        (
            PLANET,
            Carrier(
                "Gotham Gazette",
                "We have paused the Widget 3 while we check a fault. No user was hurt.",
                "reworded",
                verdict="differs",
                words="differs in 1 word",
            ),
            Carrier("Duckburg Bugle", WORDS, verdict="same", words="same words"),
            Carrier(
                "Metro Wire",
                "We have paused the Widget 3 … No customer was hurt.",
                verdict="same_with_cuts",
                words="same words, with a cut",
            ),
        ),
    ),
    "an inserted not": Situation(
        "We will repay the customers.",
        (
            Carrier("The Daily Planet", "We will repay the customers.", words=SHOWN),
            Carrier(
                "Gotham Gazette",
                "We will not repay the customers.",
                verdict="differs",
                words="differs in 1 word",
            ),
        ),
    ),
    "one that relays two others": Situation(
        WORDS,
        (
            Carrier("Gotham Gazette", WORDS, "back_translated", words=SHOWN),
            Carrier("Smallville Post", via="Gotham Gazette", wording="", language="",
                    verdict="relayed", words="as cited in Gotham Gazette; not read by us"),
            Carrier("Metro Wire", via="Gotham Gazette", wording="", language="",
                    verdict="relayed", words="as cited in Gotham Gazette; not read by us"),
        ),
        "Back-translated: not the exact words",
    ),
    "six outlets with their dates": Situation(
        WORDS,
        (
            PLANET,
            *(
                Carrier(
                    f"Outlet {number}",
                    WORDS,
                    said=f"2026-03-0{number}",
                    addressee=f"Addressee {number}",
                    verdict="same",
                    words="same words",
                )
                for number in range(1, 6)
            ),
        ),
    ),
    "original beside a translation": Situation(
        WORDS,
        (
            Carrier("The Daily Planet", WORDS, "translated", "en", "Baz Kent", words=SHOWN),
            Carrier(
                "城市日报",
                "我们已暂停小部件3。没有客户受伤。",
                "original",
                "zh-Hans",
                verdict="other_language",
                words="in Simplified Chinese",
            ),
        ),
        "Translated by the carrier",
    ),
}  # fmt: skip
