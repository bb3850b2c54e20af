"""Every public address answers 503 when the database does not finish in time, and never 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from kb.record.addresses import PLURALS
from kb.record.models import Revision
from kb.record.time_limit import ReaderTimeLimit
from tests import addresses
from tests.story import load_story

# Read by the desk's connection, which has limits of its own (kb.record.reader_writes).
TICKETS = {"report-ticket", "report-take-back"}
PUBLIC = [address for address in addresses.public() if address.name not in TICKETS]
KINDS = {plural: kind for kind, plural in PLURALS.items()}
# The story is loaded once for each part of the addresses.
PARTS = 8
# Their views read nothing from the database.
WITHOUT_DATABASE = {
    "robots", "security-txt", "webmanifest", "openapi", "api-schema", "api-catalog", "report",
    "freeze-list", "verify-program",
}  # fmt: skip


class SlowDatabase:
    """An execute wrapper: the queries from number ``first`` to ``last`` reach the time limit."""

    def __init__(self, first: int, last: float) -> None:
        self.first, self.last = first, last
        self.count = self.stopped = 0

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        number = self.count
        self.count += 1
        if self.first <= number <= self.last:
            self.stopped += 1
            raise ReaderTimeLimit("The time limit for readers was reached.")
        return execute(sql, params, many, context)


def live_path(address: addresses.Address) -> str:
    """The path of the address, for a record of the story if it is about one."""
    parts = address.route.split("/")
    kind = next((KINDS[part] for part in parts if part in KINDS), None)
    names = dict(address.converters)
    values: dict[str, Any] = {}
    if kind is not None and "slug" in names:
        values["slug"] = Revision.objects.live().filter(kind=kind).first().slug
    samples = {"number": 1, "name": "publisher"}
    return address.path(**values, **{part: samples[part] for part in samples if part in names})


def status_and_cut(reader, path: str, database: SlowDatabase) -> tuple[Any, bool]:
    """The response, read to its end, and whether its stream was cut."""
    with connection.execute_wrapper(database):
        response = reader.get(path)
        try:
            for _piece in response.streaming_content if response.streaming else ():
                pass
        except ReaderTimeLimit:
            return response, True
    return response, False


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_every_address_answers_503_when_the_database_is_too_slow(reader, part):
    load_story()
    for address in PUBLIC[part::PARTS]:
        check_address(reader, address)


def check_address(reader, address: addresses.Address) -> None:
    """Ask for the address with a database that is too slow from one of its queries on."""
    path = live_path(address)
    whole = SlowDatabase(0, -1)
    status_and_cut(reader, path, SlowDatabase(0, -1))  # what is read once for each version
    status_and_cut(reader, path, whole)
    assert bool(whole.count) is (address.name not in WITHOUT_DATABASE), address
    for first in {0, 1, whole.count // 2, whole.count - 1} & set(range(whole.count)):
        database = SlowDatabase(first, float("inf"))
        response, is_cut = status_and_cut(reader, path, database)
        assert database.stopped, address
        if is_cut:
            continue
        is_incomplete = response.status_code == 200 and response.context["page"]["is_incomplete"]
        assert response.status_code == 503 or is_incomplete, (address, first)
        if response.status_code != 503:
            continue
        assert int(response["Retry-After"]) > 0, address
        assert response["Cache-Control"] == "no-store", address
        assert "ETag" not in response, address
        framed = address.route.startswith("embed/")
        assert ("X-Frame-Options" in response) is not framed, address


@pytest.mark.one_database
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/timeline/", "/timeline/?known=2024", "/actors/openai/", "/incidents/", "/"]
)
def test_one_slow_query_anywhere_is_no_server_error(reader, path):
    load_story()
    whole = SlowDatabase(0, -1)
    status_and_cut(reader, path, whole)
    for number in range(whole.count):
        response, _is_cut = status_and_cut(reader, path, SlowDatabase(number, number))
        assert response.status_code in (200, 503), number


@pytest.mark.django_db
def test_page_says_what_to_do_in_both_languages(reader):
    for prefix, words in (("", "Choose a narrower filter"), ("/zh-hans", "请")):
        response, _is_cut = status_and_cut(
            reader, f"{prefix}/timeline/?q=a", SlowDatabase(0, float("inf"))
        )
        assert response.status_code == 503
        assert words in " ".join(response.content.decode().split())


@pytest.mark.django_db
def test_desk_is_not_answered_by_it(editor):
    with connection.execute_wrapper(SlowDatabase(0, float("inf"))), pytest.raises(ReaderTimeLimit):
        editor.get("/admin/")
