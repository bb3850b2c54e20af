"""The files of a claim: what is told to the format, and the rows of a page or of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.formats import Format
from kb.formats.view import FormatContext, FormatRow
from kb.record import publication_version
from kb.record.addresses import absolute_url, record_path
from kb.record.answers import PositionRow
from kb.record.claim_accounts import ClaimAccounts, claim_accounts
from kb.record.claim_changes import claim_changes
from kb.record.claim_rows import claim_details, position_rows
from kb.record.documents import Document
from kb.record.export import snapshot
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.past.serving import served_time
from kb.record.proof.checkpoint import short_checkpoint
from kb.site.http.past_links import words_of_day
from kb.site.http.representations import data_licence, site_identity

POSITIONS_BATCH_SIZE = 100


@dataclass(frozen=True)
class ClaimFile:
    """A file of a claim: its format, the day that it is for, the cursor of a page, switches."""

    form: Format
    revision: Revision
    known: FuzzyDate | None = None
    cursor: int = 0
    switches: frozenset[str] = frozenset()

    def address(self, cursor: int = 0) -> str:
        """The absolute address of the file for another page."""
        pairs = [*self.pairs, *([("after", str(cursor))] if cursor else [])]
        pairs += [(name, "1") for name in sorted(self.switches)]
        path = f"{self.path.rstrip('/')}.{self.form.suffix}"
        return absolute_url(f"{path}?{urlencode(pairs)}" if pairs else path)

    @property
    def path(self) -> str:
        return record_path(self.revision.kind, self.revision.slug)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        when = served_time()
        pairs = [("known", self.known.edtf)] if self.known else []
        return [*pairs, ("on", when.text)] if when else pairs


class ClaimFilePage(NamedTuple):
    context: FormatContext
    rows: Sequence[FormatRow]


def position_page(file: ClaimFile) -> ClaimFilePage:
    """One page of the positions, with links to the pages beside it."""
    accounts = claim_accounts(file.revision.document, file.known)
    total, start = len(accounts.accounts), file.cursor
    end = start + POSITIONS_BATCH_SIZE
    context = replace(
        _context(file, accounts),
        address=file.address(start),
        first=file.address(),
        previous=file.address(max(0, min(start, total) - POSITIONS_BATCH_SIZE)) if start else None,
        next=file.address(end) if end < total else None,
    )
    return ClaimFilePage(context, _rows(file, accounts, start))


def change_page(file: ClaimFile) -> ClaimFilePage:
    """One page of the versions, newest first."""
    accounts = claim_accounts(file.revision.document, file.known)
    page = claim_changes(file.revision, accounts, file.cursor)
    context = replace(
        _context(file, accounts),
        address=file.address(file.cursor),
        certain=file.revision.number,
        noun=("version", "versions"),
        first=file.address(),
        next=file.address(page.next_cursor) if page.next_cursor else None,
    )
    return ClaimFilePage(context, page.changes)


def whole_claim(file: ClaimFile) -> Iterator[bytes]:
    """All positions from one state of the record, in batches."""
    with snapshot():
        accounts = claim_accounts(file.revision.document, file.known)
        rows = (
            row
            for start in range(0, len(accounts.accounts), POSITIONS_BATCH_SIZE)
            for row in _rows(file, accounts, start)
        )
        yield from file.form.write(_context(file, accounts), rows)


def _rows(file: ClaimFile, accounts: ClaimAccounts, start: int) -> list[PositionRow]:
    listed = accounts.accounts[start : start + POSITIONS_BATCH_SIZE]
    claim: Document = {**accounts.claim, "accounts": listed}
    return position_rows(claim, listed, Names([claim]), accounts.known_since, file.known)


def _context(file: ClaimFile, accounts: ClaimAccounts) -> FormatContext:
    number, changed_at = publication_version.current_version()
    document: Document = file.revision.document
    document = {**document, "accounts": []}
    words = file.revision.title
    if file.known:
        words = _("%(title)s, as known on %(day)s") % {
            "title": words,
            "day": file.known.words(),
        }
    page = file.path + (f"?{urlencode(file.pairs)}" if file.pairs else "")
    return FormatContext(
        kind="claim",
        words=words_of_day(words),
        query=urlencode(file.pairs),
        page=absolute_url(page),
        address=file.address(),
        site=site_identity(),
        epoch=number,
        changed_at=changed_at,
        checkpoint=short_checkpoint(number, changed_at),
        certain=len(accounts.accounts),
        licence=data_licence(),
        is_index=True,
        claim=claim_details(file.revision, accounts.is_contested, Names([document])),
        noun=("position", "positions"),
        switches=file.switches,
    )
