"""Store, replace and delete the text of a source, and mark passages in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.desk.models import Citation, PassageMark, Source, SourceText, Stance
from kb.desk.models.source_texts import PassageKind
from kb.text.carried_marks import carry_marks, context_after, context_before
from kb.text.cited_words import place_of_words


def current_text(source: Source) -> SourceText | None:
    """Return the newest version of the text of a source; None if there is none or it is deleted."""
    text = source.texts.order_by("-number").first()
    return text if text and text.body else None


def store_text(source: Source, body: str, *, by: Any) -> tuple[SourceText, Counter[str]]:
    """Store a new version of the text, unless it is the current one, and carry the marks over.

    ``body`` comes from ``stored_article``. Returns the version, and how many marks have each
    ``MarkStatus``. Marks that were lost earlier are looked for again, and so are the exact words of
    citations without a mark.
    """
    with transaction.atomic():
        # Locked, so that two editors do not take the same number.
        Source.objects.select_for_update().get(pk=source.pk)
        last = source.texts.order_by("-number").first()
        if last is not None and last.body == body:
            return last, Counter()
        number = last.number + 1 if last else 1
        text = SourceText.objects.create(source=source, number=number, body=body, added_by=by)
        counts = _carry_marks(text)
        _mark_citations(text)
        return text, counts


def _carry_marks(text: SourceText) -> Counter[str]:
    marks = PassageMark.objects.filter(text__source=text.source_id).exclude(text=text)
    counts: Counter[str] = Counter()
    for mark in marks.select_related("text"):
        old, start = mark.text.body, mark.start
        is_deleted = not old
        if is_deleted:  # what the mark itself has of it
            old, start = mark.before + mark.exact + mark.after, len(mark.before)
        [carried] = carry_marks(old, text.body, [(start, start + len(mark.exact))])
        mark.status = "moved" if carried.status == "same" and is_deleted else carried.status
        if carried.status != "lost":
            mark.text, mark.start, mark.end = text, carried.start, carried.end
            mark.before = context_before(text.body, mark.start)
            mark.after = context_after(text.body, mark.end)
        mark.save()
        counts[mark.status] += 1
    return counts


def _mark_citations(text: SourceText) -> None:
    """Mark the exact words of the citations that have no mark yet, where the text has them once."""
    citations = Citation.objects.filter(source=text.source_id, mark=None).exclude(exact="")
    for citation in citations:
        if place := place_of_words(text.body, citation.exact):
            mark_passage(text, *place, _kind_of(citation), citation=citation)


def _kind_of(citation: Citation) -> PassageKind:
    if citation.statement_id:
        return PassageKind.STATEMENT
    return PassageKind.EVENT if citation.event_id else PassageKind.REQUEST


def delete_texts(source: Source, *, by: Any) -> int:
    """Delete every version of the text of a source; return how many there were.

    Marks stay with their words, and so do the entries made from them.
    """
    texts = SourceText.objects.filter(source=source, deleted_at=None)
    return texts.update(body="", deleted_at=timezone.now(), deleted_by=by)


def mark_passage(
    text: SourceText,
    start: int,
    end: int,
    kind: str,
    *,
    citation: Citation | None = None,
    stance: Stance | None = None,
) -> PassageMark:
    """Mark a passage of a text as the one that a citation or a position comes from."""
    mark = PassageMark(
        text=text,
        kind=PassageKind(kind),
        start=start,
        end=end,
        exact=text.body[start:end],
        before=context_before(text.body, start),
        after=context_after(text.body, end),
        citation=citation,
        stance=stance,
    )
    mark.save()
    return mark


def remove_mark(citation: Citation) -> None:
    """Remove the mark of a citation, whose words are to come from another passage."""
    PassageMark.objects.filter(citation=citation).delete()
