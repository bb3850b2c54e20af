"""What an import remembers of a record that its rows name: enough to refer to it."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS

from kb.desk.models import Actor, Incident, Publishable, Source, Statement, Topic

Record = TypeVar("Record", bound=Publishable)
# The field that is the name of a record, as ``str`` gives it.
NAME_FIELDS: dict[type[Publishable], str] = {
    Actor: "name",
    Incident: "title",
    Topic: "name",
    Source: "title",
    Statement: "headline",
}


class NamedRow(NamedTuple):
    """The key, public id and name of a record."""

    key: int
    public_id: str
    name: str


def named_row(record: Publishable) -> NamedRow:
    """What is remembered of a record."""
    return NamedRow(record.pk, record.public_id, str(record))


def record_of(model: type[Record], row: NamedRow) -> Record:
    """The record with these three fields. Its others would be read from the database."""
    names = ["id", "public_id", NAME_FIELDS[model]]
    return model.from_db(DEFAULT_DB_ALIAS, names, row)
