"""What readers get from the cache: the same as from Django, as long as the record is unchanged."""

from __future__ import annotations

import gzip
import logging

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from kb.desk.verbs import publishing
from kb.record.models import Epoch
from kb.record.publication_version import VERSION_KEY
from tests.make import make_event, make_incident, published
from tests.response_cache.client import GZIP, WSGIClient, environ_of

pytestmark = [pytest.mark.wall, pytest.mark.slow]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
# Differ in each answer of Django: an id, and the random name in the gzip header.
OWN = {"x-request-id", "cache-status"}


@pytest.fixture
def event():
    return published(make_event("The checks begin", slug="checks"))


def headers_of(answer):
    return {key: value for key, value in answer.headers.items() if key not in OWN}


# --- By version ----------------------------------------------------------------------------------


def test_second_answer_does_not_reach_django(client, django_application, event):
    first, second = client.get("/timeline/"), client.get("/timeline/")
    assert (first.cache_status, second.cache_status) == ("fwd=uri-miss; stored", "hit")
    assert django_application.calls == 1
    assert (second.status, second.body) == (200, first.body)
    assert headers_of(second) == headers_of(first)


ADDRESSES = (
    "/", "/timeline/?kind=event", "/events/checks/", "/zh-hans/events/checks/", "/timeline.json",
    "/timeline.csv", "/timeline.atom", "/events/checks.bib", "/embed/events/checks/",
    "/sitemap.xml", "/robots.txt", "/api/openapi.json", "/method/dates/",
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate, gzip;q=0.5"])
def test_answer_is_that_of_django(client, plain, event, encoding):
    # The first two seconds after a publication have no Last-Modified.
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")
    for address in ADDRESSES:
        expected = plain.get(address, HTTP_ACCEPT_ENCODING=encoding)
        client.get(address, HTTP_ACCEPT_ENCODING=encoding)
        answer = client.get(address, HTTP_ACCEPT_ENCODING=encoding)
        assert answer.cache_status == "hit", address
        assert (answer.status, answer.text) == (expected.status, expected.text)
        if len(expected.text) < 500:
            # The random name in the gzip header decides whether a short text becomes shorter.
            continue
        # For the same reason the lengths differ; of a stream Django knows no length.
        assert answer.headers["content-length"] == str(len(answer.body))
        lengths = {"content-length": ""}
        assert headers_of(answer) | lengths == headers_of(expected) | lengths


def test_answer_of_a_server_that_is_behind_is_not_kept(make_cache, django_application, event):
    def behind(environ, start_response):
        chunks = django_application(environ, start_response)
        environ[VERSION_KEY] -= 1
        return chunks

    client = WSGIClient(make_cache(behind))
    for calls in (1, 2):
        answer = client.get("/timeline/")
        assert (answer.status, answer.cache_status) == (200, "")
        assert django_application.calls == calls


def test_publication_is_visible_at_once(client, event):
    client.get("/timeline/")
    published(make_event("The inquiry ends"))
    answer = client.get("/timeline/")
    assert answer.cache_status == "fwd=uri-miss; stored"
    assert "The inquiry ends" in answer.text


def test_withdrawn_entry_is_gone_at_once(client, cache, event, editor_user):
    assert client.get("/events/checks/").status == 200
    publishing.withdraw(event, by=editor_user, note="Wrong person.")
    answer = client.get("/events/checks/")
    assert (answer.status, answer.cache_status) == (410, "")
    assert "The checks begin" not in client.get("/timeline/").text
    assert cache.counters().resets == 1


def test_answer_made_during_a_publication_is_not_stored(client, django_application, event):
    def publish(environ):
        django_application.before = lambda environ: None
        published(make_event("The inquiry ends"))

    django_application.before = publish
    assert client.get("/timeline/").cache_status == ""
    assert client.get("/timeline/").cache_status == "fwd=uri-miss; stored"


def test_new_day_needs_new_answers(client, event, monkeypatch):
    client.get("/timeline/")
    from kb.response_cache import versions

    monkeypatch.setattr(versions.time, "time", lambda: 4_102_444_800.0)  # 1 January 2100
    assert client.get("/timeline/").cache_status == "fwd=uri-miss; stored"
    assert client.get("/timeline/").cache_status == "hit"


def test_restored_record_with_a_number_used_before_has_new_answers(client, event):
    client.get("/timeline/")
    Epoch.objects.update(changed_at="2020-01-01T00:00:00Z")
    assert client.get("/timeline/").cache_status == "fwd=uri-miss; stored"


# --- Language, Accept, encoding ------------------------------------------------------------------


def test_languages_have_their_own_answers(client, event):
    english, chinese = client.get("/timeline/"), client.get("/zh-hans/timeline/")
    assert (english.headers["content-language"], chinese.headers["content-language"]) == (
        "en",
        "zh-hans",
    )
    assert client.get("/zh-hans/timeline/").body == chinese.body != english.body


def test_accept_chooses_among_stored_answers(client, django_application, event):
    page = client.get("/timeline/", HTTP_ACCEPT=BROWSER)
    rows = client.get("/timeline/", HTTP_ACCEPT="application/json")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert rows.headers["content-type"] == "application/json"
    for accept, answer in ((BROWSER, page), ("application/json", rows)):
        assert client.get("/timeline/", HTTP_ACCEPT=accept).body == answer.body
    assert django_application.calls == 2
    assert client.get("/timeline/", HTTP_ACCEPT="image/png").status == 406


def test_browsers_share_an_answer(client, django_application, event):
    client.get("/timeline/", HTTP_ACCEPT=BROWSER)
    chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
    assert client.get("/timeline/", HTTP_ACCEPT=chrome).cache_status == "hit"


def test_file_is_stored_once_for_every_accept(client, django_application, event):
    for accept in ("*/*", "text/csv", BROWSER):
        client.get("/timeline.csv", HTTP_ACCEPT=accept)
    assert django_application.calls == 1


@pytest.mark.parametrize("first", ["", "gzip"])
def test_one_computation_serves_both_encodings(client, django_application, event, first):
    client.get("/timeline/", HTTP_ACCEPT_ENCODING=first)
    small, full = client.get("/timeline/", **GZIP), client.get("/timeline/")
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in full.headers
    assert gzip.decompress(small.body) == full.body
    assert small.headers["etag"] == full.headers["etag"]
    assert "Accept-Encoding" in full.headers["vary"] and "Accept-Encoding" in small.headers["vary"]
    assert django_application.calls == 1


def test_strong_etag_becomes_weak_with_gzip(client, plain):
    client.get("/robots.txt")
    openapi = "/api/openapi.json"
    strong = client.get(openapi).headers["etag"]
    assert strong.startswith('"')
    assert client.get(openapi, **GZIP).headers["etag"] == f"W/{strong}"
    assert plain.get(openapi, **GZIP).headers["etag"] == f"W/{strong}"


def test_parameters_in_another_order_are_the_same_address(client, django_application, event):
    first = client.get("/timeline/?kind=event&q=checks")
    assert client.get("/timeline/?q=checks&&kind=event").body == first.body
    assert django_application.calls == 1


def test_values_of_one_parameter_keep_their_order(client, django_application, event):
    client.get("/timeline/?kind=event&kind=statement")
    client.get("/timeline/?kind=statement&kind=event")
    assert django_application.calls == 2


# --- HEAD and conditional requests ---------------------------------------------------------------


def test_head_is_answered_from_the_answer_to_get(client, django_application, event):
    full = client.get("/timeline.csv")
    head = client.head("/timeline.csv")
    assert (head.status, head.body, head.cache_status) == (200, b"", "hit")
    assert headers_of(head) == headers_of(full) | {"content-length": str(len(full.body))}
    assert django_application.calls == 1


def test_head_alone_stores_nothing(client, cache, event):
    assert client.head("/timeline/").status == 200
    assert cache.counters().stored == 0


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_known_etag_is_304_from_memory(client, plain, django_application, event, encoding):
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")
    full = client.get("/timeline/", HTTP_ACCEPT_ENCODING=encoding)
    etag = full.headers["etag"]
    for condition in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        conditional = {"HTTP_IF_NONE_MATCH": condition, "HTTP_ACCEPT_ENCODING": encoding}
        for method in ("GET", "HEAD"):
            answer = client.send(method, "/timeline/", **conditional)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.cache_status == "hit"
    assert django_application.calls == 1
    from_django = plain.get("/timeline/", HTTP_IF_NONE_MATCH=etag)
    assert from_django.status == 304
    # The Vary of the stored answer names Accept-Encoding, too.
    excluded = {"content-length", "vary"}
    lines = {key: value for key, value in headers_of(from_django).items() if key not in excluded}
    assert lines.items() <= answer.headers.items()


def test_other_etag_gets_the_whole_answer(client, event):
    full = client.get("/timeline/")
    assert client.get("/timeline/", HTTP_IF_NONE_MATCH='W/"other"').body == full.body
    published(make_event())
    answer = client.get("/timeline/", HTTP_IF_NONE_MATCH=full.headers["etag"])
    assert (answer.status, answer.cache_status) == (200, "fwd=uri-miss; stored")


def test_if_modified_since_counts_without_an_etag_only(client, event):
    Epoch.objects.update(changed_at="2024-06-01T12:30:00Z")
    day = client.get("/timeline/").headers["last-modified"]
    assert client.get("/timeline/", HTTP_IF_MODIFIED_SINCE=day).status == 304
    earlier = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert client.get("/timeline/", HTTP_IF_MODIFIED_SINCE=earlier).status == 200
    conditions = {"HTTP_IF_MODIFIED_SINCE": day, "HTTP_IF_NONE_MATCH": '"other"'}
    assert client.get("/timeline/", **conditions).status == 200


def test_condition_that_matches_a_new_process_is_answered_by_django(make_cache, client, event):
    etag = client.get("/timeline.csv").headers["etag"]
    restarted = WSGIClient(make_cache())
    answer = restarted.get("/timeline.csv", HTTP_IF_NONE_MATCH=etag)
    assert (answer.status, answer.cache_status) == (304, "")
    assert restarted.get("/timeline.csv").status == 200


# --- What is never stored ------------------------------------------------------------------------


def test_drafts_are_never_in_an_answer(client, event):
    make_event("A secret draft", slug="draft")
    for address in ("/", "/timeline/", "/timeline.csv", "/incidents/"):
        client.get(address)
        assert "A secret draft" not in client.get(address).text
    assert client.get("/events/draft/").status == 404


def test_desk_goes_to_django(client, cache, editor_user):
    signed_in = Client()
    signed_in.force_login(editor_user)
    cookie = f"sessionid={signed_in.cookies['sessionid'].value}"
    for _ in range(2):
        answer = client.get("/admin/", HTTP_COOKIE=cookie)
        assert (answer.status, answer.cache_status) == (200, "")
        assert client.get("/admin/").status == 302
    assert get_user_model().objects.count() == 1
    assert cache.counters().stored == cache.counters().misses == 0


def test_request_with_a_session_or_credentials_goes_to_django(client, cache, event):
    client.get("/timeline/")
    for headers in (
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "other=1; csrftoken=abc"},
        {"HTTP_AUTHORIZATION": "Bearer abc"},
        {"HTTP_IF_MATCH": "*"},
    ):
        assert client.get("/timeline/", **headers).cache_status == ""
    assert cache.counters().hits == 0


def test_cookie_of_another_program_changes_nothing(client, event):
    client.get("/timeline/", HTTP_COOKIE="_ga=GA1.2")
    assert client.get("/timeline/").cache_status == "hit"


def test_host_that_is_not_allowed_is_refused(client, event):
    client.get("/timeline/")
    assert client.get("/timeline/", HTTP_HOST="evil.example").status == 400
    assert "evil.example" not in client.get("/timeline/").text


def test_https_has_its_own_answers(client, event):
    client.get("/timeline/")
    secure = {"wsgi.url_scheme": "https"}
    assert client.get("/timeline/", **secure).cache_status == "fwd=uri-miss; stored"


def test_errors_redirects_and_health_are_not_stored(client, cache, event):
    addresses = {"/nothing/": 404, "/timeline/?nothing=1": 400, "/healthz": 200, "/timeline": 301}
    for address, status in [*addresses.items(), *addresses.items()]:
        answer = client.get(address)
        assert (answer.status, answer.cache_status) == (status, "")
    assert cache.counters().stored == 0


def test_form_and_other_methods_go_to_django(client, cache, event):
    client.get("/timeline/")
    assert client.send("POST", "/timeline/").status in (403, 405)
    assert client.send("OPTIONS", "/timeline/").status == 204
    assert cache.counters().hits == 0


# --- Streams and memory --------------------------------------------------------------------------


def test_stream_is_stored_with_its_length(client, django_application, event):
    first, second = client.get("/timeline.csv"), client.get("/timeline.csv")
    assert first.cache_status == ""
    assert second.cache_status == "hit"
    assert second.body == first.body
    assert second.headers["content-length"] == str(len(first.body))
    assert django_application.calls == 1


def test_stream_that_is_too_long_is_sent_and_not_stored(make_cache, event):
    for _ in range(3):
        published(make_event("x" * 190))
    # A sixteenth is 2,000 bytes.
    cache = make_cache(max_bytes=32_000)
    small = WSGIClient(cache)
    for _ in range(2):
        answer = small.get("/timeline.csv")
        assert (answer.status, answer.cache_status) == (200, "")
        assert answer.text.count("x" * 190) >= 3
    assert cache.counters().answers == 0


def test_stream_that_is_not_read_to_its_end_is_not_stored(cache, client, event):
    chunks = cache(environ_of("GET", "/timeline.csv"), lambda status, headers, *_: None)
    next(iter(chunks))
    chunks.close()
    assert cache.counters().stored == 0
    assert client.get("/timeline.csv").cache_status == ""


def test_memory_has_a_limit(make_cache, event):
    limit = 400_000
    cache = make_cache(max_bytes=limit)
    client = WSGIClient(cache)
    incidents = [published(make_incident()) for _ in range(5)]
    for incident in incidents:
        for part in ("", "changes/", "sources/", "actors/"):
            for language in ("", "/zh-hans"):
                path = f"{language}/incidents/{incident.slug}/{part}"
                assert client.get(path).status == 200
                assert cache.counters().bytes <= limit
    assert client.get(path).cache_status == "hit"
    counters = cache.counters()
    assert counters.answers == counters.stored - counters.evicted < 40
    assert counters.bytes > limit / 2


# --- Request ids and logs ------------------------------------------------------------------------


def test_each_answer_has_the_id_of_its_request(client, event):
    client.get("/timeline/", HTTP_X_REQUEST_ID="first")
    answer = client.get("/timeline/", HTTP_X_REQUEST_ID="second")
    assert (answer.cache_status, answer.headers["x-request-id"]) == ("hit", "second")
    others = {client.get("/timeline/").headers["x-request-id"] for _ in range(3)}
    assert len(others) == 3
    forged = client.get("/timeline/", HTTP_X_REQUEST_ID="bad id\n").headers["x-request-id"]
    assert len(forged) == 32


def test_answers_from_memory_are_logged(make_cache, event, settings, caplog):
    readings = iter(range(0, 1000, 2))
    # Two seconds pass between two readings of this clock.
    client = WSGIClient(make_cache(clock=lambda: next(readings)))
    client.get("/timeline/")
    settings.SLOW_REQUEST_MS = 10_000
    client.get("/timeline/")
    with caplog.at_level(logging.DEBUG, "kb.response_cache"):
        client.get("/timeline/")
    settings.SLOW_REQUEST_MS = 1000
    client.get("/timeline/")
    events = [
        (record.name, record.getMessage(), record.fields)
        for record in caplog.records
        if "cache" in getattr(record, "fields", ())
    ]
    fields = {"method": "GET", "status": 200, "ms": 2000, "cache": "hit"}
    assert events == [
        ("kb.response_cache.application", "answered from memory", fields),
        ("kb.request", "slow request", fields),
    ]


def test_counters_say_what_happened(client, cache, event):
    etag = client.get("/timeline/").headers["etag"]
    client.get("/timeline/")
    client.get("/timeline/", HTTP_IF_NONE_MATCH=etag)
    counters = cache.counters()
    assert (counters.misses, counters.stored, counters.hits, counters.not_modified) == (1, 1, 2, 1)
    assert (counters.answers, counters.stale) == (1, 0)
    assert counters.bytes > 1000
