"""A walk over the desk in Chinese: no page that is done shows an English sentence."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from kb.desk.verbs.transfers.merge import merge
from tests.desk.admin_forms import list_url
from tests.make import make_actor, make_source, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HIDDEN = re.compile(r"<(script|style|title|svg|code)\b.*?</\1>|<template.*?</template>", re.DOTALL)
# Three words in a row: names and units are shorter.
SENTENCE = re.compile(r"\b[A-Za-z][a-z’']+(?:,? [A-Za-z][a-z’']+){2,}")
# Labels of kb/desk/verbs/transfers/related_rows.py, which are not translated yet.
NOT_DONE = {"Statements by it"}


def english_sentences(response):
    page = HIDDEN.sub(" ", response.content.decode())
    text = unescape(re.sub(r"<[^>]+>", "\n", page))
    return [words for words in SENTENCE.findall(text) if words not in NOT_DONE]


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


@pytest.mark.parametrize("kind", ["incident", "topic"])
def test_lists_are_in_chinese(desk, kind):
    assert_chinese(desk, list_url(kind))


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
