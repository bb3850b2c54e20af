"""A walk over the desk in Chinese: no page shows an English sentence."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kb.desk.documents import MODELS
from kb.desk.models import Event, ImportBatch, Statement, Upload
from kb.desk.verbs.publishing import send_for_review
from kb.desk.verbs.reviewing import add_comment
from kb.desk.verbs.transfers.merge import merge
from tests.desk.admin_forms import add_url, change_url, fields_of, list_url
from tests.desk.importers.files import table
from tests.make import make_actor, make_event, make_source, make_statement, published

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HIDDEN = re.compile(r"<(script|style|title|svg|code)\b.*?</\1>|<template.*?</template>", re.DOTALL)
# Three words in a row: names and units are shorter.
SENTENCE = re.compile(r"\b[A-Za-z][a-z’']+(?:,? [A-Za-z][a-z’']+){2,}")


def english_sentences(response):
    page = HIDDEN.sub(" ", response.content.decode())
    text = unescape(re.sub(r"<[^>]+>", "\n", page))
    return SENTENCE.findall(text)


@pytest.fixture
def desk(editor):
    editor.cookies["language"] = "zh-hans"
    return editor


def page_of(row, name):
    return reverse(f"admin:desk_{row.kind}_{name}", args=[row.pk])


def assert_chinese(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    assert response["Content-Language"] == "zh-hans"
    assert english_sentences(response) == [], url


@pytest.mark.parametrize("path", ["login/", "not-admitted/"])
def test_pages_before_signing_in_are_in_chinese(reader, path):
    reader.cookies["language"] = "zh-hans"
    assert_chinese(reader, f"/admin/{path}")


@pytest.mark.parametrize("path", ["logout/", "password_change/", "security/"])
def test_pages_of_the_account_are_in_chinese(desk, path):
    assert_chinese(desk, f"/admin/{path}")


def test_lists_and_empty_forms_are_in_chinese(desk):
    for kind in MODELS:
        assert_chinese(desk, list_url(kind))
        assert_chinese(desk, add_url(kind))


def test_first_page_forms_and_review_are_in_chinese(desk, editor_user):
    actor, source = make_actor("甲公司"), make_source("报道", url="https://example.org/a")
    statement = make_statement("我们没有做。", speaker=actor, source=source)
    event = published(make_event("停电了"))
    Event.objects.filter(pk=event.pk).update(title="又停电了", version=event.version + 1)
    send_for_review(statement, by=editor_user)
    add_comment(statement, text="出处？", by=editor_user)
    for url in (reverse("admin:index"), reverse("admin:desk_approval_changelist")):
        assert_chinese(desk, url)
    for row in (actor, source, statement, event):
        assert_chinese(desk, change_url(row))
        assert_chinese(desk, page_of(row, "review"))
    desk.post(page_of(event, "review"), {"_publish": "1", "change": "correction"})
    assert_chinese(desk, page_of(event, "review"))
    statement.refresh_from_db()
    fields = fields_of(desk.get(change_url(statement)))
    newer = {"headline": "新标题", "version": statement.version + 1}
    Statement.objects.filter(pk=statement.pk).update(**newer)
    response = desk.post(change_url(statement), fields | {"headline": "标题", "_save": "1"})
    assert "已保存的版本" in response.content.decode()
    assert english_sentences(response) == []


@pytest.mark.one_database
def test_pages_of_imports_are_in_chinese(desk):
    add = reverse("admin:desk_importbatch_add")
    assert_chinese(desk, add)
    assert "“无”不是“字段=列”的形式" in desk.post(add, {"columns": "无"}).content.decode()
    rows = {"id": "e1", "kind": "event", "title": "停电了", "date": "2024-01-05"}
    file = SimpleUploadedFile("cases.csv", table(rows | {"sources": "报道"}))
    desk.post(add, {"file": file, "kind": "", "origin": "", "columns": ""})
    upload = Upload.objects.get()
    assert_chinese(desk, reverse("admin:desk_importbatch_report", args=[upload.pk]))
    desk.post(reverse("admin:desk_importbatch_load", args=[upload.pk]))
    batch = ImportBatch.objects.get()
    assert_chinese(desk, reverse("admin:desk_importbatch_change", args=[batch.pk]))
    desk.post(reverse("admin:desk_importbatch_undo", args=[batch.pk]))
    assert_chinese(desk, reverse("admin:desk_importbatch_change", args=[batch.pk]))
    assert_chinese(desk, reverse("admin:desk_importbatch_changelist"))


def test_pages_of_merging_and_splitting_are_in_chinese(desk):
    actor, other = make_actor("甲公司"), make_actor("乙公司")
    make_statement("我们没有做。", speaker=actor, source=make_source("报道"))
    assert_chinese(desk, page_of(actor, "merge"))
    assert_chinese(desk, page_of(actor, "merge") + f"?into={other.pk}")
    assert_chinese(desk, page_of(actor, "history"))
    assert_chinese(desk, "/admin/desk/transfer/")
    transfer = merge(other, into=actor, by=None, note="同一公司。")
    assert_chinese(desk, reverse("admin:desk_transfer_change", args=[transfer.pk]))


def test_pages_for_a_first_source_are_in_chinese(desk):
    assert_chinese(desk, reverse("admin:desk_source_from"))


def test_english_sentence_is_found(editor):
    assert "Sign in to the desk" in english_sentences(FakePage("<p>Sign in to the desk</p>"))
    assert (
        english_sentences(FakePage("<p>在 YouTube 上</p><script>let one two three</script>")) == []
    )
    assert english_sentences(editor.get("/admin/security/"))


class FakePage:
    """A response with this text."""

    def __init__(self, text):
        self.content = text.encode()
