"""The cells of the matrix of claims: the positions of one actor on one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict

from kb.dates import FuzzyDate
from kb.record.answers import EntryLink, RecordLink
from kb.record.documents import Account, Date, Document
from kb.record.quotation import NO_QUOTATION, Quotation, quotation_of
from kb.record.rows import Names, Row, numbered_citations
from kb.record.search_index import is_contested, position_count
from kb.record.voice_words import voice_names
from kb.site.pages.claims_silences import Silence, silences
from kb.site.pages.excerpts import relevant_passage

UNNAMED = ""  # the id of the column of all unnamed speakers
# Positions without an answer. None of them is a change of mind.
SILENT = {"does_not_address", "declined", "no_reply"}


class ClaimColumn(TypedDict):
    """An actor with a position. ``through`` names those who spoke for the actor."""

    id: str
    name: str
    slug: str
    url: str
    count: int
    through: str


class ClaimPosition(TypedDict):
    """One position on a claim.

    ``date`` is the answer to a claim about a date and ``words`` its words; ``stated`` is the date
    of the statement or source, and ``since`` and ``until`` are its bounds.
    """

    position: str
    date: Date | None
    words: str
    row: Row | None
    quotation: Quotation
    speaker: str
    role: str
    source: RecordLink | None
    numbers: list[int]
    note: str
    stated: Date | None
    since: date | None
    until: date | None
    account: Account


class CellPosition(ClaimPosition):
    """A position in its cell: whether it is an earlier one, and what the actor said before."""

    earlier: bool
    changed_from: ClaimPosition | None


class Cell(TypedDict):
    """``silences`` are requests that the actor did not answer; they are no positions."""

    column: ClaimColumn
    positions: list[CellPosition]
    silences: list[Silence]


class ClaimRow(TypedDict):
    """A claim with its cells. ``accounts`` counts the answers, ``silent`` the other positions."""

    id: str
    text: str
    aspect: str
    anchor: str
    contested: bool
    accounts: int
    silent: int
    events: list[EntryLink]
    cells: list[Cell]


def holder_of(account: Account, names: Names) -> str:
    """The public id of the actor who holds the position; UNNAMED if the record names nobody."""
    holder = account["holder"]
    return holder if holder and holder in names.documents else UNNAMED


def speaker_name(row: Row | None) -> str:
    if not row:
        return ""
    return voice_names(row["voice"])


class ClaimCells:
    """Builds the rows of claims, with the positions in each cell in the order of time."""

    def __init__(
        self,
        names: Names,
        rows: Mapping[str, Row],
        numbers: Mapping[str, int],
        max_excerpt_length: int,
    ) -> None:
        self.names, self.rows, self.numbers = names, rows, numbers
        self.silences = silences(rows)
        self.max_excerpt_length = max_excerpt_length

    def claim_row(self, document: Document, columns: Sequence[ClaimColumn]) -> ClaimRow:
        by_holder: dict[str, list[ClaimPosition]] = {}
        for account in document["accounts"]:
            position = self._position(account, document["title"])
            by_holder.setdefault(holder_of(account, self.names), []).append(position)
        answers = position_count(document)
        return {
            "id": document["id"],
            "text": document["title"],
            "aspect": document["aspect"],
            "anchor": document["slug"],
            "contested": is_contested(document),
            "accounts": answers,
            "silent": len(document["accounts"]) - answers,
            "events": self.names.entry_links(document["events"]),
            "cells": [
                {
                    "column": column,
                    "positions": _latest_first(
                        by_holder.get(column["id"], []),
                        document,
                        is_one_voice=column["id"] != UNNAMED,
                    ),
                    "silences": self.silences.get((document["id"], column["id"]), []),
                }
                for column in columns
            ],
        }

    def _position(self, account: Account, claim: str) -> ClaimPosition:
        row = self.rows.get(account["statement"] or "")
        source = self.names.documents.get(account["source"] or "")
        stated: Date | None = (row and row["date"]) or (source and source["published"]) or None
        when = FuzzyDate.from_json(dict(stated)) if stated else FuzzyDate("")
        answer = account["date"] if account["date"]["edtf"] else None
        publisher = self.names.actor(source["publisher"]) if source else None
        numbers = (
            sorted({citation["number"] for citation in numbered_citations(row)}) if row else []
        )
        quotation = quotation_of(row) if row else NO_QUOTATION
        about = f"{claim} {account['note']}"
        return {
            "position": account["position"],
            "date": answer,
            "words": str(FuzzyDate.from_json(dict(answer)).words()) if answer else "",
            "row": row,
            "quotation": quotation.with_words(
                relevant_passage(quotation.words, about, self.max_excerpt_length)
            ),
            "speaker": speaker_name(row) or (publisher["name"] if publisher else ""),
            "role": row["voice"]["role"] if row else "",
            "source": self.names.link(account["source"]) if source else None,
            "numbers": numbers or ([self.numbers[source["id"]]] if source else []),
            "note": account["note"],
            "stated": stated,
            "since": when.earliest,
            "until": when.latest,
            "account": account,
        }


def _latest_first(
    positions: Sequence[ClaimPosition], document: Document, *, is_one_voice: bool
) -> list[CellPosition]:
    """By the last day that each may have been stated on, latest first.

    ``earlier`` and ``changed_from`` are set only if the order of the dates is certain, and never
    for unnamed speakers, who may be different people.
    """
    ordered = sorted(
        positions,
        key=lambda position: (position["until"] or date.max, position["since"] or date.min),
        reverse=True,
    )
    cell: list[CellPosition] = []
    for index, position in enumerate(ordered):
        before = [
            other
            for other in ordered[index + 1 :]
            if _precedes(other, position) and other["position"] not in SILENT
        ]
        is_change = is_one_voice and before and _differ(position, before[0], document)
        earlier = is_one_voice and index > 0 and _precedes(position, ordered[0])
        changed_from = before[0] if is_change else None
        cell.append({**position, "earlier": earlier, "changed_from": changed_from})
    return cell


def _precedes(position: ClaimPosition, other: ClaimPosition) -> bool:
    """Whether it was certainly stated before the other."""
    until, since = position["until"], other["since"]
    return until is not None and since is not None and until < since


def _differ(position: ClaimPosition, other: ClaimPosition, document: Document) -> bool:
    """Whether two positions of one actor differ. A position without an answer never does."""
    values = {position["position"], other["position"]}
    if values & SILENT:
        return False
    if "undecided" in values:
        return len(values) > 1
    return is_contested({**document, "accounts": [position["account"], other["account"]]})
