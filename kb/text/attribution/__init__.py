"""Quotations and reported words in the text of an article, with their speakers.

``propose`` reads the text alone, by rules, and says why it proposes each. ``read_article`` reads it
once for other proposals too: ``propose_in`` gives the same, ``request_mentions`` who was asked for
comment.
"""

from kb.text.attribution.proposal import Proposal, ProposalKind, Why
from kb.text.attribution.proposals import Article, propose, propose_in, read_article
from kb.text.attribution.requests import Outcome, RequestMention, request_mentions
from kb.text.attribution.speakers import Speaker

__all__ = [
    "Article",
    "Outcome",
    "Proposal",
    "ProposalKind",
    "RequestMention",
    "Speaker",
    "Why",
    "propose",
    "propose_in",
    "read_article",
    "request_mentions",
]
