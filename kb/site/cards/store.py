"""Cards that were drawn, in memory. One card is drawn at a time in a process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from kb.site.cards.card import Card
from kb.site.cards.drawing import card_png

MAX_CARDS = 200  # some 20 kB each
_cards: OrderedDict[str, bytes] = OrderedDict()
# A drawing takes a processor for up to 150 ms, and a font is not safe in several threads at once.
_lock = Lock()


def drawn_card(card: Card) -> bytes:
    """The card as a PNG file, from memory if the same one was drawn before."""
    key = repr(card)
    with _lock:
        png = _cards.pop(key, None) or card_png(card)
        _cards[key] = png
        while len(_cards) > MAX_CARDS:
            _cards.popitem(last=False)
    return png
