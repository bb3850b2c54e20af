"""The text of a source: versions that never change, marks, and who may delete it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from kb.desk.backup import dump_lines
from kb.desk.models import AuditEntry, Citation, PassageMark, SourceText, Transfer
from kb.desk.verbs.deleting import delete
from kb.desk.verbs.source_texts import current_text, delete_texts, mark_passage, store_text
from kb.desk.verbs.transfers.merge import merge
from tests.make import (
    make_event,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = pytest.mark.django_db
BODY = "The firm spoke.\n“We did not,” it said.\nThe zqsecret end."


@pytest.fixture
def text():
    return store_text(make_source(), BODY, by=None)[0]


def mark(text, words, **fields):
    start = text.body.index(words)
    citation = Citation.objects.create(
        statement=make_statement(), source=text.source, exact=words, **fields
    )
    return mark_passage(text, start, start + len(words), "statement", citation=citation)


def test_changed_text_is_a_new_version(text):
    assert store_text(text.source, BODY, by=None)[0] == text
    new, _ = store_text(text.source, BODY + "\nMore.", by=None)
    assert (new.number, current_text(text.source)) == (2, new)
    assert SourceText.objects.get(number=1).body == BODY


def test_stored_version_never_changes(text):
    text.body = "Something else."
    with pytest.raises(TypeError):
        text.save()
    assert SourceText.objects.get().body == BODY


def test_marks_are_carried_over_and_counted(text):
    quotation, end = mark(text, "“We did not,”"), mark(text, "The firm spoke.")
    new, counts = store_text(text.source, "Added.\nMore.\n“We did not,” it said.", by=None)
    assert counts == {"moved": 1, "lost": 1}
    quotation.refresh_from_db()
    end.refresh_from_db()
    assert (quotation.text, new.body[quotation.start : quotation.end]) == (new, "“We did not,”")
    assert (end.text, end.status, end.exact) == (text, "lost", "The firm spoke.")
    # The words are back in the next version.
    assert store_text(text.source, "New.\n" + BODY, by=None)[1] == {"moved": 1, "same": 1}


def test_words_that_are_cited_already_are_marked_in_a_new_text():
    source, event = make_source(), make_event()
    for words, row in (
        ('"we did not," it said', {"statement": make_statement()}),
        ("The firm … spoke.", {"event": event}),
        ("Not in it.", {"event": event}),
    ):
        Citation.objects.create(source=source, exact=words, **row)
    text, counts = store_text(source, BODY.replace("firm", "firm, it says,"), by=None)
    marks = {mark.kind: text.body[mark.start : mark.end] for mark in text.marks.all()}
    assert marks == {"statement": "“We did not,” it said", "event": "The firm, it says, spoke."}
    assert not counts
    # A later version carries them over.
    assert store_text(source, text.body + "\nMore.", by=None)[1] == {"same": 2}


def test_deleted_text_leaves_the_words_of_its_marks(text):
    quotation = mark(text, "“We did not,”")
    assert delete_texts(text.source, by=None) == 1
    assert current_text(text.source) is None
    assert not SourceText.objects.exclude(body="").exists()
    quotation.refresh_from_db()
    assert (quotation.exact, quotation.citation.exact) == ("“We did not,”", "“We did not,”")
    new, counts = store_text(text.source, BODY, by=None)
    assert counts == {"moved": 1} and new.number == 2


def test_mark_belongs_to_one_row(text):
    citation = Citation.objects.create(statement=make_statement(), source=text.source)
    stance = make_stance(make_proposition(), "denies", statement=make_statement())
    assert mark_passage(text, 0, 3, "position", stance=stance).row == stance.proposition
    assert mark_passage(text, 0, 3, "statement", citation=citation).row == citation.statement
    for kind, rows in (
        ("statement", {}),
        ("statement", {"stance": make_stance(make_proposition(), "denies", source=text.source)}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            mark_passage(text, 0, 3, kind, **rows)
    citation.delete()
    assert PassageMark.objects.count() == 1


@pytest.mark.slow
def test_text_is_in_no_export_document_or_log(text, editor_user):
    mark(text, "zqsecret", locator="paragraph 3")
    source = published(text.source)
    published(make_statement(source=source))
    into = published(make_source())
    merge(source, into=into, by=editor_user, note="The same article.")
    assert Transfer.objects.exists() and AuditEntry.objects.exists()
    backup = b"".join(dump_lines()).decode()
    assert "The zqsecret end" not in backup and "The firm spoke" not in backup
    assert text.source.texts.count() == 1


def test_text_is_deleted_with_its_source(text):
    delete([text.source], by=None)
    assert not SourceText.objects.exists()
