"""Removing copies of removed words from the tables of the desk and the record."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.apps import apps
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models.functions import Cast

from kb.desk.models import Publishable, Snapshot, SourceCheck, Upload
from kb.desk.signin.pending_forms import SESSION_FORMS
from kb.desk.suppression.columns import columns_of
from kb.desk.suppression.surfaces import TABLES, Way
from kb.record.documents.field import stored_document
from kb.record.documents.types import PublicId
from kb.record.frozen.freezing import view_identity
from kb.record.models import FrozenView
from kb.record.suppression.rewriting import Replacer
from kb.record.suppression_vocabulary import SuppressedPart

BATCH_SIZE = 200
WORDS_AT_ONCE = 20
# Kinds of files whose words cannot be looked for without reading them whole.
_PACKED = b"PK\x03\x04"
Counts = dict[str, int]


def sweep_copies(
    replacer: Replacer, public_id: PublicId, slugs: Collection[str], slug: str
) -> Counts:
    """Remove the words from logs, texts, imports and kept forms; return the rows by table.

    In rows about the record itself a text that is one of the words goes however short it is.
    ``slugs`` are earlier slugs of the record, in place of which ``slug`` stands.
    """
    counts: Counts = {}
    tables = _models()
    for name, surface in TABLES.items():
        if surface.way not in (Way.COPIES, Way.COVERED) or name == "record_frozenview":
            continue
        covers = surface.way == Way.COVERED
        counts[name] = _sweep_table(tables[name], surface.columns, replacer, public_id, covers)
    counts["record_frozenview"] = _sweep_frozen_views(replacer, slugs, slug)
    counts["desk_upload"] = _delete_uploads(replacer)
    counts["desk_sourcecheck"] = _delete_checks(replacer)
    counts["django_session"] = _drop_kept_forms(replacer)
    return {name: count for name, count in counts.items() if count}


def sweep_own_row(row: Publishable, replacer: Replacer) -> None:
    """Replace the words where other parts of the same row repeat them, such as its headline."""
    own_rows: list[models.Model] = [row]
    for accessor in columns_of(row.kind, SuppressedPart.ALL):
        own_rows += getattr(row, accessor).all() if accessor else ()
    own_rows += Snapshot.objects.filter(public_id=row.public_id)
    for own in own_rows:
        model = type(own)
        columns = [name for name in TABLES[model._meta.db_table].columns if name != "slug"]
        for values in _rows(model).filter(pk=own.pk).values(*columns):
            changed = {
                column: new
                for column in columns
                if (new := _replaced(model, column, values[column], replacer, False, False))
                != values[column]
            }
            if "document" in changed:
                changed["document"]["slug"] = values["document"]["slug"]
            if changed:
                _rows(model).filter(pk=own.pk).update(**changed)


def sweep_other_rows(replacer: Replacer, public_id: PublicId) -> Counts:
    """Replace the words in the rows of other records, but not in their addresses."""
    counts: Counts = {}
    tables = _models()
    for name, surface in TABLES.items():
        if surface.way != Way.REWRITTEN or name == "record_revision":
            continue
        columns = tuple(column for column in surface.columns if column != "slug")
        counts[name] = _sweep_table(tables[name], columns, replacer, "", False)
    return {name: count for name, count in counts.items() if count}


def words_condition(
    model: type[models.Model], columns: Collection[str], words: Collection[str]
) -> models.Q:
    """The condition for rows that have one of the words in one of the columns.

    The rows are those of ``with_json_texts``. No row meets it if there are no words.
    """
    condition = models.Q(pk__in=[])
    for column in columns:
        is_json = isinstance(model._meta.get_field(column), models.JSONField)
        for word in words:
            for text in _as_json(word) if is_json else (word,):
                condition |= models.Q(
                    **{f"{column}_text__contains" if is_json else f"{column}__contains": text}
                )
    return condition


def with_json_texts(rows: models.QuerySet[Any], columns: Collection[str]) -> models.QuerySet[Any]:
    """The rows with each column of JSON as text, under its name with ``_text``."""
    texts = {
        f"{column}_text": Cast(column, models.TextField())
        for column in columns
        if isinstance(rows.model._meta.get_field(column), models.JSONField)
    }
    annotated: models.QuerySet[Any] = rows.annotate(**texts)
    return annotated


def _models() -> dict[str, type[models.Model]]:
    registry = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in registry if not model._meta.proxy}


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a model without the guards of its manager, which refuse to change a log."""
    return models.QuerySet(model)


def _sweep_table(
    model: type[models.Model],
    columns: tuple[str, ...],
    replacer: Replacer,
    public_id: PublicId,
    covers: bool,
) -> int:
    count = 0
    for keys, is_own in _matching(model, columns, replacer, public_id):
        for row in _rows(model).filter(pk__in=keys).values("pk", *columns):
            values = {
                column: new
                for column in columns
                if (new := _replaced(model, column, row[column], replacer, covers, is_own))
                != row[column]
            }
            if values:
                _rows(model).filter(pk=row["pk"]).update(**values)
                count += 1
    return count


def _matching(
    model: type[models.Model], columns: tuple[str, ...], replacer: Replacer, public_id: PublicId
) -> Iterator[tuple[list[Any], bool]]:
    """The keys of rows that may have the words, in batches, and whether they are of the record."""
    names = {field.column for field in model._meta.concrete_fields}
    own = models.Q(pk__in=[])
    if public_id:
        for column in {"public_id", "origin", "target", "about"} & names:
            own |= models.Q(**{column: public_id})
        yield list(_rows(model).filter(own).values_list("pk", flat=True)), True
    words = replacer.searched
    rows = with_json_texts(_rows(model), columns)
    for start in range(0, len(words), WORDS_AT_ONCE):
        condition = words_condition(model, columns, words[start : start + WORDS_AT_ONCE])
        keys = list(rows.filter(condition).values_list("pk", flat=True))
        for begin in range(0, len(keys), BATCH_SIZE):
            yield keys[begin : begin + BATCH_SIZE], False


def _replaced(
    model: type[models.Model],
    column: str,
    value: Any,
    replacer: Replacer,
    covers: bool,
    is_own: bool,
) -> Any:
    if not value:
        return value
    if covers:
        return replacer.covered(value)
    value = stored_document(value)
    new = replacer.in_value(value, whole=is_own)
    field = model._meta.get_field(column)
    length = getattr(field, "max_length", None)
    return new[:length] if isinstance(new, str) and length else new


def _as_json(word: str) -> tuple[str, ...]:
    """A word as the two databases write it in JSON."""
    return tuple({json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]})


def _sweep_frozen_views(replacer: Replacer, slugs: Collection[str], slug: str) -> int:
    """Replace the words and earlier addresses in the queries of frozen lists."""
    count = 0
    for view in FrozenView.objects.exclude(query="").iterator(chunk_size=BATCH_SIZE):
        pairs = parse_qsl(view.query, keep_blank_values=True)
        new_pairs = [(name, slug if value in slugs else replacer(value)) for name, value in pairs]
        if new_pairs == pairs:
            continue
        query = urlencode(new_pairs)
        identity = view_identity(query, view.member_bytes)
        FrozenView.objects.filter(pk=view.pk).update(query=query, identity=identity)
        count += 1
    return count


def _delete_uploads(replacer: Replacer) -> int:
    """Delete files that are not loaded yet: those with the words, and those that are packed."""
    words = [word.encode() for word in replacer.searched]
    if not words:
        return 0
    keys = []
    for upload in Upload.objects.iterator(chunk_size=1):
        content = bytes(upload.content)
        texts = json.dumps([upload.layout, upload.report, upload.notes], ensure_ascii=False)
        is_hit = any(word in content or word in texts.encode() for word in words)
        if is_hit or content.startswith(_PACKED):
            keys.append(upload.pk)
    Upload.objects.filter(pk__in=keys).delete()
    return len(keys)


def _delete_checks(replacer: Replacer) -> int:
    """Delete the results of checks of addresses and passages that have the words."""
    columns = TABLES["desk_sourcecheck"].columns
    count = 0
    for keys, _is_own in _matching(SourceCheck, columns, replacer, ""):
        count += SourceCheck.objects.filter(pk__in=keys).delete()[0]
    return count


def _drop_kept_forms(replacer: Replacer) -> int:
    """Drop forms that are kept in sessions and have the words; nobody is signed out."""
    count = 0
    for session in Session.objects.iterator(chunk_size=BATCH_SIZE):
        data = session.get_decoded()
        forms = data.get(SESSION_FORMS)
        if not forms or not any(
            word in json.dumps(forms, ensure_ascii=False) for word in replacer.searched
        ):
            continue
        store = SessionStore(session.session_key)
        store[SESSION_FORMS] = []
        try:
            store.save()
        except UpdateError:
            continue  # signed out meanwhile
        count += 1
    return count
