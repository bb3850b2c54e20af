"""How each carrier of a statement gives its words, for the statement's page."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypedDict

from kb.dates import FuzzyDate
from kb.record.answers import Citation
from kb.record.citation_words import comparison_words
from kb.record.comparisons import DIFFERS, compare_words
from kb.record.languages import language_words
from kb.record.rows import Row
from kb.record.vocabulary import WORDING_LABELS

StepKind = Literal["equal", "old", "new", "cut"]


class CarrierStep(TypedDict):
    """A passage of a carrier's words: as shown, struck (only shown there) or added."""

    kind: StepKind
    text: str


class Carrier(TypedDict):
    """One citation. ``notes`` say what the carrier's words are and what it says differently."""

    citation: Citation
    language: str
    steps: list[CarrierStep]
    verdict: str
    notes: list[str]
    is_relayed: bool


class Carriers(TypedDict):
    """All citations of a statement in the order of publication; ``read`` counts those read."""

    rows: list[Carrier]
    read: int


def carriers_of(row: Row) -> Carriers | None:
    """The section "How each carrier gives the words"; None if only the quoted source is cited."""
    citations = row["citations"]
    if not row.get("text") or all(citation["quoted"] for citation in citations):
        return None
    ordered = sorted(citations, key=_publication_day)
    return {
        "rows": [_carrier(row, citation) for citation in ordered],
        "read": sum(not citation["via"] for citation in citations),
    }


def _publication_day(citation: Citation) -> tuple[date, date]:
    when = FuzzyDate.from_json(dict(citation["source"]["published"]))
    latest = when.latest or when.earliest or date.max
    return (when.earliest or latest, latest)


def _carrier(row: Row, citation: Citation) -> Carrier:
    return {
        "citation": citation,
        "language": language_words(citation["language"]),
        "steps": _steps(row, citation),
        "verdict": comparison_words(citation),
        "notes": _notes(citation),
        "is_relayed": citation["via"] is not None,
    }


def _steps(row: Row, citation: Citation) -> list[CarrierStep]:
    comparison = citation["comparison"]
    if citation["via"] or not citation["exact"]:
        return []
    if comparison is None or comparison["verdict"] != DIFFERS:
        return [{"kind": "equal", "text": citation["exact"]}]
    # The same arguments as for the row, so that this is its cached comparison.
    compared = compare_words(
        row["text"], citation["exact"], row["language"], citation["language"], False
    )
    steps: list[CarrierStep] = []
    for operation in compared.operations:
        if operation.kind in ("equal", "cut"):
            kind: StepKind = "cut" if operation.kind == "cut" else "equal"
            steps.append({"kind": kind, "text": operation.now})
            continue
        if operation.was:
            steps.append({"kind": "old", "text": operation.was})
        if operation.now:
            steps.append({"kind": "new", "text": operation.now})
    return steps


def _notes(citation: Citation) -> list[str]:
    words = str(WORDING_LABELS[citation["wording"]]) if citation["wording"] else ""
    # "Paraphrase" is the verdict too, and is said once.
    notes = [words] if words and words != comparison_words(citation) else []
    if citation["translator"]:
        notes.append(citation["translator"])
    if citation["said"]:
        notes.append(citation["said"]["words"])
    if citation["addressee"]:
        notes.append(citation["addressee"]["name"])
    return notes
