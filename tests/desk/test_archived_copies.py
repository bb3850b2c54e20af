"""The archived copy of a source: read from a pasted address, and asked for after a save."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from kb.desk.models import Source
from tests.desk.admin_forms import add_url, fields_of, text_of

pytestmark = pytest.mark.django_db
PAGE = "https://example.org/a"
COPY = f"https://web.archive.org/web/20231217101500/{PAGE}"


def saved(editor, **fields):
    form = fields_of(editor.get(add_url("source"))) | {"title": "A story", "source_kind": "article"}
    page = editor.post(add_url("source"), form | fields | {"_save": "1"}, follow=True)
    return Source.objects.get(), text_of(page)


@pytest.mark.parametrize(
    "fields",
    [{"url": COPY}, {"url": PAGE, "archive_url": COPY}, {"archive_url": COPY}],
    ids=["as the address", "as the copy", "alone"],
)
def test_pasted_copy_fills_in_address_and_day(editor, fields):
    source, page = saved(editor, **fields)
    assert (source.url, source.archive_url) == (PAGE, COPY)
    assert source.archived_on == date(2023, 12, 17)
    assert "No archived copy" not in page


def test_typed_day_and_other_archives_are_left_alone(editor):
    source, _page = saved(editor, url=PAGE, archive_url=COPY, archived_on="2023-12-18")
    assert source.archived_on == date(2023, 12, 18)


def test_other_archive_has_no_day(editor):
    source, _page = saved(editor, url=PAGE, archive_url="https://archive.example.org/x")
    assert (source.url, source.archived_on) == (PAGE, None)


def test_copy_is_asked_for_only_where_there_is_a_page(editor):
    _source, page = saved(editor, url=PAGE)
    assert "No archived copy is recorded." in page
    Source.objects.all().delete()
    assert "No archived copy" not in saved(editor)[1]


def test_copy_pasted_for_quick_entry_fills_in_the_form(editor):
    answer = editor.post(reverse("admin:desk_source_from"), {"url": COPY}, follow=True)
    form = fields_of(answer)
    assert (form["url"], form["archive_url"]) == (PAGE, COPY)
