"""An entry in plain English, for formats that are read by people and have few fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, cast

from kb.dates import FuzzyDate
from kb.formats.view import FormatContext, FormatRow
from kb.record.answers import Citation, ClaimChangeRow, EntryRow, PositionRow
from kb.record.citation_words import citations_by_source, cited_title, comparison_sentence
from kb.record.name_lists import join_names
from kb.record.quotation import Quotation, quotation_of
from kb.record.role_words import role_phrases
from kb.record.vocabulary import (
    POSITION_LABELS,
    RELIABILITY_SENTENCES,
    Certainty,
    Change,
    RecordKind,
)
from kb.record.voice_words import ascribed_words, voice_names

# What happened on the date of an entry.
DATE_VERBS: dict[str, str] = {
    RecordKind.EVENT: "Happened",
    RecordKind.STATEMENT: "Said",
    RecordKind.REQUEST: "Asked",
}


class FeedItem(NamedTuple):
    """One item of a feed; ``id`` and the moments never change without a change of the entry."""

    id: str
    url: str
    title: str
    text: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()  # (title, absolute address)
    summary: str = ""


def feed_items(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[FeedItem]:
    """The rows as items: entries, or the versions of a claim."""
    for row in rows:
        if view.claim:
            yield claim_change_item(cast(ClaimChangeRow, row), view)
        else:
            yield feed_item(cast(EntryRow, row), view)


def claim_change_item(row: ClaimChangeRow, view: FormatContext) -> FeedItem:
    """A version of a claim as an item, with the positions that came with it."""
    published = datetime.fromisoformat(row["published_at"])
    added, claim = row["added"], row["claim"]
    counts = [
        f"{count} position{'s' if count > 1 else ''} {verb}"
        for count, verb in ((row["added_total"], "added"), (row["removed"], "removed"))
        if count
    ]
    what = ", ".join(counts) or str(Change(row["change"]).label)
    lines = [row["note"], *(position_paragraph(position) for position in added)]
    return FeedItem(
        # Each version has an id of its own.
        id=f"{tag_uri(view, claim['id'], published)}/{row['number']}",
        url=view.site.at(row["url"]),
        title=f"{what}: {claim['text']}",
        text="\n\n".join(line for line in lines if line) or f"{what}.",
        published=published,
        updated=published,
        tags=(row["change"], claim["question"]),
    )


def position_paragraph(position: PositionRow) -> str:
    """A position on a claim: who takes it, which, when, and in which words."""
    holder, stated = position["holder"], position["stated"]
    speaker = position["speaker"] or "An unnamed speaker"
    is_for_other = holder and holder["name"] != speaker
    parts = [
        speaker,
        f"for {holder['name']}" if holder and is_for_other else "",
        stated["words"] if stated else "",
    ]
    label = str(POSITION_LABELS.get(position["position"], position["position"]))
    answer = f"{label}: {position['answer']}" if position["answer"] else label
    words = position["quotation"]
    quotation = (
        Quotation(words["words"], words["kind"], words["label"], words["note"]).text
        if words
        else ""
    )
    return f"{answer}. {', '.join(part for part in parts if part)}. {quotation}".strip()


def feed_item(row: EntryRow, view: FormatContext) -> FeedItem:
    """The row as an item. ``updated`` is when it was last changed here, not when it happened."""
    first = datetime.fromisoformat(row["first_published_at"])
    return FeedItem(
        id=tag_uri(view, row["id"], first),
        url=view.site.at(row["url"]),
        title=row["headline"],
        text=entry_paragraphs(row, view),
        published=first,
        updated=datetime.fromisoformat(row["changed_at"]),
        tags=(row["kind"], *(link["title"] for link in (*row["incidents"], *row["topics"]))),
        sources=tuple(cited_sources(row, view)),
        summary=date_sentence(row),
    )


def tag_uri(view: FormatContext, public_id: str, first: datetime) -> str:
    """A permanent id (RFC 4151), which does not change with the address."""
    return f"tag:{view.site.id_host},{first:%Y-%m-%d}:{public_id}"


def date_sentence(row: EntryRow) -> str:
    """Whose date it is, in words: "Said mid-2023 (1 May – 31 August)."."""
    date = FuzzyDate.from_json(row["date"])
    verb = DATE_VERBS[row["kind"]]
    if date.is_unknown:
        return f"{verb}: date not stated."
    return f"{verb}: {date.span_words()}. {phrase_sentence(row)}".strip()


def order_sentence(row: EntryRow) -> str:
    """That nothing states the order of an entry and its neighbours in the list; else ""."""
    if not row.get("order_not_stated_from"):
        return ""
    return "Order not stated: this may have come before or after its neighbours in this list."


def correction_sentence(row: EntryRow) -> str:
    """When the entry was last corrected, and why; "" if it never was."""
    correction = row.get("correction")
    if not correction:
        return ""
    day = FuzzyDate(correction["corrected_at"][:10]).words()
    return f"Corrected {day}: {correction['reason']}"


def phrase_sentence(row: EntryRow) -> str:
    """The wording of the date in its source; "" if there is none."""
    phrase = row["date"]["phrase"]
    return f"As written: “{phrase}”." if phrase else ""


def speaker_sentence(row: EntryRow) -> str:
    """Who said it, as what, for whom and to whom; "" for what nobody said."""
    voice = row.get("voice")
    if not voice:
        return ""
    parts = [voice_names(voice), voice["role"]]
    if voice["principals"] and voice["principals"] != voice["speakers"]:
        parts.append("for " + join_names([actor["name"] for actor in voice["principals"]]))
    if voice["attributed_to"]:
        parts.append(f"of {ascribed_words(voice['attributed_to'])}")
    if voice["to"]:
        parts.append("to " + ", ".join(actor["name"] for actor in voice["to"]))
    if same := voice["same_speaker"]:
        is_certain = voice["same_speaker_certainty"] == Certainty.CERTAIN
        begin = "the same person as in" if is_certain else "may be the same person as in"
        parts.append(f"{begin} “{same['headline']}”")
    return ", ".join(part for part in parts if part)


def place_sentence(row: EntryRow) -> str:
    """Where it happened or was said, as the source names it."""
    return f"Place: {row['place']['name']}." if row["place"] else ""


def figure_sentences(row: EntryRow) -> list[str]:
    """Each figure with the source that gives it."""
    return [f"{figure['words']} ({figure['source']['title']})" for figure in row["figures"]]


def role_sentence(row: EntryRow) -> str:
    """What each actor did in an event, or is said to have done."""
    if row["kind"] == "statement":
        return ""
    parts = [
        f"{join_names([actor['name'] for actor in phrase['actors']])} {phrase['words']}"
        for phrase in role_phrases(row["actors"])
    ]
    return f"{'; '.join(parts)}." if parts else ""


def quoted_words(row: EntryRow) -> str:
    """What was said and, in brackets, what kind of words that are; of a request its own text."""
    if row["kind"] == RecordKind.REQUEST:
        return row.get("text") or ""
    return quotation_of(row).text


def standing_sentence(row: EntryRow) -> str:
    """How well an event is established, unless it is undisputed, and what is contested."""
    parts = [RELIABILITY_SENTENCES.get(row["standing"], "")]
    parts += [f"Contested: {claim['text']}" for claim in row["contested"]]
    return " ".join(part for part in parts if part)


def cited_sources(row: EntryRow, view: FormatContext) -> list[tuple[str, str]]:
    """Title and address of each source of a row, each once."""
    return [
        (cited_title(citation), source_address(citation, view))
        for citation in citations_by_source(row)
    ]


def source_address(citation: Citation, view: FormatContext) -> str:
    """The address of the source itself, or of its page here if it has none."""
    source = citation["source"]
    return source["link"] or view.site.at(source["url"])


def entry_paragraphs(row: EntryRow, view: FormatContext) -> str:
    """The whole entry in paragraphs."""
    quotation = ": ".join(part for part in (speaker_sentence(row), quoted_words(row)) if part)
    lines = [date_sentence(row), place_sentence(row), standing_sentence(row)]
    lines += [
        correction_sentence(row),
        role_sentence(row),
        quotation,
        row["summary"],
        *figure_sentences(row),
    ]
    lines += [
        "Source: " + ", ".join(part for part in _source_parts(citation, view) if part)
        for citation in citations_by_source(row)
    ]
    return "\n\n".join(line for line in lines if line)


def _source_parts(citation: Citation, view: FormatContext) -> tuple[str, str, str]:
    """Title and address of a source, and how its words relate to those shown."""
    return cited_title(citation), source_address(citation, view), comparison_sentence(citation)
