"""Earlier sources from which the sources of a file derive."""

from __future__ import annotations

import pytest

from kb.desk.importers.undo import undo_import
from kb.desk.models import AuditEntry, ImportBatch, Source, SourceRelation
from kb.desk.row_snapshots import snapshots_by_id
from kb.desk.verbs.exceptions import ActionRefused
from tests.desk.importers.files import EVENT, loaded, planned, table
from tests.make import make_source

pytestmark = pytest.mark.django_db
BOTH = EVENT | {"sources": "A story; B story", "source_urls": ""}


def relations():
    return [
        (str(relation.source), str(relation.parent), relation.derivation)
        for relation in SourceRelation.objects.all()
    ]


def test_new_source_derives_from_sources_of_the_file_or_others():
    loaded(table(BOTH | {"derived_from": "; A story | C story", "derivations": "; rewrite"}))
    assert relations() == [("B story", "A story", "rewrite"), ("B story", "C story", "")]
    source = Source.objects.get(title="B story")
    entry = AuditEntry.objects.get(public_id=source.public_id)
    assert entry.state == snapshots_by_id([source])[source.public_id]
    undo_import(ImportBatch.objects.get())
    assert not Source.objects.exists()


def test_source_that_exists_keeps_its_own_earlier_sources():
    make_source("B story")
    loaded(table(BOTH | {"derived_from": "; A story", "derivations": "; rewrite"}))
    assert relations() == []


def test_source_may_stand_in_several_rows():
    derived = {"derived_from": "; A story", "derivations": "; rewrite"}
    loaded(table(BOTH, *(BOTH | derived | {"id": number} for number in "23")))
    assert relations() == [("B story", "A story", "rewrite")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"derived_from": "a STORY"}, "derived_from: A source cannot derive from itself."),
        ({"derived_from": "C", "derivations": "theft"}, "derivations: “theft” is not a valid"),
        ({"derivations": "rewrite"}, "derived_from: A derivation names no earlier source."),
    ],
)
def test_wrong_derivation_is_refused_with_its_column(fields, words):
    (outcome,) = planned(table(BOTH | fields))
    assert outcome.action == "refused"
    assert words in " ".join(outcome.reasons)


def test_circle_of_sources_is_refused_with_both_names_and_nothing_is_stored():
    with pytest.raises(ActionRefused, match="“B story” derives from “A story”"):
        loaded(table(BOTH | {"derived_from": "B story; A story"}))
    assert not Source.objects.exists()
