"""The figures of this process in the text format of Prometheus (version 0.0.4).

Each worker process answers for itself, with its number as the label ``process``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import NamedTuple

from kb.desk.webpage.background import FETCH_PLACES, MAX_FETCHES
from kb.health.readiness import Report
from kb.record.event_counts import Happening, counts_of
from kb.record.reader_servers import reader_servers
from kb.site.http import reader_limits
from kb.site.http.slow_lane import LANE

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STARTED_AT = time.time()


class Metric(NamedTuple):
    """One figure: its name without the prefix, what it is, and its values by label.

    ``label`` is the name of a label besides the process, or "".
    """

    name: str
    help: str
    values: dict[str, float]
    label: str = ""

    @property
    def kind(self) -> str:
        """A name that ends in ``_total`` only grows until the process ends."""
        return "counter" if self.name.endswith("_total") else "gauge"


def metrics_text(report: Report) -> str:
    """All figures as text."""
    lines: list[str] = []
    for metric in metrics(report):
        name = f"kb_{metric.name}"
        lines += [f"# HELP {name} {metric.help}", f"# TYPE {name} {metric.kind}"]
        for label, value in metric.values.items():
            labels = f'process="{os.getpid()}"'
            labels += f',{metric.label}="{label}"' if metric.label else ""
            lines.append(f"{name}{{{labels}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def metrics(report: Report) -> Iterator[Metric]:
    """The figures; docs/operating.md has a line for each. A figure without a value is left out."""
    return (metric for metric in _all_metrics(report) if metric.values)


def _all_metrics(report: Report) -> Iterator[Metric]:
    yield _metric("process_start_seconds", "When the process started.", _STARTED_AT)
    yield _metric("ready", "1 if at least kept answers can be served.", report.is_ready)
    yield from _answer_metrics(report)
    yield from _limit_metrics()
    yield from _record_metrics(report)


def _answer_metrics(report: Report) -> Iterator[Metric]:
    kept = report.kept
    yield _metric("kept_answer_hits_total", "Requests answered from memory.", kept.hits)
    yield _metric("kept_answer_misses_total", "Requests whose answer was made.", kept.misses)
    yield _metric("kept_answer_waits_total", "Requests that waited for another.", kept.collapsed)
    yield _metric("stale_answers_total", "Kept answers sent without the database.", kept.stale)
    yield _metric("kept_answers", "Answers in memory.", kept.answers)
    yield _metric("kept_answer_bytes", "Bytes of the answers in memory.", kept.bytes)
    yield _counted("server_errors_total", "Answers with status 500.", Happening.SERVER_ERROR)
    yield _counted(
        "unavailable_total",
        "Answers with status 503 because of the database or its disk.",
        Happening.UNAVAILABLE,
        "reason",
    )


def _limit_metrics() -> Iterator[Metric]:
    yield _counted(
        "time_limits_total", "Requests that reached a limit.", Happening.TIME_LIMIT, "reason"
    )
    yield _metric(
        "streams_running", "Exports that are being sent.", reader_limits.running_streams()
    )
    yield _counted(
        "streams_refused_total", "Exports refused because others run.", Happening.STREAM_REFUSED
    )
    yield _counted("streams_cut_total", "Exports that ended early.", Happening.STREAM_CUT)
    yield _metric("slow_lane_waiting", "Slow requests that wait for another.", LANE.waiting)
    yield _metric("fetches_open", "Pages that are being fetched.", FETCH_PLACES.taken)
    yield _counted(
        "fetches_refused_total",
        f"Pages not fetched because {MAX_FETCHES} were.",
        Happening.FETCH_REFUSED,
    )


def _record_metrics(report: Report) -> Iterator[Metric]:
    yield _metric("publication_version", "The publication version.", report.version)
    yield _metric("database_up", "1 if the database can be read.", report.checks["database"].is_ok)
    servers = reader_servers()
    late = len(servers.late) if servers.has_choice else None
    yield _metric("late_replicas", "Replicas that answer no readers until they catch up.", late)
    yield _metric("database_read_seconds", "When it was last read.", report.database_read_at)
    index = report.index
    yield _metric(
        "index_version", "Version of the reading index.", index.version if index else None
    )
    yield _metric("index_built_seconds", "When it was made.", index.built_at if index else None)
    yield _metric("disk_free_bytes", "Free space of KB_DATA_DIR.", report.free_bytes)
    backup = report.checks["backup"].last_good
    yield _metric("backup_seconds", "When the last backup was made.", backup)
    restore = report.checks["restore"].last_good
    yield _metric("verified_restore_seconds", "When a backup was last verified.", restore)


def _metric(name: str, help: str, value: float | None) -> Metric:
    return Metric(name, help, {} if value is None else {"": float(value)})


def _counted(name: str, help: str, happening: Happening, label: str = "") -> Metric:
    """A count, which is 0 before the first if it has no label."""
    counts = counts_of(happening)
    return Metric(name, help, dict(counts) if label else {"": sum(counts.values())}, label)
