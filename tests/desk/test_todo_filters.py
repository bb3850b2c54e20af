"""What still wants work can be listed."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.urls import reverse

from kb.desk.models import Citation, Source, SourceCheck
from tests.desk.admin_forms import text_of
from tests.make import make_actor, make_event, make_source, make_statement

pytestmark = pytest.mark.django_db


def listed(editor, kind, needs):
    response = editor.get(reverse(f"admin:desk_{kind}_changelist"), {"needs": needs})
    assert response.status_code == 200
    return {str(row) for row in response.context["cl"].result_list}


def test_sources_without_copy_date_or_publisher_are_listed(editor):
    paper = make_actor("The Paper")
    make_source("Whole", url="https://example.org/a", archive_url="https://archive.org/a",
                publisher=paper)  # fmt: skip
    make_source("No copy", url="https://example.org/b", publisher=paper)
    make_source("No date", published="", publisher=paper)
    make_source("No publisher")
    assert listed(editor, "source", "copy") == {"No copy"}
    assert listed(editor, "source", "date") == {"No date"}
    assert listed(editor, "source", "publisher") == {"No publisher"}
    assert len(listed(editor, "source", "no such thing")) == 4


def test_entries_with_single_source_are_listed(editor):
    make_event("Alone")
    both = make_event("Twice")
    Citation.objects.create(event=both, source=make_source(), bearing="supports")
    doubted = make_event("Doubted")
    Citation.objects.create(event=doubted, source=make_source(), bearing="disputes")
    make_event("Bare", cited=False)
    assert listed(editor, "event", "source") == {"Alone", "Doubted", "Bare"}


@pytest.mark.slow
def test_dates_without_source_phrase_are_listed(editor):
    make_event("Exact", happened="2023-04-05")
    make_event("Wide", happened="2023-04")
    make_event("Open", happened="../2023-04-05")
    make_event("Worded", happened="2023-04", happened_phrase="in April")
    make_event("None", happened="")
    assert listed(editor, "event", "phrase") == {"Wide", "Open"}


def test_quotations_without_exact_words_are_listed(editor):
    held, bare = make_statement("A.", headline="Held"), make_statement("B.", headline="Bare")
    held.citations.update(exact="A.")
    bare.citations.update(exact="", quoted=False)
    make_statement("C.", headline="Ours", form="paraphrase")
    assert listed(editor, "statement", "exact") == {"Bare"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/a", "http://10.1.2.3/a", "http://169.254.169.254/"]
)
def test_private_source_address_is_refused(editor, url):
    page = editor.post(
        reverse("admin:desk_source_add"),
        {"title": "Inside", "source_kind": "article", "url": url, "_save": "1"},
    )
    assert "readers cannot open it" in text_of(page)


def test_sources_with_common_origin_count_once(editor):
    event, own = make_event("Relayed", source=make_source("First")), make_event("Own")
    first = event.citations.get().source
    translation = make_source(derives_from=first, derivation="translation")
    rewrite = make_source(derives_from=translation, derivation="rewrite")
    reported = make_source(derives_from=first, derivation="own_reporting")
    for thing, source in ((event, translation), (event, rewrite), (own, reported)):
        Citation.objects.create(event=thing, source=source, bearing="supports")
    assert listed(editor, "event", "source") == {"Relayed"}


def make_check(source, state, *, target="page", text="", times=1, **fields):
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    text = text or source.url
    return SourceCheck.objects.create(
        public_id=source.public_id, target=target, text=text, state=state, times=times,
        digest=sha256(text.encode()).hexdigest(), since=now - timedelta(days=times),
        checked_at=now, **fields,
    )  # fmt: skip


def test_sources_are_listed_by_what_their_check_found(editor):
    states = {"reachable": "Fine", "not_found": "Lost", "refused": "Walled",
              "unreachable": "Down", "moved": "Moved", "not_checked": "Unasked"}  # fmt: skip
    for state, title in states.items():
        make_check(make_source(title, url=f"https://example.org/{state}"), state)
    quoted = make_source("Quoted", url="https://example.org/quoted")
    Citation.objects.create(event=make_event(cited=False), source=quoted, exact="as it was",
                            bearing="supports")  # fmt: skip
    make_check(quoted, "words_not_found", target="words", text="as it was")
    edited = make_source("Edited", url="https://example.org/edited")
    make_check(edited, "words_not_found", target="words", text="no longer cited")
    make_check(edited, "not_found", text="https://example.org/earlier")
    old = make_source("Old", url="https://example.org/old", state="withdrawn")
    make_check(old, "not_found")
    make_source("Book")
    assert listed(editor, "source", "found") == {"Lost"}
    assert listed(editor, "source", "opened") == {"Walled", "Down"}
    assert listed(editor, "source", "moved") == {"Moved"}
    assert listed(editor, "source", "words") == {"Quoted"}
    assert listed(editor, "source", "check") == {"Quoted", "Edited"}


def test_first_page_counts_what_checks_found(editor):
    make_check(make_source("Lost", url="https://example.org/a"), "not_found")
    words = " ".join(text_of(editor.get(reverse("admin:index"))).split())
    assert "Sources without a page that was found at the last check 1" in words


def test_form_of_a_source_shows_its_checks(editor):
    source = make_source("Lost", url="https://example.org/a?<b>")
    address = reverse("admin:desk_source_change", args=[source.pk])
    assert "Not checked yet." in text_of(editor.get(address))
    make_check(source, "not_found", times=3, previous="reachable", detail="Status <404>.")
    page = editor.get(address)
    text = text_of(page)
    assert "Link: not found (3 times since 27 November 2026)" in text
    assert "checked on 30 November 2026, 12:00 UTC. Before: reachable." in text
    assert "Status <404>" not in page.content.decode()
    make_check(source, "moved", target="copy", text="https://example.org/old",
               moved_to="javascript:alert(1)")  # fmt: skip
    assert "javascript:" not in editor.get(address).content.decode()
    Source.objects.filter(pk=source.pk).update(archive_url="https://example.org/old")
    assert 'href="javascript:' not in editor.get(address).content.decode()


def test_form_of_a_source_lists_no_more_than_some_passages(editor):
    source = make_source("Quoted", url="https://example.org/a")
    event = make_event(cited=False)
    for number in range(60):
        words = f"words number {number}"
        Citation.objects.create(event=event, source=source, exact=words, bearing="supports")
        make_check(source, "words_found", target="words", text=words)
    page = editor.get(reverse("admin:desk_source_change", args=[source.pk]))
    assert page.content.decode().count("words found") == 40
    assert "More passages were checked." in text_of(page)
