"""A stream whose server goes away is continued by another one, or cut: never mixed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError

from kb.record.reader_servers import ReaderServers
from kb.record.time_limit import ReaderTimeLimit
from kb.record.wall import reading_alias, reading_publicly
from kb.site.http import resumed_streams
from kb.site.http.resumed_streams import ResumedStream

FIRST = (7, None)
PIECES = (b"abc", b"def", b"ghi")


class Servers:
    """Servers that each have a version, and go away after so many pieces."""

    def __init__(self, monkeypatch, versions, pieces_until_lost, error=OperationalError) -> None:
        self.versions, self.left, self.error = versions, dict(pieces_until_lost), error
        self.servers = ReaderServers(list(versions))
        self.asked: list[str] = []
        self.lost: list[str] = []
        self.is_closed = False
        monkeypatch.setattr(resumed_streams, "reader_servers", lambda: self.servers)
        monkeypatch.setattr(resumed_streams, "note_server_error", self._note)
        monkeypatch.setattr(resumed_streams, "current_version", lambda: versions[reading_alias()])

    def _note(self, alias: str) -> None:
        self.lost.append(alias)
        self.servers.mark_away(alias)

    def make(self, check_version: Callable[[], object]) -> Iterator[bytes]:
        alias = reading_alias()
        self.asked.append(alias)
        try:
            check_version()
            for number, piece in enumerate(PIECES):
                if number == self.left.get(alias):
                    raise self.error("gone")
                yield piece
        finally:
            self.is_closed = True

    def read(self) -> list[bytes]:
        with reading_publicly("a"):
            return list(ResumedStream(self.make))


@pytest.mark.parametrize("pieces", [1, 2])
def test_rest_comes_from_the_next_server_of_the_same_version(monkeypatch, pieces):
    servers = Servers(monkeypatch, {"a": FIRST, "b": FIRST}, {"a": pieces})
    assert b"".join(servers.read()) == b"".join(PIECES)
    assert servers.asked == ["a", "b"]
    assert servers.lost == ["a"]


def test_pieces_of_another_length_are_continued_at_the_byte(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST, "b": FIRST}, {"a": 1})
    stream = ResumedStream(servers.make)
    with reading_publicly("a"):
        assert next(stream) == b"abc"
        monkeypatch.setattr("tests.site.http.test_resumed_streams.PIECES", (b"abcde", b"fghi"))
        # The generator that is lost still has its own pieces.
        assert b"".join(stream) == b"defghi"


def test_server_with_another_version_does_not_continue(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST, "b": (8, None)}, {"a": 1})
    with pytest.raises(OperationalError):
        servers.read()
    servers = Servers(monkeypatch, {"a": FIRST, "b": (8, None), "c": FIRST}, {"a": 1})
    assert b"".join(servers.read()) == b"".join(PIECES)
    assert servers.asked == ["a", "b", "c"]


def test_third_server_continues_after_two(monkeypatch):
    servers = Servers(monkeypatch, dict.fromkeys("abc", FIRST), {"a": 1, "b": 2})
    assert b"".join(servers.read()) == b"".join(PIECES)
    assert servers.lost == ["a", "b"]


def test_error_before_the_first_piece_is_for_the_whole_request(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST, "b": FIRST}, {"a": 0})
    with pytest.raises(OperationalError):
        servers.read()
    assert servers.asked == ["a"]


def test_time_limit_is_not_a_lost_server(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST, "b": FIRST}, {"a": 1}, error=ReaderTimeLimit)
    with pytest.raises(ReaderTimeLimit):
        servers.read()
    assert (servers.asked, servers.lost) == (["a"], [])


def test_only_server_has_nobody_to_continue(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST}, {"a": 1})
    with pytest.raises(OperationalError):
        servers.read()


def test_closing_closes_the_pieces(monkeypatch):
    servers = Servers(monkeypatch, {"a": FIRST}, {})
    stream = ResumedStream(servers.make)
    with reading_publicly("a"):
        next(stream)
    assert not servers.is_closed
    stream.close()
    assert servers.is_closed
