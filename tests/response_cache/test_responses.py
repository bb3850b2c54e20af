"""Which responses may be stored, and how they are held within the limit of memory."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.response_cache.counters import CounterBoard
from kb.response_cache.requests import GZIP, IDENTITY, CacheableRequest
from kb.response_cache.responses import StoredResponse, is_storable
from kb.response_cache.store import MAX_SHARE, ResponseStore
from kb.response_cache.versions import RecordState

PUBLIC = {"ETag": '"a"', "Cache-Control": "public, max-age=0", "Vary": "Accept, Accept-Encoding"}
STATE = RecordState(1, "2024-06-01", 19_000)
NEXT = RecordState(2, "2024-06-02", 19_000)


def request_for(path="/", *, accept="", encoding=IDENTITY):
    return CacheableRequest(f"http:{path}?", "", accept, encoding, False, "", "")


def response_of(size=1000, **headers):
    return StoredResponse.from_wsgi((PUBLIC | headers).items(), b"x" * size)


def test_public_answer_with_an_etag_is_storable():
    assert is_storable("200 OK", [*PUBLIC.items()])
    assert is_storable("200 OK", [*(PUBLIC | {"Content-Encoding": "gzip"}).items()])


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", {}),
        ("500 Internal Server Error", {}),
        ("301 Moved Permanently", {}),
        ("206 Partial Content", {}),
        ("200 OK", {"ETag": ""}),
        ("200 OK", {"Cache-Control": "max-age=60"}),
        ("200 OK", {"Cache-Control": "public, No-Store"}),
        ("200 OK", {"Cache-Control": "private, max-age=60"}),
        ("200 OK", {"Cache-Control": "public, no-cache"}),
        ("200 OK", {"Vary": "Accept, Cookie"}),
        ("200 OK", {"Vary": "*"}),
        ("200 OK", {"Vary": "Origin"}),
        ("200 OK", {"Set-Cookie": "a=1"}),
        ("200 OK", {"Content-Encoding": "br"}),
    ],
)
def test_other_answers_are_not_storable(status, headers):
    assert not is_storable(status, [*(PUBLIC | headers).items()])


def test_headers_of_one_request_are_not_stored():
    own = {"X-Request-ID": "abc", "Date": "today", "Age": "3"}
    names = {key for key, _value in response_of(**own).headers}
    assert names == {*PUBLIC, "Content-Length"}


@given(st.binary(max_size=2000))
def test_both_encodings_hold_the_same_bytes(body):
    response = StoredResponse.from_wsgi(PUBLIC.items(), body)
    small = response.in_encoding(GZIP)
    assert small.in_encoding(GZIP) is small
    assert small.in_encoding(IDENTITY).body == body
    if small.encoding == GZIP:
        assert gzip.decompress(small.body) == body
        assert len(small.body) < len(body)
        assert small.etag == 'W/"a"'
    else:
        assert small is response


# --- The store -----------------------------------------------------------------------------------


@pytest.fixture
def counters():
    return CounterBoard()


@pytest.fixture
def store(counters):
    store = ResponseStore(MAX_SHARE * 10_000, counters)
    store.confirm(STATE, 1.0)
    return store


def test_memory_is_bounded_and_the_least_used_goes_first(store, counters):
    first = request_for("/0")
    for number in range(100):
        store.add(request_for(f"/{number}"), STATE, response_of(5000))
        assert store.find(first, STATE) is not None
        assert counters.snapshot().bytes <= MAX_SHARE * 10_000
    assert store.find(request_for("/1"), STATE) is None
    assert store.find(request_for("/99"), STATE) is not None
    snapshot = counters.snapshot()
    assert snapshot.answers == 100 - snapshot.evicted
    assert snapshot.bytes > MAX_SHARE * 10_000 - 10_000


def test_answer_larger_than_its_share_is_not_stored(store):
    assert not store.add(request_for(), STATE, response_of(10_000))
    assert store.add(request_for(), STATE, response_of(7000))


def test_same_answer_again_takes_its_place(store, counters):
    store.add(request_for(), STATE, response_of(1000))
    size = counters.snapshot().bytes
    store.add(request_for(), STATE, response_of(1000))
    assert (counters.snapshot().answers, counters.snapshot().bytes) == (1, size)


def test_new_state_empties_the_store(store, counters):
    store.add(request_for(), STATE, response_of())
    store.mark_not_storable(request_for("/x"), STATE)
    assert not store.is_storable_address(request_for("/x"))
    assert store.confirm(NEXT, 2.0)
    assert store.find(request_for(), NEXT) is None
    assert store.is_storable_address(request_for("/x"))
    snapshot = counters.snapshot()
    assert (snapshot.answers, snapshot.bytes, snapshot.resets) == (0, 0, 1)


def test_slow_query_does_not_bring_an_old_state_back(store):
    assert store.confirm(NEXT, 3.0)
    assert not store.confirm(STATE, 2.0)
    assert not store.add(request_for(), STATE, response_of())
    assert store.find(request_for(), STATE) is None
    assert store.add(request_for(), NEXT, response_of())


def test_answer_depends_on_accept_if_it_says_so(store):
    store.add(request_for(accept="text/html"), STATE, response_of())
    assert store.find(request_for(accept="text/csv"), STATE) is None
    store.add(request_for("/file", accept="text/html"), STATE, response_of(Vary="Accept-Encoding"))
    assert store.find(request_for("/file", accept="text/csv"), STATE) is not None


def test_addresses_that_are_not_stored_are_remembered_within_a_limit(store, monkeypatch):
    monkeypatch.setattr("kb.response_cache.store.MAX_REMEMBERED_ADDRESSES", 10)
    for number in range(100):
        store.mark_not_storable(request_for(f"/{number}"), STATE)
        assert not store.is_storable_address(request_for(f"/{number}"))
    assert len(store._not_storable) <= 10
    store.mark_not_storable(request_for("/late"), NEXT)
    assert store.is_storable_address(request_for("/late"))
