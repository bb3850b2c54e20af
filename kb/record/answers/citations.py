"""The sources of an entry in answers, and how their words relate to those shown."""

from __future__ import annotations

from typing import Annotated, TypedDict

from kb.record.answers.links import ActorLink, RecordLink
from kb.record.answers.texts import Language, Link, Path, Text
from kb.record.documents import Date, PublicId, Slug
from kb.record.schema import SchemaHint


class CitedSource(TypedDict):
    """The source that a citation rests on. ``url`` is its page here, ``link`` its own address."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path
    link: Link
    publisher: ActorLink | None
    published: Date
    archive_url: Link
    language: Language
    kind: Text
    byline: Text


# In the functional form, because ``is`` is a reserved word of Python.
WordDifference = TypedDict("WordDifference", {"was": Text, "is": Text})


class CarrierComparison(TypedDict):
    """How the words of a citation relate to the words shown.

    ``verdict`` is shown, shown_with_cut, same, same_with_cuts, differs, other_language,
    paraphrase, no_words or relayed; ``count`` is the number of words that differ.
    """

    verdict: Text
    count: int
    words: list[WordDifference]


class RelayingSource(RecordLink):
    """The source that was read in place of a cited one."""

    publisher: ActorLink | None


class Citation(TypedDict):
    """Why the entry may be said: the words of one source, and where in it they stand.

    ``passage`` is the source's address, opened at these words; ``bearing`` is supports,
    disputes or mentions. ``wording``, ``language`` and ``translator`` describe ``exact``; the
    quotation of a statement is composed from the citation that is ``quoted``. ``via`` is the
    source that relays this one, which was not read itself. ``said`` and ``addressee`` are those
    of this source where sources differ.
    """

    source: CitedSource
    exact: Annotated[str, SchemaHint("The exact words of the source.")]
    passage: Link
    locator: Text
    bearing: Text
    note: Text
    via: RelayingSource | None
    wording: Text
    language: Language
    translator: Text
    quoted: bool
    position: Annotated[int | None, SchemaHint("Place of the passage in a list of the source.")]
    said: Date | None
    addressee: ActorLink | None
    comparison: Annotated[
        CarrierComparison | None, SchemaHint("Null for an entry that is not a statement.")
    ]


class QuotationAnswer(TypedDict):
    """The words of a statement and what kind of words they are.

    ``kind`` is original, translated, back_translated, reworded, paraphrase, reported or
    not_stated; ``label`` says it in words and is empty for original. ``note`` names turning words
    that are left out, and why. ``cited`` is the id of the source whose words are shown.
    """

    words: Text
    kind: Text
    label: Text
    note: Text
    cited: PublicId | None


class NumberedCitation(Citation):
    """As pages have it: ``number`` counts the sources of a page in the order of first mention."""

    number: int
