"""JSON Lines of every public field: exported, imported elsewhere and exported again."""

from __future__ import annotations

import io
import json
import random
from datetime import date
from decimal import Decimal
from itertools import count
from unittest import mock

import pytest

from kb.dates import FuzzyDate
from kb.desk.importers.dry_run import ADD, SAME
from kb.desk.importers.readers import read_rows
from kb.desk.importers.rows import ADMIN_LIMITS
from kb.desk.importers.undo import undo_import
from kb.desk.models import (
    AccountOf,
    Actor,
    ActorName,
    Affiliation,
    AuditEntry,
    Citation,
    EntryLink,
    Event,
    Figure,
    Incident,
    KeyMoment,
    Participation,
    Proposition,
    Publishable,
    Request,
    Source,
    SourceRelation,
    Stance,
    Statement,
    Topic,
)
from kb.desk.models.log import Action
from kb.desk.row_snapshots import editable_fields, snapshots_by_id
from kb.desk.verbs import publishing
from tests.desk.importers.files import actions, loaded, planned
from tests.desk.test_backup import empty
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_relation,
    make_request,
    make_source,
    make_stance,
    make_statement,
)

pytestmark = pytest.mark.django_db
MODELS = (
    Topic, Incident, KeyMoment, Actor, ActorName, Affiliation, Source, SourceRelation, Event,
    Participation, AccountOf, Figure, Statement, Request, Citation, EntryLink, Proposition, Stance,
)  # fmt: skip
# Fields that an import does not give back, each with the reason. All others are compared.
NOT_COMPARED = {
    "slug": "made anew from the title, where it may be taken",
    "stance.source": "positions of reports are in no entry of the list",
}
# Keys of a line that cannot be equal: names of records and moments of versions, given anew.
GIVEN_ANEW = {
    "id", "slug", "url", "version", "published_at", "first_published_at", "changed_at", "cited",
}  # fmt: skip


def fields_of(model):
    names = {field.name for field in editable_fields(model)}
    names |= {field.name for field in model._meta.many_to_many}
    own = {f"{model._meta.model_name}.{name}": name for name in names}
    return {key: name for key, name in own.items() if not {key, name} & NOT_COMPARED.keys()}


def value_of(row, name):
    value = getattr(row, name)
    if hasattr(value, "all"):
        return sorted(map(str, value.all()))
    return str(value) if isinstance(value, Publishable) else value


def rows_of(model):
    """The compared values of all rows, in an order of their own."""
    names = sorted(fields_of(model).values())
    rows = [{name: value_of(row, name) for name in names} for row in model.objects.all()]
    return sorted(rows, key=repr)


def whole_record(seed):
    """A record of which some row has each public field, with random texts and choices."""
    chance, numbers = random.Random(seed), count(1)

    def words(length=40):
        start = f"{next(numbers)} "
        letters = [chance.choice("abcdé中文ß “’;|&<=+-'\\/%$*_") for _ in range(length)]
        return " ".join((start + "".join(letters)).split())

    def when(day, **fields):
        return FuzzyDate(day, phrase=words(), **fields)

    def choice(model, name, *excluded):
        values = dict(model._meta.get_field(name).flatchoices)
        return chance.choice([value for value in values if value not in ("", *excluded)])

    firm = make_actor(
        words(), summary=words(), wikidata="Q42", website="https://example.org/firm",
        part_of=make_actor(words(), summary=words()),
    )  # fmt: skip
    person = make_actor(words(), actor_kind="person")
    for actor in (firm, person):
        ActorName.objects.create(
            actor=actor, name=words(), language="zh", note=words(),
            name_kind=choice(ActorName, "name_kind"),
        )  # fmt: skip
    Affiliation.objects.create(
        person=person, organisation=make_actor(words()), title=words(),
        since=when("2019-05", zone="Asia/Shanghai"), until=when("2020-01-01/2020-12-31"),
    )  # fmt: skip
    topic = Topic.objects.create(name=words(), slug="topic")
    incident = make_incident(words(), summary=words())

    def source(**fields):
        title = words()
        return make_source(
            title, url=f"https://example.org/{next(numbers)}", byline=words(), language="de",
            publisher=make_actor(words(), actor_kind="publication"), note=words(),
            published=when("2023-12-15", zone="Europe/Berlin", time="18:05"),
            accessed_on=date(2024, 1, 2), archived_on=date(2024, 1, 3),
            archive_url="https://archive.example/1", source_kind=choice(Source, "source_kind"),
            **fields,
        )  # fmt: skip

    first, second, relaying = source(), source(), source()
    relation = make_relation(first, second, choice(SourceRelation, "derivation"))
    relation.note = words()
    relation.save()
    make_relation(second, source(), choice(SourceRelation, "derivation"))

    def place():
        return {
            "place_name": words(), "place_wikidata": "Q956",
            "latitude": Decimal("39.90420"), "longitude": Decimal("-116.40740"),
        }  # fmt: skip

    def cite(**fields):
        Citation.objects.create(
            source=second, via=relaying, locator=words(), note=words(), translator=words(),
            language="fr", exact=words(), position=chance.randint(1, 9), bearing="mentions",
            **fields,
        )  # fmt: skip

    event = make_event(
        words(), source=first, summary=words(), standing="reported", actors=((firm, "acted"),),
        happened=when("2023-03-04", zone="Asia/Tokyo", time="07:30"), **place(),
    )  # fmt: skip
    cite(event=event)
    Figure.objects.create(
        event=event, label=words(), unit=words(20), number_low=Decimal("2.5"), source=first,
        number_high=Decimal("3.25"), exact=words(), locator=words(), number_bound="exact",
    )  # fmt: skip
    statement = {"form": "paraphrase", "source": first, "language": "fr"}
    unnamed = {"speaker": None, "attribution": "unnamed"} | statement
    other = make_statement(words(), speaker_label=words(), said="2023-04-01", **unnamed)
    voice = make_statement(
        words(), speaker_label=words(), said="2023-04-02", same_speaker=other, channel=words(),
        same_speaker_certainty="certain", identity="possible", role_as_of=words(), **unnamed,
    )  # fmt: skip
    joint = make_statement(
        words(), headline=words(), speaker=person, role_as_of=words(), on_behalf_of=firm,
        said=when("2023-04-03", zone="Asia/Tokyo", time="07:30"), original_text=words(),
        original_language="ja", in_reply_to=voice, about=(event,), override_reason=words(),
        **statement, **place(),
    )  # fmt: skip
    joint.joint_speakers.add(make_actor(words(), actor_kind="person"))
    joint.joint_principals.add(make_actor(words()))
    joint.addressees.add(make_actor(words()))
    cite(
        statement=joint, said=when("2023-04", zone="Z"), addressee=make_actor(words()),
        wording="translated",
    )  # fmt: skip
    quoted = make_statement("We did it.", said="2023-04-04", source=first)
    ascribed = make_statement(
        words(), speaker=firm, attributed_by=make_actor(words(), actor_kind="publication"),
        said="2023-04-05", **(statement | {"form": "attributed"}),
    )  # fmt: skip
    AccountOf.objects.create(event=event, statement=other)
    event_of_source = make_event(words(), source=first, happened="2023-05-01", standing="one_party")
    request = make_request(
        source=first, asked_by=make_actor(words(), actor_kind="publication"), asked=(firm,),
        asked_on=when("2023-06-01", zone="Z"), outcome="answered", answer=joint, text=words(),
    )  # fmt: skip
    request.about.add(event)
    declined = make_request(
        source=first, asked_on="2023-06-03", outcome="no_reply",
        no_reply_by=when("2023-06-04", zone="Z", time="10"),
    )  # fmt: skip
    claims = {
        question: make_proposition(words(), incident=incident, question=question, **fields)
        for question, fields in {
            "whether": {},
            "when": {},
            "which": {"options": "one\ntwo, or so"},
            "how_many": {"unit": "accounts"},
            "who": {},
        }.items()
    }
    request.claims.add(claims["whether"])
    answers = {
        "whether": {},
        "when": {"dated": when("2023-02", zone="Z")},
        "which": {"option": "two, or so"},
        "how_many": {
            "number_low": Decimal(3),
            "number_high": Decimal(3),
            "number_bound": "at_least",
        },
        "who": {"actor": make_actor(words())},
    }
    for question, answer in answers.items():
        claims[question].events.add(event)
        make_stance(claims[question], "asserts", statement=joint, note=words(), **answer)
    range_claim = make_proposition(
        words(), incident=incident, question="how_many", unit=words(20), events=(event,)
    )
    make_stance(
        range_claim, "asserts", statement=joint, number_low=Decimal(2), number_high=Decimal(4),
        number_bound="exact",
    )  # fmt: skip
    for entry in (event, joint, request):
        entry.topics.add(topic)
        entry.incidents.add(incident)
    pairs = {
        "event": ((event, event_of_source), (event, other), (event, declined)),
        "statement": ((quoted, event),),
        "request": ((request, joint),),
    }
    for kind, linked in pairs.items():
        for entry, target in linked:
            EntryLink.objects.create(
                **{kind: entry, f"to_{target.kind}": target}, link_kind="contradicts",
                source=first, exact=words(),
            )  # fmt: skip
    EntryLink.objects.create(statement=ascribed, to_event=event, link_kind="part_of", inferred=True)
    for place_of_moment, entry in enumerate((event, joint, request), start=1):
        KeyMoment.objects.create(incident=incident, place=place_of_moment, **{entry.kind: entry})


def publish_everything():
    models = (Topic, Actor, Source, Incident, Event, Statement, Request, Proposition)
    rows = [row for model in models for row in model.objects.all()]
    with mock.patch.object(publishing, "MIN_POSITIONS", 0):
        publishing.publish_all(rows, by=None)


def exported(reader):
    return b"".join(reader.get("/timeline.jsonl").streaming_content)


def read_jsonl(content):
    return list(read_rows(io.BytesIO(content), "jsonl", ADMIN_LIMITS))


def comparable(content):
    """The lines without what is given anew; ids that stand alone are titles instead."""
    lines = [json.loads(line) for line in content.splitlines()]
    titles = {line["id"]: line["headline"] for line in lines}

    def held(value):
        if isinstance(value, dict):
            return {key: held(part) for key, part in value.items() if key not in GIVEN_ANEW}
        if isinstance(value, list):
            return [held(part) for part in value]
        return titles.get(value, value) if isinstance(value, str) else value

    return [held(line) for line in lines]


@pytest.fixture(params=[1, 2])
def record(request, settings):
    whole_record(request.param)
    publish_everything()


def test_every_public_field_is_filled_in_the_record(record):
    for model in MODELS:
        for key, name in fields_of(model).items():
            values = [value_of(row, name) for row in model.objects.all()]
            assert any(value not in ("", None, False, [], FuzzyDate("")) for value in values), key


def test_every_reason_is_about_a_field_that_exists():
    names = {field.name for model in MODELS for field in model._meta.get_fields()}
    names |= {
        f"{model._meta.model_name}.{field.name}"
        for model in MODELS
        for field in model._meta.get_fields()
    }
    assert NOT_COMPARED.keys() <= names


def test_list_of_every_field_is_the_same_after_an_import(record, reader):
    content, before = exported(reader), {model: rows_of(model) for model in MODELS}
    empty()
    for outcome in planned(content, read_jsonl):
        assert outcome.action == ADD, str(outcome)
        assert "Not imported" not in str(outcome)
    batch = loaded(content, read_jsonl)
    assert set(actions(content, read_jsonl)) == {SAME}
    for model in MODELS:
        assert rows_of(model) == before[model], model
    for edition in AuditEntry.objects.filter(done=Action.IMPORTED):
        row = {model.kind: model for model in MODELS if issubclass(model, Publishable)}
        stored = row[edition.kind].objects.get(public_id=edition.public_id)
        assert edition.state == snapshots_by_id([stored])[edition.public_id]
    undo_import(batch)
    assert not any(model.objects.exists() for model in MODELS)
    loaded(content, read_jsonl)
    publish_everything()
    assert comparable(exported(reader)) == comparable(content)
