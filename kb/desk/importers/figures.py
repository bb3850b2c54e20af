"""The figures of an imported event: what is wrong with them, and the rows to store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError

from kb.desk.importers.accounts import cited_account
from kb.desk.importers.row_parts import FigureRow
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import Event, Figure, Source
from kb.record.vocabulary import NumberBound

# The columns of CSV, by field.
_COLUMNS = {
    "label": "figure_labels",
    "number_low": "figure_numbers",
    "number_high": "figure_ends",
    "number_bound": "figure_bounds",
    "unit": "figure_units",
    "exact": "figure_words",
    "locator": "figure_locators",
}


def figure_problems(row: ImportRow) -> Iterator[str]:
    """Why the figures of a row cannot be stored, as sentences that name the column."""
    if row.stated_figures and row.kind != Event.kind:
        yield "figure_labels: Only an event has figures. Empty the columns of figures."
        return
    for stated in row.stated_figures:
        try:
            _checked_figure(stated)
        except ValidationError as problem:
            for name, messages in problem.message_dict.items():
                column = _COLUMNS.get(name, "figure_ends")
                yield from (f"{column}: {message}" for message in messages)
        if cited_figure_source(row, stated) is None and not (row.is_part_of_list and stated.source):
            named = (
                f"“{stated.source[:60]}” is not a source of this row" if stated.source else "empty"
            )
            yield f"figure_sources: {named}. Write the title or URL of the source that was read."


def _checked_figure(stated: FigureRow) -> Figure:
    """The figure without its event and source. Raises ValidationError, as the form does."""
    if not stated.number:
        raise ValidationError({"number_low": "The number is missing. Enter it as digits."})
    figure = Figure(
        label=stated.label,
        unit=stated.unit,
        number_bound=stated.bound or NumberBound.EXACT,
        number_low=stated.number,
        number_high=stated.end or None,
        exact=stated.exact,
        locator=stated.locator,
    )
    later = {"event", "source"}
    figure.clean_fields(exclude=later)
    if figure.number_high is not None:
        figure.validate_constraints(exclude=later)
    return figure


def cited_figure_source(row: ImportRow, stated: FigureRow) -> CitedSourceRow | None:
    """The source of a row that has a figure: the one it names, or the first that was read."""
    if stated.source:
        return cited_account(row, stated.source)
    return next((source for source in row.sources if not source.via), None)


def other_figure_sources(row: ImportRow) -> list[str]:
    """The titles of sources that only figures of a row name."""
    return [
        stated.source
        for stated in row.stated_figures
        if stated.source and cited_figure_source(row, stated) is None
    ]


def figures_of_event(
    event: Event,
    row: ImportRow,
    source_of: Callable[[CitedSourceRow], Source],
    source_titled: Callable[[str], Source],
) -> list[Figure]:
    """The figures of a row that the dry run has not refused."""
    figures = []
    for stated in row.stated_figures:
        figure = _checked_figure(stated)
        cited = cited_figure_source(row, stated)
        figure.event = event
        figure.source = source_of(cited) if cited else source_titled(stated.source)
        figures.append(figure)
    return figures
