"""The overview of claims: claims down, actors across, one word in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext as _

from kb.record.claim_values import ANSWERS
from kb.record.vocabulary import Position, Question
from kb.site.pages.claim_words import value_count_words
from kb.site.pages.claims_cells import CellPosition, ClaimColumn, ClaimRow


class OverviewMark(TypedDict):
    """A stored position, for its icon and colour, and the words beside it."""

    position: str
    words: str


class OverviewCell(TypedDict):
    """``anchor`` is the id of the cell with the words. Without marks no position is recorded."""

    column: ClaimColumn
    anchor: str
    marks: list[OverviewMark]


class OverviewRow(TypedDict):
    """A claim, its marks, and how its positions relate: ``respect`` if they differ."""

    text: str
    url: str
    anchor: str
    contested: bool
    respect: str
    cells: list[OverviewCell]


def overview_row(claim: ClaimRow) -> OverviewRow:
    """The row of a claim in the overview, from its row in the matrix."""
    return {
        "text": claim["text"],
        "url": claim["url"],
        "anchor": claim["anchor"],
        "contested": claim["contested"],
        "respect": _respect(claim),
        "cells": [
            {
                "column": cell["column"],
                "anchor": cell_anchor(claim["anchor"], place),
                "marks": _marks(cell["positions"], claim["question"]),
            }
            for place, cell in enumerate(claim["cells"], start=1)
        ],
    }


def cell_anchor(claim_anchor: str, place: int) -> str:
    """The id of a cell of the matrix."""
    return f"{claim_anchor}--{place}"


def _respect(claim: ClaimRow) -> str:
    if claim["contested"]:
        return {
            Question.WHETHER.value: _("differ: whether"),
            Question.WHEN.value: _("differ: when"),
            Question.WHICH.value: _("differ: which"),
            Question.HOW_MANY.value: _("differ: how many"),
            Question.WHO.value: _("differ: who"),
        }[claim["question"]]
    if claim["accounts"] > 1:
        return _("do not exclude each other")
    return _("one position") if claim["accounts"] else _("no position")


def _marks(positions: Sequence[CellPosition], question: str) -> list[OverviewMark]:
    """The answers of one actor; without any, the latest of the other positions."""
    answers = [position for position in positions if position["position"] in ANSWERS]
    values = {position["words"] for position in answers if position["words"]}
    if values:
        words = value_count_words(question, len(values))
        return [{"position": answers[0]["position"], "words": words}]
    kinds = dict.fromkeys(position["position"] for position in answers or positions[:1])
    return [{"position": kind, "words": _word(kind)} for kind in kinds]


def _word(position: str) -> str:
    if position == Position.CONFIRMS_IN_PART:
        return _("In part")
    if position == Position.DOES_NOT_ADDRESS:
        return _("Silent on this")
    return ""  # the label of the position
