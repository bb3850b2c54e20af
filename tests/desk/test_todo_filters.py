"""What still wants work can be listed."""

import pytest
from django.urls import reverse

from kb.desk.models import Citation
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
