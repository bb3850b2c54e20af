"""``manage.py check_sources``: check the links, archived copies and cited words of sources."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kb.desk.link_checks import check_source, cited_passages, due_sources
from kb.desk.models import Source
from kb.desk.models.source_checks import TROUBLE_STATES, CheckState, CheckTarget
from kb.desk.verbs.checking import (
    SavedCheck,
    forget_checks_of_deleted_sources,
    save_checks,
)
from kb.desk.webpage.polite import PAUSE_SECONDS, PoliteFetcher

DEFAULT_DAYS = 7
SOURCES_PER_LINE = 25
INTERRUPTED = 130  # the exit status of a program that Ctrl+C has ended


class Command(BaseCommand):
    help = (
        "Check of each source its link, its archived copy and whether the cited words are on the "
        "page. Results are saved source by source: after Ctrl+C, run the command again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", metavar="SLUG", help="only this source, whenever checked")
        parser.add_argument(
            "--older-than",
            metavar="DAYS",
            type=float,
            default=DEFAULT_DAYS,
            help=f"only what was not checked for so many days (default: {DEFAULT_DAYS})",
        )
        parser.add_argument("--limit", metavar="N", type=int, help="at most so many sources")
        parser.add_argument(
            "--pause",
            metavar="SECONDS",
            type=float,
            default=PAUSE_SECONDS,
            help=f"between two requests to one host (default: {PAUSE_SECONDS:.0f})",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="list what would be checked, without requests"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sources = _selected_sources(options["source"], options["older_than"], options["limit"])
        if options["dry_run"]:
            for source in sources:
                self.stdout.write(f"{source.slug}: {source.url or source.archive_url}")
            self.stdout.write(f"Would check {len(sources)} sources.")
            return
        if not settings.FETCH_PAGES:
            raise CommandError(
                "This installation fetches no pages. Set KB_FETCH_PAGES=True to allow it."
            )
        fetcher = PoliteFetcher(
            settings.SECURITY_CONTACT or settings.SITE_URL,
            allowed=settings.FETCH_ALLOWED,
            pause=max(options["pause"], 0),
        )
        self._totals: Counter[tuple[str, str]] = Counter()
        done = 0
        try:
            for source in _hosts_in_turn(sources, fetcher):
                self._check(fetcher, source)
                done += 1
                if done % SOURCES_PER_LINE == 0:
                    self.stdout.write(f"{done} of {len(sources)} sources …")
        except KeyboardInterrupt:
            self._report(done)
            left = len(sources) - done
            raise CommandError(
                f"Interrupted. {left} sources are left: run the command again to go on.",
                returncode=INTERRUPTED,
            ) from None
        forget_checks_of_deleted_sources()
        self._report(done)

    def _check(self, fetcher: PoliteFetcher, source: Source) -> None:
        results = list(check_source(fetcher, source, cited_passages(source)))
        if not Source.objects.filter(pk=source.pk).exists():
            return  # deleted in the meantime
        lines: Counter[str] = Counter()
        for saved in save_checks(source, results, datetime.now(UTC)):
            self._totals[saved.check.target, saved.check.state] += 1
            if saved.before or saved.check.state in TROUBLE_STATES:
                lines[_line(saved)] += 1
        for line, passages in lines.items():
            count = f" ({passages} passages)" if passages > 1 else ""
            self.stdout.write(f"{source.slug}: {line}{count}")

    def _report(self, done: int) -> None:
        self.stdout.write(f"Checked {done} sources.")
        for target in CheckTarget:
            counts = [
                f"{self._totals[target, state]} {state.label}"
                for state in CheckState
                if self._totals[target, state]
            ]
            if counts:
                self.stdout.write(f"{str(target.label).capitalize()}: {', '.join(counts)}.")


def _selected_sources(slug: str | None, days: float, limit: int | None) -> list[Source]:
    """The sources to check, the longest unchecked first. Raises CommandError."""
    now = datetime.now(UTC)
    if limit is not None and limit < 1:
        raise CommandError("--limit must be at least 1.")
    if days < 0:
        raise CommandError("--older-than must not be negative.")
    if slug is not None:
        named = Source.objects.filter(slug=slug)
        if not named:
            raise CommandError(f"Source {slug} does not exist. Give its slug.")
        if not any(source.url or source.archive_url for source in named):
            raise CommandError(f"Source {slug} has no address.")
        return list(named)
    return list(due_sources(now - timedelta(days=min(days, 36_500)), now)[:limit])


def _hosts_in_turn(sources: list[Source], fetcher: PoliteFetcher) -> Iterator[Source]:
    """Yield the sources so that the next one is of the host that may be asked the soonest."""
    by_host: dict[str, deque[Source]] = {}
    for source in sources:
        host = urlsplit(source.url or source.archive_url).netloc
        by_host.setdefault(host, deque()).append(source)
    while by_host:
        host = min(
            by_host,
            key=lambda name: fetcher.ready_in(by_host[name][0].url or by_host[name][0].archive_url),
        )
        yield by_host[host].popleft()
        if not by_host[host]:
            del by_host[host]


def _line(saved: SavedCheck) -> str:
    """A line of the report: "link: not found (3 times since 1 November 2026)".

    The cited words are left out: those of a draft do not belong into a log.
    """
    check = saved.check
    label = str(check)
    if check.moved_to:
        label += f" to {check.moved_to}"
    if saved.before:
        label += f"; was {CheckState(saved.before).label}"
    return f"{label}. {check.detail}".rstrip()
