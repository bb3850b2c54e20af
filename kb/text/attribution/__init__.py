"""Quotations and reported words in the text of an article, with their speakers.

``propose`` reads the text alone, by rules, and says why it proposes each.
"""

from kb.text.attribution.proposal import Proposal
from kb.text.attribution.proposals import propose
from kb.text.attribution.speakers import Speaker

__all__ = ["Proposal", "Speaker", "propose"]
