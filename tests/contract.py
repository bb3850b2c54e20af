"""The API compared with its own description by schemathesis, in this process, with all its checks.

``tests/site/api/test_contract.py`` runs some hundreds of cases, ``bench/contract.py`` many more. It
also adds what no description can hold: which slugs the record has, and that some parameters
exclude each other.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import schemathesis
from django.test import Client
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from kb.dates import DateError, parse
from kb.formats import FORMATS, RECORD_LISTS
from kb.record.models import Revision

DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
DATES = st.one_of(
    DAYS,
    DAYS.map(lambda day: day[:7]),
    DAYS.map(lambda day: day[:4]),
    st.sampled_from(["mid-2023", "15 Dec 2023", "Q2 2023", "2023-04/2023-06", "2023年4月"]),
)
# For “on”: the only day that every record can answer.
TODAY = st.just(date.today().isoformat())
DIGITS = st.integers(0, 9_999_999).map("{:07}".format)
MARKS = st.one_of(
    st.builds("{}.{}.{}".format, DIGITS, DIGITS, st.from_regex(r"[a-z0-9]{6,12}", fullmatch=True)),
    st.integers(0, 10**18 - 1).map(str),
)


@dataclass
class Report:
    """The number of requests in each phase, and each kind of failure once."""

    cases: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.cases.values())


def run(app: Any, *, examples: int, seed: int = 1, only: str = "") -> Report:
    """Request everything in the description: ``examples`` for each phase and operation.

    ``app`` is the WSGI application, with a committed record. ``only`` is a regular expression for
    the paths to request, "" for all.
    """
    schemathesis.openapi.format("fuzzy-date", DATES)
    schemathesis.openapi.format("page-mark", MARKS)
    schemathesis.openapi.format("publication-time", TODAY)
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "workers": 1,
            "continue-on-failure": True,
            # oEmbed requires 501 for a format that the provider does not have.
            "checks": {
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", 501]},
            },
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        }
    )
    described = json.loads(Client(SERVER_NAME="localhost").get("/api/openapi.json").content)
    schema = schemathesis.openapi.from_dict(with_known_slugs(described), config=config)
    schema.app = unpacked(app)
    if only:
        schema = schema.include(path_regex=only)
    schema.hook(filter_case)
    report = Report()
    for event in from_schema(schema).execute():
        _note(event, report)
    return report


def unpacked(app: Any) -> Any:
    """Return the application for a client that sends Accept-Encoding but cannot decompress."""

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return app(environ, start_response)

    return answer


def with_known_slugs(part: Any) -> Any:
    """Return the description with the slugs and ids of the record for each kind."""
    if isinstance(part, list):
        return [with_known_slugs(value) for value in part]
    if not isinstance(part, dict):
        return part
    kind, _, what = str(part.get("format", "")).rpartition("-")
    if what == "id":
        known = Revision.objects.live().filter(kind=kind)
        return {"type": "string", "enum": sorted(known.values_list("public_id", flat=True)) or [""]}
    if what == "slug":
        known = Revision.objects.live().filter(kind=kind)
        # If the record has none, no value is valid.
        return {"type": "string", "enum": sorted(known.values_list("slug", flat=True)) or ["-"]}
    return {name: with_known_slugs(value) for name, value in part.items()}


DATE_PARAMETERS = ("from", "until", "known", "known_after")


def filter_case(context: Any, case: Any) -> bool:
    """Whether dates can be read and parameters can be combined; otherwise 400 is correct."""
    query = case.query or {}
    if query.get("on") not in (None, "", date.today().isoformat()):
        return False  # in the future, or before the record begins
    if not all(_is_readable(query.get(name)) for name in DATE_PARAMETERS):
        return False
    parameters = {name: query.get(name) for name in ("after", "before", "from", "until", "order")}
    if parameters["after"] and parameters["before"]:
        return False
    if case.path.strip("/").partition(".")[0] in RECORD_LISTS:
        return True
    suffix = case.path.rpartition("/")[2].partition(".")[2]
    order = parameters["order"] or (FORMATS[suffix].order if suffix in FORMATS else "")
    for name in ("after", "before"):
        mark = parameters[name]
        if isinstance(mark, str) and mark and ("." in mark) is (order == "changed"):
            return False
    if not _is_earlier(query.get("known_after"), query.get("known")):
        return False
    return _in_order(parameters["from"], parameters["until"])


def _is_readable(when: Any) -> bool:
    if not isinstance(when, str) or not when:
        return True
    try:
        read = parse(when)
    except DateError:
        return False
    return read.earliest is not None and read.latest is not None


def _in_order(since: Any, until: Any) -> bool:
    if not (isinstance(since, str) and isinstance(until, str)):
        return True
    try:
        first, last = parse(since).earliest, parse(until).latest
    except DateError:
        return True
    return first is None or last is None or first <= last


def _is_earlier(after: Any, until: Any) -> bool:
    """Whether the first of two days that are compared ends before the second."""
    if not (isinstance(after, str) and after and isinstance(until, str) and until):
        return True
    first, last = parse(after).latest, parse(until).latest
    return first is None or last is None or first < last


def _note(event: Any, report: Report) -> None:
    if isinstance(event, events.ScenarioFinished):
        recorder = event.recorder
        report.cases[event.phase.value] += len(recorder.interactions)
        report.operations.add(recorder.label)
        for case_id, nodes in recorder.checks.items():
            for node in nodes:
                report.checks[node.name] += 1
                if node.failure_info is not None:
                    failure = node.failure_info.failure
                    key = f"{recorder.label}: {node.name}: {failure.title}"
                    sample = recorder.interactions.get(case_id)
                    asked = f"{sample.request.method} {sample.request.uri}" if sample else ""
                    report.failures.setdefault(key, f"{failure.message}\n{asked}")
    elif isinstance(event, events.NonFatalError | events.FatalError):
        value = getattr(event, "value", None) or getattr(event, "exception", None)
        report.failures.setdefault(f"{type(value).__name__}", str(value))
