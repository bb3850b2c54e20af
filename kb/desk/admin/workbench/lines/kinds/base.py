"""What a kind of line is: its cells, what fills them in, and how they become a form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from kb.desk.admin.workbench.lines.cells import Cells, CellValues
from kb.desk.admin.workbench.lines.names import TypedNames, names_text
from kb.desk.admin.workbench.lines.words import PlacedWords
from kb.desk.admin.workbench.passage import Passage, paragraph_locator
from kb.desk.admin.workbench.prefill import Prefill
from kb.desk.models import Citation, Event, Publishable, Request, Source, SourceText, Statement
from kb.desk.models.base import WorkflowState
from kb.record.vocabulary import Label
from kb.text.cited_words import contains_words

Entry = Statement | Event | Request


@dataclass
class EntryFields:
    """The form of a line's entry as a browser would send it, and what was typed in the line."""

    data: QueryDict
    typed: CellValues
    names: Mapping[str, TypedNames]
    source: Source
    text: SourceText | None
    passage: Passage | None = None  # where words that were changed are now
    is_unmarked: bool = False  # the words were cleared, and so is their mark

    @property
    def citation(self) -> str:
        """Where the citation of this source is in the form; "" if it has none."""
        for number in range(int(self.data.get("citations-TOTAL_FORMS", "0"))):
            if self.data.get(f"citations-{number}-source") == str(self.source.pk):
                return f"citations-{number}"
        return ""

    @property
    def exact(self) -> str:
        """The exact words of that citation."""
        return self.data.get(f"{self.citation}-exact", "")

    def cite(self, passage: Passage) -> None:
        """Cite a passage instead of the words before."""
        if prefix := self.citation:
            self.passage = passage
            self.data[f"{prefix}-exact"] = passage.exact
            self.data[f"{prefix}-locator"] = paragraph_locator(passage)

    def put_date(self, cell: str) -> None:
        """Put in the date of a cell, with its wording if the exact words have it."""
        phrase = self.typed[f"{cell}_phrase"]
        self.data[cell] = self.typed[cell]
        self.data[f"{cell}_phrase"] = phrase if contains_words(self.exact, phrase) else ""

    def put_rows(self, cell: str) -> None:
        """Put in the rows that the names in a cell mean."""
        self.data.setlist(cell, self.names[cell].keys)


class LineKind(ABC):
    """A kind of entry that is entered in lines: a statement, an event or a request."""

    name: ClassVar[str]
    model: ClassVar[type[Entry]]
    heading: ClassVar[Label]
    help: ClassVar[Label]
    none_yet: ClassVar[Label]
    cells: ClassVar[Cells]
    # The cell that shows an error of a field, by the name of the field or of the inline.
    cell_of_field: ClassVar[Mapping[str, str]]
    # An empty line may be filled in without words, from the source alone.
    is_filled_without_words: ClassVar[bool] = True

    def rows(self, source: Source) -> QuerySet[Any]:
        """The entries of this kind that cite a source, oldest first, with what lines show."""
        citations = Citation.objects.filter(source=source).select_related("mark").order_by("pk")
        rows: QuerySet[Any] = self.model._default_manager.filter(citations__source=source)
        rows = rows.exclude(state=WorkflowState.WITHDRAWN)
        rows = rows.prefetch_related(Prefetch("citations", citations, to_attr="own_citations"))
        return rows.distinct().order_by("pk")

    @abstractmethod
    def stored_cells(self, row: Any) -> CellValues:
        """What the cells of a stored entry hold. The row is one of ``rows``."""

    @abstractmethod
    def stored_notes(
        self, row: Any, text: SourceText | None, paragraph: int | None
    ) -> dict[str, Label]:
        """What stands below the cells of a stored entry."""

    @abstractmethod
    def prefilled(
        self, source: Source, text: SourceText | None, placed: PlacedWords, *, as_typed: bool
    ) -> Prefill:
        """What a new entry of these words is filled in with.

        ``as_typed`` keeps the words as they are, because their editor has seen what the text makes
        of them. Raises WordsError.
        """

    @abstractmethod
    def filled_cells(self, filled: Prefill, placed: PlacedWords) -> CellValues:
        """The cells of a new line as its words fill them in."""

    @abstractmethod
    def filled_notes(self, filled: Prefill, placed: PlacedWords) -> dict[str, Label]:
        """Why the cells of a new line are filled in as they are."""

    @abstractmethod
    def put_new(self, fields: EntryFields, filled: Prefill) -> None:
        """Put what was typed into the form of a new entry."""

    @abstractmethod
    def put_changed(self, fields: EntryFields, row: Any) -> None:
        """Put what was typed into the form of a stored entry. Raises WordsError."""


def own_citations(row: Publishable) -> list[Citation]:
    """The citations of a row in the source whose lines are shown."""
    own: list[Citation] = getattr(row, "own_citations", [])
    return own


def named(cell: str, rows: list[Any], roles: list[str] | None = None) -> CellValues:
    """The values of a cell that names rows, with their keys."""
    keys = ",".join(str(row.pk) for row in rows)
    return {cell: names_text(rows, roles or []), f"{cell}_key": keys}


def only(rows: list[Any]) -> list[Any]:
    """The row if it is the only one, as a cell for one name shows it."""
    return rows if len(rows) == 1 else []


def filled_keys(filled: Prefill, name: str) -> list[int]:
    """The keys of the rows that a field is filled in with."""
    value = filled.entry.get(name)
    keys = value if isinstance(value, list) else [value]
    return [key for key in keys if isinstance(key, int)]
