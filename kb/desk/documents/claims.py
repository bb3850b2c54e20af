"""The documents of claims, and the answers that positions give."""

from __future__ import annotations

from kb.desk.documents.parts import date_part, id_of, ids_of, number_part
from kb.desk.models import Actor, Proposition, Stance
from kb.record import documents
from kb.record.documents import EDITION
from kb.record.vocabulary import ASPECTS, StatementForm


def stance_value(stance: Stance) -> documents.StanceValue:
    return {
        "exact": stance.exact,
        "date": date_part(stance.dated),
        "option": stance.option,
        "number": number_part(stance) if stance.number_low is not None else None,
        "actor": id_of(stance.actor),
    }


def proposition_document(proposition: Proposition) -> documents.Proposition:
    stances = proposition.stances.select_related(
        "statement__speaker",
        "statement__on_behalf_of",
        "statement__attributed_by",
        "source__publisher",
        "actor",
    )
    return {
        "id": proposition.public_id,
        "edition": EDITION,
        "kind": "proposition",
        "slug": proposition.slug,
        "title": str(proposition),
        "aspect": ASPECTS[proposition.question],
        "question": proposition.question,
        "options": proposition.option_list,
        "unit": proposition.unit,
        "incident": proposition.incident.public_id,
        "events": ids_of(proposition, "events"),
        "accounts": [
            {
                "statement": id_of(stance.statement),
                "source": id_of(stance.source),
                "holder": id_of(_holder(stance)),
                "position": stance.position,
                **stance_value(stance),
                "note": stance.note,
            }
            for stance in stances
        ],
    }


def _holder(stance: Stance) -> Actor | None:
    """Return whose position it is.

    Of a statement, the actor on whose behalf it was made, else the speaker; of reported speech,
    the outlet that ascribes it; of a source, its publisher.
    """
    if stance.statement is None:
        return stance.source.publisher if stance.source else None
    if stance.statement.form == StatementForm.ATTRIBUTED:
        return stance.statement.attributed_by
    return stance.statement.on_behalf_of or stance.statement.speaker
