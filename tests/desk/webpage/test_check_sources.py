"""``manage.py check_sources`` says what hosts answer, and never more than that."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given

from kb.desk.link_checks import due_sources, page_words
from kb.desk.models import Citation, Source, SourceCheck
from kb.desk.models.source_checks import CheckState, CheckTarget
from kb.desk.webpage import fetch, polite
from kb.desk.webpage.fetch import FetchedPage
from kb.text.ip_addresses import allowed_network
from tests.desk.webpage.hosts import HTML, WORDS, Answer, running_host
from tests.make import make_event, make_source
from tests.text.hostile import bodies, charsets

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def host(settings, monkeypatch):
    settings.FETCH_PAGES = True
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.6)
    with running_host() as host:
        settings.FETCH_ALLOWED = [allowed_network(urlsplit(host.url).netloc)]
        yield host


def check(*options):
    output = StringIO()
    call_command("check_sources", "--pause", "0", *options, stdout=output)
    return output.getvalue()


def states(target=CheckTarget.PAGE):
    sources = dict(Source.objects.values_list("public_id", "slug"))
    checks = SourceCheck.objects.filter(target=target)
    return {sources[each.public_id]: each.state for each in checks}


def source_at(host, slug, answer=None, path="", **values):
    url = host.url + (path or f"/{slug}")
    if answer:
        host.send(f"/{slug}", answer)
    return make_source(slug, slug=slug, url=url, **values)


def cite(source, exact, **values):
    return Citation.objects.create(
        event=make_event(cited=False), source=source, exact=exact, bearing="supports", **values
    )


def test_each_answer_has_its_word(host):
    page = f"<title>News</title><p>{WORDS}</p>".encode()
    redirect = {"Location": "/fine"}
    for slug, answer, state in [
        ("fine", Answer(page), "reachable"),
        ("moved", Answer(status=301, headers=redirect), "moved"),
        ("detour", Answer(status=302, headers=redirect), "reachable"),
        ("gone", Answer(status=410), "not_found"),
        ("absent", Answer(status=404), "not_found"),
        ("polite", Answer(b"<title>Page not found</title><p>Sorry.</p>"), "not_found"),
        ("walled", Answer(status=403), "refused"),
        ("law", Answer(status=451), "refused"),
        ("broken", Answer(status=500), "unreachable"),
        ("circle", Answer(status=302, headers={"Location": "/circle"}), "unreachable"),
        ("inward", Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "unreachable"),
        ("bad", Answer(status=301, headers={"Location": "http://[bad"}), "unreachable"),
        ("slow", Answer(b"x", chunks=30, every=0.1), "unreachable"),
        ("endless", Answer(b"x" * 1_000_000, chunks=100), "reachable"),
        (
            "bomb",
            Answer(gzip.compress(b"\0" * 30_000_000), headers={"Content-Encoding": "gzip"}),
            "reachable",
        ),
        ("paper", Answer(b"%PDF", headers={"Content-Type": "application/pdf"}), "reachable"),
        ("odd", Answer(b"", headers={"Content-Type": HTML}), "reachable"),
    ]:
        source_at(host, slug, answer)
        output = check("--source", slug)
        assert states()[slug] == state, output
        assert "delet" not in output
    assert SourceCheck.objects.get(moved_to__endswith="/fine").state == "moved"
    assert not [path for path in host.asked if "10.0.0.1" in path]


def test_host_that_does_not_exist_is_unreachable(host, monkeypatch):
    def nowhere(*args, **kwargs):
        raise OSError("no such host")

    monkeypatch.setattr(fetch.fetch_page, "__kwdefaults__", {
        **fetch.fetch_page.__kwdefaults__, "resolve": nowhere,
    })  # fmt: skip
    make_source("Far", slug="far", url="https://nowhere.example/")
    check()
    assert states() == {"far": "unreachable"}


def test_busy_host_keeps_the_state_that_is_known(host):
    source_at(host, "news", Answer(WORDS.encode()))
    check()
    host.send("/news", Answer(status=429, headers={"Retry-After": "3600"}))
    check("--source", "news")
    found = SourceCheck.objects.get()
    assert (found.state, found.times) == ("reachable", 1)
    assert found.retry_at > datetime.now(UTC) + timedelta(minutes=50)
    SourceCheck.objects.update(since=found.since - timedelta(days=9),
                               checked_at=found.checked_at - timedelta(days=9))  # fmt: skip
    asked = len(host.asked)
    assert "Checked 0 sources" in check()
    assert len(host.asked) == asked


def test_robots_txt_leaves_a_source_unchecked(host):
    host.send("/robots.txt", Answer(b"User-agent: *\nDisallow: /"))
    source_at(host, "news", Answer(WORDS.encode()))
    check()
    assert states() == {"news": "not_checked"}
    assert host.asked == ["/robots.txt"]


@pytest.mark.parametrize(
    ("body", "content_type", "state"),
    [
        (f"<p>{WORDS}</p><p>It “did” not happen.</p>".encode(), HTML, "words_found"),
        (f"<p>{WORDS}</p><p>It did happen.</p>".encode(), HTML, "words_not_found"),
        (f"<p>{WORDS} it did not happen é</p>".encode("latin-1"), HTML, "words_found"),
        ((WORDS + " 它没有发生 it did not happen").encode(), "text/html; charset=ascii",
         "words_found"),
        (("它没有发生。" * 40).encode("gb18030"), "text/html; charset=utf-8", "not_checked"),
        (b"<p>Please turn on JavaScript.</p>", HTML, "not_checked"),
        (b"%PDF", "application/pdf", "not_checked"),
    ],
)  # fmt: skip
def test_cited_words_are_looked_for(host, body, content_type, state):
    source = source_at(host, "news", Answer(body, headers={"Content-Type": content_type}))
    cite(source, "It did not happen")
    check()
    assert states(CheckTarget.WORDS) == {"news": state}


def test_words_in_the_copy_only_are_told_apart(host):
    host.page("/copy", f"{WORDS} it did not happen")
    source = source_at(host, "news", Answer(WORDS.encode()), archive_url=host.url + "/copy")
    cite(source, "it did not happen")
    check()
    assert states(CheckTarget.WORDS) == {"news": "words_in_copy"}
    assert states(CheckTarget.COPY) == {"news": "reachable"}


def test_page_that_says_not_found_but_has_the_words_is_reachable(host):
    host.page("/news", f"{WORDS} it did not happen", title="Page not found: a play")
    cite(source_at(host, "news"), "it did not happen")
    check()
    assert states() == {"news": "reachable"}


def test_relayed_words_are_looked_for_in_the_source_that_was_read(host):
    host.page("/relay", f"{WORDS} the firm denied it")
    host.page("/origin", WORDS)
    relay, origin = source_at(host, "relay"), source_at(host, "origin")
    cite(origin, "the firm denied it", via=relay)
    check()
    assert states(CheckTarget.WORDS) == {"relay": "words_found"}


def test_report_has_no_cited_words_and_one_line_for_many(host):
    source = source_at(host, "news", Answer(WORDS.encode()))
    for passage in ("a secret draft", "another draft"):
        cite(source, passage)
    output = check()
    assert "draft" not in output
    assert "news: cited words: words not found. Read: the page. (2 passages)" in output
    assert "Cited words: 2 words not found." in output


def test_state_has_its_history(host):
    source = source_at(host, "news", Answer(WORDS.encode()))
    check()
    host.answers.clear()
    for _ in range(3):
        output = check("--source", "news")
    today = datetime.now(UTC)
    assert f"link: not found (3 times since {today.day} {today:%B %Y})" in output
    found = SourceCheck.objects.of(source).get()
    assert (found.state, found.previous, found.times) == ("not_found", "reachable", 3)
    assert found.since < found.checked_at
    host.page("/news", WORDS)
    assert "link: reachable; was not found" in check("--source", "news")


def test_changed_address_is_checked_anew(host):
    source = source_at(host, "news", Answer(status=404))
    check()
    assert SourceCheck.objects.current().count() == 1
    host.page("/new", WORDS)
    Source.objects.filter(pk=source.pk).update(url=host.url + "/new")
    assert SourceCheck.objects.current().count() == 0
    check()
    assert states() == {"news": "reachable"}
    assert SourceCheck.objects.count() == 1


def test_only_what_is_due_is_checked(host):
    for slug in ("a", "b"):
        source_at(host, slug, Answer(WORDS.encode()))
    make_source("Book", slug="book")
    source_at(host, "old", Answer(WORDS.encode()), state="withdrawn")
    assert "Would check 2 sources." in check("--dry-run")
    assert host.asked == []
    check("--limit", "1")
    assert len(states()) == 1
    check()
    assert set(states()) == {"a", "b"}
    source_at(host, "z", Answer(WORDS.encode()))
    assert check("--dry-run", "--older-than", "0").startswith("z: ")
    check()
    Source.objects.filter(slug="z").delete()
    assert "Checked 0 sources" in check()
    assert "Checked 2 sources" in check("--older-than", "0")


def test_interrupted_check_goes_on_where_it_stopped(host, monkeypatch):
    for slug in ("a", "b", "c"):
        source_at(host, slug, Answer(WORDS.encode()))
    page = polite.PoliteFetcher.page

    def interrupted(self, url):
        if len(states()) == 2:
            raise KeyboardInterrupt
        return page(self, url)

    monkeypatch.setattr(polite.PoliteFetcher, "page", interrupted)
    with pytest.raises(CommandError, match="1 sources are left") as error:
        check()
    assert error.value.returncode == 130
    monkeypatch.setattr(polite.PoliteFetcher, "page", page)
    assert "Checked 1 sources" in check()
    assert len(states()) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "none"], "does not exist"),
        (["--source", "book"], "has no address"),
        (["--limit", "0"], "at least 1"),
        (["--older-than", "-1"], "must not be negative"),
    ],
)
def test_wrong_option_has_message(host, options, message):
    make_source("Book", slug="book")
    with pytest.raises(CommandError, match=message):
        check(*options)


def test_installation_that_fetches_nothing_checks_nothing(settings):
    settings.FETCH_PAGES = False
    make_source("A", url="https://example.org/a")
    with pytest.raises(CommandError, match="KB_FETCH_PAGES"):
        check()


def test_checks_of_deleted_sources_are_forgotten(host):
    source = source_at(host, "news", Answer(WORDS.encode()))
    check()
    source.delete()
    check()
    assert not SourceCheck.objects.exists()


def test_no_state_is_called_a_deletion():
    assert not [label for label in CheckState.labels if "delet" in label or "gone" in label]


def test_due_sources_cost_the_same_however_many(host, queries):
    now = datetime.now(UTC)
    for number in range(3):
        source_at(host, f"s{number}")
    with queries(1):
        assert len(due_sources(now, now)) == 3
    for number in range(3, 30):
        source_at(host, f"s{number}")
    with queries(1):
        assert len(due_sources(now, now)) == 30


@pytest.mark.parametrize(
    ("charset", "codec"), [("utf-16", "utf-16-le"), ("iso-2022-jp",) * 2, ("gb2312", "gbk")]
)
def test_words_of_a_page_in_the_stated_encoding_are_found(charset, codec):
    page = FetchedPage("https://example.org/", f"<p>\u5317\u4eac {WORDS}".encode(codec), charset)
    assert page_words(page).has_passage("\u5317\u4eac")


@given(bodies, charsets)
def test_words_of_any_page_are_read(body, charset):
    words = page_words(FetchedPage("https://example.org/", body, charset))
    assert words.has_passage("a passage") in (True, False)
