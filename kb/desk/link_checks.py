"""Check the addresses of sources, and whether the words that are cited from them are still there.

Nothing here writes: ``kb.desk.verbs.checking`` saves what was found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery

from kb.desk.models import Citation, Source, SourceCheck
from kb.desk.models.base import WorkflowState
from kb.desk.models.source_checks import CheckState, CheckTarget
from kb.desk.webpage.fetch import FetchedPage, FetchError, FetchFailure
from kb.desk.webpage.metadata import decode_page
from kb.desk.webpage.page_text import PageWords
from kb.desk.webpage.polite import PoliteFetcher, Postponed

MAX_DETAIL_LENGTH = 300
_NOT_FOUND_STATUSES = (404, 410)


@dataclass(frozen=True)
class CheckResult:
    """What one check found. ``words`` are those of the page, if it has any that can be read.

    With ``retry_at`` nothing was requested, because the host asked to wait until then.
    """

    state: CheckState
    detail: str = ""
    moved_to: str = ""
    retry_at: datetime | None = None
    words: PageWords | None = None


@dataclass(frozen=True)
class TargetResult:
    """A result with what it is about: an address, or a passage."""

    target: CheckTarget
    text: str
    result: CheckResult


def due_sources(checked_before: datetime, now: datetime) -> QuerySet[Source]:
    """Sources with an address that was not checked since ``checked_before``, the oldest first.

    Withdrawn sources are not checked, nor those whose host wants to be asked later.
    """
    checks = SourceCheck.objects.filter(public_id=OuterRef("public_id"))
    page = checks.filter(target=CheckTarget.PAGE, text=OuterRef("url"))
    copy = checks.filter(target=CheckTarget.COPY, text=OuterRef("archive_url"))

    def moment(rows: QuerySet[SourceCheck]) -> Subquery:
        return Subquery(rows.values("checked_at")[:1], output_field=DateTimeField())

    is_page_due = ~Q(url="") & (Q(page_checked=None) | Q(page_checked__lt=checked_before))
    is_copy_due = ~Q(archive_url="") & (Q(copy_checked=None) | Q(copy_checked__lt=checked_before))
    waiting = SourceCheck.objects.current().filter(target=CheckTarget.PAGE, retry_at__gt=now)
    return (
        Source.objects.exclude(state=WorkflowState.WITHDRAWN)
        .annotate(page_checked=moment(page), copy_checked=moment(copy))
        .filter(is_page_due | is_copy_due)
        .exclude(public_id__in=waiting.values("public_id"))
        .order_by(
            F("page_checked").asc(nulls_first=True), F("copy_checked").asc(nulls_first=True), "pk"
        )
    )


def cited_passages(source: Source) -> list[str]:
    """The passages that are cited from this source, or from another one as it relays them."""
    cited = Citation.objects.filter(Q(source=source, via=None) | Q(via=source)).exclude(exact="")
    return list(dict.fromkeys(cited.order_by("pk").values_list("exact", flat=True)))


def check_source(
    fetcher: PoliteFetcher, source: Source, passages: Iterable[str]
) -> Iterator[TargetResult]:
    """Yield the results for the link, the archived copy and each passage of a source."""
    passages = list(passages)
    page = check_address(fetcher, source.url, passages) if source.url else None
    if page:
        yield TargetResult(CheckTarget.PAGE, source.url, page)
    copy = check_address(fetcher, source.archive_url, passages) if source.archive_url else None
    if copy:
        yield TargetResult(CheckTarget.COPY, source.archive_url, replace(copy, moved_to=""))
    for passage in passages:
        yield TargetResult(CheckTarget.WORDS, passage, check_passage(passage, page, copy))


def check_address(fetcher: PoliteFetcher, url: str, passages: Iterable[str]) -> CheckResult:
    """Return what is at a URL. Never raises for what a host answers.

    A page whose title says that there is no such page is not found, unless it has a passage.
    """
    try:
        page = fetcher.page(url)
    except Postponed as postponed:
        return CheckResult(
            CheckState.NOT_CHECKED, _one_line(str(postponed)), retry_at=postponed.until
        )
    except FetchError as error:
        return CheckResult(_state_after(error), _one_line(str(error)))
    words = page_words(page)
    notice = words.missing_notice
    if notice and not any(words.has_passage(passage) for passage in passages):
        return CheckResult(
            CheckState.NOT_FOUND, _one_line(f"The page was sent, but it says: “{notice}”.")
        )
    if _is_elsewhere(url, page.permanent_url):
        leads_home = urlsplit(page.permanent_url).path in ("", "/")
        detail = "It leads to the first page of a site." if leads_home else ""
        return CheckResult(CheckState.MOVED, detail, page.permanent_url[:2048], words=words)
    return CheckResult(CheckState.REACHABLE, words=words)


def check_passage(passage: str, page: CheckResult | None, copy: CheckResult | None) -> CheckResult:
    """Return whether a passage is on the page, or else in the archived copy."""
    if page and page.words and page.words.has_passage(passage):
        return CheckResult(CheckState.WORDS_FOUND)
    if copy and copy.words and copy.words.has_passage(passage):
        return CheckResult(CheckState.WORDS_IN_COPY)
    places = {"the page": page, "the archived copy": copy}
    read = [
        name
        for name, result in places.items()
        if result and result.words and result.words.is_readable
    ]
    if read:
        return CheckResult(CheckState.WORDS_NOT_FOUND, f"Read: {' and '.join(read)}.")
    return CheckResult(CheckState.NOT_CHECKED, "No page with words that could be read.")


def page_words(page: FetchedPage) -> PageWords:
    """The words of a page: as UTF-8 if it is that, else in the encoding that it states."""
    # With these bytes it may be UTF-16 or ISO 2022, which are valid UTF-8 by chance.
    if b"\0" not in page.body and b"\x1b" not in page.body:
        with suppress(UnicodeDecodeError):
            return PageWords(page.body.decode())
    return PageWords(decode_page(page.body, page.charset))


def _state_after(error: FetchError) -> CheckState:
    if error.failure is FetchFailure.NOT_ASKED:
        return CheckState.NOT_CHECKED
    if error.failure is FetchFailure.CONTENT:
        return CheckState.REACHABLE
    if error.status in _NOT_FOUND_STATUSES:
        return CheckState.NOT_FOUND
    return CheckState.REFUSED if 400 <= error.status < 500 else CheckState.UNREACHABLE


def _is_elsewhere(url: str, permanent_url: str) -> bool:
    """Whether two URLs differ by more than the scheme, a "www." and a slash at the end."""
    return _place(url) != _place(permanent_url or url)


def _place(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return host, parts.path.rstrip("/"), parts.query


def _one_line(text: str) -> str:
    """The beginning of a text without line breaks and other characters that cannot be seen."""
    visible = (
        character if unicodedata.category(character)[0] != "C" else " " for character in text
    )
    return " ".join("".join(visible).split())[:MAX_DETAIL_LENGTH]
