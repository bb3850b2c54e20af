"""The cells of the matrix of claims: the positions of one actor on one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import EntryLink, RecordLink
from kb.record.citation_rows import numbered_citations
from kb.record.claim_rows import answer_words
from kb.record.claim_values import account_value, stated_bounds
from kb.record.contested import is_contested, position_count
from kb.record.date_words import date_with_words
from kb.record.differences import PartyAnswer, changed_over_time
from kb.record.documents import Account, Date, Document
from kb.record.graph import Edge
from kb.record.named_records import Names
from kb.record.ordering import UNDATED_BOUNDS, Bounds
from kb.record.quotation import Quotation, printed_words, quotation_of
from kb.record.rows import Row
from kb.record.vocabulary import Position
from kb.record.voice_words import voice_names
from kb.site.pages.claims_silences import Silence, silences
from kb.site.pages.excerpts import relevant_passage

MAX_CARRYING_WORDS = 600  # characters
UNNAMED = ""  # the id of the column of all unnamed speakers


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

    ``words`` is the answer to a claim that is not about whether, in words, and ``date`` the answer
    to one about a date. ``text`` is what carries the position, or a passage of the statement if
    the record has no such words. ``stated`` is the date of the statement or source, ``since`` and
    ``until`` are its bounds, and ``moments`` those that are compared.
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
    moments: Bounds
    account: Account


class CellPosition(ClaimPosition):
    """A position in its cell: whether it is an earlier one, and what the actor said before."""

    earlier: bool
    changed_from: ClaimPosition | None


class Cell(TypedDict):
    """``silences`` are requests that the actor did not answer; they are no positions.

    ``is_silent``: the actor took no position. The words of those who did not address the claim
    stand in the cell, but take no space on a phone.
    """

    column: ClaimColumn
    positions: list[CellPosition]
    silences: list[Silence]
    is_silent: bool


class ClaimRow(TypedDict):
    """A claim with its cells. ``accounts`` counts the answers, ``silent`` the other positions."""

    id: str
    text: str
    url: str
    question: str
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
        parts: Sequence[Edge],
        max_excerpt_length: int,
    ) -> None:
        self.names, self.rows, self.numbers, self.parts = names, rows, numbers, parts
        self.silences = silences(rows)
        self.max_excerpt_length = max_excerpt_length

    def claim_row(self, document: Document, columns: Sequence[ClaimColumn]) -> ClaimRow:
        positions = [self.position(account, document) for account in document["accounts"]]
        dates = [FuzzyDate.from_json(position["stated"] or {}) for position in positions]
        for position, bounds in zip(positions, stated_bounds(dates), strict=True):
            position["moments"] = bounds
        by_holder: dict[str, list[ClaimPosition]] = {}
        for position in positions:
            holder = holder_of(position["account"], self.names)
            by_holder.setdefault(holder, []).append(position)
        answers = position_count(document)
        return {
            "id": document["id"],
            "text": document["title"],
            "url": record_path(document["kind"], document["slug"]),
            "question": document["question"],
            "anchor": document["slug"],
            "contested": is_contested(document, self.parts),
            "accounts": answers,
            "silent": len(document["accounts"]) - answers,
            "events": self.names.entry_links(document["events"]),
            "cells": [
                {
                    "column": column,
                    "positions": _latest_first(
                        by_holder.get(column["id"], []),
                        document,
                        self.parts,
                        is_one_voice=column["id"] != UNNAMED,
                    ),
                    "silences": self.silences.get((document["id"], column["id"]), []),
                    "is_silent": all(
                        position["position"] == Position.DOES_NOT_ADDRESS
                        for position in by_holder.get(column["id"], [])
                    ),
                }
                for column in columns
            ],
        }

    def position(self, account: Account, claim: Document) -> ClaimPosition:
        """One position on its own, without its place among those of its actor."""
        row = self.rows.get(account["statement"] or "")
        source = self.names.documents.get(account["source"] or "")
        stated: Date | None = row["date"] if row else None
        if source and not row:
            stated = date_with_words(source["published"])
        when = FuzzyDate.from_json(dict(stated)) if stated else FuzzyDate("")
        answer = account["date"] if account["date"]["edtf"] else None
        publisher = self.names.actor(source["publisher"]) if source else None
        numbers = (
            sorted({citation["number"] for citation in numbered_citations(row)}) if row else []
        )
        quotation = quotation_of(row) if row else printed_words("")
        about = f"{claim['title']} {account['note']}"
        language = row["language"] if row else source["language"] if source else ""
        return {
            "position": account["position"],
            "date": answer,
            "words": answer_words(account, claim, self.names),
            "row": row,
            # Nothing is cut from the words that carry the position, unless they are pages long.
            "quotation": quotation.with_words(
                relevant_passage(account["exact"], about, MAX_CARRYING_WORDS, language=language)
                or relevant_passage(
                    quotation.words, about, self.max_excerpt_length, language=language
                )
            ),
            "speaker": speaker_name(row) or (publisher["name"] if publisher else ""),
            "role": row["voice"]["role"] if row else "",
            "source": self.names.link(account["source"]) if source else None,
            "numbers": numbers or ([self.numbers[source["id"]]] if source else []),
            "note": account["note"],
            "stated": stated,
            "since": when.earliest,
            "until": when.latest,
            "moments": UNDATED_BOUNDS,
            "account": account,
        }


def _latest_first(
    positions: Sequence[ClaimPosition],
    document: Document,
    parts: Sequence[Edge],
    *,
    is_one_voice: bool,
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
    answers = [
        PartyAnswer(str(place), "", position["moments"], value)
        for place, position in enumerate(ordered)
        if (value := account_value(position["account"], document)) is not None
    ]
    changes = set(changed_over_time(answers, parts)) if is_one_voice else set()
    cell: list[CellPosition] = []
    for place, position in enumerate(ordered):
        # Only from the latest of the answers before it.
        before = next(
            (
                int(answer.id)
                for answer in answers
                if int(answer.id) > place and answer.stated.is_before(position["moments"])
            ),
            None,
        )
        is_change = (str(before), str(place)) in changes
        changed_from = ordered[before] if is_change and before is not None else None
        is_earlier = place > 0 and position["moments"].is_before(ordered[0]["moments"])
        cell.append(
            {**position, "earlier": is_one_voice and is_earlier, "changed_from": changed_from}
        )
    return cell
