"""The columns of links in CSV: ids of other rows, and the sources and words that report them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.desk.importers.parallel_columns import values_together
from kb.desk.importers.rows import LinkRow
from kb.formats.csv import COLUMNS_OF_LINKS
from kb.record.vocabulary import LinkKind


def _columns_of(kind: LinkKind) -> dict[str, tuple[tuple[str, ...], str]]:
    targets, sources, words = COLUMNS_OF_LINKS[kind]
    return {
        targets: (
            (),
            f"Ids of other rows of this file, in any order: this entry {kind.label} them",
        ),
        sources: (
            (),
            f"For each id in `{targets}`, in the same order: the title of the source that reports "
            "the link. Empty if you infer it",
        ),
        words: ((), f"The exact words of these sources, in the order of `{targets}`"),
    }


# By column: (other names for it, what it holds), as in ``csv_columns.IMPORT_COLUMNS``.
LINK_COLUMNS = {name: about for kind in LinkKind for name, about in _columns_of(kind).items()}


def cell_links(cell: Mapping[str, str]) -> tuple[LinkRow, ...]:
    """The links of a row, by its cells. One without a source is inferred by the editor."""
    if cell.keys().isdisjoint(LINK_COLUMNS):
        return ()
    return tuple(
        LinkRow(kind.value, *parts) for kind in LinkKind for parts in _parts(cell, kind) if parts[0]
    )


def link_problems(cell: Mapping[str, str]) -> tuple[str, ...]:
    """What does not belong together in these cells, as sentences."""
    if cell.keys().isdisjoint(LINK_COLUMNS):
        return ()
    return tuple(_problems(cell))


def _problems(cell: Mapping[str, str]) -> Iterator[str]:
    for kind in LinkKind:
        names = COLUMNS_OF_LINKS[kind]
        for number, (target, source, words) in enumerate(_parts(cell, kind), start=1):
            if (source or words) and not target:
                yield (
                    f"Value {number} of “{names[1]}” or “{names[2]}” has no id in “{names[0]}”. "
                    "Add the id, or remove the value."
                )
            elif words and not source:
                yield (
                    f"Value {number} of “{names[2]}” has no source in “{names[1]}”. Add its title, "
                    "or remove the words."
                )


def _parts(cell: Mapping[str, str], kind: LinkKind) -> Iterator[tuple[str, ...]]:
    """For each link of a kind: the id, the title of its source, and its words."""
    return values_together(cell, COLUMNS_OF_LINKS[kind])
