"""What an editor decides in the report of an import: columns, dates, source, cells, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.desk.admin.upload_plans import UploadLayout, upload_options
from kb.desk.importers.csv_columns import IMPORT_COLUMNS
from kb.desk.importers.day_order import DAY_ORDERS, day_order
from kb.desk.importers.encodings import ENCODINGS
from kb.desk.importers.new_names import NewName
from kb.desk.importers.read_options import CENTURIES, ReadOptions
from kb.desk.models import Upload
from kb.desk.verbs.exceptions import ActionRefused
from kb.text.links import LinkError, canonical_url

MAX_CELL_LENGTH = 65_536
# The form of the report has this field, so that a request without it decides nothing.
MARKER = "decisions"


def decided_options(upload: Upload, sent: QueryDict) -> ReadOptions:
    """The options of a file with what was decided in the form. Raises ActionRefused."""
    options = upload_options(upload)
    if MARKER not in sent:
        return options
    layout: UploadLayout = upload.layout
    heads, columns = layout.get("heads", []), layout.get("columns", [])
    posted = [sent.get(f"column-{place}") for place in range(len(heads))]
    if any(text is not None and text not in ("", *IMPORT_COLUMNS) for text in posted):
        raise ActionRefused([_("Choose the columns from the lists.")])
    chosen = [ours if text is None else text for text, ours in zip(posted, columns, strict=True)]
    if chosen != columns:
        options = replace(
            options,
            columns={ours: head for ours, head in zip(chosen, heads, strict=True) if ours},
            unread=frozenset(
                head for ours, head in zip(chosen, heads, strict=True) if head and not ours
            ),
            is_remembered=False,
        )
        repeated = {ours for ours in chosen if ours and chosen.count(ours) > 1}
        if repeated:
            raise ActionRefused(
                [
                    _("Two columns map to the same field: %(names)s. Choose one.")
                    % {"names": ", ".join(sorted(repeated))}
                ]
            )
    as_known = {
        name: known for name, known in options.names.items() if name in sent.getlist("known")
    }
    names = {**as_known, **dict(_names(layout.get("new_names", []), sent))}
    return replace(
        options,
        order=day_order(_choice(sent, "order", DAY_ORDERS)),
        century=_choice(sent, "century", CENTURIES),
        encoding=_choice(sent, "encoding", ENCODINGS),
        source=_source(sent.get("source", "").strip()),
        names=names,
        corrected=_corrected(upload, options, sent),
        left_out=frozenset(_left_out(upload, options, sent)),
    )


def _choice(sent: QueryDict, name: str, values: Mapping[str, object]) -> str:
    text = sent.get(name, "")
    return text if text in values else ""


def _source(text: str) -> str:
    try:
        return canonical_url(text) if text else ""
    except LinkError as problem:
        raise ActionRefused(
            [_("Source of the whole file: %(problem)s") % {"problem": problem}]
        ) from problem


def _names(new_names: list[NewName], sent: QueryDict) -> Iterator[tuple[str, str]]:
    """The names of the file that are those of a known actor."""
    for number, new in enumerate(new_names):
        chosen = sent.get(f"name-{number}", "")
        if chosen in {near["name"] for near in new["nearest"]}:
            yield new["name"], chosen


def _corrected(upload: Upload, options: ReadOptions, sent: QueryDict) -> dict[int, dict[int, str]]:
    """The corrected cells: those so far, and those that were changed in the form."""
    corrected = {row: dict(cells) for row, cells in options.corrected.items()}
    for row, _title, _action, _details, _date, *rest in upload.report:
        for place, before in (rest[0] if rest else {}).items():
            text = sent.get(f"cell-{row}-{place}")
            if text is not None and text != before and len(text) <= MAX_CELL_LENGTH:
                corrected.setdefault(row, {})[int(place)] = text
    return corrected


def _left_out(upload: Upload, options: ReadOptions, sent: QueryDict) -> set[int]:
    """The rows that are left out; those so far are in the form with a check mark."""
    known = {line[0] for line in upload.report} | options.left_out
    # Compared as text, because Python refuses to read a number of thousands of digits.
    chosen = set(sent.getlist("leave"))
    return {row for row in known if str(row) in chosen}
