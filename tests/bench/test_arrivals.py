"""Requests arrive at their rate, and their times count from then."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.arrivals import Crowd, Request, Response, Visitors, failures, mixed, percentile
from bench.soak import Sample, growth


@pytest.fixture
def site():
    """A server that answers 304 to its ETag, 503 to /busy, and waits at /slow."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(0.2 if self.path == "/slow" else 0)
            is_known = self.headers["If-None-Match"] == '"1"'
            self.send_response(503 if self.path == "/busy" else 304 if is_known else 200)
            self.send_header("Retry-After" if self.path == "/busy" else "ETag", '"1"')
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_every_second_request_is_conditional_and_errors_are_counted(site):
    visitors = Visitors(site)
    paths = ["/a", "/a", "/a", "/busy"]
    responses = [visitors.ask(Request("known", path), time.monotonic()) for path in paths]
    assert [response.status for response in responses] == [200, 304, 200, 503]
    assert failures(responses) == 1
    assert failures(responses, may_refuse=True) == 0
    away = Visitors(1).ask(Request("known", "/"), time.monotonic())
    assert (away.status, failures([away], may_refuse=True)) == (0, 1)


def test_waiting_for_a_client_counts(site):
    crowd = Crowd(Visitors(site), clients=1)
    crowd.arrive([Request("slow", "/slow")] * 3, rate=10, seconds=0.3)
    times = sorted(response.seconds for response in crowd.leave())
    # Each one arrives 0.1 s after the one before, and takes 0.2 s. The third is not sent any more.
    assert len(times) == 2
    assert times[0] >= 0.2 and times[1] >= 0.3


def test_kinds_are_mixed_by_their_shares():
    kinds = [itertools.repeat(Request(kind, "/")) for kind in "abc"]
    shares = mixed([(0.7, kinds[0]), (0.2, kinds[1]), (0.1, kinds[2])])
    assert Counter(next(shares).kind for _ in range(100)) == {"a": 70, "b": 20, "c": 10}


def test_percentile_is_of_its_kind():
    responses = [Response("a", 200, number / 1000, False) for number in range(1, 201)]
    responses.append(Response("b", 200, 9, False))
    assert percentile(responses, "a") == pytest.approx(198)
    assert percentile(responses, "a", 50) == pytest.approx(100)
    assert math.isnan(percentile(responses, "c"))


def test_growth_compares_the_second_tenth_with_the_last():
    samples = [Sample(500, 90, 40)] * 10 + [Sample(100, 20, 5)] * 10
    samples += [Sample(150, 30, 9)] * 70 + [Sample(104, 21, 5)] * 10
    memory, files, connections = growth(samples)
    assert (memory, files, connections) == (pytest.approx(4), 1, 0)
