"""The fields of a row that only a statement has."""

from __future__ import annotations

from kb.record.answers import EntryRow, NumberAnswer, Position
from kb.record.documents import Document, Number
from kb.record.named_records import Names
from kb.record.number_words import number_words
from kb.record.quotation import quotation_answer
from kb.record.voices import voice_of


def add_statement(row: EntryRow, document: Document, names: Names) -> None:
    """Add what only a statement has: the fields of StatementEntry."""
    row["voice"] = voice_of(document, names)
    row["form"] = document["form"]
    row["wording"] = document["wording"]
    row["text"] = document["text"]
    row["language"] = document["language"]
    row["original"] = document["original"]
    row["override_reason"] = document["override_reason"]
    row["quotation"] = quotation_answer(row)
    row["outcome"] = document["outcome"]
    row["about"] = names.entry_links(document["about"])
    row["in_reply_to"] = names.entry_link(document["in_reply_to"])
    row["stances"] = _positions(document, names)


def _positions(document: Document, names: Names) -> list[Position]:
    return [
        {
            "proposition": {
                **names.claim(proposition),
                "about": proposition["events"],
            },
            "position": stance["position"],
            "exact": stance["exact"],
            "date": stance["date"] if stance["date"]["edtf"] else None,
            "option": stance["option"],
            "number": _number(stance["number"], proposition["unit"]),
            "actor": names.actor(stance["actor"]),
            "note": stance["note"],
        }
        for stance in document["stances"]
        if (proposition := names.documents.get(stance["proposition"]))
    ]


def _number(number: Number | None, unit: str) -> NumberAnswer | None:
    if number is None:
        return None
    return {**number, "unit": unit, "words": number_words(number, unit)}
